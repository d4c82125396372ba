"""One switch for all texts of a program: a person stops them at once, and lets them leave again."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hvbot.models import Attention, Program
from hvbot.models.attention import OPEN
from hvbot.services.audit import audit_row, record

PAUSED = "sending_paused"
STOPPED = select(Program.id).where(Program.sending_paused.is_(True))


def stopped_programs(session: Session) -> frozenset[int]:
    """The programs of which no text may leave."""
    return frozenset(session.scalars(STOPPED))


def switch_sending(session: Session, program_id: int, *, paused: bool, user_id: int | None, now: datetime) -> bool:
    """Stop or resume; false when it was so already. What waits in the outbox stays there and leaves, if still true, later.

    Workers look at every batch and, while one is on its way, ten times a second. Without a user it was a command.
    """
    changed = update(Program).where(Program.id == program_id, Program.sending_paused.is_(not paused))
    if not session.execute(changed.values(sending_paused=paused)).rowcount:  # type: ignore[attr-defined]
        return False
    if not paused:
        settled = update(Attention).where(Attention.program_id == program_id, Attention.reason == PAUSED, OPEN)
        session.execute(settled.values(status="resolved", resolved_at=now, taken_by=user_id))
    action = "sending.paused" if paused else "sending.resumed"
    actor = f"user:{user_id}" if user_id else "command"
    record(session, audit_row(program_id, now, actor, action, "program", program_id))
    return True
