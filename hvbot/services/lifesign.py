"""A sign of life to a service outside, which raises the alarm when it stays away: whoever is dead cannot call for help."""

import urllib.request
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hvbot.models import OutboundText, Program
from hvbot.runtime import Runtime
from hvbot.services.health import WAITING_SINCE, worker_health

log = structlog.get_logger()

# A text that waits for longer than this is not on its way, whatever ticks.
OLDEST = timedelta(minutes=10)
TIMEOUT_S = 5
TEXTS: Any = OutboundText.__table__
# What a person or the carrier has stopped is meant to wait.
OLDEST_MOVING = (
    select(func.min(WAITING_SINCE))
    .join(Program, Program.id == TEXTS.c.program_id)
    .where(TEXTS.c.status == "queued", Program.sending_paused.is_(False))
)


def give_sign(runtime: Runtime) -> int:
    """Give a sign of life if texts really leave; how many were given."""
    url = runtime.settings.heartbeat_url.get_secret_value()
    if not url:
        return 0
    with runtime.sessions() as session:
        alive = is_alive(session, runtime.clock.now())
    if not alive:
        log.error("no sign of life given", why="texts do not leave")
        return 0
    return int(call(url))


def is_alive(session: Session, now: datetime) -> bool:
    """Tell whether the outbox ticks, in whatever process, and nothing that is due has been lying there for long."""
    oldest = session.scalar(OLDEST_MOVING)
    return worker_health(session, now)["worker"] == "ok" and (oldest is None or now - oldest < OLDEST)


def call(url: str) -> bool:
    """Call the service; a failure is its own alarm there, so here it is only logged, without the address."""
    request = urllib.request.Request(url, headers={"User-Agent": "hvbot"})  # noqa: S310 - settings.py lets https through
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S):  # noqa: S310
            return True
    except OSError as problem:
        log.warning("sign of life not delivered", problem=type(problem).__name__)
        return False
