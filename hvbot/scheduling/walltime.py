"""Between moments (aware UTC) and what a clock on the school's wall shows."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from hvbot.scheduling.rules import TimeRules


def aware(moment: datetime) -> datetime:
    """Give the moment back, or refuse it with ValueError when it does not tell its offset from UTC."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no offset from UTC")
    return moment


def local(moment: datetime, rules: TimeRules) -> datetime:
    """What the school's clock and calendar show at that moment."""
    return aware(moment).astimezone(rules.zone)


def resolve(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which clocks in the zone show this date and time.

    Raises ValueError for a time that clocks skip or show twice when they change: nobody can keep such an appointment.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"{wall.isoformat()} is not a bare wall time")
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    moment = first.astimezone(UTC)
    exists = moment.astimezone(zone).replace(tzinfo=None) == wall
    raise ValueError(f"{wall.isoformat()} {'comes twice' if exists else 'does not exist'} in {zone.key}")


def at(day: date, clock: time, rules: TimeRules) -> datetime:
    """The moment of a clock time on a local day: the first if clocks show it twice, the one after if they skip it."""
    return datetime.combine(day, clock, rules.zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def changes_clocks(day: date, zone: ZoneInfo) -> bool:
    """Tell whether clocks in the zone are changed between this midnight and the next."""
    start = datetime.combine(day, time(0), zone)
    end = datetime.combine(date.fromordinal(day.toordinal() + 1), time(0), zone)
    return start.utcoffset() != end.utcoffset()


def minutes(clock: time) -> int:
    """Minutes after midnight that a clock time shows."""
    return clock.hour * 60 + clock.minute
