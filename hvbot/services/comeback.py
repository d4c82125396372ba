"""After a time in which no worker was at work, the carrier is asked before anything is sent.

The database may be a backup that was restored: what it holds as queued may have left, and who ended all texts since is not
known to it. A comparison with the carrier learns both (`reconciling.py`).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.channels.port import Remembers
from hvbot.runtime import Runtime
from hvbot.services.ticks import last, note

# A worker looks at the outbox each second, and notes it every five; a deployment takes less than this.
AWAY = timedelta(minutes=2)
SENDING, BACK, COMPARED = "outbox", "back", "compared"

MOMENTS = (last(SENDING).label("sent_last"), last(BACK).label("back_at"), last(COMPARED).label("compared_at"))


def must_compare(runtime: Runtime, session: Session, moments: Any, now: datetime) -> bool:
    """Tell from a row of `MOMENTS` whether nothing may be sent yet, and note it when a worker is back.

    The first start of all is none that comes back. A carrier that remembers nothing cannot be asked.
    """
    if not isinstance(runtime.channel, Remembers) or moments.sent_last is None:
        return False
    back_at = moments.back_at
    if now - moments.sent_last > AWAY and (back_at is None or back_at < moments.sent_last):
        note(session, BACK, now)
        return True
    return is_waiting(moments)


def is_held(runtime: Runtime) -> bool:
    """Tell whether sending waits for a comparison."""
    with runtime.sessions() as session:
        moments = session.execute(select(*MOMENTS)).one()
    return isinstance(runtime.channel, Remembers) and is_waiting(moments)


def is_waiting(moments: Any) -> bool:
    """Tell whether a worker came back and nobody has compared since."""
    back_at, compared_at = moments.back_at, moments.compared_at
    return back_at is not None and (compared_at is None or compared_at < back_at)
