"""hvbot's worker does what is due at intervals, and a failure of one tick is not the end."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import structlog.testing

from hvbot import worker
from hvbot.channels.simulator import SimulatorChannel
from hvbot.clock import MovableClock, WallClock
from hvbot.models import Tick
from hvbot.runtime import Runtime
from hvbot.worker import FRESH, Task, beat, soon, start_ticks, tick
from tests.support.carrier import Place, lay_out, runtime_for


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    runtime = runtime_for(database_url, SimulatorChannel(), WallClock())
    yield lay_out(runtime)
    runtime.engine.dispose()


def until(true: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def beaten(place: Place, name: str) -> bool:
    with place.runtime.sessions() as session:
        return session.get(Tick, name) is not None


def test_the_ticks_send_what_is_due_and_report_it_delivered(place: Place) -> None:
    text = place.text(place.number())
    scheduler = start_ticks(place.runtime)
    try:
        assert until(lambda: place.row(text).status == "delivered")
        assert until(lambda: beaten(place, "outbox"))
        assert {job.misfire_grace_time for job in scheduler.get_jobs()} == {None}
    finally:
        scheduler.shutdown(wait=True)


def test_a_failing_tick_is_logged_without_its_words_and_goes_on(place: Place) -> None:
    def fail(_runtime: Runtime) -> int:
        raise ValueError("+12025550123 Rosa")

    with structlog.testing.capture_logs() as logs:
        tick(place.runtime, Task("broken", 1, fail), lambda: True)

    assert [(line["task"], line["problem"]) for line in logs] == [("broken", "ValueError")]
    assert "Rosa" not in str(logs)
    with place.runtime.sessions() as session:
        assert session.get(Tick, "broken") is None


def test_a_task_goes_on_until_nothing_is_left(place: Place) -> None:
    left = [3, 2, 1, 0, 9]

    tick(place.runtime, Task("some", 1, lambda _: left.pop(0)), lambda: True)

    assert left == [9]


def test_a_task_that_must_stop_finishes_its_batch(place: Place) -> None:
    left = [3, 2, 1]

    tick(place.runtime, Task("some", 1, lambda _: left.pop(0)), lambda: False)

    assert left == [2, 1]


@pytest.mark.fault(48)
def test_heartbeats_are_written_when_they_are_stale(database_url: str) -> None:
    clock = MovableClock()
    runtime = runtime_for(database_url, SimulatorChannel(), clock)
    place = lay_out(runtime)
    first = clock.now()
    for pause, expected in ((timedelta(0), first), (FRESH / 2, first), (FRESH, first + FRESH * 1.5)):
        clock.move_to(clock.now() + pause)
        beat(runtime, "outbox")
        assert place.get(Tick, "outbox").last_at == expected
    clock.advance(days=-2)
    beat(runtime, "outbox")
    assert place.get(Tick, "outbox").last_at == clock.now()
    runtime.engine.dispose()


@pytest.mark.fault(51)
def test_shutting_down_waits_for_the_batch_on_its_way(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, finished = threading.Event(), threading.Event()

    def slow(_runtime: Runtime) -> int:
        begun.set()
        time.sleep(0.5)
        finished.set()
        return 1

    monkeypatch.setattr(worker, "TASKS", (Task("slow", 1, slow),))
    scheduler = start_ticks(place.runtime)
    assert begun.wait(10)
    scheduler.shutdown(wait=True)

    assert finished.is_set()


@pytest.mark.parametrize("lines", [1, 2])
def test_a_task_that_takes_long_has_as_many_lines_as_it_may(
    place: Place, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    at_work, end = threading.Semaphore(0), threading.Event()

    def long(_runtime: Runtime) -> int:
        at_work.release()
        end.wait(10)
        return 0

    monkeypatch.setattr(worker, "TASKS", (Task("long", 1, long, lines=lines),))
    scheduler = start_ticks(place.runtime)
    for _ in range(lines):
        assert at_work.acquire(timeout=10)
    assert not at_work.acquire(timeout=1.5)
    end.set()
    scheduler.shutdown(wait=True)


@pytest.mark.fault(48)
def test_ticks_survive_a_clock_that_jumps_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    monkeypatch.setattr(worker, "CLOCK_CHECK_S", 0.1)
    monkeypatch.setattr(worker, "TASKS", (Task("some", 1, lambda _: done.append(1) or 0),))
    scheduler = start_ticks(place.runtime)
    try:
        assert until(lambda: len(done) == 1)
        scheduler.get_job("some").modify(next_run_time=soon() + timedelta(days=3))
        assert until(lambda: len(done) >= 2)
    finally:
        scheduler.shutdown(wait=True)
