"""What a text means, in terms the conversation can act on.

These are the words of the `understand` interface: the value of `name` is what the command prints.
"""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


class Question(StrEnum):
    """The question a reply answers."""

    CONSENT = "consent"
    OFFER = "offer"
    BOOKED = "booked"
    REMINDER = "reminder"


# The questions that are asked while a visit is set.
SET = frozenset({Question.BOOKED, Question.REMINDER})


class Part(StrEnum):
    """A part of the day or of the week."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    WEEKEND = "weekend"
    WEEKDAY = "weekday"


@dataclass(frozen=True, slots=True)
class When:
    """What a text says about time, and only that. All times are local wall time at the school.

    `weekday` is 0 for Monday to 6 for Sunday. A clock time alone is `from_`; "before five" is `until`.
    """

    date: dt.date | None = None
    weekday: int | None = None
    from_: dt.time | None = None
    until: dt.time | None = None
    part: Part | None = None

    def is_empty(self) -> bool:
        """Tell whether the text said nothing about time."""
        return self == When()


@dataclass(frozen=True, slots=True)
class Choose:
    """One of the offered times, counted from 1 as it was shown."""

    option: int
    name: ClassVar[str] = "choose"


@dataclass(frozen=True, slots=True)
class Propose:
    """A time in the person's own words, which need not be one of those offered."""

    when: When
    name: ClassVar[str] = "propose"


@dataclass(frozen=True, slots=True)
class NoneSuit:
    """None of the offered times."""

    name: ClassVar[str] = "none"


@dataclass(frozen=True, slots=True)
class Yes:
    """Agreement with the question asked."""

    name: ClassVar[str] = "yes"


@dataclass(frozen=True, slots=True)
class No:
    """Refusal of the question asked; not an opt-out."""

    name: ClassVar[str] = "no"


@dataclass(frozen=True, slots=True)
class Change:
    """Another time for a visit that is set."""

    name: ClassVar[str] = "change"


@dataclass(frozen=True, slots=True)
class CancelVisit:
    """The visit shall not take place; texts may go on."""

    name: ClassVar[str] = "cancel"


@dataclass(frozen=True, slots=True)
class Stop:
    """No more texts. `keyword` when the whole text is a word at which the carrier itself answers and blocks."""

    keyword: bool = False
    name: ClassVar[str] = "stop"


@dataclass(frozen=True, slots=True)
class Start:
    """Texts may come again."""

    name: ClassVar[str] = "start"


@dataclass(frozen=True, slots=True)
class Help:
    """Who are you, what is this, help. `keyword` when the carrier itself answers the word."""

    keyword: bool = False
    name: ClassVar[str] = "help"


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """The person reached is not the one meant."""

    name: ClassVar[str] = "wrong_number"


@dataclass(frozen=True, slots=True)
class SpeakLanguage:
    """Another language, as a code such as `es`."""

    to: str
    name: ClassVar[str] = "language"


@dataclass(frozen=True, slots=True)
class AskInterpreter:
    """Somebody who interprets at the visit."""

    name: ClassVar[str] = "interpreter"


@dataclass(frozen=True, slots=True)
class AskPerson:
    """A call or an answer from a person."""

    name: ClassVar[str] = "person"


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood, or two readings that differ.

    `between` holds the options a question back should name; `about` is `cancel` where the visit or the texts may be meant,
    `courtesy` for thanks that ask nothing.
    """

    between: tuple[int, ...] = ()
    about: str = ""
    name: ClassVar[str] = "unclear"


Meaning = (
    Choose
    | Propose
    | NoneSuit
    | Yes
    | No
    | Change
    | CancelVisit
    | Stop
    | Start
    | Help
    | WrongNumber
    | SpeakLanguage
    | AskInterpreter
    | AskPerson
    | Unclear
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A meaning with the words that decided it.

    `explicit` is true when the text named the option itself ("2", "the second", "Tuesday 5:30" where just one option is
    then); false when it was found by narrowing down ("tuesday", "the late one"), so that it is worth reading back.
    """

    meaning: Meaning
    why: tuple[str, ...] = ()
    explicit: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known when a text comes in: the question it answers, the times shown, and the moment."""

    question: Question
    now: dt.datetime
    language: str = "en"
    options: tuple[dt.datetime, ...] = field(default=())
