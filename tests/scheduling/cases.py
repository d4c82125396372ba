"""Zones, clock changes and short ways to write times, shared by the tests of scheduling."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.slots import Calendar, Interval, Slot, open_slots

US_ZONES = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
]
SPRING = date(2027, 3, 14)
FALL = date(2026, 11, 1)
CHICAGO = TimeRules(ZoneInfo("America/Chicago"))
NOON = datetime(2026, 9, 1, 17, tzinfo=UTC)  # a Tuesday noon in Chicago


def on(wall: str, rules: TimeRules = CHICAGO) -> datetime:
    """The moment of a local time such as `2026-09-03T17:00`."""
    return datetime.fromisoformat(wall).replace(tzinfo=rules.zone).astimezone(UTC)


def shown(moments: Iterable[datetime], rules: TimeRules = CHICAGO) -> list[str]:
    """Local times as people read them: `Thu 03 17:00`."""
    return [moment.astimezone(rules.zone).strftime("%a %d %H:%M") for moment in moments]


def free(*spans: tuple[str, str], rules: TimeRules = CHICAGO, busy: Iterable[int] = ()) -> Calendar:
    """A calendar with local spans of free time."""
    return Calendar(tuple(Interval(on(start, rules), on(end, rules)) for start, end in spans), frozenset(busy))


def slots_at(*walls: str, pair_id: int = 1) -> list[Slot]:
    """Open slots at local times."""
    return [Slot(on(wall), pair_id) for wall in walls]


def starts(slots: Iterable[Slot]) -> list[str]:
    """The local times of slots."""
    return shown(slot.starts_at for slot in slots)


def days_around(changed: date, margin: int = 3) -> list[date]:
    """The days from `margin` before to `margin` after."""
    return [changed + timedelta(days=n) for n in range(-margin, margin + 1)]


def is_shown_once(wall: datetime, zone: ZoneInfo) -> bool:
    """Tell whether clocks show a bare wall time, a whole quarter hour, exactly once."""
    return walls_shown(wall.date(), zone)[wall] == 1


@lru_cache(maxsize=1024)
def walls_shown(day: date, zone: ZoneInfo) -> Counter[datetime]:
    """How often clocks show each quarter hour of a day, found by looking at them all through three days."""
    first = datetime.combine(day, time(0), UTC) - timedelta(days=1)
    moments = (first + timedelta(minutes=15 * n) for n in range(96 * 3))
    return Counter(moment.astimezone(zone).replace(tzinfo=None) for moment in moments)


# Six days from Thursday to Tuesday with two visits each.
TWELVE = [
    *slots_at("2026-09-03T15:30", "2026-09-03T17:30", "2026-09-04T15:30", "2026-09-04T17:30"),
    *slots_at("2026-09-05T10:00", "2026-09-05T13:00", "2026-09-06T13:00", "2026-09-06T16:00"),
    *slots_at("2026-09-07T15:30", "2026-09-07T18:00", "2026-09-08T15:30", "2026-09-08T18:00"),
]
# Every quarter hour that a pair free from three to eight on weekdays and ten to four on Saturdays has in two weeks.
MANY = open_slots(
    1,
    [
        free(
            *((f"2026-09-{d:02}T15:00", f"2026-09-{d:02}T20:00") for d in (2, 3, 4, 7, 8, 9, 10, 11, 14, 15)),
            *((f"2026-09-{d:02}T10:00", f"2026-09-{d:02}T16:00") for d in (5, 12)),
        )
    ],
    CHICAGO,
    NOON,
    NOON + timedelta(days=30),
)
