import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from hvbot.channels.port import Listed, Parcel, Receipt
from hvbot.clock import MovableClock
from hvbot.runtime import Runtime
from tests.support.carrier import NOON, Place, lay_out, runtime_for


class Carrier:
    """A carrier that says what the test wants: `answers` by body, an exception or a receipt; otherwise it accepts."""

    name = "carrier"

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock
        self.got: list[Parcel] = []
        self.answers: dict[str, list[Exception]] = {}
        self.held: list[Listed] = []
        self.asked: list[str] = []
        self.silent: Exception | None = None
        self.takes_s = 0.0

    def send(self, parcel: Parcel) -> Receipt:
        self.got.append(parcel)
        time.sleep(self.takes_s)
        faults = self.answers.get(parcel.body) or self.answers.get("*") or []
        if faults:
            raise faults.pop(0) if len(faults) > 1 else faults[0]
        return self.keep(parcel)

    def keep(self, parcel: Parcel) -> Receipt:
        sid = f"SM{len(self.held):032x}"
        self.held.append(Listed(sid, parcel.to, parcel.body, "sent", None, self.clock.now()))
        return Receipt(sid, "queued")

    def sent_to(self, to: str, since: datetime) -> list[Listed]:
        self.asked.append(to)
        if self.silent:
            raise self.silent
        return [text for text in reversed(self.held) if text.to == to and (text.created_at or since) >= since]

    @property
    def bodies(self) -> list[str]:
        return [parcel.body for parcel in self.got]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOON)


@pytest.fixture
def carrier(clock: MovableClock) -> Carrier:
    return Carrier(clock)


@pytest.fixture
def runtime(database_url: str, carrier: Carrier, clock: MovableClock) -> Iterator[Runtime]:
    runtime = runtime_for(database_url, carrier, clock)
    yield runtime
    runtime.engine.dispose()


@pytest.fixture
def place(runtime: Runtime) -> Place:
    return lay_out(runtime)
