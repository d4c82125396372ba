"""Texts leave at the sender's pace, whatever the number of workers, and no more a day than it carries."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hvbot.clock import MovableClock, WallClock
from hvbot.models import Attention, Program, Sender
from hvbot.services import pace
from hvbot.services.outbox import send_due
from hvbot.services.pace import BURST, Load, carrying, fitting, room
from tests.services.outbox.conftest import Carrier
from tests.support.carrier import NOON, Place, runtime_for

# Midnight that ends the day in New York.
MIDNIGHT = datetime.fromisoformat("2026-09-16T04:00+00:00")


def sets(place: Place, **settings: str) -> None:
    place.change(Program, place.program, settings=settings)


def drain(place: Place) -> None:
    while send_due(place.runtime):
        pass


def queue(place: Place, count: int, purpose: str = "answer", **more: Any) -> list[int]:
    return [place.text(place.number(), purpose, **more) for _ in range(count)]


def used(place: Place) -> int:
    with place.runtime.sessions() as session:
        return session.scalars(select(Sender.segments)).one()


def load(a_second: int, free_at: datetime = NOON - BURST, a_day: int = 0) -> Load:
    return Load(a_second, a_day, free_at, NOON.date(), MIDNIGHT)


def text(segments: int) -> Any:
    return SimpleNamespace(segments=segments, purpose="answer")


@given(
    st.integers(1, 50),
    st.lists(st.tuples(st.integers(0, 3000), st.lists(st.integers(1, 10), max_size=30)), max_size=30),
)
def test_no_stretch_of_time_carries_more_than_the_pace(a_second: int, steps: list[tuple[int, list[int]]]) -> None:
    """Besides the burst and the last text of a claim, which may go beyond."""
    now, sender, total = NOON, load(a_second), 0
    for pause_ms, segments in steps:
        now += timedelta(milliseconds=pause_ms)
        fit = sum(row.segments for row in fitting(sender, map(text, segments), now))
        sender, total = carrying(sender, fit, now), total + fit
        assert total <= a_second * ((now - NOON) + BURST).total_seconds() + 10


def test_an_idle_sender_has_room_for_two_seconds_and_no_more() -> None:
    assert room(load(7, NOON - timedelta(days=3)), NOON) == 14
    assert room(load(7, NOON), NOON) == 0
    assert room(load(7, NOON + timedelta(seconds=1)), NOON) < 0


def test_a_text_longer_than_a_second_leaves_and_is_waited_for() -> None:
    sender = load(1, NOON - timedelta(seconds=1))
    assert [row.segments for row in fitting(sender, [text(9), text(1)], NOON)] == [9]

    later = carrying(sender, 9, NOON)
    assert room(later, NOON + timedelta(seconds=8)) <= 0
    assert room(later, NOON + timedelta(seconds=9)) == 1


def test_a_clock_that_was_set_back_stops_nothing() -> None:
    assert room(load(5, NOON + timedelta(days=2)), NOON) == 10


def test_texts_leave_at_the_senders_pace(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    sets(place, segments_per_second="4")
    queue(place, 20, segments=2)

    gone = []
    for _ in range(9):
        drain(place)
        gone.append(len(carrier.got))
        clock.advance(seconds=1)

    assert gone == [4, 6, 8, 10, 12, 14, 16, 18, 20]
    assert {row.attempts for row in place.rows()} == {1}


def test_answers_go_first_when_there_is_room_for_few(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    sets(place, segments_per_second="1")
    queue(place, 10, "ask", priority=3, unprompted=True)
    drain(place)
    answer = place.text(place.number(), "answer", body="answer")
    clock.advance(seconds=1)
    drain(place)

    assert place.row(answer).status == "sent"
    assert carrier.bodies[-1] == "answer"


def test_workers_keep_one_pace_together(place: Place, carrier: Carrier, database_url: str) -> None:
    """Real time: as many texts as one worker alone, not three times as many."""
    sets(place, segments_per_second="20")
    queue(place, 200)
    runtimes = [runtime_for(database_url, carrier, WallClock()) for _ in range(3)]
    began = time.monotonic()

    def work(runtime: Any) -> None:
        while len(carrier.got) < 100 and time.monotonic() < began + 60:
            if not send_due(runtime):
                time.sleep(0.05)

    at_once(*[lambda runtime=runtime: work(runtime) for runtime in runtimes])
    took = time.monotonic() - began

    assert 100 <= len(carrier.got) <= 20 * (took + BURST.total_seconds()) + 1
    assert used(place) == len(carrier.got) == [row.status for row in place.rows()].count("sent")
    for runtime in runtimes:
        runtime.engine.dispose()


def at_once(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_a_person_is_told_once_when_the_day_is_nearly_full(place: Place) -> None:
    sets(place, segments_per_day="50")
    queue(place, 39)
    drain(place)
    assert place.matters() == []

    queue(place, 5)
    drain(place)
    queue(place, 5)
    drain(place)

    with place.runtime.sessions() as session:
        matter = session.scalars(select(Attention)).one()
    assert matter.reason == "day_nearly_full"
    assert matter.detail == "44 of 50 segments on 2026-09-15"


def test_on_a_full_day_invitations_wait_for_the_next_and_answers_leave(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    sets(place, segments_per_day="30")
    asks = queue(place, 50, "ask", priority=3, unprompted=True)
    drain(place)
    assert len(carrier.got) == 30

    visit = place.visit()
    others = [
        place.text(place.number(), "answer"),
        place.text(place.number(), "reminder", visit_id=visit, visit_version=1, unprompted=True, priority=2),
    ]
    drain(place)
    assert {place.row(each).status for each in others} == {"sent"}
    waiting = [place.row(each) for each in asks if place.row(each).status == "queued"]
    assert len(waiting) == 20
    # Nine o'clock of the next day.
    assert {row.not_before for row in waiting} == {MIDNIGHT + timedelta(hours=9)}

    clock.move_to(MIDNIGHT + timedelta(hours=9))
    drain(place)
    assert {place.row(each).status for each in asks} == {"sent"}


def test_a_nudge_that_would_come_too_late_is_dropped(place: Place, clock: MovableClock) -> None:
    sets(place, segments_per_day="1")
    queue(place, 1)
    drain(place)
    nudge = place.text(place.number(), "nudge", unprompted=True, not_after=clock.now() + timedelta(hours=5))
    drain(place)

    assert (place.row(nudge).status, place.row(nudge).reason) == ("dropped", "too late")


def test_the_day_begins_anew_at_midnight_of_the_program(place: Place, clock: MovableClock) -> None:
    sets(place, segments_per_day="100")
    queue(place, 60)
    drain(place)
    clock.move_to(MIDNIGHT - timedelta(seconds=5))
    queue(place, 5)
    drain(place)
    assert used(place) == 65

    clock.move_to(MIDNIGHT)
    queue(place, 5)
    drain(place)
    assert used(place) == 5


def test_what_was_not_handed_over_does_not_count(
    place: Place, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hvbot.services.outbox.NEEDED", timedelta(minutes=2))
    queue(place, 7, segments=3)
    send_due(place.runtime)

    assert {row.status for row in place.rows()} == {"queued"}
    assert used(place) == 0


def test_each_sender_has_a_pace_of_its_own(
    place: Place, carrier: Carrier, database_url: str, clock: MovableClock
) -> None:
    sets(place, segments_per_second="1")
    other = runtime_for(database_url, carrier, clock, twilio_messaging_service_sid="MG" + "c" * 32)
    queue(place, 10)
    drain(place)
    assert len(carrier.got) == 2
    while send_due(other):
        pass

    assert len(carrier.got) == 4
    assert pace.sender_name(other) != pace.sender_name(place.runtime)
    other.engine.dispose()
