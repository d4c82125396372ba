"""Finds the lexicon's phrases in a reply: a list of items, each a run of words with its senses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from hvbot.understanding.kept import once_if_short
from hvbot.understanding.lexicon import Lexicon, Sense
from hvbot.understanding.normalise import BREAKS, Token, bare, tokens_of
from hvbot.understanding.sections import AFFIXED, SHORTEST_TYPO

DIGITS = re.compile(r"\d+")
SHORTEST_STEM = 3
SHORTEST_PART = 6
# "n2", "op2": the only digits that may touch letters before them; "la2" is a word of Latin-script Arabic.
MARKED_OPTION = re.compile(r"([^\W\d_]+)([1-9]\d?)")
SHORT_FOR_OPTION = frozenset({"n", "no", "nr", "num", "op", "opc", "opt"})
DAY_ENDING = "of the month"
ASIDE = frozenset({"received", "remove_verbs", "our_number", "leave_verbs", "in_peace", "late", "visit"})
HOUR_TAILS = frozenset({"am", "pm", "a", "p", "h", "hs", "hrs", "ish"})


@dataclass(frozen=True, slots=True)
class Item:
    """A run of words. `number` is set for digits, `ending` for what is written onto them; `clock` for 5:30 or 530; `day` for 12/3."""

    words: tuple[str, ...]
    senses: tuple[Sense, ...] = ()
    language: str = ""
    number: int | None = None
    ending: str = ""
    clock: tuple[int, int] | None = None
    day: tuple[int, ...] = ()
    alone: bool = False
    kinds: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", frozenset(sense.kind for sense in self.senses))

    def value(self, kind: str) -> Any:
        """The value of a sense; None when the item has no such sense."""
        return next((sense.value for sense in self.senses if sense.kind == kind), None)

    def has(self, *kinds: str) -> bool:
        """Tell whether the item has one of these senses."""
        return not self.kinds.isdisjoint(kinds)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def is_break(self) -> bool:
        return self.words[0] in BREAKS

    @property
    def is_digits(self) -> bool:
        return self.number is not None or self.clock is not None or bool(self.day)

    @property
    def is_filler(self) -> bool:
        """Tell whether the words add nothing."""
        return self.has("fillers", "courtesy") or self.words[0] in {"-", "/", "&", "#", "@"}

    @property
    def is_unknown(self) -> bool:
        """Tell whether it is a word that no lexicon of the thread has, or that one has only for a stop or a delay."""
        return self.kinds <= ASIDE and not self.is_digits and not self.is_break and not self.is_filler


@once_if_short
def items_of(text: str, lexicons: tuple[Lexicon, ...], *, typos: bool = True) -> tuple[Item, ...]:
    """Read a reply from left to right, the longest phrase first, the thread's language before the others."""
    return tuple(read_items(tokens_of(text), lexicons, typos=typos))


def read_items(tokens: Sequence[Token], lexicons: Sequence[Lexicon], *, typos: bool = True) -> Iterator[Item]:
    """The items of a reply that is cut into tokens; slips are mended only in languages the person is known to write."""
    at = 0
    while at < len(tokens):
        item = item_at(tokens, at, lexicons, typos=typos)
        while is_strange(item, tokens, at + len(item.words)):
            following = item_at(tokens, at + len(item.words), lexicons, typos=typos)
            if following.senses or following.is_digits:
                break
            item = Item((*item.words, *following.words))
        yield item
        at += len(item.words)


def is_strange(item: Item, tokens: Sequence[Token], end: int) -> bool:
    """Tell syllables of no known word, after which comes another syllable: where no spaces are written they are one word."""
    return item.is_unknown and tokens[end - 1].kind == "char" and end < len(tokens) and tokens[end].kind == "char"


def item_at(tokens: Sequence[Token], at: int, lexicons: Sequence[Lexicon], *, typos: bool) -> Item:
    """The item that begins at a token."""
    token = tokens[at]
    found = [item for lexicon in lexicons if (item := known(tokens, at, lexicon))]
    if found:
        return max(found, key=lambda item: len(item.words))
    if token.kind in {"number", "clock", "day", "iso"}:
        return digits(token, lexicons)
    if token.kind == "mark":
        return Item((token.text,))
    if (marked := MARKED_OPTION.fullmatch(token.bare)) and is_option_word(marked[1], lexicons):
        return Item((token.text,), (Sense("option"),), number=int(marked[2]))
    return affixed(token, lexicons) or (typos and typo(token, lexicons)) or Item((token.text,))


def is_option_word(word: str, lexicons: Sequence[Lexicon]) -> bool:
    """Tell whether a word that stands before the number of an option is written onto it: number1."""
    senses = [sense for lexicon in lexicons for sense in lexicon.senses.get((word,), ())]
    return word in SHORT_FOR_OPTION or any(sense.kind == "option" for sense in senses)


def known(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Item | None:
    """The longest phrase of one language at a token, as it is typed or without accents."""
    first = tokens[at]
    longest = max(lexicon.lengths.get(first.text, 0), lexicon.lengths.get(first.bare, 0))
    for length in range(min(longest, len(tokens) - at), 0, -1):
        run = tokens[at : at + length]
        typed, plain = tuple(token.text for token in run), tuple(token.bare for token in run)
        senses = lexicon.senses.get(typed) or lexicon.senses.get(plain)
        if senses:
            return Item(typed, senses, lexicon.code, number=count(run), alone=plain in lexicon.alone)
    return None


def count(run: Sequence[Token]) -> int | None:
    """The number of an entry that is digits alone, which stays a number."""
    return int(run[0].text) if len(run) == 1 and run[0].text.isdecimal() and len(run[0].text) <= 2 else None


def digits(token: Token, lexicons: Sequence[Lexicon]) -> Item:
    """A number, a clock time or a day written with digits."""
    if token.kind in {"day", "iso", "clock"}:
        parts = tuple(int(part) for part in DIGITS.findall(token.text))
        is_day = token.kind != "clock" or ("." in token.text and not is_written_clock(*parts))
        return Item((token.text,), day=parts) if is_day else clock_item(token, parts[0], parts[1], "")
    text, ending = token.text.removesuffix(token.tail), ending_of(token.tail, lexicons)
    if token.tail and not ending:
        return Item((token.text,))
    if len(text) in {3, 4} and text[0] != "0":
        return clock_item(token, int(text[:-2]), int(text[-2:]), ending)
    return Item((token.text,), number=int(text) if len(text) < 3 else None, ending=ending)


def is_written_clock(hour: int, minute: int) -> bool:
    """Tell 5.30 from 24.11: clock times that people write are on five minutes."""
    return hour < 24 and minute % 5 == 0


def clock_item(token: Token, hour: int, minute: int, ending: str) -> Item:
    """A clock time in digits, unless no clock shows it."""
    is_clock = hour < 24 and minute < 60
    return Item((token.text,), clock=(hour, minute) if is_clock else None, ending=ending)


def ending_of(tail: str, lexicons: Sequence[Lexicon]) -> str:
    """What is written onto digits ("2nd", "5pm", "17h", "15ч"); empty for the rest of a word that begins with one ("3ala")."""
    if any(bare(tail) in lexicon.day_endings for lexicon in lexicons):
        return DAY_ENDING
    if tail in HOUR_TAILS or any(bare(tail) in lexicon.ordinal_endings for lexicon in lexicons):
        return tail
    kinds = {sense.kind for lexicon in lexicons for sense in lexicon.senses.get((tail,), ())}
    return next((ending for kind, ending in (("am", "am"), ("pm", "pm"), ("hour", "h")) if kind in kinds), "")


def affixed(token: Token, lexicons: Sequence[Lexicon]) -> Item | None:
    """A word with what its language writes onto it: an article, a case, a particle."""
    for lexicon in lexicons:
        for stem in stems(token.bare, lexicon):
            senses = tuple(sense for sense in lexicon.senses.get((stem,), ()) if sense.kind in AFFIXED)
            if senses:
                return Item((token.text,), senses, lexicon.code)
    return None


def stems(word: str, lexicon: Lexicon) -> Iterator[str]:
    """What may be left of a word without a prefix or a suffix."""
    for prefix in lexicon.prefixes:
        if word.startswith(prefix) and len(word) - len(prefix) >= SHORTEST_STEM:
            yield word.removeprefix(prefix)
    for suffix in lexicon.suffixes:
        if word.endswith(suffix) and len(word) - len(suffix) >= SHORTEST_STEM:
            yield word.removesuffix(suffix)


def typo(token: Token, lexicons: Sequence[Lexicon]) -> Item | None:
    """A word of five letters or more with one slip, in one language; never for words that must not be guessed."""
    word = token.bare
    if len(word) < SHORTEST_TYPO or not word.isalpha():
        return None
    for lexicon in lexicons:
        near = [*lexicon.guessed.get(word[0], ()), *lexicon.guessed.get(word[1], ())]
        close = [found for found, _, _ in extract(word, near, scorer=OSA.distance, score_cutoff=1, limit=4)]
        close = [found for found in close if found[0] == word[0] or found[:2] == word[1::-1]]
        meanings = {lexicon.senses[(found,)] for found in close}
        if len(meanings) == 1 and is_safe(word, meanings):
            return Item((token.text,), meanings.pop(), lexicon.code)
    return None


def is_safe(word: str, meanings: set[tuple[Sense, ...]]) -> bool:
    """Tell whether a short word is not too near to another one: parts of the day need six letters."""
    return len(word) >= SHORTEST_PART or not any(sense.kind == "parts" for senses in meanings for sense in senses)
