"""The ticks: "do what is due" at intervals. The truth is in the tables, so any number of workers may tick."""

import logging
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from hvbot.clock import WallClock
from hvbot.runtime import Runtime
from hvbot.services.alarms import QUICK, SLOW, sound
from hvbot.services.deadlines import pass_deadlines
from hvbot.services.lifesign import give_sign
from hvbot.services.nudging import queue_due_nudges
from hvbot.services.openings import offer_when_open
from hvbot.services.outbox import send_due, settle_unknown
from hvbot.services.reconciling import compare_after_pause, reconcile
from hvbot.services.reminding import queue_due_reminders
from hvbot.services.silence import end_after_silence
from hvbot.services.ticks import note
from hvbot.services.zones import mend_moments

log = structlog.get_logger()

Going = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do every so many seconds; it says how much it did, and is repeated until that is nothing.

    Where it takes longer than its interval, up to `lines` of it are at work side by side.
    """

    name: str
    every_s: int
    do: Callable[[Runtime], int]
    until_done: bool = True
    lines: int = 1


TASKS = (
    # The second line fills the connections while the first waits for the last answers of its batch.
    Task("outbox", 1, send_due, lines=2),
    Task("reminders", 1, queue_due_reminders),
    Task("nudges", 30, queue_due_nudges),
    Task("openings", 30, offer_when_open),
    Task("substitutes", 30, pass_deadlines),
    Task("silence", 30, end_after_silence),
    Task("settle", 15, settle_unknown, until_done=False),
    Task("alarms", 60, partial(sound, alarms=QUICK), until_done=False),
    Task("slow alarms", 900, partial(sound, alarms=SLOW), until_done=False),
    Task("sign of life", 60, give_sign, until_done=False),
    Task("after a pause", 15, compare_after_pause, until_done=False),
    # A new release of the zone tables comes with a new process, so at every start.
    Task("zones", 24 * 3600, mend_moments, until_done=False),
    # At every start too: what came in while we were down is not to wait for a day.
    Task("reconcile", 24 * 3600, reconcile, until_done=False),
)
# As many threads, and as many connections to the database, are at work at most.
LINES = sum(task.lines for task in TASKS)
CLOCK_CHECK_S = 5
# A heartbeat younger than this is not written again: an idle school's disk is left in peace.
FRESH = timedelta(seconds=5)


def run_worker(runtime: Runtime) -> None:
    """Tick until SIGTERM or SIGINT; the batch that is on its way is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    scheduler = start_ticks(runtime)
    serve_metrics(runtime)
    log.info("worker started", channel=runtime.channel.name)
    while not stop.wait(1):
        pass
    scheduler.shutdown(wait=True)
    log.info("worker stopped")


def serve_metrics(runtime: Runtime) -> Any:
    """Answer Prometheus in this process too, where that is asked for."""
    if runtime.meter is not None and runtime.settings.metrics_port:
        from hvbot.metrics import serve_figures

        return serve_figures(runtime, runtime.settings.metrics_port)
    return None


def start_ticks(runtime: Runtime) -> BackgroundScheduler:
    """Start ticking in this process. `shutdown()` of what is returned finishes the batches on their way."""
    # Its lines say that a tick was skipped because the one before is still at work: that is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(LINES)},
        # Late is better than never: without a grace time APScheduler skips what is a second late.
        job_defaults={"coalesce": True, "misfire_grace_time": None},
    )
    for task in TASKS:
        arguments = (runtime, task, lambda: bool(scheduler.running))
        scheduler.add_job(
            tick,
            "interval",
            seconds=task.every_s,
            args=arguments,
            id=task.name,
            next_run_time=soon(),
            max_instances=task.lines,
        )
    scheduler.start()
    threading.Thread(target=watch_clock, args=(scheduler,), name="clock", daemon=True).start()
    return scheduler


def tick(runtime: Runtime, task: Task, going: Going) -> None:
    """Do one task until nothing is left, and note that it ran. A failure is logged, and the next tick tries again."""
    try:
        while task.do(runtime) and task.until_done and going():
            beat(runtime, task.name)
        beat(runtime, task.name)
    except Exception as problem:  # noqa: BLE001 - the next tick tries again
        log.error("tick failed", task=task.name, problem=type(problem).__name__, where=where(problem))  # noqa: TRY400


def beat(runtime: Runtime, name: str) -> None:
    """Note that a task ran to its end."""
    with runtime.writing() as session:
        note(session, name, runtime.clock.now(), FRESH)


def where(problem: Exception) -> str:
    """Where it failed, without the message: that may hold numbers and names."""
    last = traceback.extract_tb(problem.__traceback__)[-1]
    ours = [frame for frame in traceback.extract_tb(problem.__traceback__) if "hvbot" in frame.filename] or [last]
    return f"{ours[-1].name}:{ours[-1].lineno}"


def watch_clock(scheduler: BackgroundScheduler) -> None:
    """Mend the times of the ticks when the machine's clock jumps back: they would wait until it has caught up."""
    pause = threading.Event()
    while scheduler.running:
        pause.wait(CLOCK_CHECK_S)
        for job in scheduler.get_jobs():
            if job.next_run_time and job.next_run_time > soon() + 2 * job.trigger.interval:
                job.modify(next_run_time=soon())


def soon() -> datetime:
    """Now, on the clock that APScheduler reads."""
    return WallClock().now()
