"""hvbot leaves people alone at night, on Sundays and on closed days."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hvbot.scheduling.parts import part_of_day
from hvbot.scheduling.quiet import is_quiet, next_moment, other_hour
from hvbot.scheduling.rules import TimeRules

from .cases import CHICAGO, FALL, NOON, SPRING, US_ZONES, days_around, on, shown

LABOR_DAY = date(2026, 9, 7)
CLOSED = replace(CHICAGO, closed=frozenset({LABOR_DAY}))


@pytest.mark.fault(59)
@pytest.mark.parametrize("name", US_ZONES)
@pytest.mark.parametrize("changed", [SPRING, FALL, date(2026, 9, 6)])
def test_texts_leave_from_nine_to_eight_by_the_clock_of_the_school(name: str, changed: date) -> None:
    rules = TimeRules(ZoneInfo(name))
    first = datetime.combine(changed - timedelta(days=3), time(0), UTC)
    for hour in range(24 * 7):
        moment = first + timedelta(hours=hour)
        wall = moment.astimezone(rules.zone)
        assert is_quiet(moment, rules) == (not 9 <= wall.hour < 20 or wall.weekday() == 6)


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [("08:59:59", True), ("09:00:00", False), ("19:59:59", False), ("20:00:00", True)],
)
def test_the_edges_are_sharp(wall: str, *, quiet: bool) -> None:
    assert is_quiet(on(f"2026-09-03T{wall}"), CHICAGO) is quiet


@pytest.mark.parametrize(
    ("now", "visit", "expected"),
    [
        ("2026-09-03T12:34", None, "Thu 03 12:34"),
        ("2026-09-03T03:00", None, "Thu 03 09:00"),
        ("2026-09-03T20:00", None, "Fri 04 09:00"),
        ("2026-09-05T21:00", None, "Tue 08 09:00"),
        ("2026-09-05T21:00", "2026-09-06T15:00", "Sun 06 09:00"),
        ("2026-09-06T18:00", "2026-09-07T15:00", "Sun 06 18:00"),
        ("2026-09-06T21:00", "2026-09-07T15:00", "Mon 07 09:00"),
        ("2026-09-06T18:00", "2026-09-08T15:00", "Mon 07 09:00"),
        ("2026-09-06T18:00", "2026-09-05T15:00", "Tue 08 09:00"),
    ],
)
def test_the_next_moment_waits_for_hours_and_days(now: str, visit: str | None, expected: str) -> None:
    """Sunday the sixth and Labor Day are open only to a text about a visit on that day or the next."""
    about = on(visit) if visit else None

    assert shown([next_moment(on(now), CLOSED, about)]) == [expected]


def test_rules_that_never_let_a_text_leave_are_an_error() -> None:
    with pytest.raises(ValueError, match="never"):
        next_moment(NOON, replace(CHICAGO, text_days=frozenset()))


AROUND = st.sampled_from([day for changed in (SPRING, FALL, LABOR_DAY) for day in days_around(changed)])
MOMENTS = st.builds(
    lambda day, minute: datetime.combine(day, time(0), UTC) + timedelta(minutes=minute), AROUND, st.integers(0, 1439)
)
RULES = st.builds(
    TimeRules,
    zone=st.sampled_from(US_ZONES).map(ZoneInfo),
    closed=st.frozensets(AROUND, max_size=3),
    text_from=st.sampled_from([time(8), time(9), time(11, 30)]),
    text_until=st.sampled_from([time(17), time(20), time(21)]),
    text_days=st.sampled_from([frozenset(range(6)), frozenset(range(5)), frozenset({2})]),
)


@settings(max_examples=100, deadline=None)
@given(now=MOMENTS, rules=RULES, visit=st.none() | MOMENTS)
def test_the_next_moment_is_the_first_that_is_not_quiet(
    now: datetime, rules: TimeRules, visit: datetime | None
) -> None:
    found = next_moment(now, rules, visit)

    assert found >= now
    assert not is_quiet(found, rules, visit)
    between = [now + timedelta(minutes=n) for n in range(0, (found - now) // timedelta(minutes=1), 7)]
    assert all(is_quiet(moment, rules, visit) for moment in between if moment < found)


@settings(max_examples=100, deadline=None)
@given(asked=MOMENTS, rules=RULES, days=st.integers(1, 30), seed=st.integers(0, 2**32))
def test_a_nudge_comes_at_another_part_of_a_later_day(asked: datetime, rules: TimeRules, days: int, seed: int) -> None:
    due = other_hour(asked, days, rules, seed)

    wall, first = due.astimezone(rules.zone), asked.astimezone(rules.zone)
    assert wall.date() >= first.date() + timedelta(days=days)
    assert not is_quiet(due, rules)
    assert part_of_day(wall.time()) != part_of_day(first.time())


def test_nudges_of_many_families_are_spread() -> None:
    walls = [other_hour(on("2026-09-01T10:00"), 4, CHICAGO, seed).astimezone(CHICAGO.zone) for seed in range(200)]

    assert {wall.hour for wall in walls} == {14, 18}
    assert max(walls.count(wall) for wall in walls) <= 4


def test_a_short_day_has_no_other_part() -> None:
    mornings = replace(CHICAGO, text_until=time(11))

    assert shown([other_hour(on("2026-09-01T10:00"), 4, mornings, 0)]) == ["Sat 05 09:00"]
