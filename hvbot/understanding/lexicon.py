"""A language's words as they are looked up: phrase by phrase, the longest first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from hvbot.understanding.normalise import phrase

Words = tuple[str, ...]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS = ("morning", "afternoon", "evening", "weekend", "weekday")
PLACES = ("home", "park", "library", "video", "ask")
PLAIN = (
    "yes",
    "no",
    "none",
    "change",
    "cancel_visit",
    "cancel_two_faced",
    "stop",
    "stop_whole",
    "start",
    "help",
    "person",
    "wrong_number",
    "interpreter",
    "question",
    "soft_yes",
    "cannot",
    "negators",
    "courtesy",
    "fillers",
    "any",
    "last",
    "first",
    "option",
    "after",
    "before",
    "between",
    "until",
    "at",
    "hour",
    "and",
    "or",
    "am",
    "pm",
    "noon",
    "half",
    "half_to",
    "quarter",
    "quarter_to",
    "minutes_past",
    "next_week",
    "this_week",
    "day_unit",
    "week_unit",
    "in",
    "except",
    "speak",
    "correction",
)
KEYED = ("numbers", "ordinals", "months", "relative_days", "weekdays", "parts", "languages", "places")
REQUIRED = (
    "yes",
    "no",
    "none",
    "change",
    "cancel_visit",
    "stop",
    "start",
    "help",
    "person",
    "wrong_number",
    "interpreter",
    "negators",
    "after",
    "before",
)


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense of a phrase: the section of the file it stands in, and its value where the section has one."""

    kind: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language. `senses` finds every sense of a phrase; `longest` bounds how many words one has;
    `single` holds the phrases of one word by their length in letters.
    """

    code: str
    senses: Mapping[Words, tuple[Sense, ...]]
    longest: int = 1
    single: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, table: Mapping[str, Any], code: str) -> Self:
        """Prepare a `keywords.toml`; sections it does not know are left alone."""
        senses: dict[Words, list[Sense]] = {}
        for words, sense in entries(table):
            found = senses.setdefault(words, [])
            if words and sense not in found:
                found.append(sense)
        longest = max(map(len, senses), default=1)
        return cls(code, {words: tuple(found) for words, found in senses.items() if words}, longest, by_length(senses))

    def missing(self) -> tuple[str, ...]:
        """The required sections without an entry."""
        kinds = {sense.kind for found in self.senses.values() for sense in found}
        return tuple(section for section in REQUIRED if section not in kinds)


def by_length(phrases: Iterable[Words]) -> dict[int, frozenset[str]]:
    """The phrases of one word, by their length."""
    found: dict[int, set[str]] = {}
    for words in phrases:
        if len(words) == 1:
            found.setdefault(len(words[0]), set()).add(words[0])
    return {length: frozenset(words) for length, words in found.items()}


def entries(table: Mapping[str, Any]) -> Iterator[tuple[Words, Sense]]:
    """Every phrase of a file with its sense."""
    for section in PLAIN:
        for text in table.get(section, ()):
            yield phrase(text), Sense(section)
    for section in KEYED:
        for key, texts in table.get(section, {}).items():
            for text in texts:
                yield phrase(text), Sense(section, value_of(section, key))


def value_of(section: str, key: str) -> Any:
    """What a key of a section stands for."""
    if section in {"numbers", "ordinals", "months", "relative_days"}:
        return int(key)
    return WEEKDAYS.index(key) if section == "weekdays" else key
