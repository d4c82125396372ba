"""A language's words as they are looked up: phrase by phrase, the longest first."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hvbot.understanding.codes import canonical
from hvbot.understanding.normalise import phrases, plain
from hvbot.understanding.sections import (
    COUNTED,
    ENGLISH,
    GUESSED,
    KEYED,
    NOT_US,
    OPT_OUT_LISTS,
    OPT_OUT_SIGNS,
    PLAIN,
    REQUIRED,
    SHORTEST_TYPO,
    TRAITS,
    WEEKDAYS,
)

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sense:
    """One sense of a phrase: the section of the file it stands in, and its value where the section has one."""

    kind: str
    value: Any = None


# What a lexicon makes of "not before": a limit that no later "can't" turns around.
NOT_BEFORE = Sense("not_before")
DENYING = Sense("negators")


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words of one language, from its `keywords.toml`; prepared when they are first looked up."""

    code: str
    table: Mapping[str, Any]

    @cached_property
    def senses(self) -> Mapping[Words, tuple[Sense, ...]]:
        """Every sense of a phrase, with its accents or without; with them alone where it is listed `as_typed`."""
        found: dict[Words, tuple[Sense, ...]] = {}
        shared: dict[tuple[Sense, ...], tuple[Sense, ...]] = {}
        as_typed = set(phrases(self.table.get("as_typed", ())))
        for words, sense in entries(self.table):
            for form in {words, words if words in as_typed else tuple(map(plain, words))}:
                before = found.get(form, ())
                if sense not in before:
                    senses = (*before, sense)
                    found[form] = shared.setdefault(senses, senses)
        found.pop((), None)
        return {words: with_denials(words, found) for words in found}

    @cached_property
    def lengths(self) -> Mapping[str, int]:
        """How long a phrase can be that begins with a word."""
        lengths: dict[str, int] = {}
        for words in self.senses:
            lengths[words[0]] = max(lengths.get(words[0], 0), len(words))
        return lengths

    @cached_property
    def alone(self) -> frozenset[Words]:
        """Words that mean something only when they are all that is said."""
        return frozenset(tuple(map(plain, words)) for words in phrases(self.table.get("alone", ())))

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """What the language writes onto the beginning of a word."""
        return tuple(map(plain, self.table.get("prefixes", ())))

    @cached_property
    def suffixes(self) -> tuple[str, ...]:
        """What the language writes onto the end of a word."""
        return tuple(map(plain, self.table.get("suffixes", ())))

    @cached_property
    def ordinal_endings(self) -> frozenset[str]:
        """What makes an ordinal of digits: 2nd."""
        return frozenset(map(plain, self.table.get("ordinal_endings", ())))

    @cached_property
    def day_endings(self) -> frozenset[str]:
        """What makes a day of the month of digits, and never an option: 3-го."""
        return frozenset(map(plain, self.table.get("day_endings", ())))

    @cached_property
    def traits(self) -> frozenset[str]:
        """Which of `TRAITS` the language has."""
        return frozenset(trait for trait in TRAITS if self.table.get(trait))

    @cached_property
    def not_us(self) -> Mapping[str, frozenset[Words]]:
        """What stands beside a name to say that it is not us: before any word, before one with a capital, after one."""
        return {name: frozenset(phrases(self.table.get(name, ()))) for name in NOT_US}

    def gaps(self) -> Iterator[str]:
        """Name the sections that are needed and empty, and the keys that mean nothing."""
        yield from (f"{section} is missing" for section in REQUIRED if not self.table.get(section))
        for section in KEYED:
            for key in self.table.get(section, {}):
                if not is_key(section, key):
                    yield f"[{section}] {key!r} is no key of this table"

    @cached_property
    def guessed(self) -> dict[str, list[str]]:
        """The words that may be recognized with one slip, by their first letter."""
        words: dict[str, list[str]] = {}
        for form, senses in self.senses.items():
            if len(form) == 1 and len(form[0]) >= SHORTEST_TYPO and all(sense.kind in GUESSED for sense in senses):
                words.setdefault(form[0][0], []).append(form[0])
        return words

    @cached_property
    def for_opt_outs(self) -> "Lexicon":
        """The few lists in which an opt-out is found, for threads in other languages."""
        return Lexicon(self.code, {name: self.table[name] for name in OPT_OUT_LISTS if name in self.table})

    def words(self) -> set[str]:
        """Every word of every phrase, as it is written and without accents."""
        found = {word for words, _ in entries(self.table) for word in words}
        return found | set(map(plain, found))

    @cached_property
    def word_hashes(self) -> Sequence[int]:
        """The hashes of every word, in order: every language's words would take ten times the room."""
        return array("q", sorted(map(hash, self.words())))

    def has_word(self, *hashes: int) -> bool:
        """Tell whether a word with one of some hashes stands in a phrase of the language."""
        known = self.word_hashes
        return any((at := bisect_left(known, each)) < len(known) and known[at] == each for each in hashes)

    def prepare_opt_outs(self) -> None:
        """Work out what every text needs of every language, while its file is at hand."""
        _ = self.opt_out_words, self.traits

    @cached_property
    def opt_out_words(self) -> frozenset[str]:
        """The words of which an opt-out in this language holds one."""
        found = phrases([text for section in OPT_OUT_SIGNS for text in self.table.get(section, ())])
        return frozenset(form for words in found if words for form in (words[0], plain(words[0])))


def with_denials(words: Words, senses: Mapping[Words, tuple[Sense, ...]]) -> tuple[Sense, ...]:
    """The senses of a phrase, and what it denies: "not before", and the "please don't" that reaches what follows."""
    found = senses[words]
    if is_not_before(words, senses):
        return (*found, NOT_BEFORE)
    return (*found, DENYING) if ends_in_not(words, senses) else found


def ends_in_not(words: Words, senses: Mapping[Words, tuple[Sense, ...]]) -> bool:
    """Tell a refusal that ends with "not", as far as no phrase says more."""
    is_refusal = len(words) > 1 and {sense.kind for sense in senses[words]} == {"no"}
    return is_refusal and any(sense.kind == "negators" for sense in senses.get(words[-1:], ()))


def is_not_before(words: Words, senses: Mapping[Words, tuple[Sense, ...]]) -> bool:
    """Tell the "not before" among the words for "after": one that begins with a word that denies."""
    if len(words) < 2 or not any(sense.kind == "after" for sense in senses[words]):
        return False
    return any(sense.kind in {"negators", "no"} for sense in senses.get(words[:1], ()))


def entries(table: Mapping[str, Any]) -> Iterator[tuple[Words, Sense]]:
    """Every phrase of a file with its sense."""
    listed = [(text, sense) for section in PLAIN for sense in [Sense(section)] for text in table.get(section, ())]
    listed += [
        (text, sense)
        for section in KEYED
        for key, texts in table.get(section, {}).items()
        for sense in [Sense(section, value_of(section, key))]
        for text in texts
    ]
    found = zip(phrases([text for text, _ in listed]), (sense for _, sense in listed), strict=True)
    return with_short_forms(found, table.get("short", {}))


def with_short_forms(
    found: Iterable[tuple[Words, Sense]], short: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Words, Sense]]:
    """Phrases, and the same with the short forms that people text: "who r u"."""
    for words, sense in found:
        yield words, sense
        if len(words) > 1 and any(word in short for word in words):
            yield from ((form, sense) for form in short_forms(words, short))


def short_forms(words: Words, short: Mapping[str, Sequence[str]]) -> Iterator[Words]:
    """A phrase with one or all of its words in their first short form, then with the others."""
    for place in range(max(map(len, short.values()))):
        yield tuple(short[word][min(place, len(short[word]) - 1)] if word in short else word for word in words)
    for word in words:
        if word in short:
            yield tuple(short[word][0] if other == word else other for other in words)


def value_of(section: str, key: str) -> Any:
    """What a key of a section stands for."""
    if section in COUNTED:
        return int(key)
    if section == "clocks":
        hour, _, minute = key.partition(":")
        return int(hour), int(minute)
    return WEEKDAYS.index(key) if section == "weekdays" else key


def is_key(section: str, key: str) -> bool:
    """Tell whether a key of a table stands for something."""
    try:
        return value_of(section, key) is not None
    except ValueError:
        return False


@dataclass(frozen=True, eq=False)
class Lexicons(Mapping[str, Lexicon]):
    """All languages by code, with an index of their words, so that no language is looked at in vain."""

    by_code: Mapping[str, Lexicon]

    # There is one for a process; what was read with it is kept by it.
    __hash__ = object.__hash__

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

    def of_thread(self, language: str) -> tuple[str, ...]:
        """The languages a person is known to write: its own, and English."""
        return self.threads.get(language) or self.threads.setdefault(language, self._of_thread(language))

    def _of_thread(self, language: str) -> tuple[str, ...]:
        codes = dict.fromkeys((self.find(language), ENGLISH))
        return tuple(code for code in codes if code and code in self.by_code)

    @cached_property
    def threads(self) -> dict[str, tuple[str, ...]]:
        """The languages of threads that were met."""
        return {}

    def that_know(self, words: Sequence[tuple[str, str]]) -> list[str]:
        """The languages that have each of some words, given as typed and without accents."""
        if not words:
            return []
        hashes = [(hash(typed), hash(plain)) for typed, plain in words]
        return [code for code, it in self.by_code.items() if all(it.has_word(*either) for either in hashes)]

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
    shared: dict[frozenset[str], frozenset[str]] = {}
    return {word: shared.setdefault(key, key) for word, found in codes.items() if (key := frozenset(found))}
