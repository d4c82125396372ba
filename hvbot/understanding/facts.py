"""One thing a reply says about time or about the options, and where it says it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hvbot.understanding.items import Item
from hvbot.understanding.meaning import Part

DAY_START, DAY_END = 8, 20
LATE = frozenset({Part.AFTERNOON, Part.EVENING})
FARTHEST_BACK = 3


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was said; `half_day` is am, pm or empty."""

    hour: int
    minute: int = 0
    half_day: str = ""

    def times(self) -> tuple[dt.time, ...]:
        """The times of day it may be, the likelier first: visits are between eight and eight."""
        hour = self.hour % 24
        if self.half_day or hour > 12 or hour == 0:
            return (dt.time(self.settled(hour), self.minute),)
        if hour == 12:
            return (dt.time(12, self.minute),)
        both = (hour, hour + 12) if hour >= DAY_START else (hour + 12,)
        return tuple(dt.time(value, self.minute) for value in both)

    def settled(self, hour: int) -> int:
        """The hour of 24 that am or pm makes of it."""
        if self.half_day == "pm" and hour < 12:
            return hour + 12
        return 0 if self.half_day == "am" and hour == 12 else hour


@dataclass(frozen=True, slots=True)
class Fact:
    """What items `start` to `end` say.

    `kind` and `value`: weekday 0-6 · date (possible dates) · week (0 this, 1 next) · clock · part · option · number (may be
    option, hour or day: `readings`) · first · last · any. `role` of a clock time is at, from or until. `denied` holds the
    word that rules it out.
    """

    kind: str
    value: Any
    start: int
    end: int
    role: str = "at"
    denied: str = ""
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """A reply as the patterns see it."""

    items: Sequence[Item]
    now: dt.datetime
    options: Sequence[dt.datetime] = ()
    mixed_dates: bool = False

    def at(self, index: int) -> Item | None:
        """The item at an index; None beyond the ends."""
        return self.items[index] if 0 <= index < len(self.items) else None

    def has(self, index: int, *kinds: str) -> bool:
        """Tell whether there is an item at an index with one of these senses."""
        item = self.at(index)
        return item is not None and item.has(*kinds)

    def skip(self, index: int, most: int = 2) -> int:
        """The index after at most so many words that add nothing."""
        while (
            most and (item := self.at(index)) and item.has("fillers", "at", "at_weak", "the_day") and not is_said(item)
        ):
            index, most = index + 1, most - 1
        return index

    def back(self, index: int, most: int = 2) -> int:
        """The index of the nearest item before that says something."""
        index -= 1
        while most and (item := self.at(index)) and item.has("fillers") and not is_marker(item) and not is_said(item):
            index, most = index - 1, most - 1
        return index


def is_said(item: Item) -> bool:
    """Tell whether an item names a number, a day or a time."""
    return item.is_digits or item.has(
        "numbers", "ordinals", "weekdays", "months", "relative_days", "noon", "parts", "hours"
    )


def is_marker(item: Item) -> bool:
    """Tell whether an item says how the number after it is meant."""
    return item.has("at", "at_weak", "the_day", "hour", "after", "before", "until", "between", "option", "in")
