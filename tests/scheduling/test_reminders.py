"""hvbot reminds in time, never of the past, and does not pester."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hvbot.scheduling.nudges import Rung, next_within_caps, nudge_ladder, within_caps
from hvbot.scheduling.quiet import is_quiet
from hvbot.scheduling.reminders import ReminderKind, reminder_times
from hvbot.scheduling.rules import TimeRules

from .cases import CHICAGO, FALL, NOON, SPRING, US_ZONES, days_around, on, shown
from .test_quiet import MOMENTS, RULES

EVENING, SOON, THANKS = ReminderKind.EVENING, ReminderKind.SOON, ReminderKind.THANKS
EDUCATOR_EVENING, HAPPENED = ReminderKind.EDUCATOR_EVENING, ReminderKind.HAPPENED
BEFORE = {EVENING, EDUCATOR_EVENING, SOON}


def due(visit: str, booked: str = "2026-08-20T12:00", rules: TimeRules = CHICAGO) -> dict[ReminderKind, str]:
    """When each text about a visit falls due, in local time."""
    return {it.kind: shown([it.due_at], rules)[0] for it in reminder_times(on(visit, rules), rules, on(booked, rules))}


def test_a_visit_on_thursday_afternoon() -> None:
    assert due("2026-09-03T16:00") == {
        EVENING: "Wed 02 18:00",
        EDUCATOR_EVENING: "Wed 02 18:00",
        SOON: "Thu 03 14:00",
        HAPPENED: "Thu 03 17:15",
        THANKS: "Thu 03 17:45",
    }


@pytest.mark.parametrize(
    ("visit", "kind", "expected"),
    [
        ("2026-09-03T11:00", SOON, "Thu 03 09:00"),
        ("2026-09-03T10:30", SOON, "Thu 03 09:00"),
        ("2026-09-03T09:30", SOON, "Thu 03 09:00"),
        ("2026-09-03T09:15", SOON, None),
        ("2026-09-03T08:00", SOON, None),
        ("2026-09-03T19:15", HAPPENED, "Fri 04 09:00"),
        ("2026-09-03T19:15", THANKS, "Fri 04 09:00"),
        ("2026-09-05T19:15", THANKS, "Mon 07 09:00"),
        ("2026-09-06T15:00", EVENING, "Sat 05 18:00"),
        ("2026-09-06T15:00", SOON, "Sun 06 13:00"),
        ("2026-09-06T15:00", HAPPENED, "Mon 07 09:00"),
        ("2026-09-07T15:00", EVENING, "Sun 06 18:00"),
    ],
)
def test_quiet_hours_move_or_drop_a_text(visit: str, kind: ReminderKind, expected: str | None) -> None:
    assert due(visit).get(kind) == expected


@pytest.mark.parametrize(
    ("booked", "left"),
    [
        ("2026-09-02T17:59", {EVENING, EDUCATOR_EVENING, SOON, HAPPENED, THANKS}),
        ("2026-09-02T18:01", {SOON, HAPPENED, THANKS}),
        ("2026-09-03T14:30", {HAPPENED, THANKS}),
        ("2026-09-03T20:00", set()),
    ],
)
def test_a_late_booking_has_fewer_reminders(booked: str, left: set[ReminderKind]) -> None:
    assert due("2026-09-03T16:00", booked).keys() == left


def test_a_school_that_texts_until_five_reminds_on_the_day_only() -> None:
    rules = replace(CHICAGO, text_until=time(17))

    assert due("2026-09-03T16:00", rules=rules)[EVENING] == "Thu 03 09:00"
    assert EVENING not in due("2026-09-03T10:00", rules=rules)


@pytest.mark.fault(46)
@pytest.mark.parametrize("name", US_ZONES)
@pytest.mark.parametrize("changed", [SPRING, FALL])
def test_the_evening_before_is_six_by_the_clock_on_the_wall(name: str, changed: date) -> None:
    rules = TimeRules(ZoneInfo(name))
    for day in days_around(changed):
        found = {it.kind: it for it in reminder_times(on(f"{day}T15:00", rules), rules, on("2026-08-01T12:00", rules))}
        evening = found[EVENING].due_at.astimezone(rules.zone)
        assert (evening.date(), evening.time()) == (day - timedelta(days=1), time(18))
        assert found[SOON].due_at == on(f"{day}T13:00", rules)


@settings(max_examples=150, deadline=None)
@given(visit=MOMENTS, rules=RULES, ahead=st.integers(-48, 24 * 30))
def test_every_reminder_keeps_its_promises(visit: datetime, rules: TimeRules, ahead: int) -> None:
    now = visit - timedelta(hours=ahead)

    found = reminder_times(visit, rules, now)

    assert [it.due_at for it in found] == sorted(it.due_at for it in found)
    for it in found:
        about = visit if it.kind in BEFORE else None
        assert now <= it.due_at <= it.not_after
        assert not is_quiet(it.due_at, rules, about)
        assert (it.not_after < visit) == (it.kind in BEFORE)


def test_a_family_without_an_answer_is_nudged_called_and_left_in_peace() -> None:
    ladder = nudge_ladder(on("2026-09-01T10:00"), CHICAGO, seed=0)

    assert [rung for rung, _ in ladder] == [Rung.NUDGE, Rung.CALL_TASK, Rung.LAST_TEXT]
    assert shown(moment for _, moment in ladder) == ["Sat 05 14:00", "Thu 10 09:00", "Tue 22 18:00"]


@given(asked=MOMENTS, seed=st.integers(0, 10**9))
def test_the_ladder_goes_up(asked: datetime, seed: int) -> None:
    moments = [moment for _, moment in nudge_ladder(asked, CHICAGO, seed)]

    assert [asked, *moments] == sorted([asked, *moments])


@pytest.mark.parametrize(
    ("sent_days_ago", "allowed"),
    [
        ([], True),
        ([1, 3], True),
        ([1, 3, 6], False),
        ([1, 3, 7], True),
        ([0, 0, 0], False),
        ([9] * 7, True),
        ([9] * 8, False),
        ([30] * 8, True),
        ([-1, 0, 1], True),
    ],
)
def test_no_more_than_three_a_week_and_eight_a_month(sent_days_ago: list[int], *, allowed: bool) -> None:
    assert within_caps([NOON - timedelta(days=n) for n in sent_days_ago], NOON) is allowed


def test_the_next_text_waits_until_one_is_a_week_old() -> None:
    sent = [on("2026-08-30T12:00"), on("2026-08-29T11:00"), on("2026-08-31T12:00")]

    assert shown([next_within_caps(sent, on("2026-09-01T12:00"), CHICAGO)]) == ["Sat 05 11:00"]


def test_no_cap_is_an_error() -> None:
    with pytest.raises(ValueError, match="never"):
        next_within_caps([], NOON, CHICAGO, per_week=0)


@settings(max_examples=80, deadline=None)
@given(sent=st.lists(st.integers(-40 * 24, 24), max_size=12), rules=RULES)
def test_the_next_text_is_the_first_within_caps_and_hours(sent: list[int], rules: TimeRules) -> None:
    moments = [NOON + timedelta(hours=n) for n in sent]

    found = next_within_caps(moments, NOON, rules)

    assert within_caps(moments, found)
    assert not is_quiet(found, rules)
    earlier = (NOON + timedelta(minutes=30 * n) for n in range((found - NOON) // timedelta(minutes=30)))
    assert all(is_quiet(m, rules) or not within_caps(moments, m) for m in earlier if m < found)
