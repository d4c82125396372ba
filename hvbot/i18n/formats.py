"""Dates, clock times, numbered lines and foreign words as one language writes them.

All names stand in the language's own `[format]` table. Babel is not asked while texts are written: its locales corrupt
one another in one process (Babel issue 1234), and some are stubs that answer in another language.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
CLOCK_FIELDS = frozenset({"hour", "hour24", "minute", "half"})
DAY_FIELDS = frozenset({"weekday", "day", "month"})
RIGHT_TO_LEFT = {"R", "AL"}


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """How one language writes. `weekdays` begin with Monday; patterns hold `{weekday}`, `{day}`, `{month}`, `{time}`,
    `{hour}`, `{minute}`, `{half}` (`am` or `pm`) and, for a 24-hour clock, `{hour24}`. `languages` are names of languages
    by code; `never` are words our texts may not hold.
    """

    name: str
    english_name: str
    direction: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    when: str
    day: str
    time: str
    am: str
    pm: str
    languages: Mapping[str, str] = field(default_factory=dict)
    never: tuple[str, ...] = ()

    @property
    def is_rtl(self) -> bool:
        return self.direction == "rtl"


def read_format(table: Mapping[str, Any]) -> tuple[Format, tuple[str, ...]]:
    """Read a `[format]` table; what is missing is named in the second value."""
    words = {name: str(table.get(name, "")) for name in ("name", "english_name", "when", "day", "time", "am", "pm")}
    weekdays, months = tuple(table.get("weekdays", ())), tuple(table.get("months", ()))
    direction = str(table.get("direction", ""))
    languages = {str(code): str(name) for code, name in dict(table.get("languages", {})).items()}
    never = tuple(table.get("never", ()))
    language = Format(direction=direction, weekdays=weekdays, months=months, languages=languages, never=never, **words)
    return language, tuple(gaps(language, words))


def gaps(language: Format, words: Mapping[str, str]) -> Iterator[str]:
    """Name what a language cannot write."""
    yield from (f"[format] {name} is missing" for name, value in words.items() if not value)
    if language.direction not in {"ltr", "rtl"}:
        yield "[format] direction must be ltr or rtl"
    for name, values, count in (("weekdays", language.weekdays, 7), ("months", language.months, 12)):
        if len({value for value in values if value}) != count:
            yield f"[format] {name} needs {count} different names"
    yield from pattern_gaps("time", language.time, {"minute"}, CLOCK_FIELDS)
    yield from pattern_gaps("day", language.day, DAY_FIELDS, DAY_FIELDS)
    yield from pattern_gaps("when", language.when, DAY_FIELDS | {"time"}, DAY_FIELDS | {"time"})
    if not {"hour", "half"} <= fields(language.time) and "hour24" not in fields(language.time):
        yield "[format] time needs {hour} and {half}, or {hour24}"


def pattern_gaps(name: str, pattern: str, needed: set[str] | frozenset[str], known: frozenset[str]) -> Iterator[str]:
    """Name what a pattern lacks and what it has too much."""
    found = fields(pattern)
    yield from (f"[format] {name} lacks {{{missing}}}" for missing in sorted(needed - found))
    yield from (f"[format] {name} has {{{unknown}}}, which means nothing there" for unknown in sorted(found - known))


def fields(template: str) -> frozenset[str]:
    """The placeholders of a template; one that cannot be read has the placeholder `?`."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)
    except ValueError:
        return frozenset("?")


@lru_cache(maxsize=8192)
def moment(language: Format, kind: str, at: datetime, zone: ZoneInfo) -> str:
    """Write a moment as the school's clock shows it: `time` the clock alone, `day` the day alone, else both."""
    local = at.astimezone(zone)
    if kind == "time":
        return clock(language, local)
    pattern = language.day if kind == "day" else language.when
    return pattern.format(
        weekday=language.weekdays[local.weekday()],
        day=local.day,
        month=language.months[local.month - 1],
        time=clock(language, local),
    )


def clock(language: Format, local: datetime) -> str:
    """The clock time in ASCII digits, apart from the letters around it where the text runs the other way."""
    text = language.time.format(
        hour=local.hour % 12 or 12,
        hour24=f"{local.hour:02}",
        minute=f"{local.minute:02}",
        half=language.am if local.hour < 12 else language.pm,
    )
    return foreign(language, text)


def lines(language: Format, times: tuple[datetime, ...], zone: ZoneInfo) -> str:
    """Numbered times, one a line. The digits are ASCII in every language: that is what people type back."""
    return "\n".join(f"{number}) {moment(language, 'when', at, zone)}" for number, at in enumerate(times, 1))


def foreign(language: Format, text: str) -> str:
    """Keep a name or number from being torn apart by text that runs the other way (UAX 9, isolates)."""
    if not text or text.isdigit():
        return text
    runs_rtl = first_strong_is_rtl(text)
    is_apart = not runs_rtl if language.is_rtl else bool(runs_rtl)
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if is_apart else text


@lru_cache(maxsize=4096)
def first_strong_is_rtl(text: str) -> bool | None:
    """Which way a text runs by its first letter; None where it has none."""
    if text.isascii() and not any(map(str.isalpha, text)):
        return None
    directions = map(unicodedata.bidirectional, text)
    first = next((direction for direction in directions if direction in RIGHT_TO_LEFT or direction == "L"), None)
    return None if first is None else first in RIGHT_TO_LEFT
