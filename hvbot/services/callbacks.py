"""What the carrier reports of a text: every report is kept, the text's status is the highest rank among them."""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, func, select

from hvbot.channels.codes import fault_of
from hvbot.models import CarrierEvent, Conversation, Invitation, OutboundText
from hvbot.models.batch import Batch, Write
from hvbot.models.prepared import Prepared
from hvbot.runtime import Runtime
from hvbot.services.breaker import REJECTED, rejected
from hvbot.services.outcomes import arrived, refused
from hvbot.settings import Settings

log = structlog.get_logger()

SIGNATURE_BYTES = 12
TOKEN = re.compile(r"([1-9][0-9]{0,17})-([A-Za-z0-9_-]{16})", re.ASCII)

# Twilio's statuses in the order in which a text passes them; callbacks come in any order, twice, or never.
RANKS = {
    "accepted": 1,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "partially_delivered": 4,
    "delivered": 5,
    "undelivered": 5,
    "failed": 5,
    "canceled": 5,
    "read": 6,
}
STATUS = {
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
# What our own status says at least: a refusal at creation is as final as a failed delivery.
OWN_RANK = {"sent": 1, "delivered": 5, "failed": 5}
LONGEST_STATUS = 32
LONGEST_ID = 64

TEXTS: Any = OutboundText.__table__
EVENTS: Any = CarrierEvent.__table__
CONVERSATIONS: Any = Conversation.__table__
INVITATIONS: Any = Invitation.__table__
# With what tells whether the number and its home were reached before: nearly every report finds that they were.
FIND = Prepared(
    select(
        TEXTS.c.id,
        TEXTS.c.program_id,
        TEXTS.c.conversation_id,
        TEXTS.c.invitation_id,
        TEXTS.c.status,
        TEXTS.c.carrier_id,
        TEXTS.c.error_code,
        TEXTS.c.sent_at,
        TEXTS.c.delivered_at,
        CONVERSATIONS.c.reach,
        INVITATIONS.c.status.label("home_status"),
        INVITATIONS.c.delivered_at.label("home_reached_at"),
    )
    .join(CONVERSATIONS, CONVERSATIONS.c.id == TEXTS.c.conversation_id)
    .outerjoin(INVITATIONS, INVITATIONS.c.id == TEXTS.c.invitation_id)
    .where(TEXTS.c.id == bindparam("at"))
    .with_for_update(key_share=True, of=TEXTS)
)
READ_BEFORE = Prepared(
    select(func.count().label("times")).where(EVENTS.c.outbound_id == bindparam("at"), EVENTS.c.status == "read")
)
REPORTED, MOVED = Write(EVENTS), Write(TEXTS, changes=True)


def token_for(settings: Settings, outbound_id: int) -> str:
    """Our id, signed, for a status callback's URL."""
    return signed(settings.callback_key, outbound_id)


def signed(key: bytes, outbound_id: int) -> str:
    """A text's id with a key's signature."""
    mac = hmac.new(key, f"status:{outbound_id}".encode(), sha256).digest()
    return f"{outbound_id}-{urlsafe_b64encode(mac[:SIGNATURE_BYTES]).decode()}"


def outbound_of(settings: Settings, token: str) -> int | None:
    """Whose token it is; None for one that we did not make."""
    found = TOKEN.fullmatch(token)
    if found is None:
        return None
    outbound_id = int(found[1])
    ours = [hmac.compare_digest(token, signed(key, outbound_id)) for key in settings.keys("callback")]
    return outbound_id if any(ours) else None


def callback_url(settings: Settings, outbound_id: int) -> str:
    """Where the carrier reports on a text."""
    return f"{settings.base_url}/twilio/status/{token_for(settings, outbound_id)}"


def record_status(runtime: Runtime, outbound_id: int, form: Mapping[str, str]) -> None:
    """Keep one report, and let it move the text forward; never back from a final status."""
    status = form.get("MessageStatus") or form.get("SmsStatus") or ""
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    take_report(
        runtime, outbound_id, status[:LONGEST_STATUS].lower(), sid[:LONGEST_ID] or None, number(form.get("ErrorCode"))
    )


def take_report(runtime: Runtime, outbound_id: int, status: str, sid: str | None, code: int | None) -> None:
    """Keep a report in one transaction with what follows from it."""
    with runtime.connected() as connection:
        now, batch = runtime.clock.now(), Batch()
        row = FIND.first(connection, {"at": outbound_id})
        known = row.id if row else None
        batch.add(REPORTED, {"outbound_id": known, "carrier_id": sid, "status": status, "error_code": code, "at": now})
        to = STATUS.get(status, "sent") if row and moves(connection, row, status) else None
        if to:
            batch.add(MOVED, moved(row, to, sid, code, now))
        batch.run(connection)
        if to:
            follow(runtime, connection, row, to, code, now)
    if row is None or status not in RANKS:
        log.info("status not used", outbound_id=outbound_id, known=row is not None)


def moves(connection: Connection, row: Any, status: str) -> bool:
    """Tell whether a report moves a text forward."""
    if status not in RANKS or (STATUS.get(status, "sent") == row.status and row.carrier_id):
        return False
    was_read = row.status == "delivered" and READ_BEFORE.first(connection, {"at": row.id}).times > 0
    return RANKS[status] > (RANKS["read"] if was_read else OWN_RANK.get(row.status, 0))


def moved(row: Any, to: str, sid: str | None, code: int | None, now: datetime) -> dict[str, Any]:
    """A text after a report. One that is still queued or unknown has left after all and must not leave again."""
    fault = fault_of(code) if to == "failed" else None
    return {
        "id": row.id,
        "status": to,
        "carrier_id": row.carrier_id or sid,
        "error_code": row.error_code if code is None else code,
        "sent_at": row.sent_at or now,
        "delivered_at": row.delivered_at or (now if to == "delivered" else None),
        "lease_until": None,
        "reason": fault.value if fault else None,
    }


def follow(runtime: Runtime, connection: Connection, row: Any, to: str, code: int | None, now: datetime) -> None:
    """What a report means for the number, its home, and us."""
    fault = fault_of(code) if to == "failed" else None
    if to == "delivered":
        arrived(connection, row, now)
    elif fault:
        session = runtime.sessions(bind=connection)
        if fault in REJECTED:
            rejected(session, row, fault, code, now)
        else:
            refused(runtime, session, row, fault, code, now)


def number(text: str | None) -> int | None:
    """A code as a number; anything else is no code."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else None
