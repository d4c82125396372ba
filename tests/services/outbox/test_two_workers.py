"""Two workers at once send each text once, and texts to one number in order."""

import threading
from collections import defaultdict

import pytest

from hvbot.clock import WallClock
from hvbot.runtime import Runtime
from hvbot.services.outbox import send_due, settle_unknown
from tests.services.outbox.conftest import Carrier
from tests.support.carrier import Place, runtime_for

NUMBERS, TEXTS_EACH = 30, 5


def drain(runtime: Runtime, failures: list[BaseException]) -> None:
    try:
        for _ in range(60):
            if not send_due(runtime):
                settle_unknown(runtime)
            if not queued(runtime):
                return
    except BaseException as problem:
        failures.append(problem)


def queued(runtime: Runtime) -> int:
    from sqlalchemy import func, select

    from hvbot.models import OutboundText

    with runtime.sessions() as session:
        return session.scalar(select(func.count()).where(OutboundText.status.in_(("queued", "sending")))) or 0


@pytest.mark.fault(49)
def test_two_workers_never_send_a_text_twice(place: Place, carrier: Carrier, database_url: str) -> None:
    numbers = [place.number() for _ in range(NUMBERS)]
    for n in range(TEXTS_EACH):
        for number in numbers:
            place.text(number, body=f"{number}:{n}")
    runtimes = [runtime_for(database_url, carrier, WallClock()) for _ in range(3)]
    for runtime in runtimes:
        assert runtime.engine is not place.runtime.engine
    failures: list[BaseException] = []

    threads = [threading.Thread(target=drain, args=(runtime, failures)) for runtime in runtimes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert failures == []
    by_number: dict[str, list[str]] = defaultdict(list)
    for parcel in carrier.got:
        by_number[parcel.to].append(parcel.body.partition(":")[2])
    assert len(by_number) == NUMBERS
    assert {tuple(bodies) for bodies in by_number.values()} == {("0", "1", "2", "3", "4")}
    assert {row.status for row in place.rows()} == {"sent"}
    assert len({row.carrier_id for row in place.rows()}) == NUMBERS * TEXTS_EACH
    for runtime in runtimes:
        runtime.engine.dispose()
