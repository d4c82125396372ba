"""Real worker processes against a stand-in for Twilio: killed, doubled and stopped, they send each text once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hvbot.channels.twilio import TwilioChannel
from hvbot.clock import MovableClock, WallClock
from hvbot.models import Attention
from hvbot.services.outbox import BATCH, LEASE, settle_unknown
from hvbot.services.programs import set_setting
from hvbot.worker import TASKS
from tests.services.outbox.conftest import Carrier
from tests.support.carrier import ACCOUNT, SERVICE, TOKEN, Place, lay_out, runtime_for, settings_for
from tests.support.fake_twilio import FakeTwilio, Fault

RUN = "from hvbot.bootstrap import build_runtime; from hvbot.worker import run_worker; run_worker(build_runtime(connections=20))"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio(ACCOUNT, TOKEN, latency=0.01) as server:
        yield server


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    clock: Any = WallClock()
    runtime = runtime_for(database_url, Carrier(clock), clock)
    yield lay_out(runtime)
    runtime.engine.dispose()


@pytest.fixture
def workers(place: Place, twilio: FakeTwilio) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DATABASE_URL": place.runtime.settings.database_url,
            "SECRET_KEY": "test-secret",
            "PUBLIC_URL": "http://127.0.0.1:8000",
            "HVBOT_CHANNEL": "twilio",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_MESSAGING_SERVICE_SID": SERVICE,
            "TWILIO_API_URL": twilio.url,
        }
        process = subprocess.Popen([sys.executable, "-c", RUN], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait(10)


def until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def statuses(place: Place) -> Counter[str]:
    return Counter(row.status for row in place.rows())


@pytest.mark.fault(10, 11)
def test_two_workers_and_a_killed_one_send_each_text_once(
    place: Place, twilio: FakeTwilio, workers: Callable[[], subprocess.Popen[bytes]]
) -> None:
    numbers = [place.number() for _ in range(60)]
    for n in range(5):
        for number in numbers:
            place.text(number, body=f"{number}:{n}")
    first, _second = workers(), workers()
    assert until(lambda: len(twilio.created) > 60, 60)
    first.kill()
    first.wait(10)

    assert until(lambda: not statuses(place)["queued"] or statuses(place)["sending"] > 0, 60)
    assert until(lambda: statuses(place)["queued"] <= 4 * statuses(place)["sending"], 60)
    bodies = Counter(message.body for message in twilio.created)
    assert set(bodies.values()) == {1}
    assert set(statuses(place)) <= {"sent", "sending", "queued"}


@pytest.mark.fault(51)
def test_a_stopped_worker_finishes_what_it_has_begun(
    place: Place, twilio: FakeTwilio, workers: Callable[[], subprocess.Popen[bytes]]
) -> None:
    twilio.latency = 1.0
    for _ in range(400):
        place.text(place.number())
    worker = workers()
    assert until(lambda: len(twilio.created) > 10, 60)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(30) == 0
    seen = statuses(place)
    assert seen["sending"] == 0
    assert seen["unknown"] == 0
    assert seen["sent"] == len(twilio.created)
    assert seen["queued"] > 0


@pytest.mark.fault(10, 49, 51)
def test_workers_killed_stopped_and_started_lose_and_double_nothing(
    place: Place, twilio: FakeTwilio, workers: Callable[[], subprocess.Popen[bytes]]
) -> None:
    for n in range(400):
        place.text(place.number(), body=f"text {n}")
    twilio.latency = 0.15
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        worker, seen = workers(), len(twilio.created)
        workers()
        assert until(lambda seen=seen: len(twilio.created) > seen + 20, 60)
        worker.send_signal(number)
        worker.wait(30)
    twilio.latency = 0.0
    assert until(lambda: not statuses(place)["queued"], 90)

    # What the killed ones held: after the lease somebody asks the carrier, which has it or has it not.
    later = MovableClock(datetime.now(UTC) + LEASE + timedelta(seconds=5))
    settings = {"twilio_api_url": twilio.url}
    channel = TwilioChannel(settings_for(place.runtime.settings.database_url, **settings))
    settle_unknown(replace(place.runtime, clock=later, channel=channel))
    bodies = Counter(message.body for message in twilio.created)
    assert max(bodies.values()) == 1
    known = {row.body for row in place.rows() if row.status == "sent"}
    assert known == set(bodies), "what the carrier holds is sent"
    assert {row.status for row in place.rows()} <= {"sent", "unknown"}
    assert statuses(place)["unknown"] <= 2 * sum(task.lines for task in TASKS if task.name == "outbox") * BATCH


def test_the_switch_stops_real_workers_within_five_seconds(
    place: Place, twilio: FakeTwilio, workers: Callable[[], subprocess.Popen[bytes]]
) -> None:
    twilio.latency = 6.0  # a batch is handed over in two goes, six seconds apart
    for _ in range(400):
        place.text(place.number())
    workers(), workers()
    assert until(lambda: len(twilio.requests) > 40, 60)

    with place.runtime.writing() as session:
        set_setting(session, "sending_paused=yes", datetime.now(UTC))
    time.sleep(5)
    tried = len(twilio.requests)
    time.sleep(3)

    assert len(twilio.requests) == tried < 400
    assert until(lambda: statuses(place) == {"sent": len(twilio.created), "queued": 400 - len(twilio.created)}, 10)


@pytest.mark.fault(15, 16)
def test_faults_of_the_carrier_lose_and_double_nothing(
    place: Place, twilio: FakeTwilio, workers: Callable[[], subprocess.Popen[bytes]]
) -> None:
    for n in range(40):
        place.text(place.number(), body=f"text {n}")
    for kind, status in (
        ("status", 429),
        ("status", 503),
        ("status_after", 503),
        ("drop_before", 0),
        ("drop_after", 0),
    ):
        twilio.script(*[Fault(status, kind=kind)] * 3)
    workers()

    settled = until(lambda: statuses(place)["sent"] == 34 and statuses(place)["unknown"] == 6, 60)
    assert settled, [(row.id, row.status, row.attempts, row.error_code) for row in place.rows() if row.status != "sent"]
    assert max(Counter(message.body for message in twilio.created).values()) == 1
    assert len(twilio.created) == 34
    with place.runtime.sessions() as session:
        assert session.scalars(select(Attention)).all() == []
