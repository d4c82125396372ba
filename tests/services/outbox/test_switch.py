"""One switch stops all texts, also in the middle of a batch, and lets them leave again."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from hvbot.channels.port import Parcel, Receipt
from hvbot.clock import MovableClock
from hvbot.models import Attention, Program
from hvbot.services import outbox, replies
from hvbot.services.outbox import send_due
from hvbot.services.programs import set_setting
from tests.services.outbox.conftest import Carrier
from tests.services.outbox.test_callbacks import SID, report
from tests.support.carrier import Place

TEXTS = 60


@pytest.fixture
def slowly(carrier: Carrier, clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One text after the other, a second each, looking before each; what stands in the list is done with the third."""
    monkeypatch.setattr(outbox, "CONNECTIONS", 1)
    monkeypatch.setattr(outbox, "LOOK_S", 0)
    keep, then = carrier.keep, []

    def slow(parcel: Parcel) -> Receipt:
        clock.advance(seconds=1)
        if len(carrier.got) == 3:
            for do in then:
                do()
        return keep(parcel)

    monkeypatch.setattr(carrier, "keep", slow)
    return then


def queue(place: Place) -> None:
    for _ in range(TEXTS):
        place.text(place.number())


def turn(place: Place, value: str) -> None:
    with place.runtime.writing() as session:
        set_setting(session, f"sending_paused={value}", place.runtime.clock.now())


def test_the_switch_stops_a_batch_that_is_on_its_way(place: Place, carrier: Carrier, slowly: list[Any]) -> None:
    queue(place)
    slowly.append(lambda: turn(place, "yes"))

    send_due(place.runtime)
    send_due(place.runtime)

    assert len(carrier.got) == 3
    assert [row.status for row in place.rows()] == ["sent"] * 3 + ["queued"] * (TEXTS - 3)
    assert {row.attempts for row in place.rows()[3:]} == {0}
    turn(place, "no")
    while send_due(place.runtime):
        pass
    assert {row.status for row in place.rows()} == {"sent"}
    assert len(carrier.got) == TEXTS


def test_who_cannot_see_the_switch_sends_nothing_more(
    place: Place, carrier: Carrier, slowly: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_session: object) -> frozenset[int]:
        raise OperationalError("SELECT", {}, Exception("no database"))

    queue(place)
    slowly.append(lambda: monkeypatch.setattr(outbox, "stopped_programs", lost))

    send_due(place.runtime)

    assert len(carrier.got) == 3


def test_another_programs_switch_stops_none_of_ours(place: Place, carrier: Carrier, slowly: list[Any]) -> None:
    other = place.add(Program, name="Others", settings={}, created_at=place.runtime.clock.now())
    for _ in range(10):
        place.text(place.number())
    slowly.append(lambda: place.change(Program, other, sending_paused=True))

    send_due(place.runtime)

    assert len(carrier.got) == 10


def test_whoever_settles_why_texts_were_stopped_lets_them_leave_again(place: Place, carrier: Carrier) -> None:
    text = place.text(place.number(), status="sent", carrier_id=SID)
    place.text(place.number())
    report(place, text, "undelivered", 30034)
    assert send_due(place.runtime) == 0

    with place.runtime.writing() as session:
        matter = session.scalars(select(Attention.id)).one()
        assert replies.settle(session, matter, user_id=None, now=place.runtime.clock.now())  # type: ignore[arg-type]

    assert place.get(Program, place.program).sending_paused is False
    assert send_due(place.runtime) == 1
    assert place.matters() == [("sending_paused", "resolved")]


def test_settling_another_matter_leaves_the_switch_alone(place: Place) -> None:
    text = place.text(place.number(), status="sent", carrier_id=SID)
    report(place, text, "undelivered", 30007)
    place.change(Program, place.program, sending_paused=True)

    with place.runtime.writing() as session:
        matter = session.scalars(select(Attention.id)).one()
        assert replies.settle(session, matter, user_id=None, now=place.runtime.clock.now())  # type: ignore[arg-type]

    assert place.get(Program, place.program).sending_paused is True
