"""hvbot knows when a pair can visit."""

from dataclasses import replace
from datetime import date, time, timedelta
from timeit import repeat
from zoneinfo import ZoneInfo

import pytest

from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.slots import Calendar, Interval, open_slots, quarters

from .cases import CHICAGO, FALL, NOON, SPRING, US_ZONES, days_around, free, on, starts

LATER = NOON + timedelta(days=60)
THURSDAY = ("2026-09-03T16:00", "2026-09-03T17:30")


def test_a_visit_takes_the_time_held_and_the_travel() -> None:
    taken = quarters(on("2026-09-03T16:00"), CHICAGO)

    assert len(taken) == 4
    assert taken[0] * 900 == on("2026-09-03T16:00").timestamp()


@pytest.mark.parametrize(("held", "travel", "count"), [(45, 15, 4), (45, 0, 3), (50, 20, 5), (30, 5, 3), (60, 30, 6)])
def test_a_begun_quarter_is_taken(held: int, travel: int, count: int) -> None:
    assert len(quarters(on("2026-09-03T16:00"), replace(CHICAGO, held=held, travel=travel))) == count


def test_a_start_between_quarters_takes_both_ends() -> None:
    assert len(quarters(on("2026-09-03T16:05"), CHICAGO)) == 5


@pytest.mark.parametrize(
    ("what", "ours", "theirs", "expected"),
    [
        ("both free", [THURSDAY], [THURSDAY], ["16:00", "16:15", "16:30", "16:45"]),
        ("part shared", [THURSDAY], [("2026-09-03T16:20", "2026-09-03T18:00")], ["16:30", "16:45"]),
        ("nothing shared", [THURSDAY], [("2026-09-04T16:00", "2026-09-04T18:00")], []),
        ("too short", [THURSDAY], [("2026-09-03T16:00", "2026-09-03T16:44")], []),
        (
            "touching times are one",
            [("2026-09-03T16:00", "2026-09-03T16:25"), ("2026-09-03T16:25", "2026-09-03T16:45")],
            [THURSDAY],
            ["16:00"],
        ),
        (
            "a gap divides",
            [("2026-09-03T16:00", "2026-09-03T16:25"), ("2026-09-03T16:30", "2026-09-03T16:55")],
            [THURSDAY],
            [],
        ),
        (
            "times within times",
            [("2026-09-03T16:10", "2026-09-03T16:20"), ("2026-09-03T16:00", "2026-09-03T16:45")],
            [THURSDAY],
            ["16:00"],
        ),
        (
            "too early in the day",
            [("2026-09-03T06:00", "2026-09-03T08:50")],
            [("2026-09-03T06:00", "2026-09-03T09:00")],
            ["08:00"],
        ),
        (
            "too late in the day",
            [("2026-09-03T19:00", "2026-09-03T22:00")],
            [("2026-09-03T19:00", "2026-09-03T22:00")],
            ["19:00", "19:15"],
        ),
        (
            "less than a day's notice",
            [("2026-09-02T11:00", "2026-09-02T13:00")],
            [("2026-09-02T11:00", "2026-09-02T13:00")],
            ["12:00", "12:15"],
        ),
        ("backwards", [("2026-09-03T18:00", "2026-09-03T16:00")], [THURSDAY], []),
    ],
)
def test_both_of_a_pair_must_be_there(
    what: str, ours: list[tuple[str, str]], theirs: list[tuple[str, str]], expected: list[str]
) -> None:
    found = open_slots(1, [free(*ours), free(*theirs)], CHICAGO, NOON, LATER)

    assert [text[-5:] for text in starts(found)] == expected, what


def test_the_travel_after_a_visit_must_be_free() -> None:
    """Held 16:00 to 16:45, then travel until 17:00, when the next visit of one of them begins."""
    booked = quarters(on("2026-09-03T17:00"), CHICAGO)

    found = open_slots(1, [free(THURSDAY), free(THURSDAY, busy=booked)], CHICAGO, NOON, LATER)

    assert starts(found) == ["Thu 03 16:00"]


@pytest.mark.parametrize(
    "rules", [replace(CHICAGO, closed=frozenset({date(2026, 9, 3)})), replace(CHICAGO, visit_days=frozenset({0, 5}))]
)
def test_days_without_visits_are_left_out(rules: TimeRules) -> None:
    assert open_slots(1, [free(THURSDAY)], rules, NOON, LATER) == ()


def test_no_visit_begins_after_the_end() -> None:
    assert starts(open_slots(1, [free(THURSDAY)], CHICAGO, NOON, on("2026-09-03T16:15"))) == [
        "Thu 03 16:00",
        "Thu 03 16:15",
    ]


def test_nobody_cannot_visit() -> None:
    assert open_slots(1, [], CHICAGO, NOON, LATER) == ()
    assert open_slots(1, [Calendar(), free(THURSDAY)], CHICAGO, NOON, LATER) == ()


def test_the_first_free_interpreter_comes_along() -> None:
    early, late = free(("2026-09-03T16:00", "2026-09-03T17:00")), free(THURSDAY)

    found = open_slots(7, [free(THURSDAY)], CHICAGO, NOON, LATER, [(21, early), (22, late)])

    assert [(slot.pair_id, slot.interpreter_id) for slot in found] == [(7, 21), (7, 21), (7, 22), (7, 22)]


def test_no_slot_without_a_needed_interpreter() -> None:
    taken = free(THURSDAY, busy=quarters(on("2026-09-03T16:30"), CHICAGO))

    assert starts(open_slots(7, [free(THURSDAY)], CHICAGO, NOON, LATER, [(21, taken)])) == []


@pytest.mark.fault(46)
@pytest.mark.parametrize("name", US_ZONES)
@pytest.mark.parametrize("changed", [SPRING, FALL])
def test_the_wall_time_is_kept_across_a_change_of_clocks(name: str, changed: date) -> None:
    rules = TimeRules(ZoneInfo(name))
    spans = [(f"{day}T16:00", f"{day}T17:00") for day in days_around(changed)]

    found = open_slots(
        1, [free(*spans, rules=rules)], rules, on(f"{changed}T00:00") - timedelta(days=9), LATER + timedelta(days=365)
    )

    walls = [slot.starts_at.astimezone(rules.zone) for slot in found]
    assert [(w.date(), w.hour, w.minute) for w in walls] == [(d, 16, m) for d in days_around(changed) for m in (0, 15)]


@pytest.mark.fault(46)
@pytest.mark.parametrize(
    ("changed", "missing"), [(SPRING, "02:00 02:15 02:30 02:45"), (FALL, "01:00 01:15 01:30 01:45")]
)
def test_no_visit_begins_in_a_skipped_or_repeated_hour(changed: date, missing: str) -> None:
    rules = replace(CHICAGO, visit_from=time(0), visit_until=time(6))

    found = open_slots(
        1,
        [free((f"{changed}T00:00", f"{changed}T06:00"))],
        rules,
        on(f"{changed}T00:00") - timedelta(days=3),
        on("2027-06-01T00:00"),
    )

    every = [f"{h:02}:{m:02}" for h in range(6) for m in (0, 15, 30, 45) if (h, m) <= (5, 15)]
    assert [text[-5:] for text in starts(found)] == [text for text in every if text not in missing.split()]


@pytest.mark.parametrize(("changed", "first", "last"), [(SPRING, "08:30", "19:15"), (FALL, "08:30", "19:15")])
def test_the_visiting_hours_hold_on_a_day_of_change(changed: date, first: str, last: str) -> None:
    rules = replace(CHICAGO, visit_from=time(8, 30))
    calendar = free((f"{changed}T00:00", f"{changed}T23:45"))

    found = starts(open_slots(1, [calendar], rules, NOON, on("2027-06-01T00:00")))

    assert (found[0][-5:], found[-1][-5:]) == (first, last)


@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_one_taken_quarter_forbids_every_visit_that_would_touch_it(offset: int) -> None:
    start = on("2026-09-03T16:00")
    person = free(("2026-09-03T16:00", "2026-09-03T16:45"), busy=[quarters(start, CHICAGO)[offset]])

    assert open_slots(1, [person], CHICAGO, NOON, LATER) == ()


def test_eight_weeks_of_a_pair_take_little_time() -> None:
    """Measured at 0.6 ms; a turn that offers times has about 3 ms for it."""
    days = [NOON + timedelta(days=n) for n in range(56)]
    booked = frozenset(q for day in days[::3] for q in quarters(day + timedelta(hours=5), CHICAGO))
    person = Calendar(tuple(Interval(day + timedelta(hours=3), day + timedelta(hours=8)) for day in days), booked)

    runs = repeat(lambda: open_slots(1, (person, person), CHICAGO, NOON, LATER), number=5, repeat=5)

    assert min(runs) / 5 < 0.003
