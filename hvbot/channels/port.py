"""What the outbox asks of a carrier, and what a carrier may answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

CONNECTIONS = 80
"""Texts handed over at once by one worker; a channel keeps as many connections open."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One text to hand over. `callback_url` carries our signed id; `valid_for` is in seconds (the carrier drops it after)."""

    outbound_id: int
    to: str
    body: str
    callback_url: str
    valid_for: int | None = None


class Fault(StrEnum):
    """What a refusal says about whom it concerns."""

    RETRY = "retry"
    """Certainly not accepted: 429, connection refused, name not resolved. Back to the queue."""
    UNKNOWN = "unknown"
    """Perhaps accepted: time-out, reset, 5xx. Never re-sent blindly."""
    OPTED_OUT = "opted_out"
    INVALID = "invalid"
    LANDLINE = "landline"
    UNREACHABLE = "unreachable"
    OUR_TEXT = "our_text"
    FILTERED = "filtered"
    """Taken for spam: one text by its words, many by what we are."""
    OUR_SETUP = "our_setup"
    """The carrier says that we are the problem: stop the batch, one attention."""


class SendError(Exception):
    """A text was not handed over. `retry_after` is in seconds where the carrier named it."""

    def __init__(self, fault: Fault, code: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(f"{fault} {code or ''}".strip())
        self.fault = fault
        self.code = code
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Receipt:
    """The carrier accepted a text."""

    carrier_id: str
    status: str
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A text as the carrier lists it."""

    carrier_id: str
    to: str
    body: str
    status: str
    error_code: int | None
    created_at: datetime | None


class Channel(Protocol):
    """A carrier. Methods may be called from many threads at once."""

    name: str

    def send(self, parcel: Parcel) -> Receipt:
        """Hand over one text.

        Raises:
            SendError: it was not, or perhaps not, accepted.

        """
        ...

    def sent_to(self, to: str, since: datetime) -> Sequence[Listed]:
        """List what the carrier holds for a number, newest first, back to `since`; texts still queued included.

        Raises:
            SendError: the carrier did not answer.

        """
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """A text that somebody sent us, as the carrier lists it. `sender` has the channel's prefix, if any."""

    carrier_id: str
    sender: str
    body: str
    sent_at: datetime
    media: int = 0
    segments: int = 1


@runtime_checkable
class Remembers(Protocol):
    """A carrier that can be asked what passed between people and us."""

    def heard_since(self, since: datetime) -> Sequence[Heard]:
        """List what came in for our senders.

        Raises:
            SendError: the carrier did not answer.

        """
        ...

    def said_since(self, since: datetime) -> Sequence[Listed]:
        """List what left from our senders by our own account, answers of the carrier itself left out.

        Raises:
            SendError: the carrier did not answer.

        """
        ...


@runtime_checkable
class Emulated(Protocol):
    """A carrier inside this process: it posts no callbacks and is told what people write."""

    def statuses(self) -> Sequence[tuple[int, dict[str, str]]]:
        """What the carrier has to say since it was last asked: our id and the fields of a status callback."""
        ...

    def hears(self, sender: str, body: str) -> None:
        """A person's text passes through the carrier, which acts on its own opt-out words."""
        ...
