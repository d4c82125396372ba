"""A sign of life to a service outside, which raises the alarm when it stays away: whoever is dead cannot call for help."""

import urllib.request
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from hvbot.runtime import Runtime
from hvbot.services.alarms import queue_late
from hvbot.services.health import worker_health

log = structlog.get_logger()

TIMEOUT_S = 5


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
    """Tell whether the outbox ticks, in whatever process, and nothing that is due has been lying there for too long."""
    return worker_health(session, now)["worker"] == "ok" and all(sign.level < 1 for sign in queue_late(session, now))


def call(url: str) -> bool:
    """Call the service; a failure is its own alarm there, so here it is only logged, without the address."""
    request = urllib.request.Request(url, headers={"User-Agent": "hvbot"})  # noqa: S310 - settings.py lets https through
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S):  # noqa: S310
            return True
    except OSError as problem:
        log.warning("sign of life not delivered", problem=type(problem).__name__)
        return False
