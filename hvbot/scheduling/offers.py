"""Which open times a family is shown: three of all, those that fit what was said, or those nearest to it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from itertools import chain
from typing import Literal

from hvbot.scheduling.parts import HOURS, is_in
from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.slots import Slot
from hvbot.scheduling.spread import Seen, are_apart, choose_three, distinct, first_apart, nearest_to, seen
from hvbot.scheduling.walltime import local, minutes
from hvbot.understanding.meaning import When

__all__ = ["PLENTY", "Match", "Unmet", "choose_three", "match", "nearest_to"]

SHOWN = 3
# As many times on the half hour and the odd quarters are left out of a first offer.
PLENTY = 24
WEEK = 7

Unmet = Literal["time", "limit", "part", "day"]
Fits = Callable[[datetime], bool]
Relaxed = tuple[Unmet | None, Fits]


@dataclass(frozen=True, slots=True)
class Match:
    """Open times for what a family said, at most three, soonest first.

    `exact` fits everything said. When it is empty, `nearest` holds the nearest offers and `unmet` names what they miss.
    """

    exact: tuple[Slot, ...] = ()
    nearest: tuple[Slot, ...] = ()
    unmet: Unmet | None = None


def match(when: When, slots: Iterable[Slot], rules: TimeRules, now: datetime, seed: int = 0) -> Match:
    """The open times that fit what was said, or the nearest with the part that could not be met.

    A clock time alone means that time if it is open on such a day, else the times after it. What is given up first is
    the clock time, then the limits, then the part of the day, last the day.
    """
    kept = {moment: slot for moment, slot in distinct(slots).items() if moment > now}
    levels = _levels(when, [seen(moment, rules.zone) for moment in kept], rules)

    def ranked(level: Iterable[Seen]) -> list[Slot]:
        return [kept[it.moment] for it in _ranked(level, when)]

    missed, fitting = next(levels, ("day", []))
    if missed is None and not _is_clock_alone(when):
        return Match(exact=choose_three((kept[it.moment] for it in fitting), rules, seed))
    if missed is None:
        return Match(exact=first_apart(ranked(fitting), SHOWN))
    further = chain.from_iterable(ranked(level) for _, level in levels)
    differ = partial(_days_differ, rules) if missed == "day" else are_apart
    return Match(nearest=first_apart(chain(ranked(fitting), further), SHOWN, differ), unmet=missed)


def _levels(when: When, found: list[Seen], rules: TimeRules) -> Iterator[tuple[Unmet | None, list[Seen]]]:
    """What fits everything said, then what fits less and less of it; each with the part given up, none empty."""
    for missed_day, on_day in _days(when):
        that_day = [it for it in found if on_day(it.wall)]
        for missed_hour, at_hour in _hours(when, rules):
            if fitting := [it for it in that_day if at_hour(it.wall)]:
                yield missed_day or missed_hour, fitting


def _days(when: When) -> Iterator[Relaxed]:
    """The day said, the same day of the week before and after, any day."""
    yield None, lambda wall: when.date in (None, wall.date()) and when.weekday in (None, wall.weekday())
    if when.date is not None:
        yield "day", lambda wall: _days_off(when, wall) == WEEK
    if when.date is not None or when.weekday is not None:
        yield "day", lambda _: True


def _hours(when: When, rules: TimeRules) -> Iterator[Relaxed]:
    """The clock time said, the limits said, the part of the day said, any hour."""

    def part(wall: datetime) -> bool:
        return when.part is None or is_in(when.part, wall)

    if _is_clock_alone(when):
        yield None, lambda wall: wall.time() == when.from_ and part(wall)
    yield None, lambda wall: _is_within(when, wall, rules) and part(wall)
    if when.from_ is not None or when.until is not None:
        yield ("time" if _is_clock_alone(when) else "limit"), part
    if when.part:
        yield "part", lambda _: True


def _is_clock_alone(when: When) -> bool:
    return when.from_ is not None and when.until is None


def _is_within(when: When, wall: datetime, rules: TimeRules) -> bool:
    """Tell whether the visit, as long as the family was told, lies between the limits."""
    end = wall + timedelta(minutes=rules.told)
    is_over = when.until is None or end.replace(tzinfo=None) <= datetime.combine(wall.date(), when.until)
    return is_over and (when.from_ is None or wall.time() >= when.from_)


def _ranked(fitting: Iterable[Seen], when: When) -> list[Seen]:
    """Nearest to what was said first: by the day, then by the clock, then the soonest."""
    return sorted(fitting, key=lambda it: (_days_off(when, it.wall), _minutes_off(when, it.wall), it.moment))


def _days_off(when: When, wall: datetime) -> int:
    return abs((wall.date() - when.date).days) if when.date else 0


def _minutes_off(when: When, wall: datetime) -> int:
    """How far the start is outside of the hours said; from a clock time alone, how far it is from that."""
    earliest, latest = _limits(when)
    return max(minutes(earliest) - minutes(wall.time()), minutes(wall.time()) - minutes(latest), 0)


def _limits(when: When) -> tuple[time, time]:
    if when.from_ is not None or when.until is not None:
        earliest = when.from_ or time.min
        return earliest, (when.until or earliest)
    return HOURS.get(when.part, (time.min, time.max)) if when.part else (time.min, time.max)


def _days_differ(rules: TimeRules, one: Slot, other: Slot) -> bool:
    return local(one.starts_at, rules).date() != local(other.starts_at, rules).date()
