"""The thoughts a reply is made of: what stands between marks, before and after "but", and before "because"."""

from collections.abc import Sequence
from dataclasses import dataclass

from hvbot.understanding.items import Item

MOST_UNKNOWN = 1 / 3
TIMED = ("numbers", "ordinals", "hours", "clocks", "noon", "parts", "weekdays", "relative_days", "months", "half")
LIMITS = ("after", "before", "until", "onward", "earlier")


@dataclass(frozen=True, slots=True)
class Clause:
    """Items `start` to `end`, the mark that ends them included. An aside gives the reason for another thought, or its circumstances."""

    start: int
    end: int
    items: tuple[Item, ...]
    is_aside: bool = False

    @property
    def words(self) -> list[Item]:
        """Its words and numbers."""
        return [item for item in self.items if not item.is_break]

    @property
    def meant(self) -> list[Item]:
        """Its words without those that add nothing."""
        return [item for item in self.words if not item.is_filler]

    @property
    def is_question(self) -> bool:
        """Tell whether it ends with a question mark or holds a question word."""
        return self.has_mark or any(item.has("question") for item in self.items[self.is_aside :])

    @property
    def has_mark(self) -> bool:
        """Tell whether it ends with a question mark, or with a word that stands for one: 吗, か, kya."""
        last = self.words[-1:]
        return any(item.words[0] == "?" for item in self.items) or any(item.has("asks_last") for item in last)

    @property
    def begins_question(self) -> bool:
        """Tell whether its first word makes a question of it, or only leaves out who is meant: "is parking free", "is good"."""
        return any(item.has("asks_first") for item in self.words[:1])

    @property
    def unknown(self) -> int:
        """How many words nobody knows."""
        return sum(item.is_unknown for item in self.items)

    def has(self, kind: str) -> bool:
        """Tell whether one of its words stands in a section."""
        return any(item.has(kind) for item in self.items)

    @property
    def is_noisy(self) -> bool:
        """Tell whether it is mostly about something else: words we do not know, kids, rooms."""
        other = self.unknown + sum(item.has("not_counted") for item in self.items)
        return other > 1 and other > MOST_UNKNOWN * len(self.words)


def has_limit(clause: Clause) -> bool:
    """Tell whether only some hours are meant: "don't text after nine"."""
    limits = [at for at, item in enumerate(clause.items) if item.has(*LIMITS) and not item.is_filler]
    return any(
        item.is_digits or item.has("numbers", "parts", "clocks")
        for at in limits
        for item in clause.items[max(0, at - 2) : at + 4]
    )


def clauses_of(items: Sequence[Item], *, asides: bool = True) -> list[Clause]:
    """Cut a reply into its thoughts, and a reason from what it is the reason for: "mornings | when the kids are at school"."""
    found: list[Clause] = []
    start, begins_aside = 0, False
    for at, item in enumerate(items):
        is_because = asides and (item.has("because") or is_circumstance(items, at))
        begins = at > start and (item.has("but") or is_because)
        ends = item.is_break and not is_list(items, at)
        is_reason = asides and at > start and ends_reason(items, at)
        if begins:
            found.append(Clause(start, at, tuple(items[start:at]), begins_aside))
            start, begins_aside = at, is_because
        if ends or is_reason:
            found.append(Clause(start, at + 1, tuple(items[start : at + 1]), begins_aside or is_reason))
            start, begins_aside = at + 1, False
    found.append(Clause(start, len(items), tuple(items[start:]), begins_aside))
    return [clause for clause in found if clause.items]


def is_circumstance(items: Sequence[Item], at: int) -> bool:
    """Tell the "before" of "mornings before the baby's nap", which names no time, from that of "before five"."""
    if not items[at].has("before", "after") or items[at].is_filler or items[at].has("ago"):
        return False
    end = next((place for place in range(at + 1, len(items)) if items[place].is_break), len(items))
    rest = [item for item in items[at + 1 : end] if not item.is_filler]
    is_timed = any(item.is_digits or item.has(*TIMED) for item in rest)
    return not is_timed and any(item.is_unknown or item.has("others", "told") for item in rest[:1])


def ends_reason(items: Sequence[Item], at: int) -> bool:
    """Tell a "because" that stands last; what it makes impossible belongs to it: 화요일은 일해서 안되고."""
    denies = any(item.has("cannot", "busy", "negators", "no") for item in items[at + 1 : at + 2])
    return items[at].has("because_behind") and not denies


def is_list(items: Sequence[Item], at: int) -> bool:
    """Tell the comma of "1, 3 don't work" from one between two thoughts."""
    beside = (items[at - 1] if at else None, items[at + 1] if at + 1 < len(items) else None)
    return items[at].words[0] == "," and all(item is not None and is_bare_number(item) for item in beside)


def is_bare_number(item: Item) -> bool:
    """Tell a number in digits with nothing written onto it."""
    return item.number is not None and not item.ending
