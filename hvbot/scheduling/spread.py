"""A few of many open times, so that they are a choice."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from hvbot.scheduling.parts import band, part_of_day
from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.slots import QUARTER, Slot
from hvbot.scheduling.walltime import aware
from hvbot.understanding.meaning import Part

# What is offered first lies within so many days of the soonest open time: a family forgets a visit two months away.
SOON: Final = timedelta(days=21)
# Two times of one offer are this far apart where they can be, so that they are a choice.
APART: Final = timedelta(hours=1)

MASK: Final = 2**64 - 1
HOUR: Final = 3600


class Open(NamedTuple):
    """An open slot with what it is in the school's local time."""

    slot: Slot
    wall: datetime
    band: Part
    second: int


# How two times of one offer should differ, the best first; at the very least they are not the same.
SPREADS: Final[tuple[Callable[[Open, Open], bool], ...]] = (
    lambda one, other: one.wall.date() != other.wall.date() and one.band != other.band,
    lambda one, other: one.wall.date() != other.wall.date() and _hours_differ(one, other),
    lambda one, other: one.wall.date() != other.wall.date(),
    lambda one, other: _hours_differ(one, other) and are_apart(one.slot, other.slot),
    lambda one, other: are_apart(one.slot, other.slot),
    lambda one, other: one.slot.starts_at != other.slot.starts_at,
)


def choose_three(
    slots: Iterable[Slot],
    rules: TimeRules,
    seed: int,
    taken_first: Collection[datetime] = (),
    count: int = 3,
    exclude: Collection[datetime] = (),
) -> tuple[Slot, ...]:
    """Up to `count` times on different days and at different parts of the week, soonest first.

    The seed is the family: each is shown others first, the same family always the same. Times in `taken_first`, shown
    to other families, come last; times in `exclude`, shown to this family or refused, never.
    """
    found = [opened(slot, rules) for slot in distinct(slots) if slot.starts_at not in exclude]
    pool = _soon(found, count)
    hours = {it.second for it in pool if it.wall.minute == 0}
    ranks: dict[tuple[bool, bool], list[Open]] = defaultdict(list)
    for it in pool:
        ranks[it.slot.starts_at in taken_first, _is_odd(it, hours)].append(it)

    @cache
    def drawn(rank: tuple[bool, bool]) -> list[Open]:
        return sorted(ranks[rank], key=lambda it: _lot(seed, it.second))

    # Nearly always the first rank decides, and lots for the others need not be drawn.
    return in_order(_spread(lambda: (it for rank in sorted(ranks) for it in drawn(rank)), count))


def nearest_to(slot_moment: datetime, slots: Iterable[Slot], count: int = 3) -> tuple[Slot, ...]:
    """Up to `count` times nearest to a moment, an hour apart where they can be, soonest first."""
    return first_apart(sorted(distinct(slots), key=lambda slot: abs(slot.starts_at - slot_moment)), count)


def are_apart(one: Slot, other: Slot) -> bool:
    """Tell whether two times are so far apart that they are a choice."""
    return abs(one.starts_at - other.starts_at) >= APART


def first_apart(
    ranked: Iterable[Slot], count: int, differ: Callable[[Slot, Slot], bool] = are_apart
) -> tuple[Slot, ...]:
    """The first `count` of which every two differ, filled up with the first of the others; soonest first."""
    apart: list[Slot] = []
    others: list[Slot] = []
    for slot in ranked:
        (apart if all(differ(slot, it) for it in apart) else others).append(slot)
        if len(apart) == count:
            break
    return in_order(list(dict.fromkeys(apart + others))[:count])


def distinct(slots: Iterable[Slot]) -> Iterable[Slot]:
    """One slot for every moment: where several pairs are free, the first given."""
    kept: dict[datetime, Slot] = {}
    for slot in slots:
        kept.setdefault(slot.starts_at, slot)
    return kept.values()


def opened(slot: Slot, rules: TimeRules) -> Open:
    """The slot in the school's local time."""
    return Open(slot, *_seen(slot.starts_at, rules.zone))


@lru_cache(maxsize=16384)
def _seen(moment: datetime, zone: ZoneInfo) -> tuple[datetime, Part, int]:
    """A moment on the school's clock, its part of the week, and its seconds since 1970: many families ask for the same."""
    wall = aware(moment).astimezone(zone)
    return wall, band(wall), int(moment.timestamp())


def in_order(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """The slots, soonest first."""
    return tuple(sorted(slots, key=lambda slot: slot.starts_at))


def _soon(found: list[Open], count: int) -> list[Open]:
    """The times of the first weeks, unless they lie on too few days to choose from."""
    if not found:
        return []
    last = min(it.slot.starts_at for it in found) + SOON
    soon = [it for it in found if it.slot.starts_at <= last]
    return soon if len({it.wall.date() for it in soon}) >= count else found


def _spread(pool: Callable[[], Iterable[Open]], count: int) -> list[Slot]:
    """The first of the pool, then again and again the first that differs best from those chosen."""
    chosen: list[Open] = []
    for _ in range(count):
        fitting = (it for differs in SPREADS for it in pool() if all(differs(it, other) for other in chosen))
        following = next(fitting, None)
        if following is None:
            break
        chosen.append(following)
    return [it.slot for it in chosen]


def _is_odd(it: Open, hours: Collection[int]) -> bool:
    """Tell whether a visit could as well begin on the hour, which leaves no odd quarters between visits."""
    minute = it.wall.minute
    hour = it.second - minute * 60
    return minute != 0 and (hour in hours or hour + HOUR in hours)


def _hours_differ(one: Open, other: Open) -> bool:
    return part_of_day(one.wall.time()) != part_of_day(other.wall.time())


def _lot(seed: int, second: int) -> int:
    """The place of a time in one family's own order, which does not change when other times come or go.

    The mixing steps of SplitMix64 (Steele, Lea and Flood, 2014), so that neighboring seeds and times differ.
    """
    mixed = (seed * 0x9E3779B97F4A7C15 + second // QUARTER * 0xD1B54A32D192ED03) & MASK
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & MASK
    return mixed ^ mixed >> 31
