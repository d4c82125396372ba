"""Twilio's Messages resource by its own client.

The client is imported when the first text is handed over: web processes never pay for it (19 MiB, 0.1 s).
"""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from hvbot.channels.account import account_problems
from hvbot.channels.codes import FAULTS, fault_of
from hvbot.channels.port import CONNECTIONS, Fault, Heard, Listed, Parcel, Receipt, SendError
from hvbot.settings import Settings

if TYPE_CHECKING:
    from twilio.base.exceptions import TwilioException
    from twilio.rest import Client

TIMEOUT_S = 10
PAGE_SIZE = 100
LARGEST_PAGE = 1000
INBOUND, OUTBOUND = "inbound", "outbound-api"
LONGEST_VALIDITY_S = 36_000
SHORTEST_VALIDITY_S = 5
WHATSAPP = "whatsapp:"
REQUEST_TIMEOUT = 408
CLIENT_ERRORS = range(400, 500)
NOT_OURS = (401, 403, 404)


class TwilioChannel:
    """Texts through one Twilio account. `connections` are kept open, one a thread."""

    name = "twilio"

    def __init__(self, settings: Settings, connections: int = CONNECTIONS) -> None:
        self.settings = settings
        self.connections = connections
        self.lock = threading.Lock()
        self.made: Client | None = None

    @property
    def client(self) -> "Client":
        """Twilio's client, made once, by one thread.

        Everything is imported by then: threads that import parts of the package at the same time see half of it and fail.
        """
        if self.made is None:
            with self.lock:
                self.made = self.made or make_client(self.settings, self.connections)
        return self.made

    def send(self, parcel: Parcel) -> Receipt:
        """Create a message; see the port."""
        fields = {"to": parcel.to, "body": parcel.body, "status_callback": parcel.callback_url}
        sender = sender_for(self.settings, parcel.to)
        client = self.client
        created = carefully(lambda: client.messages.create(**fields, **sender, **validity(parcel)))
        if not created.sid:
            raise SendError(Fault.UNKNOWN)
        return Receipt(created.sid, str(created.status), whole(created.num_segments) or None)

    def sent_to(self, to: str, since: datetime) -> Sequence[Listed]:
        """List messages to a number; see the port.

        Without a DateSent filter: queued messages have no such date and would be missed.
        """
        client = self.client
        messages = carefully(lambda: client.messages.stream(to=to, page_size=PAGE_SIZE))
        found: list[Listed] = carefully(lambda: list(back_to(since, map(listed, messages))))
        return found

    def heard_since(self, since: datetime) -> Sequence[Heard]:
        """List what came in; see the port. What comes in is dated as sent at once."""
        rows = self.passed_since(since, "to")
        return [heard(message) for message in rows if message.direction == INBOUND and message.date_sent]

    def said_since(self, since: datetime) -> Sequence[Listed]:
        """List what left; see the port."""
        return [listed(message) for message in self.passed_since(since, "from_") if message.direction == OUTBOUND]

    def passed_since(self, since: datetime, side: str) -> list[Any]:
        """Messages with one of our numbers on one side. Twilio filters by whole days, so earlier ones come too."""
        messages = self.client.messages
        return [
            message
            for number in self.numbers()
            for message in carefully(
                lambda number=number: list(
                    messages.stream(**{side: number}, date_sent_after=since, page_size=LARGEST_PAGE)
                )
            )
            if message.date_created is None or message.date_created >= since
        ]

    def numbers(self) -> list[str]:
        """The numbers that send for us."""
        service = self.settings.twilio_messaging_service_sid
        if not service:
            return [self.settings.twilio_from]
        pool = self.client.messaging.v1.services(service).phone_numbers
        return [number.phone_number for number in carefully(pool.list)]

    def inspect(self) -> Sequence[tuple[str, str]]:
        """What is wrong with the account, the sender and where it sends what comes in, each with its remedy.

        Raises:
            SendError: Twilio did not answer.

        """
        return list(account_problems(self.client, self.settings, carefully))


def make_client(settings: Settings, connections: int) -> "Client":
    """Twilio's client with a time limit and a connection a thread."""
    from twilio.rest import Client

    from hvbot.channels.transport import Transport

    token = settings.twilio_auth_token.get_secret_value()
    transport = Transport(settings.twilio_api_url, connections, TIMEOUT_S)
    client = Client(settings.twilio_account_sid, token, http_client=transport, environment={})
    # Twilio imports each resource at its first use.
    client.messages  # noqa: B018
    return client


def sender_for(settings: Settings, to: str) -> dict[str, str]:
    """Who sends: the Messaging Service, or a number on the same channel as the recipient."""
    if settings.twilio_messaging_service_sid:
        return {"messaging_service_sid": settings.twilio_messaging_service_sid}
    number = settings.twilio_from.removeprefix(WHATSAPP)
    return {"from_": f"{WHATSAPP}{number}" if to.startswith(WHATSAPP) else number}


def validity(parcel: Parcel) -> dict[str, int]:
    """How long Twilio may keep a text in its queue, within its own limits."""
    if parcel.valid_for is None or parcel.valid_for >= LONGEST_VALIDITY_S:
        return {}
    return {"validity_period": max(SHORTEST_VALIDITY_S, parcel.valid_for)}


def carefully(ask: Any) -> Any:
    """Ask Twilio, and tell by a `SendError` what a failure means."""
    from twilio.base.exceptions import TwilioException

    try:
        return ask()
    except SendError:
        raise
    except TwilioException as problem:
        raise refusal(problem) from None
    except (ValueError, TypeError, KeyError):
        # An answer that cannot be read: the text may have been accepted.
        raise SendError(Fault.UNKNOWN) from None


def refusal(problem: "TwilioException") -> SendError:
    """What an HTTP error answer means. Only Twilio's own 4xx says for certain that nothing was accepted."""
    status = getattr(problem, "status", None) or getattr(problem, "status_code", None) or 0
    code = whole(getattr(problem, "code", None))
    if status not in CLIENT_ERRORS or status == REQUEST_TIMEOUT:
        return SendError(Fault.UNKNOWN, code)
    if code not in FAULTS and status in NOT_OURS:
        return SendError(Fault.OUR_SETUP, code)
    return SendError(fault_of(code), code)


def listed(message: Any) -> Listed:
    """A message as Twilio lists it."""
    return Listed(
        carrier_id=message.sid,
        to=message.to or "",
        body=message.body or "",
        status=str(message.status or ""),
        error_code=whole(message.error_code) or None,
        created_at=message.date_created.astimezone(UTC) if message.date_created else None,
    )


def heard(message: Any) -> Heard:
    """A message that came in, as Twilio lists it."""
    return Heard(
        carrier_id=message.sid,
        sender=message.from_ or "",
        body=message.body or "",
        sent_at=message.date_sent.astimezone(UTC),
        media=whole(message.num_media),
        segments=whole(message.num_segments) or 1,
    )


def back_to(since: datetime, messages: Iterator[Listed]) -> Iterator[Listed]:
    """The newest messages, as far back as `since`; further pages are not asked for."""
    return takewhile(lambda message: message.created_at is None or message.created_at >= since, messages)


def whole(value: Any) -> int:
    """A number that Twilio gives as text, as a number, or not at all."""
    return int(value) if str(value).isdecimal() else 0
