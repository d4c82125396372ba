"""A reply as the rules see it: its items and thoughts, and what it answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hvbot.understanding.about import is_ruled
from hvbot.understanding.clauses import Clause, clauses_of
from hvbot.understanding.facts import Fact, Scan, is_said
from hvbot.understanding.items import Item, items_of
from hvbot.understanding.lexicon import Lexicons
from hvbot.understanding.meaning import Asked, Meaning, Propose, Reading
from hvbot.understanding.resolve import Resolved, resolve
from hvbot.understanding.said import facts_of

NEGATION_REACH = 3
LABELS = {"weekdays": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")}
# A word of several sections is explained by the first of these that it stands in.
TOLD = ("weekdays", "relative_days", "months", "parts", "ordinals", "numbers")


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with its items and what it answers."""

    text: str
    items: tuple[Item, ...]
    clauses: tuple[Clause, ...]
    asked: Asked
    lexicons: Lexicons
    times: Resolved | None

    def found(self, *kinds: str) -> list[tuple[int, Item]]:
        """The items of some kinds that no negation reaches; a word that counts alone only where nothing else is said."""
        return [
            (at, item)
            for at, item in enumerate(self.items)
            if item.has(*kinds) and not self.is_negated(at) and self.counts(at)
        ]

    def says(self, kind: str) -> bool:
        """Tell whether one of the words stands in a section."""
        return any(item.has(kind) for item in self.items)

    def first(self, *kinds: str) -> Item | None:
        """The first such item."""
        return next((item for _, item in self.found(*kinds)), None)

    def clause_of(self, at: int) -> Clause:
        """The thought an item belongs to."""
        return clause_at(self.clauses, at)

    def counts(self, at: int) -> bool:
        """Tell whether an item means something here: some words do only where they are all that their thought says."""
        item = self.items[at]
        return not item.alone or all(
            other is item or other.has("yes", "no", "yes_whole") for other in self.clause_of(at).meant
        )

    def is_negated(self, at: int) -> bool:
        """Tell whether a negation reaches an item, in the same thought: within three words before, or directly behind."""
        clause = self.clause_of(at)
        near = range(max(clause.start, at - NEGATION_REACH), at)
        before = [self.items[place] for place in near if not self.denies_behind(place)]
        follows_no = bool(before) and before[-1] is self.items[at - 1] and before[-1].has("no")
        is_denied = follows_no and not self.items[at].has("cannot", "busy")
        is_denied = is_denied or any(item.has("negators") for item in before)
        return is_denied or (at + 1 < clause.end and self.denies_behind(at + 1) and not clause.has_mark)

    def denies_behind(self, at: int) -> bool:
        """Tell whether a word is a "not" of a language that says it after what it denies."""
        item = self.items[at]
        lexicon = self.lexicons.get(item.language)
        return item.has("negators", "no") and lexicon is not None and "negation_follows" in lexicon.traits

    @property
    def words(self) -> list[Item]:
        """The items that are words or numbers."""
        return [item for item in self.items if not item.is_break]

    @property
    def meant(self) -> list[Item]:
        """The words without those that add nothing."""
        return [item for item in self.words if not item.is_filler]

    @property
    def asks(self) -> bool:
        """Tell whether the reply holds a question."""
        return any(clause.is_question for clause in self.clauses)

    @property
    def is_noisy(self) -> bool:
        """Tell whether more than a third of the words are unknown."""
        return sum(item.is_unknown for item in self.words) * 3 > len(self.words)


def reply_of(text: str, asked: Asked, lexicons: Lexicons, codes: Sequence[str], *, typos: bool = True) -> Reply:
    """Read a text with the words of some languages."""
    chosen = tuple(lexicons[code] for code in codes)
    items = items_of(text, chosen, typos=typos)
    clauses = clauses_of(items)
    mixed_dates = bool(chosen) and "mixed_dates" in chosen[0].traits
    traits = {lexicon.code: lexicon.traits for lexicon in chosen}
    scan = Scan(items, asked.now, asked.options, mixed_dates, traits)
    return Reply(text, items, tuple(clauses), asked, lexicons, times_of(scan, clauses, asked))


def times_of(scan: Scan, clauses: Sequence[Clause], asked: Asked) -> Resolved | None:
    """What is said about time and options; "can't it be at 7?" asks for seven where no such time was offered."""
    facts = facts_of(scan, clauses)
    alternatives = [at for at, item in enumerate(scan.items) if item.has("or")]
    if asks_otherwise(facts, clauses):
        wished = resolve(facts_of(scan, clauses, in_questions=False), asked, alternatives)
        if wished and isinstance(wished.meaning, Propose):
            return wished
    return resolve(facts, asked, alternatives)


def asks_otherwise(facts: Sequence[Fact], clauses: Sequence[Clause]) -> bool:
    """Tell a question that denies something and names nothing in its place."""
    ruled, others = {fact.kind for fact in facts if is_ruled(fact)}, {fact.kind for fact in facts if not is_ruled(fact)}
    return bool(ruled) and not ruled & others and all(clause_at(clauses, fact.start).has_mark for fact in facts)


def clause_at(clauses: Sequence[Clause], at: int) -> Clause:
    """The thought that an index belongs to."""
    return next(clause for clause in clauses if clause.start <= at < clause.end)


def read_as(meaning: Meaning, items: Iterable[Item], kind: str, *, explicit: bool = True) -> Reading:
    """A reading with the words that decided and the section they stand in."""
    return Reading(meaning, tuple(why(item, kind) for item in items), explicit)


def why(item: Item, kind: str = "") -> str:
    """One word with what it was taken for: `martes: weekday Tuesday (es)`."""
    section = kind or next(
        (section for section in TOLD if item.has(section)), item.senses[0].kind if item.senses else "digits"
    )
    value = item.value(section)
    shown = LABELS[section][value] if section in LABELS and value is not None else "" if value is None else str(value)
    name = section.removesuffix("s") if section in TOLD else section
    language = f" ({item.language})" if item.language else ""
    return f"{item.text}: {' '.join(filter(None, (name, shown)))}{language}"


def read_times(reply: Reply, times: Resolved) -> Reading:
    """What was resolved about time and options, with its words."""
    reasons = []
    for fact in times.facts:
        shown = "; ".join(
            why(item) for item in reply.items[fact.start : fact.end] if is_said(item) or not item.is_filler
        )
        reasons.append(f"{fact.denied} (not) {shown}" if fact.denied else shown)
    return Reading(times.meaning, tuple(filter(None, reasons)), times.explicit)
