"""What a conversation remembers between two texts: the questions that are open, newest first."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

KEPT_QUESTIONS = 4


class Step(StrEnum):
    """A question we asked, by the answer it waits for."""

    CONSENT = "consent"
    OFFER = "offer"
    READ_BACK = "read_back"
    OWN_WORDS = "own_words"
    BOOKED = "booked"
    PLACE = "place"
    REMINDER = "reminder"
    SHARED_PHONE = "shared_phone"
    STOP_OR_CHANGE = "stop_or_change"
    THANKS = "thanks"
    MISSED = "missed"
    STAFF_SET = "staff_set"
    STAFF_WHICH = "staff_which"
    STAFF_ASKED = "staff_asked"
    STAFF_HAPPENED = "staff_happened"


@dataclass(frozen=True, slots=True)
class Option:
    """A numbered time that was shown. `visit_id` where a visit and not an open time is meant."""

    starts_at: datetime
    pair_id: int = 0
    interpreter_id: int | None = None
    visit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A question that waits for an answer, or, with `answered`, was answered a short while ago."""

    step: Step
    asked_at: datetime
    options: tuple[Option, ...] = ()
    visit_id: int | None = None
    version: int | None = None
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """Words that came lately, as a fingerprint: how often, and when last."""

    words: str
    times: int
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """The questions, newest first; the times already refused; how often in a row a text was not understood; and what was
    heard lately, newest first.
    """

    questions: tuple[Open, ...] = ()
    refused: tuple[datetime, ...] = ()
    missed: int = 0
    noes: int = 0
    heard: tuple[Heard, ...] = ()

    def newest(self, now: datetime) -> Open | None:
        """The newest question the person can have seen by `now`."""
        return next(
            (question for question in self.questions if not question.answered and question.asked_at <= now), None
        )

    @property
    def stop_asked(self) -> Open | None:
        """The question whether all texts shall end, while it is open."""
        return next((question for question in self.questions if question.step is Step.STOP_OR_CHANGE), None)

    def asking(self, question: Open) -> Self:
        """Ask one more; a question of the same step about the same visit is replaced.

        Whether all texts shall end is asked before anything else, until that is answered.
        """
        others = (old for old in self.questions if not same_question(old, question))
        line = sorted((question, *others), key=lambda asked: asked.step is not Step.STOP_OR_CHANGE)
        return replace(self, questions=tuple(line)[:KEPT_QUESTIONS], missed=0)

    def answering(self, question: Open) -> Self:
        """Mark one as answered. It stays for a while: a second thought may follow."""
        marked = tuple(replace(old, answered=True) if old == question else old for old in self.questions)
        return replace(self, questions=marked, missed=0)

    def without(self, *steps: Step) -> Self:
        """Forget the questions of these steps."""
        kept = tuple(old for old in self.questions if old.step not in steps)
        return replace(self, questions=kept) if len(kept) < len(self.questions) else self

    def just_answered(self, now: datetime, minutes: int) -> Open | None:
        """The offer that was answered and had been asked in the last minutes."""
        return next(
            (
                old
                for old in self.questions
                if old.answered and old.options and (now - old.asked_at).total_seconds() <= minutes * 60
            ),
            None,
        )


def same_question(old: Open, new: Open) -> bool:
    """Tell whether a new question makes an old one void."""
    return old.step == new.step and old.visit_id == new.visit_id and not (old.options and not old.answered)


def to_json(state: State) -> dict[str, Any]:
    """Write a state as JSON values."""
    return {
        "questions": [question_to_json(question) for question in state.questions],
        "refused": [moment.isoformat() for moment in state.refused],
        "missed": state.missed,
        "noes": state.noes,
        "heard": [[heard.words, heard.times, heard.at.isoformat()] for heard in state.heard],
    }


def question_to_json(question: Open) -> dict[str, Any]:
    return {
        "step": question.step.value,
        "asked_at": question.asked_at.isoformat(),
        "options": [
            [option.starts_at.isoformat(), option.pair_id, option.interpreter_id, option.visit_id]
            for option in question.options
        ],
        "visit_id": question.visit_id,
        "version": question.version,
        "answered": question.answered,
    }


def from_json(value: dict[str, Any] | None) -> State:
    """Read a state; an empty value is a conversation in which nothing was asked."""
    if not value:
        return State()
    return State(
        tuple(question_from_json(item) for item in value.get("questions", ())),
        tuple(datetime.fromisoformat(moment) for moment in value.get("refused", ())),
        value.get("missed", 0),
        value.get("noes", 0),
        tuple(Heard(words, times, datetime.fromisoformat(at)) for words, times, at in value.get("heard", ())),
    )


def question_from_json(value: dict[str, Any]) -> Open:
    options = tuple(
        Option(datetime.fromisoformat(starts_at), pair_id, interpreter_id, visit_id)
        for starts_at, pair_id, interpreter_id, visit_id in value["options"]
    )
    return Open(
        Step(value["step"]),
        datetime.fromisoformat(value["asked_at"]),
        options,
        value["visit_id"],
        value["version"],
        value["answered"],
    )
