"""Whether this deployment is alive: what `/healthz` answers and `check` reads."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hvbot.models import OutboundText, Tick
from hvbot.runtime import Runtime

LATE_AFTER = timedelta(minutes=2)
# The outbox is what families wait for: other ticks going on must not hide that it stands still.
LAST_TICK = select(func.coalesce(func.max(Tick.last_at).filter(Tick.name == "outbox"), func.max(Tick.last_at)))
# What was put in line late, after an outage or a jump of the clock, has been waiting only since then.
WAITING_SINCE = case(
    (OutboundText.created_at > OutboundText.not_before, OutboundText.created_at), else_=OutboundText.not_before
)
OLDEST_DUE = select(func.min(OutboundText.not_before)).where(OutboundText.status == "queued")


def health(runtime: Runtime) -> tuple[bool, dict[str, Any]]:
    """Say whether the database answers, and how the worker is.

    A late worker does not make us unhealthy: restarting web processes would not bring it back.
    """
    try:
        with runtime.sessions() as session:
            return True, {"database": "ok", **worker_health(session, runtime.clock.now())}
    except SQLAlchemyError:
        return False, {"database": "unreachable", "worker": None, "last_tick_s": None, "oldest_due_s": None}


def worker_health(session: Session, now: datetime) -> dict[str, Any]:
    """The worker's heartbeat and the age in seconds of the oldest text that should have left."""
    last = session.scalar(LAST_TICK)
    oldest = session.scalar(OLDEST_DUE)
    overdue = oldest is not None and oldest <= now
    return {
        "worker": worker_state(last, now),
        "last_tick_s": seconds_since(last, now),
        "oldest_due_s": seconds_since(oldest, now) if overdue else None,
    }


def worker_state(last: datetime | None, now: datetime) -> str:
    """`never`, `late` or `ok`."""
    if last is None:
        return "never"
    return "late" if now - last > LATE_AFTER else "ok"


def seconds_since(moment: datetime | None, now: datetime) -> int | None:
    """Whole seconds; none below zero, since a clock may have been set back."""
    return None if moment is None else max(0, int((now - moment).total_seconds()))
