"""Finds the lexicon's phrases in a reply: a list of items, each a run of words with its senses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from hvbot.understanding.lexicon import Lexicon, Sense, Words
from hvbot.understanding.normalise import CLOCK_WITHOUT_COLON, tokens_of

BREAKS = frozenset({",", ".", "!", "?", "\n"})
SHORTEST_TYPO = 5
# A wrong guess at these costs more than a question.
NEVER_BY_TYPO = frozenset(
    {"stop", "stop_whole", "cancel_visit", "cancel_two_faced", "no", "numbers", "negators", "places"}
)


@dataclass(frozen=True, slots=True)
class Item:
    """A run of words. `number` is set for digits; `clock` for 5:30 or 530; `day` for 12/3 as month and day."""

    words: Words
    senses: tuple[Sense, ...] = ()
    language: str = ""
    number: int | None = None
    clock: tuple[int, int] | None = None
    day: tuple[int, int] | None = None

    def value(self, kind: str) -> Any:
        """The value of a sense; None when the item has no such sense."""
        return next((sense.value for sense in self.senses if sense.kind == kind), None)

    def has(self, *kinds: str) -> bool:
        """Tell whether the item has one of these senses."""
        return any(sense.kind in kinds for sense in self.senses)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def is_break(self) -> bool:
        return self.words[0] in BREAKS

    @property
    def is_unknown(self) -> bool:
        """Tell whether it is a word that no lexicon of the thread has."""
        return not self.senses and self.number is None and self.clock is None and self.day is None and not self.is_break


def items_of(text: str, lexicons: Sequence[Lexicon], *, typos: bool = True) -> list[Item]:
    """Read a reply from left to right, the longest phrase first, the thread's language before the others."""
    tokens = tokens_of(text)
    found: list[Item] = []
    at = 0
    while at < len(tokens):
        item = item_at(tokens, at, lexicons, typos)
        found.append(item)
        at += len(item.words)
    return found


def item_at(tokens: Sequence[str], at: int, lexicons: Sequence[Lexicon], typos: bool) -> Item:
    """The item that begins at a token."""
    if digits := digits_at(tokens, at):
        return digits
    best = max(
        (known(tokens, at, lexicon) for lexicon in lexicons), key=lambda item: len(item.words) if item.senses else 0
    )
    if best.senses or tokens[at] in BREAKS or not typos:
        return best
    return typo(tokens[at], lexicons) or best


def digits_at(tokens: Sequence[str], at: int) -> Item | None:
    """A number, a clock time or a day written with digits."""
    token = tokens[at]
    if not token[0].isdigit():
        return None
    if "/" in token:
        month, day = (int(part) for part in token.split("/")[:2])
        return Item((token,), day=(month, day))
    if ":" in token or "." in token:
        hour, minute = (int(part) for part in token.replace(".", ":").split(":"))
        return Item((token,), clock=(hour, minute)) if is_clock(hour, minute) else Item((token,))
    if len(token) in {3, 4} and (parts := CLOCK_WITHOUT_COLON.match(token)):
        hour, minute = int(parts[1]), int(parts[2])
        return Item((token,), clock=(hour, minute)) if is_clock(hour, minute) and hour else Item((token,))
    return Item((token,), number=int(token) if len(token) < 3 else None)


def is_clock(hour: int, minute: int) -> bool:
    return hour < 24 and minute < 60


def known(tokens: Sequence[str], at: int, lexicon: Lexicon) -> Item:
    """The longest phrase of one language at a token."""
    for length in range(min(lexicon.longest, len(tokens) - at), 0, -1):
        words = tuple(tokens[at : at + length])
        senses = lexicon.senses.get(words)
        if senses:
            return Item(words, senses, lexicon.code)
    return Item((tokens[at],))


def typo(token: str, lexicons: Iterable[Lexicon]) -> Item | None:
    """A word of five letters or more with one slip, in one language; never for words that must not be guessed."""
    if len(token) < SHORTEST_TYPO or not token.isalpha():
        return None
    for lexicon in lexicons:
        near = {
            word
            for length in range(max(SHORTEST_TYPO, len(token) - 1), len(token) + 2)
            for word in lexicon.single.get(length, ())
            if DamerauLevenshtein.distance(word, token, score_cutoff=1) <= 1
            and not any(sense.kind in NEVER_BY_TYPO for sense in lexicon.senses[(word,)])
        }
        meanings = {lexicon.senses[(word,)] for word in near}
        if len(meanings) == 1:
            return Item((token,), meanings.pop(), lexicon.code)
    return None
