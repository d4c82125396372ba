"""How people answer: tables of what each temper says to each question, and the words for it in their language."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from hvbot.conversation.state import Step
from hvbot.understanding.examples import is_right, read_example
from hvbot.understanding.lexicon import Lexicons

FAMILY_TEMPERS = {
    "quick": 0.40, "slow": 0.14, "own_times": 0.06, "none_suit": 0.04, "asks": 0.05, "moves": 0.06, "calls_off": 0.03,
    "declines": 0.05, "stops": 0.02, "stops_in_words": 0.015, "stops_later": 0.01, "wrong_number": 0.015,
    "recycled": 0.005, "silent": 0.07, "falls_silent": 0.02, "rambles": 0.01, "place": 0.02, "back_again": 0.005,
}  # fmt: skip
STAFF_TEMPERS = {"willing": 0.80, "cannot_once": 0.12, "silent": 0.04, "not_held": 0.04}

Script = Mapping[Step, tuple[str, ...]]
"""What is said to a question, the first time, the second, ...; the last is said ever after, "" is silence."""

HAPPY: Script = {
    Step.CONSENT: ("yes",),
    Step.OFFER: ("pick",),
    Step.READ_BACK: ("1",),
    Step.OWN_WORDS: ("when", ""),
    Step.REMINDER: ("1",),
    Step.SHARED_PHONE: ("1",),
    Step.STOP_OR_CHANGE: ("1",),
    Step.THANKS: ("1",),
    Step.MISSED: ("1",),
}
FAMILY: Mapping[str, Script] = {
    "quick": HAPPY,
    "slow": HAPPY,
    "own_times": {**HAPPY, Step.OFFER: ("when", "pick")},
    "none_suit": {**HAPPY, Step.OFFER: ("0", "0", "when", "pick")},
    "asks": {**HAPPY, Step.CONSENT: ("help", "yes"), Step.OFFER: ("person", "pick")},
    "moves": {**HAPPY, Step.BOOKED: ("change", ""), Step.REMINDER: ("2", "1")},
    "calls_off": {**HAPPY, Step.BOOKED: ("cancel", ""), Step.REMINDER: ("cancel", "")},
    "declines": {Step.CONSENT: ("no", ""), Step.OFFER: ("no", "")},
    "stops": {Step.CONSENT: ("STOP",)},
    "stops_in_words": {Step.CONSENT: ("stop",), Step.STOP_OR_CHANGE: ("2",)},
    "stops_later": {**HAPPY, Step.BOOKED: ("stop",), Step.STOP_OR_CHANGE: ("2",), Step.REMINDER: ("STOP",)},
    "wrong_number": {Step.CONSENT: ("wrong_number", "3")},
    "recycled": {**HAPPY, Step.REMINDER: ("wrong_number",)},
    "silent": {},
    "falls_silent": {Step.CONSENT: ("yes",)},
    "rambles": {Step.CONSENT: ("ramble", "ramble", "yes"), Step.OFFER: ("ramble", "pick")},
    "place": {**HAPPY, Step.BOOKED: ("place", ""), Step.PLACE: ("2",)},
    "back_again": {**HAPPY, Step.CONSENT: ("STOP", "yes"), Step.OFFER: ("pick",)},
}
WILLING: Script = {
    Step.STAFF_HAPPENED: ("1",),
    Step.STAFF_ASKED: ("1",),
    Step.STAFF_WHICH: ("1",),
}
STAFF: Mapping[str, Script] = {
    "willing": WILLING,
    "cannot_once": {**WILLING, Step.STAFF_SET: ("2", ""), Step.STAFF_ASKED: ("2", "1")},
    "silent": {},
    "not_held": {**WILLING, Step.STAFF_HAPPENED: ("2", "3", "1"), Step.STAFF_ASKED: ("2",)},
}
# In hours: from, until. Phones of shift workers are read at any hour, so the longest reach into the night.
PACE = {"quick": (0.05, 2.0), "slow": (6.0, 50.0), "falls_silent": (1.0, 30.0)}
USUAL_PACE = (0.1, 12.0)
COMES_BACK = timedelta(hours=50)
RAMBLE = ("asdf 77 ?? lol", "\U0001f914\U0001f914\U0001f914", "k" * 400, "the dog ate it on friday or so maybe 99")


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody was asked: how often before, with how many options, in which language."""

    temper: str
    staff: bool
    step: Step
    times: int
    options: int
    language: str


@dataclass(frozen=True, slots=True)
class Saying:
    """A text that somebody will write, and how long after."""

    after: timedelta
    words: str


class Phrasebook:
    """What people write, by language and by what they mean; read from the lexicons when it is first needed."""

    def __init__(self, lexicons: Lexicons) -> None:
        self.lexicons = lexicons
        self.known: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def of(self, language: str) -> Mapping[str, tuple[str, ...]]:
        if language not in self.known:
            self.known[language] = phrases(self.lexicons, language)
        return self.known[language]

    def say(self, move: str, language: str, options: int, chance: random.Random) -> str:
        """The words for a move: any of those that the language's own examples have, else the move itself."""
        if move == "pick":
            return str(chance.randint(1, max(1, min(options, 3))))
        if move == "ramble":
            return chance.choice(RAMBLE)
        words = self.of(language).get(move) or self.of("en").get(move)
        return chance.choice(words) if words else move


def phrases(lexicons: Lexicons, language: str) -> Mapping[str, tuple[str, ...]]:
    """What people write in a language, by what they mean, from the examples of its lexicon."""
    lexicon = lexicons.get(language)
    found: dict[str, list[str]] = {}
    for example in lexicon.table.get("examples", ()) if lexicon else ():
        move = MOVES.get((example["question"], example["meaning"].split()[0]))
        if move and is_right(example["meaning"], read_example(example, lexicons, language)):
            found.setdefault(move, []).append(example["text"])
    return {move: tuple(texts) for move, texts in found.items()}


MOVES = {
    ("consent", "yes"): "yes", ("consent", "no"): "no", ("consent", "stop"): "stop", ("offer", "stop"): "stop",
    ("booked", "stop"): "stop", ("consent", "wrong_number"): "wrong_number", ("offer", "propose"): "when",
    ("booked", "change"): "change", ("booked", "cancel"): "cancel", ("consent", "help"): "help",
    ("offer", "help"): "help", ("consent", "person"): "person", ("offer", "person"): "person",
}  # fmt: skip


def next_saying(question: Question, book: Phrasebook, chance: random.Random) -> Saying | None:
    """What somebody answers; None is silence."""
    script = (STAFF if question.staff else FAMILY)[question.temper]
    moves = script.get(question.step, ())
    move = moves[min(question.times, len(moves) - 1)] if moves else ""
    if not move:
        return None
    first, last = PACE.get(question.temper, USUAL_PACE)
    after = timedelta(hours=chance.uniform(first, last))
    return Saying(after, book.say(move, question.language, question.options, chance))


def afterthought(temper: str, words: str) -> Saying | None:
    """What somebody writes later without being asked."""
    return Saying(COMES_BACK, "START") if temper == "back_again" and words == "STOP" else None
