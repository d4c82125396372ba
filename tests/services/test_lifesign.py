"""The sign of life stays away when texts do not leave, so that somebody outside raises the alarm."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import structlog.testing

from hvbot import worker
from hvbot.channels.simulator import SimulatorChannel
from hvbot.clock import MovableClock, WallClock
from hvbot.models import Program, Tick
from hvbot.services import lifesign
from hvbot.services.lifesign import give_sign
from hvbot.settings import SettingsError, load_settings
from hvbot.worker import Task, start_ticks
from tests.support.carrier import NOON, Place, lay_out, runtime_for
from tests.test_worker import until

SECRET = "a-secret-of-the-watching-service"


class Watcher(ThreadingHTTPServer):
    """The service outside."""

    daemon_threads = True
    status = 200
    pause_s = 0.0

    def __init__(self) -> None:
        self.signs: list[str] = []
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{SECRET}"


class Answer(BaseHTTPRequestHandler):
    server: Watcher

    def do_GET(self) -> None:
        self.server.signs.append(self.path)
        time.sleep(self.server.pause_s)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    with Watcher() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def place(database_url: str, watcher: Watcher) -> Iterator[Place]:
    clock = MovableClock(NOON)
    runtime = runtime_for(database_url, SimulatorChannel(clock), clock, heartbeat_url=watcher.url)
    yield lay_out(runtime)
    runtime.engine.dispose()


def ticked(place: Place, **ago: float) -> None:
    with place.runtime.writing() as session:
        session.merge(Tick(name="outbox", last_at=NOON - timedelta(**ago)))


@pytest.mark.fault(50)
def test_a_sign_is_given_while_the_outbox_ticks(place: Place, watcher: Watcher) -> None:
    ticked(place, seconds=30)

    assert give_sign(place.runtime) == 1
    assert watcher.signs == [f"/{SECRET}"]


@pytest.mark.fault(50)
@pytest.mark.parametrize("ago", [None, timedelta(minutes=3)])
def test_none_is_given_when_the_ticks_have_stopped(place: Place, watcher: Watcher, ago: timedelta | None) -> None:
    if ago:
        ticked(place, seconds=ago.total_seconds())

    assert give_sign(place.runtime) == 0
    assert watcher.signs == []


@pytest.mark.fault(50)
@pytest.mark.parametrize(("minutes", "signs"), [(9, 1), (11, 0)])
def test_none_is_given_when_a_text_lies_there(place: Place, watcher: Watcher, minutes: int, signs: int) -> None:
    ticked(place, seconds=1)
    due = NOON - timedelta(minutes=minutes)
    place.text(place.number(), not_before=due, created_at=due)

    assert give_sign(place.runtime) == len(watcher.signs) == signs


def test_texts_that_a_person_stopped_are_no_alarm(place: Place) -> None:
    ticked(place, seconds=1)
    due = NOON - timedelta(hours=1)
    place.text(place.number(), not_before=due, created_at=due)
    place.change(Program, place.program, sending_paused=True)

    assert give_sign(place.runtime) == 1


@pytest.mark.parametrize("trouble", ["refuses", "hangs", "gone"])
def test_a_service_that_fails_is_logged_without_its_address(
    place: Place, watcher: Watcher, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    ticked(place, seconds=1)
    monkeypatch.setattr(lifesign, "TIMEOUT_S", 0.2)
    watcher.status, watcher.pause_s = (500, 0.0) if trouble == "refuses" else (200, 1.0)
    if trouble == "gone":
        watcher.server_close()
    with structlog.testing.capture_logs() as logs:
        assert give_sign(place.runtime) == 0

    assert [line["event"] for line in logs] == ["sign of life not delivered"]
    assert SECRET not in str(logs) + repr(place.runtime.settings)


def test_a_service_that_hangs_keeps_no_tick_waiting(
    database_url: str, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = runtime_for(database_url, SimulatorChannel(), WallClock(), heartbeat_url=watcher.url)
    place = lay_out(runtime)
    with runtime.writing() as session:
        session.add(Tick(name="outbox", last_at=runtime.clock.now()))
    done: list[float] = []
    watcher.pause_s = 3
    monkeypatch.setattr(
        worker,
        "TASKS",
        (Task("sign of life", 60, give_sign, until_done=False), Task("outbox", 1, lambda _: done.append(1) or 0)),
    )
    scheduler = start_ticks(place.runtime)
    try:
        assert until(lambda: watcher.signs != [])
        before = len(done)
        assert until(lambda: len(done) >= before + 2, seconds=2.9)
    finally:
        scheduler.shutdown(wait=True)
        runtime.engine.dispose()


def test_the_worker_gives_signs_every_minute() -> None:
    assert {task.name: task.every_s for task in worker.TASKS if task.do is give_sign} == {"sign of life": 60}


@pytest.mark.parametrize("url", ["http://watch.example.org/x", "ftp://127.0.0.1/x", "https:///x", "watch"])
def test_an_address_that_would_show_the_secret_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="HEARTBEAT_URL must be https"):
        load_settings(heartbeat_url=url)


def test_no_address_no_sign(database_url: str) -> None:
    runtime = runtime_for(database_url, SimulatorChannel(), MovableClock(NOON))
    lay_out(runtime)

    assert give_sign(runtime) == 0
    runtime.engine.dispose()
