"""A school closed for snow with forty visits to move: everybody is told once, nobody at night, and it goes on after a crash."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from hvbot.models import Attention, AuditEvent, ClosedDay, Invitation, OutboundText, Visit
from hvbot.services import closing
from hvbot.services.closing import UnknownSchool, close_school, day_off, open_school
from tests.support import builders
from tests.support.invariants import violations
from tests.support.season import Season

SNOW, LATER = date(2026, 12, 3), date(2026, 12, 10)
PAIRS, TIMES = 10, 4
LIVE = select(func.count(Visit.id)).where(Visit.status == "booked")
FAMILIES = [f"Family{n}" for n in range(PAIRS * TIMES)]


@pytest.fixture
def booked(empty_season: Season) -> Season:
    """Forty families with a visit on the day that will be snowed in; other times a week later."""
    season = empty_season
    builders.a_school(season)
    people = []
    for n in range(PAIRS):
        hours = (builders.on(season, SNOW, time(14)), builders.on(season, SNOW, time(18, 15)))
        people += [builders.an_educator(season, f"Ed{n}{side}", hours) for side in "ab"]
        builders.a_pair(season, *people[-2:])
    for name in FAMILIES:
        builders.a_home(season, (name, "en"))
    builders.start(season)
    for name in FAMILIES:
        season.text(name, "yes")
    for _ in range(4):
        for name in FAMILIES:
            if "You are set" not in " ".join(season.bodies(name)):
                season.text(name, "1")
        season.tick()
    assert season.one(LIVE) == len(FAMILIES)
    for person in people:
        builders.gives_time(
            season, person, (builders.on(season, LATER, time(14)), builders.on(season, LATER, time(18)))
        )
    return season


def told_since(season: Season, name: str, before: int) -> list[str]:
    return season.bodies(name)[before:]


@pytest.mark.fault(60)
def test_forty_families_are_shown_other_times_and_their_educators_know(booked: Season) -> None:
    before = {name: len(season_bodies) for name in booked.people for season_bodies in [booked.bodies(name)]}

    close_school(booked.runtime, "lincoln", SNOW, "Snow")
    close_school(booked.runtime, "lincoln", SNOW, "Snow")
    booked.tick()

    assert booked.one(LIVE) == 0
    for name in FAMILIES:
        (text,) = told_since(booked, name, before[name])
        assert "1) Thursday Dec 10" in text
    staff = Counter(
        len(told_since(booked, f"Ed{n}{side}", before[f"Ed{n}{side}"])) for n in range(PAIRS) for side in "ab"
    )
    assert staff == {TIMES: 2 * PAIRS}
    assert len(booked.rows(select(ClosedDay))) == 1
    (matter,) = booked.rows(select(Attention).where(Attention.reason == "school_closed"))
    assert matter.detail == "2026-12-03: 40 visits"
    assert violations(booked) == []

    booked.text("Family3", "1")
    booked.tick()
    assert "You are set" in booked.bodies("Family3")[-1]
    assert violations(booked) == []


@pytest.mark.fault(60)
def test_a_crash_in_the_middle_is_gone_on_from(booked: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, done = closing.school_cannot, []

    def crash_at_the_twentieth(*arguments: object) -> None:
        whole(*arguments)  # type: ignore[arg-type]
        done.append(1)
        if len(done) == 20:
            raise RuntimeError("the machine died")

    monkeypatch.setattr(closing, "school_cannot", crash_at_the_twentieth)
    with pytest.raises(RuntimeError):
        close_school(booked.runtime, "lincoln", SNOW)
    assert booked.one(LIVE) == 21
    monkeypatch.undo()

    close_school(booked.runtime, "lincoln", SNOW)
    booked.tick()

    assert booked.one(LIVE) == 0
    off = booked.rows(select(OutboundText.conversation_id).where(OutboundText.purpose == "off"))
    assert len(off) == len(set(off)) == len(FAMILIES)
    assert len(booked.rows(select(AuditEvent).where(AuditEvent.action == "school.closed"))) == 1
    assert violations(booked) == []


@pytest.mark.fault(60)
def test_two_who_close_at_once_move_each_visit_once(booked: Season) -> None:
    with booked.runtime.sessions() as session:
        off = day_off(session, "lincoln", SNOW, booked.clock.now())
    close_school(booked.runtime, "lincoln", SNOW)

    for visit_id, _wall in off.visits:
        closing.move(booked.runtime, visit_id)
    booked.tick()

    texts = booked.rows(select(OutboundText.conversation_id).where(OutboundText.purpose == "off"))
    assert len(texts) == len(set(texts)) == len(FAMILIES)


@pytest.mark.fault(60)
def test_at_night_they_wait_for_the_morning_of_that_day(booked: Season) -> None:
    booked.clock.move_to(datetime.combine(SNOW, time(3), booked.zone))
    before = len(booked.bodies("Family0"))

    close_school(booked.runtime, "lincoln", SNOW)
    booked.tick()
    assert len(booked.bodies("Family0")) == before

    booked.clock.advance(hours=7)
    booked.tick()
    assert "1) Thursday Dec 10" in booked.bodies("Family0")[-1]
    assert violations(booked) == []


@pytest.mark.fault(60)
def test_the_day_is_offered_to_nobody_until_it_is_opened_again(booked: Season) -> None:
    close_school(booked.runtime, "lincoln", SNOW - timedelta(days=1))
    assert booked.one(LIVE) == len(FAMILIES), "visits of other days stay"
    assert booked.rows(select(Attention).where(Attention.reason == "school_closed")) == []

    assert open_school(booked.runtime, "lincoln", SNOW - timedelta(days=1))
    assert not open_school(booked.runtime, "lincoln", SNOW - timedelta(days=1))
    assert len(booked.rows(select(AuditEvent).where(AuditEvent.action == "school.opened"))) == 1
    with pytest.raises(UnknownSchool):
        close_school(booked.runtime, "nowhere", SNOW)
    assert set(booked.rows(select(Invitation.status))) == {"booked"}
