"""A zone's rules change while visits are set: the local time that was told stays, and everything hangs on it."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select, update

from hvbot.models import AuditEvent, Busy, Reminder, Visit
from hvbot.services.zones import mend_moments
from tests.support import builders
from tests.support.invariants import violations
from tests.support.season import Season

HOUR = timedelta(hours=1)


@pytest.fixture
def booked(empty_season: Season) -> Season:
    """Two visits of one pair, an hour after the other, set by the rules of today."""
    season = empty_season
    builders.a_school(season)
    day = date(2026, 12, 9)
    builders.okafor_and_lee(season, (builders.on(season, day, time(15)), builders.on(season, day, time(17))))
    for name in ("Kim", "Ana"):
        builders.a_home(season, (name, "en"))
    builders.start(season)
    for name in ("Kim", "Ana"):
        season.text(name, "yes")
        season.text(name, "1")
    season.tick()
    assert len(season.rows(select(Visit))) == 2
    return season


def facts(season: Season) -> tuple[list[object], ...]:
    visits = season.rows(select(Visit).order_by(Visit.id))
    busy = season.rows(select(Busy).order_by(Busy.educator_id, Busy.quarter))
    waiting = season.rows(select(Reminder).where(Reminder.queued_at.is_(None)).order_by(Reminder.id))
    return (
        [(visit.starts_at, visit.ends_at, visit.wall, visit.version) for visit in visits],
        [(row.educator_id, row.quarter, row.visit_id) for row in busy],
        [(row.due_at, row.not_after) for row in waiting],
    )


def as_if_set_under_other_rules(season: Season) -> None:
    """What the tables would hold if the zone had been an hour further east when the visits were set."""
    with season.runtime.writing() as session:
        for table, columns in ((Visit, ("starts_at", "ends_at")), (Reminder, ("due_at", "not_after"))):
            for row in session.scalars(select(table)).all():
                for column in columns:
                    setattr(row, column, getattr(row, column) - HOUR)
        rows = session.execute(select(Busy.educator_id, Busy.quarter).order_by(Busy.quarter)).all()
        for educator, quarter in rows:
            at = (Busy.educator_id == educator, Busy.quarter == quarter)
            session.execute(update(Busy).where(*at).values(quarter=earlier(quarter)))


def earlier(quarter: object) -> object:
    return quarter - 4 if isinstance(quarter, int) else quarter - HOUR  # type: ignore[operator]


@pytest.mark.fault(47)
def test_visits_their_quarters_and_reminders_follow_the_local_time(booked: Season) -> None:
    true = facts(booked)
    as_if_set_under_other_rules(booked)
    assert facts(booked) != true

    assert mend_moments(booked.runtime) == 2

    assert facts(booked) == true
    assert len(booked.rows(select(AuditEvent).where(AuditEvent.action == "visit.zone_changed"))) == 2
    assert violations(booked) == []
    assert mend_moments(booked.runtime) == 0


@pytest.mark.fault(47)
def test_nobody_is_told_of_a_time_that_is_the_same(booked: Season) -> None:
    before = {name: len(booked.bodies(name)) for name in booked.people}
    as_if_set_under_other_rules(booked)

    mend_moments(booked.runtime)
    booked.tick()

    assert {name: len(booked.bodies(name)) for name in booked.people} == before
