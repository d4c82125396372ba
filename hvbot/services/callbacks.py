"""What the carrier reports of a text: every report is kept, the text's status is the highest rank among them."""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from hvbot.channels.codes import fault_of
from hvbot.models import CarrierEvent, OutboundText
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
FIND = (
    select(
        TEXTS.c.id,
        TEXTS.c.program_id,
        TEXTS.c.conversation_id,
        TEXTS.c.invitation_id,
        TEXTS.c.status,
        TEXTS.c.carrier_id,
        TEXTS.c.sent_at,
    )
    .where(TEXTS.c.id == bindparam("at"))
    .with_for_update(key_share=True)
)
ADD_EVENT = insert(EVENTS)
READ_BEFORE = select(func.count()).where(EVENTS.c.outbound_id == bindparam("at"), EVENTS.c.status == "read")
MOVE = (
    update(TEXTS)
    .where(TEXTS.c.id == bindparam("at"))
    .values(
        status=bindparam("to"),
        carrier_id=func.coalesce(TEXTS.c.carrier_id, bindparam("sid")),
        error_code=func.coalesce(bindparam("code"), TEXTS.c.error_code),
        sent_at=func.coalesce(TEXTS.c.sent_at, bindparam("when")),
        delivered_at=func.coalesce(TEXTS.c.delivered_at, bindparam("arrived_at")),
        lease_until=None,
        reason=bindparam("why"),
    )
)


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
    with runtime.writing() as session:
        now = runtime.clock.now()
        row = session.execute(FIND, {"at": outbound_id}).one_or_none()
        read = row is not None and row.status == "delivered" and bool(session.scalar(READ_BEFORE, {"at": outbound_id}))
        event = {
            "outbound_id": row.id if row else None,
            "carrier_id": sid,
            "status": status,
            "error_code": code,
            "at": now,
        }
        session.execute(ADD_EVENT, [event])
        if row is None or status not in RANKS:
            log.info("status not used", outbound_id=outbound_id, known=row is not None)
            return
        if RANKS[status] > (RANKS["read"] if read else OWN_RANK.get(row.status, 0)):
            move(runtime, session, row, status, sid, code, now)


def move(
    runtime: Runtime, session: Session, row: Any, status: str, sid: str | None, code: int | None, now: datetime
) -> None:
    """Move a text forward. One that is still queued or unknown has left after all and must not leave again."""
    to = STATUS.get(status, "sent")
    if to == row.status and row.carrier_id:
        return
    fault = fault_of(code) if to == "failed" else None
    values = {"to": to, "sid": sid, "code": code, "when": now, "why": fault.value if fault else None}
    session.execute(MOVE, {**values, "at": row.id, "arrived_at": now if to == "delivered" else None})
    if to == "delivered":
        arrived(session, row, now)
    elif fault in REJECTED:
        rejected(session, row, fault, code, now)
    elif fault:
        refused(runtime, session, row, fault, code, now)


def number(text: str | None) -> int | None:
    """A code as a number; anything else is no code."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else None
