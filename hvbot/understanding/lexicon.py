"""A language's words as they are looked up: phrase by phrase, the longest first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from hvbot.understanding.codes import canonical
from hvbot.understanding.normalise import bare, phrase, phrases

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
    *("after", "before", "until", "to", "between", "onward", "earlier", "at", "at_weak", "the_day", "day_mark"),
    *("hour", "minute", "and", "or", "in", "am", "pm", "noon", "half", "half_to", "quarter", "quarter_to", "past"),
    *("to_hour", "plus_half", "plus_quarter", "minus_quarter", "minus_half"),
    *("next", "next_week", "this_week", "day_unit", "week_unit", "speak", "not_counted", "others", "courtesy"),
    "fillers",
)
KEYED = (
    "numbers",
    "ordinals",
    "hours",
    "months",
    "relative_days",
    "weekdays",
    "parts",
    "languages",
    "places",
    "clocks",
)
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
# How a language works: 3/12 may be either day; "not" follows what it denies; hours are counted from dawn.
TRAITS = ("mixed_dates", "negation_follows", "dawn_clock")
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
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense of a phrase: the section of the file it stands in, and its value where the section has one."""

    kind: str
    value: Any = None


@dataclass(frozen=True)
class Lexicon:
    """The words of one language.

    `senses` finds every sense of a phrase, with its accents or without. `alone` holds words that mean something only
    when they are all that is said. `prefixes` and `suffixes` are what the language writes together with a word. `traits`
    names which of `TRAITS` it has.
    """

    code: str
    senses: Mapping[Words, tuple[Sense, ...]]
    alone: frozenset[Words] = frozenset()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    ordinal_endings: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    lengths: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, table: Mapping[str, Any], code: str) -> Self:
        """Prepare a `keywords.toml`; sections it does not know are left alone."""
        senses: dict[Words, list[Sense]] = {}
        for words, sense in entries(table):
            for form in {words, tuple(map(bare, words))}:
                found = senses.setdefault(form, [])
                if sense not in found:
                    found.append(sense)
        senses.pop((), None)
        return cls(
            code,
            {words: tuple(found) for words, found in senses.items()},
            frozenset(tuple(map(bare, phrase(text))) for text in table.get("alone", ())),
            tuple(table.get("prefixes", ())),
            tuple(table.get("suffixes", ())),
            frozenset(bare(ending) for ending in table.get("ordinal_endings", ())),
            frozenset(trait for trait in TRAITS if table.get(trait)),
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
    listed = [(text, Sense(section)) for section in PLAIN for text in table.get(section, ())]
    listed += [
        (text, sense)
        for section in KEYED
        for key, texts in table.get(section, {}).items()
        for sense in [Sense(section, value_of(section, key))]
        for text in texts
    ]
    return zip(phrases([text for text, _ in listed]), (sense for _, sense in listed), strict=True)


def value_of(section: str, key: str) -> Any:
    """What a key of a section stands for."""
    if section in COUNTED:
        return int(key)
    if section == "clocks":
        hour, _, minute = key.partition(":")
        return int(hour), int(minute)
    return WEEKDAYS.index(key) if section == "weekdays" else key


@dataclass(frozen=True, eq=False)
class Lexicons(Mapping[str, Lexicon]):
    """All languages by code, with an index over the words their phrases begin with, so that no language is read in vain."""

    by_code: Mapping[str, Lexicon]

    def __getitem__(self, code: str) -> Lexicon:
        return self.by_code[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_code)

    def __len__(self) -> int:
        return len(self.by_code)

    def find(self, tag: str) -> str | None:
        """The code of the language that a tag names: `es` for `es-MX`; None for a language without a file."""
        tag = canonical(tag)
        while tag and tag not in self.by_code:
            tag = tag.rpartition("-")[0]
        return tag or None

    def of_thread(self, language: str) -> list[str]:
        """The languages a person is known to write: its own, and English."""
        codes = dict.fromkeys((self.find(language), ENGLISH))
        return [code for code in codes if code and code in self.by_code]

    @cached_property
    def openers(self) -> Mapping[str, frozenset[str]]:
        """The languages that have a phrase beginning with a word."""
        return by_word((lexicon.lengths, code) for code, lexicon in self.by_code.items())

    @cached_property
    def opt_out_openers(self) -> Mapping[str, frozenset[str]]:
        """The languages in which an opt-out can begin with a word."""
        return by_word((lexicon.opt_out_words, code) for code, lexicon in self.by_code.items())


def by_word(found: Iterable[tuple[Iterable[str], str]]) -> dict[str, frozenset[str]]:
    """Languages by word."""
    codes: dict[str, set[str]] = {}
    for words, code in found:
        for word in words:
            codes.setdefault(word, set()).add(code)
    return {word: frozenset(found) for word, found in codes.items()}
