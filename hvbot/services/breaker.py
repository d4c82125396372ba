"""The carrier took texts and rejects them later, for what we are or what we say: one matter instead of thousands."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from hvbot.channels.port import Fault
from hvbot.models import Attention, CarrierEvent, Program
from hvbot.services.attention import raise_attention
from hvbot.services.audit import audit_row, record
from hvbot.services.outcomes import attend_text, named
from hvbot.services.sending import PAUSED

REJECTED = frozenset({Fault.OUR_SETUP, Fault.FILTERED})
# Ten filtered texts among the last two hundred reports, which are about those of seventy texts.
MOST_FILTERED = 10
REPORTS = 200
LATELY = timedelta(hours=1)

EVENTS: Any = CarrierEvent.__table__
NEWEST = (
    select(EVENTS.c.outbound_id, EVENTS.c.error_code, EVENTS.c.at)
    .order_by(EVENTS.c.id.desc())
    .limit(REPORTS)
    .subquery("newest")
)
FILTERED = select(func.count(NEWEST.c.outbound_id.distinct())).where(
    NEWEST.c.error_code == bindparam("code"), NEWEST.c.at > bindparam("since", type_=EVENTS.c.at.type)
)
LAST_STOP = select(func.max(Attention.resolved_at)).where(
    Attention.reason == PAUSED, Attention.program_id == bindparam("program")
)


def rejected(session: Session, row: Any, fault: Fault, code: int | None, now: datetime) -> None:
    """Draw the consequences. `row` has id, program_id, conversation_id, invitation_id and sent_at.

    A sender that is not registered stops everything at once. A spam filter hits single texts too, so many must be hit.
    What left before a person settled the last stop was part of that.
    """
    settled_at = session.scalar(LAST_STOP, {"program": row.program_id})
    if settled_at is not None and row.sent_at is not None and row.sent_at <= settled_at:
        return
    since = max(filter(None, (settled_at, now - LATELY)))
    if fault is Fault.OUR_SETUP or filtered(session, code, since) >= MOST_FILTERED:
        stop(session, row.program_id, code, now)
    else:
        attend_text(session, row, code, now)


def filtered(session: Session, code: int | None, since: datetime) -> int:
    """How many of the texts that were reported last were filtered."""
    return int(session.scalar(FILTERED, {"code": code, "since": since}) or 0)


def stop(session: Session, program_id: int, code: int | None, now: datetime) -> None:
    """Stop until a person has mended the account."""
    key, detail = str(program_id), named(code)
    raise_attention(session, program_id=program_id, reason=PAUSED, now=now, key=key, detail=detail)
    paused = update(Program).where(Program.id == program_id, Program.sending_paused.is_(False))
    if session.execute(paused.values(sending_paused=True)).rowcount:  # type: ignore[attr-defined]
        record(
            session,
            audit_row(program_id, now, "carrier", "sending.paused", "program", program_id, detail={"code": code}),
        )
