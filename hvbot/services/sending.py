"""One switch for all texts of a program: a person stops them at once, and lets them leave again."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from hvbot.models import Attention, Program
from hvbot.models.attention import OPEN
from hvbot.services.audit import audit_row, record


def switch_sending(session: Session, program_id: int, *, paused: bool, user_id: int | None, now: datetime) -> bool:
    """Stop or resume; false when it was so already. What waits in the outbox stays there and leaves, if still true, later.

    `user_id` is None for the command line.
    """
    changed = update(Program).where(Program.id == program_id, Program.sending_paused.is_(not paused))
    if not session.execute(changed.values(sending_paused=paused)).rowcount:  # type: ignore[attr-defined]
        return False
    if not paused:
        settled = update(Attention).where(
            Attention.program_id == program_id, Attention.reason == "sending_paused", OPEN
        )
        session.execute(settled.values(status="resolved", resolved_at=now, taken_by=user_id))
    action = "sending.paused" if paused else "sending.resumed"
    actor = "command" if user_id is None else f"user:{user_id}"
    record(session, audit_row(program_id, now, actor, action, "program", program_id))
    return True
