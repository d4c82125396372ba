"""What follows when a family does not answer, and how many unprompted texts one number may get."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hvbot.scheduling.quiet import next_moment, other_hour
from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.walltime import at, local

WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)

# Five texts a week drove out more families than three or one (EdWeek 2018 on an NBER study).
PER_WEEK: Final = 3
PER_MONTH: Final = 8

NUDGE_AFTER_DAYS: Final = 4
CALL_AFTER_DAYS: Final = 9
LAST_TEXT_AFTER_DAYS: Final = 21


class Rung(StrEnum):
    """A step of the ladder that a family without an answer is on."""

    NUDGE = "nudge"
    CALL_TASK = "call_task"
    LAST_TEXT = "last_text"


def nudge_ladder(asked_at: datetime, rules: TimeRules, seed: int) -> tuple[tuple[Rung, datetime], ...]:
    """What falls due when the first text gets no answer: a nudge, a task for a person to phone, a last text.

    Each text comes at another part of the day than the first. Then there is silence.
    """
    call_day = local(asked_at, rules).date() + timedelta(days=CALL_AFTER_DAYS)
    return (
        (Rung.NUDGE, first_nudge(asked_at, rules, seed)),
        (Rung.CALL_TASK, next_moment(at(call_day, rules.text_from, rules), rules)),
        (Rung.LAST_TEXT, other_hour(asked_at, LAST_TEXT_AFTER_DAYS, rules, seed + 1)),
    )


def first_nudge(asked_at: datetime, rules: TimeRules, seed: int) -> datetime:
    """When the first rung of the ladder falls due."""
    return other_hour(asked_at, NUDGE_AFTER_DAYS, rules, seed)


def within_caps(
    sent_moments: Iterable[datetime], moment: datetime, per_week: int = PER_WEEK, per_month: int = PER_MONTH
) -> bool:
    """Tell whether one more unprompted text may leave, by the last 7 and 30 days of 24 hours before `moment`.

    `sent_moments` are those of the unprompted texts to the number, in any order; those after `moment` do not count.
    """
    ages = [moment - sent for sent in sent_moments if sent <= moment]
    return sum(age < WEEK for age in ages) < per_week and sum(age < MONTH for age in ages) < per_month


def next_within_caps(
    sent_moments: Sequence[datetime],
    moment: datetime,
    rules: TimeRules,
    about_visit: datetime | None = None,
    per_week: int = PER_WEEK,
    per_month: int = PER_MONTH,
) -> datetime:
    """The first moment from `moment` on at which the caps and the quiet hours let an unprompted text leave."""
    leaving = (sent + window for sent in sent_moments for window in (WEEK, MONTH))
    for candidate in [moment, *sorted(it for it in leaving if it > moment)]:
        allowed = next_moment(candidate, rules, about_visit)
        if within_caps(sent_moments, allowed, per_week, per_month):
            return allowed
    raise ValueError("these caps never let a text leave")
