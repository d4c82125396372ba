"""The web looks whether the worker works: a worker that is dead cannot say so."""

import threading

import structlog

from hvbot.runtime import Runtime
from hvbot.services.alarms import OF_THE_WORKER, sound

log = structlog.get_logger()
EVERY_S = 60.0


def watch_worker(runtime: Runtime, stop: threading.Event | None = None) -> threading.Thread:
    """Look every minute, in a thread of this process."""
    thread = threading.Thread(target=look, args=(runtime, stop or threading.Event()), name="watch", daemon=True)
    thread.start()
    return thread


def look(runtime: Runtime, stop: threading.Event) -> None:
    """Look until told to stop, also through a time without a database."""
    while not stop.wait(EVERY_S):
        try:
            sound(runtime, OF_THE_WORKER)
        except Exception as problem:  # noqa: BLE001 - the next look tries again
            log.error("look at the worker failed", problem=type(problem).__name__)  # noqa: TRY400
