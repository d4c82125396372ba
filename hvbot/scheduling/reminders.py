"""When families and educators are reminded of a visit, and asked what became of it."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from hvbot.scheduling.nudges import Rung, next_within_caps, nudge_ladder, within_caps
from hvbot.scheduling.quiet import next_moment
from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.walltime import at, aware, local

__all__ = [
    "Reminder",
    "ReminderKind",
    "Rung",
    "next_within_caps",
    "nudge_ladder",
    "reminder_times",
    "within_caps",
]

EVENING_AT: Final = time(18, 0)


class ReminderKind(StrEnum):
    """What a text about one visit is for. The educators' ones go to both of the pair."""

    EVENING = "evening_before"
    SOON = "two_hours_before"
    THANKS = "after_visit"
    EDUCATOR_EVENING = "educator_evening_before"
    HAPPENED = "did_it_happen"


class Reminder(NamedTuple):
    """A text that falls due: from `due_at` on it may leave, after `not_after` it is of no use."""

    kind: ReminderKind
    due_at: datetime
    not_after: datetime


class Timing(NamedTuple):
    """When one kind is due, counted from the visit's start if it `reminds` of the visit, from its end if not.

    `due` None stands for the evening before. A text moved on by quiet hours is left out beyond `latest`. Only one that
    reminds may leave on a Sunday or a closed day.
    """

    due: timedelta | None
    latest: timedelta
    not_after: timedelta
    reminds: bool = True


HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

TIMINGS: Final[Mapping[ReminderKind, Timing]] = {
    ReminderKind.EVENING: Timing(None, latest=-2 * HOUR, not_after=-2 * HOUR),
    ReminderKind.EDUCATOR_EVENING: Timing(None, latest=-2 * HOUR, not_after=-2 * HOUR),
    ReminderKind.SOON: Timing(-2 * HOUR, latest=-30 * MINUTE, not_after=-15 * MINUTE),
    ReminderKind.HAPPENED: Timing(30 * MINUTE, latest=30 * DAY, not_after=30 * DAY, reminds=False),
    ReminderKind.THANKS: Timing(HOUR, latest=7 * DAY, not_after=7 * DAY, reminds=False),
}


def reminder_times(starts_at: datetime, rules: TimeRules, now: datetime) -> tuple[Reminder, ...]:
    """The texts that fall due for a visit booked or moved at `now`, in the order in which they do.

    What would have been due before `now` is left out: nobody is reminded of the past, or told at night of tomorrow.
    """
    found: list[Reminder] = []
    for kind, timing in TIMINGS.items():
        anchor = aware(starts_at) if timing.reminds else starts_at + rules.held * MINUTE
        wanted = _evening_before(starts_at, rules) if timing.due is None else anchor + timing.due
        due_at = next_moment(wanted, rules, about_visit=starts_at if timing.reminds else None)
        if now <= wanted and due_at <= anchor + timing.latest:
            found.append(Reminder(kind, due_at, anchor + timing.not_after))
    return tuple(sorted(found, key=lambda it: it.due_at))


def _evening_before(starts_at: datetime, rules: TimeRules) -> datetime:
    """Six in the evening by the clock on the wall, though clocks be changed in the night."""
    return at(local(starts_at, rules).date() - DAY, EVENING_AT, rules)
