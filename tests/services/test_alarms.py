"""What goes wrong with the machine comes before a person once, and settles itself when it is over."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hvbot.channels.simulator import SimulatorChannel
from hvbot.clock import MovableClock
from hvbot.models import Attention, OutboundText, Program, Tick, User
from hvbot.services.alarms import ALARMS, sound
from hvbot.services.attention import REASONS
from hvbot.services.replies import settle
from hvbot.web import watching
from hvbot.web.watching import watch_worker
from tests.support.carrier import NOON, Place, lay_out, runtime_for
from tests.test_worker import until


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    clock = MovableClock(NOON)
    runtime = runtime_for(database_url, SimulatorChannel(clock), clock)
    yield lay_out(runtime)
    runtime.engine.dispose()


def later(place: Place, **pause: float) -> None:
    place.runtime.clock.advance(**pause)


def ticked(place: Place, **ago: float) -> None:
    with place.runtime.writing() as session:
        session.merge(Tick(name="outbox", last_at=place.runtime.clock.now() - timedelta(**ago)))


def texts(place: Place, count: int, **values: Any) -> list[int]:
    number = place.number()
    return [place.text(number, **values) for _ in range(count)]


def details(place: Place) -> list[str | None]:
    with place.runtime.sessions() as session:
        return list(session.scalars(select(Attention.detail).order_by(Attention.id)))


def test_all_is_quiet(place: Place) -> None:
    ticked(place, seconds=5)
    texts(place, 3)
    texts(place, 30, status="delivered", sent_at=NOON)

    assert sound(place.runtime) == 0
    assert place.matters() == []


def test_every_alarm_has_its_words() -> None:
    assert {alarm.reason for alarm in ALARMS} <= REASONS.keys()


@pytest.mark.fault(50)
def test_a_worker_that_stopped_is_told_once_and_settles_when_it_is_back(place: Place) -> None:
    ticked(place, seconds=179)
    assert sound(place.runtime) == 0
    later(place, seconds=2)
    assert sound(place.runtime) == 1
    later(place, hours=9)
    assert sound(place.runtime) == 0
    assert place.matters() == [("worker_late", "open")]

    ticked(place, seconds=0)
    assert sound(place.runtime) == 1
    assert place.matters() == [("worker_late", "resolved")]
    later(place, minutes=4)
    assert sound(place.runtime) == 1, "it stopped again"


def test_a_program_that_never_had_a_worker_is_being_set_up(place: Place) -> None:
    assert sound(place.runtime) == 0


@pytest.mark.fault(50)
def test_a_queue_that_does_not_move_is_told_and_settles_when_it_does(place: Place) -> None:
    due = NOON - timedelta(minutes=9)
    (text,) = texts(place, 1, not_before=due, created_at=due)
    assert sound(place.runtime) == 0
    later(place, minutes=1)
    assert sound(place.runtime) == 1
    assert place.matters() == [("queue_late", "open")]
    assert details(place) == ["answers: the oldest has been due for 10 minutes"]

    place.change(OutboundText, text, status="sent")
    assert sound(place.runtime) == 1
    assert place.matters() == [("queue_late", "resolved")]


def test_a_round_that_has_just_started_may_take_its_time(place: Place) -> None:
    due = NOON - timedelta(minutes=59)
    texts(place, 1, not_before=due, created_at=due, unprompted=True)
    assert sound(place.runtime) == 0
    later(place, minutes=1)
    assert sound(place.runtime) == 1


def test_what_was_put_in_line_late_has_not_been_waiting(place: Place) -> None:
    texts(place, 1, not_before=NOON - timedelta(days=1), created_at=NOON)

    assert sound(place.runtime) == 0


@pytest.mark.parametrize("held", ["by a person", "by the carrier"])
def test_what_is_held_back_on_purpose_is_no_second_matter(place: Place, held: str) -> None:
    due = NOON - timedelta(hours=2)
    texts(place, 1, not_before=due, created_at=due)
    if held == "by a person":
        place.change(Program, place.program, sending_paused=True)
    else:
        place.add(Attention, program_id=place.program, reason="carrier_refuses", since=NOON, key="x", status="open")

    assert sound(place.runtime) == 0


@pytest.mark.fault(65)
def test_many_texts_in_doubt_are_one_matter(place: Place) -> None:
    recent = NOON - timedelta(minutes=20)
    doubted = texts(place, 9, status="unknown", lease_until=recent)
    texts(place, 30, status="unknown", lease_until=NOON - timedelta(hours=3))
    assert sound(place.runtime) == 0
    doubted += texts(place, 1, status="unknown", lease_until=recent)
    assert sound(place.runtime) == 1

    place.change(OutboundText, doubted[0], status="delivered")
    place.change(OutboundText, doubted[1], status="delivered")
    assert sound(place.runtime) == 0, "eight of ten: neither raised anew nor over"
    place.change(OutboundText, doubted[2], status="delivered")
    assert sound(place.runtime) == 1
    assert place.matters() == [("many_unknown", "resolved")]


def day(place: Place, delivered: int, failed: int, **values: Any) -> None:
    texts(place, delivered, status="delivered", sent_at=NOON - timedelta(hours=1), **values)
    texts(place, failed, status="failed", reason="invalid", not_before=NOON - timedelta(hours=1), **values)


def test_a_school_where_texts_do_not_arrive_is_named(place: Place) -> None:
    day(place, 16, 4, invitation_id=place.invitation)
    day(place, 60, 0)

    assert sound(place.runtime) == 1
    assert details(place) == ["school s1: 4 of 20 texts in a day"]
    with place.runtime.sessions() as session:
        assert session.scalar(select(Attention.school_id)) == place.school


def test_a_language_whose_texts_do_not_arrive_is_named(place: Place) -> None:
    day(place, 15, 10, language="so")
    day(place, 60, 1)

    assert sound(place.runtime) == 1
    assert details(place) == ["language so: 10 of 25 texts in a day"]


def test_few_texts_old_texts_and_ends_of_texts_are_no_rate(place: Place) -> None:
    day(place, 9, 10, language="so")
    texts(place, 40, status="failed", reason="invalid", not_before=NOON - timedelta(days=2), language="vi")
    texts(place, 40, status="failed", reason="opted_out", language="fr")
    day(place, 100, 0)

    assert sound(place.runtime) == 0


def test_a_budget_that_is_nearly_spent_is_told_until_the_month_is_over(place: Place) -> None:
    place.change(Program, place.program, settings={"month_budget": "10", "segment_cents": "1"})
    texts(place, 1, status="delivered", sent_at=NOON, segments=799)
    # In New York this is still August.
    texts(place, 1, status="delivered", sent_at=datetime(2026, 9, 1, 3, 59, tzinfo=UTC), segments=1)
    assert sound(place.runtime) == 0
    texts(place, 1, status="unknown", sent_at=datetime(2026, 9, 1, 4, 0, tzinfo=UTC), segments=1)
    assert sound(place.runtime) == 1
    assert details(place) == ["$8.00 of $10.00"]

    later(place, days=16)
    assert sound(place.runtime) == 1
    assert place.matters() == [("spend_near", "resolved")]


def test_what_a_person_has_settled_is_let_be_for_an_hour(place: Place) -> None:
    user = place.add(User, program_id=place.program, email="a@example.org", fs_uniquifier="x", create_datetime=NOON)
    ticked(place, minutes=30)
    sound(place.runtime)
    with place.runtime.writing() as session:
        settle(session, 1, user_id=user, now=NOON)
    later(place, minutes=59)
    assert sound(place.runtime) == 0
    later(place, minutes=2)
    assert sound(place.runtime) == 1
    assert place.matters() == [("worker_late", "resolved"), ("worker_late", "open")]


def test_two_processes_that_see_the_same_raise_it_once(place: Place) -> None:
    ticked(place, minutes=30)
    start = threading.Barrier(4)

    def look() -> None:
        start.wait()
        sound(place.runtime)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert place.matters() == [("worker_late", "open")]


@pytest.mark.fault(50)
def test_the_web_sees_that_the_worker_is_dead(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ticked(place, minutes=30)
    day(place, 15, 10)
    monkeypatch.setattr(watching, "EVERY_S", 0.02)
    stop = threading.Event()
    thread = watch_worker(place.runtime, stop)
    try:
        assert until(lambda: place.matters() != [])
        ticked(place, seconds=0)
        assert until(lambda: place.matters() == [("worker_late", "resolved")])
    finally:
        stop.set()
        thread.join(10)


def test_the_web_looks_again_after_a_time_without_a_database(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([RuntimeError("away"), None])
    looked = threading.Event()

    def fails_once(*_: object) -> int:
        if (problem := next(answers)) is not None:
            raise problem
        looked.set()
        return 0

    monkeypatch.setattr(watching, "EVERY_S", 0.02)
    monkeypatch.setattr(watching, "sound", fails_once)
    stop = threading.Event()
    thread = watch_worker(place.runtime, stop)
    assert looked.wait(10)
    stop.set()
    thread.join(10)
