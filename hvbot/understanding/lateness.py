"""How late an educator says that the pair will be, shortly before a visit or at its hour."""

from collections.abc import Sequence

from hvbot.understanding.clocks import count_of
from hvbot.understanding.items import Item, items_of
from hvbot.understanding.lexicon import Lexicons

MOST_MINUTES = 90


def minutes_late(text: str, lexicons: Lexicons, language: str) -> int | None:
    """The minutes of "10 min late"; None where a text says no such thing, or more than one number."""
    items = items_of(text, tuple(lexicons[code] for code in lexicons.of_thread(language)))
    if not any(item.has("late") for item in items) or any(item.has("negators") for item in items):
        return None
    counts = [count for at in range(len(items)) if (count := count_at(items, at))]
    return counts[0] if len(counts) == 1 and counts[0] <= MOST_MINUTES else None


def count_at(items: Sequence[Item], at: int) -> int:
    """A number of minutes; a clock time counts as a number too, so that "at 5:30, 10 late" is left to a person."""
    item = items[at]
    return MOST_MINUTES + 1 if item.clock or item.ending else count_of(item)
