"""When a pair can visit: counted in quarter hours since 1970 inside, in moments at the edge."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import ceil, floor
from typing import NamedTuple

from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.walltime import at, aware, changes_clocks, local, minutes, resolve

QUARTER = 900
MINUTE = 60
DAY_MINUTES = 24 * 60

Stretch = tuple[int, int]


class Interval(NamedTuple):
    """Free time, from `starts_at` until just before `ends_at`, both aware UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """One person's time: what was given for visits, and the quarter hours (since 1970) taken by visits already."""

    available: tuple[Interval, ...] = ()
    busy: frozenset[int] = frozenset()


class Slot(NamedTuple):
    """A moment (UTC) at which a pair, and the interpreter if one is needed, can begin a visit."""

    starts_at: datetime
    pair_id: int
    interpreter_id: int | None = None


def quarters(starts_at: datetime, rules: TimeRules) -> range:
    """The quarter hours since 1970 that a visit takes from each person: the time held and the travel after it."""
    start = floor(aware(starts_at).timestamp())
    return range(start // QUARTER, -(-(start + (rules.held + rules.travel) * MINUTE) // QUARTER))


def open_slots(
    pair_id: int,
    calendars: Sequence[Calendar],
    rules: TimeRules,
    now: datetime,
    until: datetime,
    interpreters: Sequence[tuple[int, Calendar]] = (),
) -> tuple[Slot, ...]:
    """Every moment, soonest first, at which all of the pair can begin a visit and the school's rules allow it.

    The notice is kept from `now`, and no visit begins after `until`. Where interpreters are given one of them must be
    free; the first in the order given is named in the slot.
    """
    earliest = aware(now) + timedelta(hours=rules.notice_hours)
    span = (-(-ceil(earliest.timestamp()) // QUARTER), floor(aware(until).timestamp()) // QUARTER)
    return _open_slots(pair_id, tuple(calendars), rules, span, tuple(interpreters))


@lru_cache(maxsize=256)
def _open_slots(
    pair_id: int,
    calendars: tuple[Calendar, ...],
    rules: TimeRules,
    span: Stretch,
    interpreters: tuple[tuple[int, Calendar], ...],
) -> tuple[Slot, ...]:
    """The same between two quarter hours: many families ask for one pair's times in the hour in which a round starts."""
    free = _free(calendars, rules, span)
    if not free:
        return ()
    first, last = (local(_moment(quarter), rules).date() for quarter in (min(free), max(free)))
    starts = [quarter for quarter in starts_between(first, last, rules) if quarter in free]
    if not interpreters:
        return tuple(Slot(_moment(quarter), pair_id) for quarter in starts)
    helpers = [(key, _free((calendar,), rules, span)) for key, calendar in interpreters]
    return tuple(_interpreted(pair_id, starts, helpers))


@lru_cache(maxsize=4096)
def starts_on(day: date, rules: TimeRules) -> Sequence[int]:
    """The quarter hours since 1970 at which the school lets a visit begin on that local day.

    Steps are counted from the local midnight. A wall time that clocks skip or show twice is no time for a visit.
    """
    if day.weekday() not in rules.visit_days or day in rules.closed:
        return ()
    steps = [m for m in range(0, DAY_MINUTES, QUARTER // MINUTE) if m % rules.step == 0]
    if changes_clocks(day, rules.zone):
        return tuple(_starts_on_a_day_of_change(day, steps, rules))
    midnight = floor(at(day, time(0), rules).timestamp()) // QUARTER
    first, last = minutes(rules.visit_from), minutes(rules.visit_until) - rules.held
    return tuple(midnight + m * MINUTE // QUARTER for m in steps if first <= m <= last)


@lru_cache(maxsize=1024)
def starts_between(first: date, last: date, rules: TimeRules) -> Sequence[int]:
    """The same for all local days from one to another."""
    days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    return tuple(quarter for day in days for quarter in starts_on(day, rules))


def _starts_on_a_day_of_change(day: date, steps: Iterable[int], rules: TimeRules) -> Iterator[int]:
    """Ask the zone about each wall time, the end of the visit included."""
    for minute in steps:
        wall = datetime.combine(day, time(minute // 60, minute % 60))
        try:
            moment = resolve(wall, rules.zone)
        except ValueError:
            continue
        end = local(moment + timedelta(minutes=rules.held), rules).replace(tzinfo=None)
        if wall.time() >= rules.visit_from and end <= datetime.combine(day, rules.visit_until):
            yield floor(moment.timestamp()) // QUARTER


def _interpreted(pair_id: int, starts: Iterable[int], helpers: Sequence[tuple[int, set[int]]]) -> Iterator[Slot]:
    for quarter in starts:
        helper = next((key for key, free in helpers if quarter in free), None)
        if helper is not None:
            yield Slot(_moment(quarter), pair_id, helper)


def _free(calendars: Sequence[Calendar], rules: TimeRules, span: Stretch) -> set[int]:
    """The quarter hours at which everybody is there for the time held, and nobody is taken until the travel is over."""
    held, taken = rules.held * MINUTE, -(-(rules.held + rules.travel) * MINUTE // QUARTER)
    seconds = (span[0] * QUARTER, span[1] * QUARTER + held)
    free: set[int] = set()
    for start, end in _common([_merged(calendar.available) for calendar in calendars], seconds):
        free.update(range(-(-start // QUARTER), (end - held) // QUARTER + 1))
    for calendar in calendars:
        for quarter in calendar.busy:
            free.difference_update(range(quarter - taken + 1, quarter + 1))
    return free


@lru_cache(maxsize=2048)
def _merged(intervals: tuple[Interval, ...]) -> list[Stretch]:
    """Stretches of whole seconds since 1970, in order; intervals that touch or overlap become one. A person's change seldom."""
    stretches: list[Stretch] = []
    for start, end in sorted(
        (ceil(aware(i.starts_at).timestamp()), floor(aware(i.ends_at).timestamp())) for i in intervals
    ):
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        elif start < end:
            stretches.append((start, end))
    return stretches


def _common(people: Sequence[Sequence[Stretch]], span: Stretch) -> list[Stretch]:
    """The stretches that everybody has, cut to the span; none when nobody is named."""
    shared = [span] if people else []
    for stretches in people:
        shared = list(_overlaps(shared, stretches))
    return shared


def _overlaps(ours: Sequence[Stretch], theirs: Sequence[Stretch]) -> Iterator[Stretch]:
    i = j = 0
    while i < len(ours) and j < len(theirs):
        start, end = max(ours[i][0], theirs[j][0]), min(ours[i][1], theirs[j][1])
        if start < end:
            yield start, end
        if ours[i][1] <= theirs[j][1]:
            i += 1
        else:
            j += 1


@lru_cache(maxsize=16384)
def _moment(quarter: int) -> datetime:
    return datetime.fromtimestamp(quarter * QUARTER, UTC)
