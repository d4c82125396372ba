"""Parts of the day and of the week, as families speak of them."""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Final

from hvbot.understanding.meaning import Part

SATURDAY: Final = 5

# Afternoon and evening share the hour from five to six: people call it either, and "la tarde" is both.
HOURS: Final[Mapping[Part, tuple[time, time]]] = {
    Part.MORNING: (time.min, time(12)),
    Part.AFTERNOON: (time(12), time(18)),
    Part.EVENING: (time(17), time.max),
}

DAYS: Final[Mapping[Part, Collection[int]]] = {
    Part.WEEKDAY: range(SATURDAY),
    Part.WEEKEND: range(SATURDAY, 7),
}


def is_in(part: Part, wall: datetime) -> bool:
    """Tell whether a local time lies in what a family calls by that part."""
    if part in DAYS:
        return wall.weekday() in DAYS[part]
    earliest, latest = HOURS[part]
    return earliest <= wall.time() < latest


def part_of_day(clock: time) -> Part:
    """The one part of the day that a clock time is counted to when times are spread."""
    if clock >= HOURS[Part.EVENING][0]:
        return Part.EVENING
    return Part.MORNING if clock < HOURS[Part.AFTERNOON][0] else Part.AFTERNOON


def band(wall: datetime) -> Part:
    """The part of the week that suits the same people: weekend, else the part of the day."""
    return Part.WEEKEND if wall.weekday() >= SATURDAY else part_of_day(wall.time())
