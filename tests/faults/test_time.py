"""Clocks that jump, differ or change by law, and a carrier that is away for hours."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from hvbot.channels.port import Fault, SendError
from hvbot.clock import MovableClock
from hvbot.models import Invitation, OutboundText, Reminder, Visit
from hvbot.services.reminding import queue_due_reminders
from hvbot.worker import TASKS
from tests.scheduling.cases import US_ZONES
from tests.support import builders
from tests.support.invariants import violations
from tests.support.season import Season, open_runtime, open_season

# Kim's visit is on Monday, December 7, at three in New York.
EVENING_BEFORE = datetime(2026, 12, 6, 23, 0, tzinfo=UTC)
MONDAY_NOON = datetime(2026, 12, 7, 17, 0, tzinfo=UTC)
MONDAY_AT_FOUR = datetime(2026, 12, 7, 21, 0, tzinfo=UTC)


@pytest.fixture
def booked(season: Season) -> Season:
    for words in ("yes", "1"):
        season.text("Kim", words)
    season.tick()
    assert season.one(select(Visit.wall)) == "2026-12-07T15:00"
    return season


def away(season: Season, since: datetime, until: datetime, fault: Fault) -> Any:
    """A carrier's `send` that fails between two moments."""
    send = season.carrier.send

    def attempt(parcel: Any) -> Any:
        if since <= season.clock.now() < until:
            raise SendError(fault)
        return send(parcel)

    return attempt


@pytest.mark.fault(18)
@pytest.mark.parametrize("since", [EVENING_BEFORE - timedelta(hours=2), MONDAY_NOON])
def test_a_carrier_that_is_away_for_six_hours_gets_later_only_what_is_still_of_use(
    booked: Season, since: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders.a_home(booked, ("Rosa", "en"))
    back = since + timedelta(hours=6)
    booked.run_until(since)
    monkeypatch.setattr(booked.carrier, "send", away(booked, since, back, Fault.RETRY))
    builders.start(booked)
    booked.text("Kim", "change")

    booked.run_until(back + timedelta(days=2))

    late = [entry for entry in booked.carrier.sent if since <= entry.at]
    assert min(entry.at for entry in late) >= back
    assert sum("1)" in body for body in booked.bodies("Kim")) == 2
    assert len([body for body in booked.bodies("Rosa") if "would like to meet" in body]) == 1
    assert set(booked.rows(select(OutboundText.status))) <= {"delivered", "dropped"}
    assert violations(booked) == []


@pytest.mark.fault(18)
def test_a_reminder_of_a_visit_that_is_over_is_dropped_when_the_carrier_is_back(
    booked: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked.run_until(MONDAY_NOON)
    back = MONDAY_NOON + timedelta(hours=6)
    monkeypatch.setattr(booked.carrier, "send", away(booked, MONDAY_NOON, back, Fault.RETRY))

    booked.run_until(back + timedelta(hours=1))

    soon = booked.rows(select(OutboundText.status, OutboundText.reason).where(OutboundText.intent.like("two_hours%")))
    assert {status for status, _ in soon} == {"dropped"}
    assert not any("today" in entry.body for entry in booked.carrier.sent if entry.at >= back)


@pytest.mark.fault(18)
def test_a_carrier_that_says_nothing_for_six_hours_is_asked_and_never_told_twice(
    booked: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = EVENING_BEFORE - timedelta(hours=1)
    booked.run_until(since)
    monkeypatch.setattr(booked.carrier, "send", away(booked, since, since + timedelta(hours=6), Fault.UNKNOWN))

    booked.run_until(since + timedelta(days=2))

    doubtful = booked.rows(select(OutboundText.attempts).where(OutboundText.status == "unknown"))
    assert doubtful == [1, 1, 1]
    assert violations(booked) == []


@pytest.mark.fault(48)
@pytest.mark.parametrize("hours", [-2, 2])
@pytest.mark.parametrize("moment", [EVENING_BEFORE - timedelta(hours=1), EVENING_BEFORE + timedelta(minutes=1)])
def test_a_clock_that_jumps_reminds_once_and_expires_nothing(booked: Season, moment: datetime, hours: int) -> None:
    booked.run_until(moment)
    booked.clock.advance(hours=hours)
    booked.tick()
    booked.clock.move_to(moment)
    booked.tick()

    booked.run_until(MONDAY_AT_FOUR)

    assert sum("tomorrow" in body for body in booked.bodies("Kim")) == 1
    assert len(booked.rows(select(Reminder.id).where(Reminder.kind == "evening_before"))) == 1
    assert booked.one(select(Visit.status)) in {"booked", "confirmed"}
    assert booked.one(select(Invitation.status)) == "booked"


@pytest.mark.fault(48)
def test_two_hosts_whose_clocks_differ_remind_and_send_once(booked: Season) -> None:
    booked.run_until(EVENING_BEFORE - timedelta(minutes=1))
    ahead = MovableClock(EVENING_BEFORE)
    runtimes = [open_runtime(booked.database_url, booked.carrier, clock) for clock in (ahead, booked.clock)]
    for _ in range(8):
        for runtime in runtimes:
            for task in TASKS:
                task.do(runtime)
        ahead.advance(seconds=30)
        booked.clock.move_to(ahead.now() - timedelta(seconds=90))
    for runtime in runtimes:
        runtime.engine.dispose()

    assert sum("tomorrow" in body for body in booked.bodies("Kim")) == 1
    assert len({entry.outbound_id for entry in booked.carrier.sent}) == len(booked.carrier.sent)
    assert set(booked.rows(select(OutboundText.status))) == {"delivered"}


@pytest.mark.fault(50)
def test_a_worker_that_was_dead_for_a_week_sends_nothing_of_the_past(booked: Season) -> None:
    said = len(booked.bodies("Kim"))
    booked.clock.move_to(MONDAY_AT_FOUR + timedelta(days=7))

    queue_due_reminders(booked.runtime)
    booked.tick()

    assert not any("tomorrow" in body or "today" in body for body in booked.bodies("Kim")[said:])
    assert violations(booked) == []


@pytest.mark.fault(46)
@pytest.mark.parametrize("name", US_ZONES)
@pytest.mark.parametrize(
    ("asked", "visit"),
    [(date(2027, 3, 10), date(2027, 3, 15)), (date(2026, 10, 28), date(2026, 11, 2))],
    ids=["spring", "fall"],
)
def test_a_visit_offered_before_the_clocks_change_is_at_the_time_that_was_told(
    sqlite_url: str, name: str, asked: date, visit: date
) -> None:
    with a_season_in(sqlite_url, ZoneInfo(name), asked, visit) as season:
        for words in ("yes", "1"):
            season.text("Kim", words)
        season.tick()
        kept = season.one(select(Visit))
        assert (kept.wall, season.local(kept.starts_at)) == (f"{visit}T15:00", f"{visit:%a %b} {visit.day} 15:00")
        assert "3:00 PM" in season.bodies("Kim")[-1]

        season.run_until(kept.starts_at)

        reminders = {season.local(entry.at) for entry in season.carrier.sent if "tomorrow" in entry.body}
        assert reminders == {f"{visit - timedelta(days=1):%a %b} {visit.day - 1} 18:00"}
        assert violations(season) == []


@contextmanager
def a_season_in(url: str, zone: ZoneInfo, asked: date, visit: date) -> Iterator[Season]:
    """A school of a zone, whose pair is free for one visit."""
    season = replace(open_season(url, datetime.combine(asked, time(10), zone).astimezone(UTC)), zone=zone)
    builders.a_school(season)
    builders.okafor_and_lee(season, (builders.on(season, visit, time(15)), builders.on(season, visit, time(15, 45))))
    builders.a_home(season, ("Kim", "en"))
    builders.a_round(season, starts_on=asked, ends_on=visit + timedelta(days=5))
    builders.start(season)
    yield season
    season.runtime.engine.dispose()
