"""One thing a reply says about time or about the options, and where it says it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hvbot.understanding.items import Item
from hvbot.understanding.meaning import Part

DAY_START, DAY_END = 8, 21
DAWN = 6
PARTS_OF_CLOCK = {"am": (0, 12), "pm": (12, 24), "morning": (0, 12), "afternoon": (12, 18), "evening": (16, 24)}
HALF_DAY_OF_PART = {"morning": "am", "afternoon": "pm", "evening": "pm"}
LATE = frozenset({Part.AFTERNOON, Part.EVENING})
FARTHEST_BACK = 3
# Marks a limit that a "not" has turned around, which no second one turns back: "not before four, I don't have the car".
TURNED = "turned"
MARKERS = (
    "at",
    "at_weak",
    "the_day",
    "hour",
    "after",
    "before",
    "until",
    "between",
    "option",
    "in",
    "onward",
    "earlier",
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was said. `half_day` is am, pm, a part of the day or empty; `from_dawn` where the language may
    count its hours from six (Swahili, Amharic, Somali), so that its tenth hour may be four.
    """

    hour: int
    minute: int = 0
    half_day: str = ""
    from_dawn: bool = False

    def times(self) -> tuple[dt.time, ...]:
        """The times of day it may be, the likelier first: visits are between eight and nine."""
        counted = (
            [(self.hour % 12 + DAWN) % 24, (self.hour % 12 + 3 * DAWN) % 24]
            if self.from_dawn and self.hour <= 12
            else []
        )
        hours = [hour for hour in counted if DAY_START <= hour < DAY_END and self.is_within(hour)]
        return tuple(dt.time(hour, self.minute) for hour in dict.fromkeys([*hours, *self.usual(bool(hours))]))

    def is_within(self, hour: int) -> bool:
        """Tell whether an hour lies in the part of the day that was said."""
        low, high = PARTS_OF_CLOCK.get(self.half_day, (0, 24))
        return low <= hour < high

    def usual(self, only_likely: bool) -> list[int]:
        """The hours that a clock counted from midnight and noon would show."""
        hour = self.hour % 24
        if self.half_day or hour > 12 or hour == 0:
            hours = [self.settled(hour)]
        elif hour == 12:
            hours = [12]
        else:
            hours = [hour, hour + 12] if hour >= DAY_START else [hour + 12]
        return [hour for hour in hours if not only_likely or (DAY_START <= hour < DAY_END and self.is_within(hour))]

    def settled(self, hour: int) -> int:
        """The hour of 24 that am or pm makes of it."""
        half_day = HALF_DAY_OF_PART.get(self.half_day, self.half_day)
        if half_day == "pm" and hour < 12:
            return hour + 12
        return 0 if half_day == "am" and hour == 12 else hour


@dataclass(frozen=True, slots=True)
class Fact:
    """What items `start` to `end` say.

    `kind` and `value`: weekday 0-6 · date (possible dates) · bound (a date; `role` says which side of it suits) · week (0 this, 1 next) · month · clock · part · option · number (may be
    option, hour or day: `readings`) · first · last · any ·
    both (a day and its part, ruled out together). `role` of a clock time is at, from or until. `denied` holds the
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
    traits: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def at(self, index: int) -> Item | None:
        """The item at an index; None beyond the ends."""
        return self.items[index] if 0 <= index < len(self.items) else None

    def has(self, index: int, *kinds: str) -> bool:
        """Tell whether there is an item at an index with one of these senses."""
        item = self.at(index)
        return item is not None and item.has(*kinds)

    def is_so(self, index: int, trait: str) -> bool:
        """Tell whether the language of the item at an index has a trait; what belongs to none is in the thread's."""
        item = self.at(index)
        thread = next(iter(self.traits), "")
        return item is not None and trait in self.traits.get(item.language or thread, frozenset())

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
        "numbers", "ordinals", "weekdays", "months", "relative_days", "noon", "parts", "hours", "clocks"
    )


def is_marker(item: Item) -> bool:
    """Tell whether an item says how the number after it is meant."""
    return item.has(*MARKERS)
