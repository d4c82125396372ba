"""What a turn asks the services to do. They are carried out in order, in the transaction that stored the text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hvbot.conversation.messages import Message
from hvbot.conversation.state import Option, Step


class To(StrEnum):
    """Who is told, besides the person who wrote."""

    OTHERS = "others"
    """The other adults of the home who were asked."""
    HOME = "home"
    """Every adult of the home who was asked."""
    WILLING = "willing"
    """Every adult of the home who said yes."""
    STAFF = "staff"
    """Both educators of the visit, and the interpreter."""
    PARTNER = "partner"
    """The other educator of the visit."""


@dataclass(frozen=True, slots=True)
class Say:
    """Answer the person. `params` holds only what the school and the visit do not know themselves."""

    message: Message
    params: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = "answer"


@dataclass(frozen=True, slots=True)
class Tell:
    """Text other people about the visit; `opens` is the question it asks them.

    `visit_id` where an educator writes, who may go to several; `params` beside the standard ones of a visit.
    """

    to: To
    message: Message
    purpose: str
    opens: Step | None = None
    visit_id: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GrantConsent:
    """The person said yes to our own question."""


@dataclass(frozen=True, slots=True)
class DeclineConsent:
    """The person said no to our own question."""


@dataclass(frozen=True, slots=True)
class RevokeConsent:
    """The person wants no more texts. `by_carrier` when the carrier answers and blocks by itself."""

    by_carrier: bool


@dataclass(frozen=True, slots=True)
class ResumeTexts:
    """The person lifted an opt-out; leave is asked afresh."""


@dataclass(frozen=True, slots=True)
class MarkWrongNumber:
    """The number belongs to somebody else."""


@dataclass(frozen=True, slots=True)
class Book:
    """Set the visit, or move it where one is set."""

    slot: Option


@dataclass(frozen=True, slots=True)
class CallOff:
    """The family does not want the visit that is set."""


@dataclass(frozen=True, slots=True)
class ConfirmVisit:
    """The family answered a reminder with yes."""


@dataclass(frozen=True, slots=True)
class SetPlace:
    """Where to meet: home, park, library, video, or other with the family's words."""

    place: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """The language the person wrote or asked for."""

    code: str


@dataclass(frozen=True, slots=True)
class SetShared:
    """Whether others read this phone."""

    shared: bool


@dataclass(frozen=True, slots=True)
class SaveFeltHeard:
    """1 yes, 2 a little, 3 no. Kept with the invitation's round, never shown to the educators."""

    answer: int


@dataclass(frozen=True, slots=True)
class CloseInvitation:
    """Nobody at this home wants a visit now."""


@dataclass(frozen=True, slots=True)
class AwaitTimes:
    """The home wants a visit and no time is open: it is shown times as soon as there are any."""


@dataclass(frozen=True, slots=True)
class RaiseAttention:
    """A person must look."""

    reason: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """A matter about this number has settled itself; nobody need look."""

    reason: str


@dataclass(frozen=True, slots=True)
class CannotGo:
    """An educator or interpreter cannot go to a visit."""

    visit_id: int


@dataclass(frozen=True, slots=True)
class TakeVisit:
    """A colleague goes in somebody's place."""

    visit_id: int


@dataclass(frozen=True, slots=True)
class RefuseVisit:
    """A colleague was asked and cannot."""

    visit_id: int


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """An educator told whether the visit happened: done, missed or not_held."""

    visit_id: int
    outcome: str


@dataclass(frozen=True, slots=True)
class NoReply:
    """Nothing is said, and why."""

    reason: str


Effect = (
    Say
    | Tell
    | GrantConsent
    | DeclineConsent
    | RevokeConsent
    | ResumeTexts
    | MarkWrongNumber
    | Book
    | CallOff
    | ConfirmVisit
    | SetPlace
    | SetLanguage
    | SetShared
    | SaveFeltHeard
    | CloseInvitation
    | AwaitTimes
    | RaiseAttention
    | Settle
    | CannotGo
    | TakeVisit
    | RefuseVisit
    | RecordOutcome
    | NoReply
)
