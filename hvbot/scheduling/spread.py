"""A few of many open times, so that they are a choice."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from itertools import compress
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
# Quarter hours.
AN_HOUR: Final = 4


class Seen(NamedTuple):
    """A moment as the school's calendar and clock show it; `quarter` counts the quarter hours since 1970."""

    moment: datetime
    wall: datetime
    day: date
    band: Part
    part: Part
    quarter: int


# How two times of one offer should differ, the best first; at the very least they are not the same.
SPREADS: Final[tuple[Callable[[Seen, Seen], bool], ...]] = (
    lambda one, other: one.day != other.day and one.band != other.band,
    lambda one, other: one.day != other.day and one.part != other.part,
    lambda one, other: one.day != other.day,
    lambda one, other: one.part != other.part and abs(one.quarter - other.quarter) >= AN_HOUR,
    lambda one, other: abs(one.quarter - other.quarter) >= AN_HOUR,
    lambda one, other: one.quarter != other.quarter,
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
    choice = _choice(tuple(slots), rules.zone, count, frozenset(exclude))
    by_rank = [*choice.pools, [], []]
    if taken_first:
        free = [[it for it in pool if it.moment not in taken_first] for pool in choice.pools]
        by_rank = [*free, *([it for it in pool if it.moment in taken_first] for pool in choice.pools)]

    @cache
    def drawn(rank: int) -> list[Seen]:
        return _drawn(by_rank[rank], seed)

    # Nearly always the first rank decides, and lots for the others need not be drawn.
    chosen = _spread(lambda: (it for rank in range(len(by_rank)) for it in drawn(rank)), count)
    return in_order(choice.kept[it.moment] for it in chosen)


class Choice(NamedTuple):
    """What some slots are to every family: one of each moment, and those to choose from, the easy hours before the odd."""

    kept: Mapping[datetime, Slot]
    pools: tuple[list[Seen], list[Seen]]


@lru_cache(maxsize=128)
def _choice(slots: tuple[Slot, ...], zone: ZoneInfo, count: int, exclude: frozenset[datetime]) -> Choice:
    """The families of a pair look at the same slots, many of them in the hour in which a round starts."""
    kept = distinct(slots)
    pool = _soon([seen(moment, zone) for moment in kept if moment not in exclude], count)
    hours = {it.quarter for it in pool if it.wall.minute == 0}
    odd = [_is_odd(it, hours) for it in pool]
    return Choice(kept, ([it for it, is_odd in zip(pool, odd, strict=True) if not is_odd], [*compress(pool, odd)]))


def nearest_to(slot_moment: datetime, slots: Iterable[Slot], count: int = 3) -> tuple[Slot, ...]:
    """Up to `count` times nearest to a moment, an hour apart where they can be, soonest first."""
    return first_apart(sorted(distinct(slots).values(), key=lambda slot: abs(slot.starts_at - slot_moment)), count)


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


def distinct(slots: Iterable[Slot]) -> dict[datetime, Slot]:
    """One slot for every moment: where several pairs are free, the first given."""
    kept: dict[datetime, Slot] = {}
    for slot in slots:
        kept.setdefault(slot.starts_at, slot)
    return kept


@lru_cache(maxsize=16384)
def seen(moment: datetime, zone: ZoneInfo) -> Seen:
    """A moment at the school: many families ask for the same."""
    wall = aware(moment).astimezone(zone)
    return Seen(moment, wall, wall.date(), band(wall), part_of_day(wall.time()), int(moment.timestamp()) // QUARTER)


def in_order(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """The slots, soonest first."""
    return tuple(sorted(slots, key=lambda slot: slot.starts_at))


def _soon(found: list[Seen], count: int) -> list[Seen]:
    """The times of the first weeks, unless they lie on too few days to choose from."""
    if not found:
        return []
    last = min(found).moment + SOON
    soon = [it for it in found if it.moment <= last]
    return soon if len({it.day for it in soon}) >= count else found


def _spread(pool: Callable[[], Iterable[Seen]], count: int) -> list[Seen]:
    """The first of the pool, then again and again the first that differs best from those chosen."""
    chosen: list[Seen] = []
    for _ in range(count):
        fitting = (it for differs in SPREADS for it in pool() if all(differs(it, other) for other in chosen))
        following = next(fitting, None)
        if following is None:
            break
        chosen.append(following)
    return chosen


def _is_odd(it: Seen, hours: Collection[int]) -> bool:
    """Tell whether a visit could as well begin on the hour, which leaves no odd quarters between visits."""
    minute = it.wall.minute
    if minute == 0:
        return False
    hour = it.quarter - minute * 60 // QUARTER
    return hour in hours or hour + AN_HOUR in hours


def _drawn(pool: Sequence[Seen], seed: int) -> list[Seen]:
    """The times in one family's own order, in which each keeps its place when other times come or go.

    The mixing steps of SplitMix64 (Steele, Lea and Flood, 2014), so that neighboring seeds and times differ.
    """
    first = seed * 0x9E3779B97F4A7C15
    lots = []
    for it in pool:
        mixed = (first + it.quarter * 0xD1B54A32D192ED03) & MASK
        mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & MASK
        lots.append((mixed ^ mixed >> 31, it))
    return [it for _, it in sorted(lots)]
