"""hvbot opens exactly the times that every rule allows, for any rules and calendars."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.slots import Calendar, Interval, Slot, open_slots, quarters

from .cases import FALL, NOON, SPRING, US_ZONES, is_shown_once

DAYS = st.sampled_from([SPRING, FALL, date(2026, 9, 3), date(2027, 1, 1)])
MIDNIGHTS = DAYS.map(lambda day: datetime.combine(day, time(0), UTC) - timedelta(days=1))
RULES = st.builds(
    TimeRules,
    zone=st.sampled_from(US_ZONES).map(ZoneInfo),
    visit_from=st.sampled_from([time(0), time(8), time(15, 30)]),
    visit_until=st.sampled_from([time(4), time(20), time(23, 59)]),
    visit_days=st.sampled_from([frozenset(range(7)), frozenset(range(5)), frozenset({6})]),
    closed=DAYS.map(lambda day: frozenset({day + timedelta(days=1)})),
    held=st.sampled_from([30, 45, 50, 75]),
    travel=st.sampled_from([0, 15, 20, 45]),
    step=st.sampled_from([15, 30, 60]),
    notice_hours=st.sampled_from([0, 1, 24]),
)
LENGTHS = st.integers(1, 2 * 12) | st.integers(12 * 12, 48 * 12)
SPANS = st.lists(st.tuples(st.integers(0, 60 * 12), LENGTHS), max_size=5)
TAKEN = st.frozensets(st.integers(0, 72 * 4), max_size=12)


def calendar(midnight: datetime, spans: list[tuple[int, int]], taken: frozenset[int]) -> Calendar:
    """Spans of five minutes and quarters, both counted from the midnight."""
    step, first = timedelta(minutes=5), int(midnight.timestamp()) // 900
    given = tuple(Interval(midnight + start * step, midnight + (start + length) * step) for start, length in spans)
    return Calendar(given, frozenset(first + n for n in taken))


def is_there(person: Calendar, start: datetime, rules: TimeRules) -> bool:
    """Recomputed with moments, five minutes at a time."""
    held = [start + timedelta(minutes=n) for n in range(0, rules.held, 5)]
    given = all(any(i.starts_at <= moment < i.ends_at for i in person.available) for moment in held)
    away = start + timedelta(minutes=rules.held + rules.travel)
    taken = [datetime.fromtimestamp(quarter * 900, UTC) for quarter in person.busy]
    return given and not any(moment < away and moment + timedelta(minutes=15) > start for moment in taken)


def is_allowed(start: datetime, rules: TimeRules, now: datetime, until: datetime) -> bool:
    """Recomputed with wall times."""
    wall = start.astimezone(rules.zone).replace(tzinfo=None)
    end = (start + timedelta(minutes=rules.held)).astimezone(rules.zone).replace(tzinfo=None)
    return (
        rules.visit_from <= wall.time()
        and end <= datetime.combine(wall.date(), rules.visit_until)
        and wall.weekday() in rules.visit_days
        and wall.date() not in rules.closed
        and (wall - datetime.combine(wall.date(), time(0))) % timedelta(minutes=rules.step) == timedelta(0)
        and now + timedelta(hours=rules.notice_hours) <= start <= until
        and is_shown_once(wall, rules.zone)
    )


@settings(max_examples=60, deadline=None)
@given(
    midnight=MIDNIGHTS, rules=RULES, people=st.lists(st.tuples(SPANS, TAKEN), min_size=1, max_size=2), data=st.data()
)
def test_exactly_the_allowed_times_are_open(
    midnight: datetime,
    rules: TimeRules,
    people: list[tuple[list[tuple[int, int]], frozenset[int]]],
    data: st.DataObject,
) -> None:
    calendars = [calendar(midnight, spans, taken) for spans, taken in people]
    now = midnight + timedelta(minutes=data.draw(st.integers(-24 * 60, 24 * 60)))
    until = midnight + timedelta(minutes=data.draw(st.integers(0, 90 * 60)))

    found = {slot.starts_at for slot in open_slots(1, calendars, rules, now, until)}

    for start in (midnight + timedelta(minutes=15 * n) for n in range(96 * 4)):
        there = all(is_there(person, start, rules) for person in calendars)
        assert (start in found) == (there and is_allowed(start, rules, now, until))


@settings(max_examples=40, deadline=None)
@given(midnight=MIDNIGHTS, rules=RULES, first=st.tuples(SPANS, TAKEN), second=st.tuples(SPANS, TAKEN))
def test_each_slot_with_an_interpreter_is_one_that_both_have(
    midnight: datetime,
    rules: TimeRules,
    first: tuple[list[tuple[int, int]], frozenset[int]],
    second: tuple[list[tuple[int, int]], frozenset[int]],
) -> None:
    pair, helper = calendar(midnight, *first), calendar(midnight, *second)
    until = midnight + timedelta(days=5)

    together = open_slots(1, [pair], rules, midnight, until, [(9, helper)])

    everybody = open_slots(1, [pair, helper], rules, midnight, until)
    assert together == tuple(slot._replace(interpreter_id=9) for slot in everybody)


@settings(max_examples=60, deadline=None)
@given(midnight=MIDNIGHTS, rules=RULES, spans=SPANS, choices=st.lists(st.integers(0, 10_000), max_size=6))
def test_visits_booked_one_after_the_other_never_overlap(
    midnight: datetime, rules: TimeRules, spans: list[tuple[int, int]], choices: list[int]
) -> None:
    person, booked = calendar(midnight, spans, frozenset()), list[Slot]()
    for choice in choices:
        if found := open_slots(1, [person], rules, midnight - timedelta(days=2), midnight + timedelta(days=9)):
            booked.append(found[choice % len(found)])
            person = replace(person, busy=person.busy | set(quarters(booked[-1].starts_at, rules)))

    booked.sort(key=lambda slot: slot.starts_at)
    length = timedelta(minutes=rules.held + rules.travel)
    assert all(one.starts_at + length <= other.starts_at for one, other in pairwise(booked))


@given(rules=RULES, start=st.integers(0, 200), other=st.integers(0, 200))
def test_quarters_are_shared_exactly_when_visits_overlap(rules: TimeRules, start: int, other: int) -> None:
    one, two = (NOON + timedelta(minutes=15 * n) for n in (start, other))
    length = timedelta(minutes=rules.held + -(-rules.travel // 15) * 15)
    whole = timedelta(minutes=-(-(length // timedelta(minutes=1)) // 15) * 15)

    shared = set(quarters(one, rules)) & set(quarters(two, rules))

    if abs(one - two) < timedelta(minutes=rules.held + rules.travel):
        assert shared
    if abs(one - two) >= whole:
        assert not shared
