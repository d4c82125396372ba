"""A language's words as they are looked up: phrase by phrase, the longest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from hvbot.understanding.normalise import bare, phrase

Words = tuple[str, ...]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Every section that is a plain list, in the order in which a word of several sections lists its senses.
PLAIN = (
    *("stop", "stop_whole", "stop_verbs", "texting", "start", "help", "person", "wrong_number", "interpreter"),
    *("cancel_visit", "cancel_two_faced", "change", "none", "any", "last", "first", "option"),
    *(
        "yes",
        "yes_whole",
        "no",
        "cannot",
        "busy",
        "soft_yes",
        "hopeful",
        "question",
        "negators",
        "except",
        "but",
        "correction",
    ),
    *("after", "before", "until", "to", "between", "onward", "at", "at_weak", "the_day", "hour", "and", "or", "in"),
    *("am", "pm", "noon", "half", "half_to", "quarter", "quarter_to", "past", "to_hour"),
    *("next", "next_week", "this_week", "day_unit", "week_unit", "speak", "not_counted", "courtesy", "fillers"),
)
KEYED = ("numbers", "ordinals", "hours", "months", "relative_days", "weekdays", "parts", "languages", "places")
COUNTED = frozenset({"numbers", "ordinals", "hours", "months", "relative_days"})
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
OPT_OUT = frozenset({"stop", "stop_whole", "stop_verbs", "texting", "negators", "no"})
# A wrong guess at these costs more than a question.
GUESSED = frozenset(
    {
        "yes",
        "change",
        "interpreter",
        "person",
        "wrong_number",
        "weekdays",
        "months",
        "relative_days",
        "parts",
        "ordinals",
        "languages",
        "option",
        "after",
        "before",
        "noon",
        "none",
        "question",
        "fillers",
        "soft_yes",
    }
)
AFFIXED = frozenset(
    {
        "weekdays",
        "months",
        "parts",
        "numbers",
        "ordinals",
        "hours",
        "relative_days",
        "half",
        "quarter",
        "noon",
        "languages",
        "hour",
        "fillers",
        "am",
        "pm",
    }
)
SHORTEST_TYPO = 5


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense of a phrase: the section of the file it stands in, and its value where the section has one."""

    kind: str
    value: Any = None


@dataclass(frozen=True)
class Lexicon:
    """The words of one language.

    `senses` finds every sense of a phrase, with its accents or without. `alone` holds words that mean something only
    when they are all that is said. `prefixes` and `suffixes` are what the language writes together with a word.
    """

    code: str
    senses: Mapping[Words, tuple[Sense, ...]]
    alone: frozenset[Words] = frozenset()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    ordinal_endings: frozenset[str] = frozenset()
    mixed_dates: bool = False
    lengths: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, table: Mapping[str, Any], code: str) -> Self:
        """Prepare a `keywords.toml`; sections it does not know are left alone."""
        senses: dict[Words, list[Sense]] = {}
        for words, sense in entries(table):
            for form in dict.fromkeys((words, tuple(map(bare, words)))):
                found = senses.setdefault(form, [])
                if form and sense not in found:
                    found.append(sense)
        senses.pop((), None)
        return cls(
            code,
            {words: tuple(found) for words, found in senses.items()},
            frozenset(tuple(map(bare, phrase(text))) for text in table.get("alone", ())),
            tuple(table.get("prefixes", ())),
            tuple(table.get("suffixes", ())),
            frozenset(bare(ending) for ending in table.get("ordinal_endings", ())),
            bool(table.get("mixed_dates", False)),
            longest_by_first_word(senses),
        )

    def missing(self) -> tuple[str, ...]:
        """The required sections without an entry."""
        kinds = {sense.kind for found in self.senses.values() for sense in found}
        return tuple(section for section in REQUIRED if section not in kinds)

    @cached_property
    def guessed(self) -> dict[str, list[str]]:
        """The words that may be recognized with one slip, by their first letter."""
        words: dict[str, list[str]] = {}
        for form, senses in self.senses.items():
            if len(form) == 1 and len(form[0]) >= SHORTEST_TYPO and all(sense.kind in GUESSED for sense in senses):
                words.setdefault(form[0][0], []).append(form[0])
        return words

    @cached_property
    def opt_out_words(self) -> frozenset[str]:
        """The words an opt-out in this language can begin with."""
        kinds = {"stop", "stop_whole", "texting"}
        return frozenset(
            words[0] for words, senses in self.senses.items() if any(sense.kind in kinds for sense in senses)
        )


def longest_by_first_word(senses: Mapping[Words, Any]) -> dict[str, int]:
    """How long a phrase can be that begins with a word."""
    lengths: dict[str, int] = {}
    for words in senses:
        lengths[words[0]] = max(lengths.get(words[0], 0), len(words))
    return lengths


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
    if section in COUNTED:
        return int(key)
    return WEEKDAYS.index(key) if section == "weekdays" else key
