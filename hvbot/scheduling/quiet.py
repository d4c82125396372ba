"""When a text that nobody asked for may leave. An answer to a person's own text may go at any hour."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from hvbot.scheduling.parts import part_of_day
from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.walltime import at, local
from hvbot.understanding.meaning import Part

DAYS_AHEAD: Final = 400

NUDGE_HOURS: Final[Mapping[Part, int]] = {Part.MORNING: 10, Part.AFTERNOON: 14, Part.EVENING: 18}
NUDGE_MINUTES: Final = 50
# Seeds this far apart choose the same minute, by two seeds each, and the same of one, two or three parts of the day.
SEEDS: Final = NUDGE_MINUTES * 2 * 3


def is_quiet(moment: datetime, rules: TimeRules, about_visit: datetime | None = None) -> bool:
    """Tell whether no unprompted text may leave at that moment.

    `about_visit` is the start of the visit that the text reminds of: on its day and the day before, Sundays and closed
    days are open too, though only during the same hours.
    """
    wall = local(moment, rules)
    in_hours = rules.text_from <= wall.time() < rules.text_until
    return not (in_hours and _is_text_day(wall.date(), rules, about_visit))


def next_moment(now: datetime, rules: TimeRules, about_visit: datetime | None = None) -> datetime:
    """The first moment from `now` on at which an unprompted text may leave; see `is_quiet`."""
    if not is_quiet(now, rules, about_visit):
        return now
    openings = (at(day, rules.text_from, rules) for day in _days_from(local(now, rules).date()))
    for opening in openings:
        if opening >= now and not is_quiet(opening, rules, about_visit):
            return opening
    raise ValueError("these rules never let a text leave")


def other_hour(asked_at: datetime, days_later: int, rules: TimeRules, seed: int) -> datetime:
    """A moment at least so many local days later, in another part of the day than the first text.

    Who did not see a text at ten may see one at six. The seed spreads the families over parts and minutes.
    """
    return _other_hour(asked_at, days_later, rules, seed % SEEDS)


@lru_cache(maxsize=4096)
def _other_hour(asked_at: datetime, days_later: int, rules: TimeRules, seed: int) -> datetime:
    asked = local(asked_at, rules)
    first = asked.date() + timedelta(days=days_later)
    clocks = [c for c in _nudge_clocks(rules, seed) if part_of_day(c) != part_of_day(asked.time())]
    clock = clocks[seed % len(clocks)] if clocks else rules.text_from
    return _on_or_after(first, clock, rules)


@lru_cache(maxsize=4096)
def _on_or_after(first: date, clock: time, rules: TimeRules) -> datetime:
    """That clock time on the first text day; the same for many families of a round."""
    day = next((d for d in _days_from(first) if _is_text_day(d, rules, None)), first)
    return next_moment(at(day, clock, rules), rules)


def _nudge_clocks(rules: TimeRules, seed: int) -> list[time]:
    clocks = [time(hour, seed // 2 % NUDGE_MINUTES) for hour in NUDGE_HOURS.values()]
    return [clock for clock in clocks if rules.text_from <= clock < rules.text_until]


def _is_text_day(day: date, rules: TimeRules, about_visit: datetime | None) -> bool:
    if about_visit is not None and local(about_visit, rules).date() - day in (timedelta(0), timedelta(days=1)):
        return True
    return day.weekday() in rules.text_days and day not in rules.closed


def _days_from(first: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(DAYS_AHEAD))
