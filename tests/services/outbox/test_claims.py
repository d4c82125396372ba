"""hvbot reads the facts of the last gate from the database, for a batch at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from hvbot.clock import MovableClock
from hvbot.models import ClosedDay, Consent, Educator, Visit
from hvbot.services.outbox import send_due
from tests.services.outbox.conftest import Carrier
from tests.support.carrier import Place


def drain(place: Place) -> None:
    while send_due(place.runtime):
        pass


@pytest.mark.fault(28)
def test_a_reminder_of_a_visit_that_moved_is_dropped(place: Place, carrier: Carrier) -> None:
    rosa, visit = place.number(), place.visit()
    fresh = place.text(rosa, "reminder", visit_id=visit, visit_version=1)
    drain(place)
    stale = place.text(rosa, "reminder", visit_id=visit, visit_version=1)
    place.change(Visit, visit, status="moved")
    drain(place)

    assert place.row(fresh).status == "sent"
    assert (place.row(stale).status, place.row(stale).reason) == ("dropped", "visit moved")


@pytest.mark.fault(59)
def test_quiet_hours_are_the_schools(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    clock.advance(hours=9)  # 21:00 in New York, 18:00 in Los Angeles
    west = place.runtime
    home = place.text(place.number(), "ask", unprompted=True, invitation_id=place.invitation)
    with west.writing() as session:
        from hvbot.models import School

        session.get_one(School, place.school).zone = "America/Los_Angeles"
    drain(place)
    assert place.row(home).status == "sent"

    with west.writing() as session:
        session.get_one(School, place.school).zone = "America/New_York"
    waiting = place.text(place.number(), "ask", unprompted=True, invitation_id=place.invitation)
    drain(place)
    row = place.row(waiting)
    assert (row.status, row.not_before - clock.now(), row.attempts) == ("queued", timedelta(hours=12), 0)


def test_closed_days_are_the_schools(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    with place.runtime.writing() as session:
        session.add(ClosedDay(school_id=place.school, day=date(2026, 9, 15)))
    text = place.text(place.number(), "ask", unprompted=True, invitation_id=place.invitation)
    drain(place)

    assert place.row(text).not_before == clock.now() + timedelta(hours=21)


def test_staff_have_the_hours_of_their_school(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    okafor = place.number(consent="none", guardian=False)
    place.change(Educator, place.educators[0], conversation_id=okafor)
    with place.runtime.writing() as session:
        session.add(ClosedDay(school_id=place.school, day=date(2026, 9, 15)))
    text = place.text(okafor, "staff", unprompted=True)
    drain(place)

    assert place.row(text).not_before == clock.now() + timedelta(hours=21)


def test_a_fourth_unprompted_text_in_a_week_waits(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    rosa = place.number()
    texts = []
    for _ in range(4):
        texts.append(place.text(rosa, "nudge", unprompted=True))
        drain(place)
        clock.advance(minutes=1)
    assert [place.row(text).status for text in texts] == ["sent", "sent", "sent", "queued"]

    for _ in range(8):
        clock.advance(days=1)
        drain(place)
    assert place.row(texts[-1]).status == "sent"
    assert place.row(texts[-1]).sent_at > place.row(texts[0]).sent_at + timedelta(days=7)  # type: ignore[operator]


def test_a_second_stop_gets_no_second_confirmation_until_leave_is_given_anew(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    rosa = place.number(consent="revoked")
    with place.runtime.writing() as session:
        session.add(consent(place, rosa, clock))
    clock.advance(minutes=5)
    first = place.text(rosa, "stopped")
    drain(place)
    clock.advance(minutes=5)
    second = place.text(rosa, "stopped")
    drain(place)
    clock.advance(minutes=5)
    with place.runtime.writing() as session:
        session.add(consent(place, rosa, clock))
    clock.advance(minutes=5)
    third = place.text(rosa, "stopped")
    drain(place)

    assert [place.row(text).status for text in (first, second, third)] == ["sent", "dropped", "sent"]
    assert place.row(second).reason == "said before"


def consent(place: Place, conversation: int, clock: MovableClock) -> Consent:
    return Consent(
        program_id=place.program,
        conversation_id=conversation,
        kind="resumed",
        channel="sms",
        source="reply",
        language="en",
        at=clock.now(),
    )


def test_a_batch_asks_as_often_as_one_text(place: Place, carrier: Carrier) -> None:
    statements: list[str] = []

    @event.listens_for(place.runtime.engine, "before_cursor_execute")
    def count(*args: Any) -> None:
        statements.append(args[2])

    def queue(n: int) -> int:
        for _ in range(n):
            place.text(place.number(), "ask", unprompted=True, invitation_id=place.invitation)
        statements.clear()
        assert send_due(place.runtime) == n
        return len(statements)

    queue(1)  # the sender's first text makes its row
    assert queue(1) == queue(40)
