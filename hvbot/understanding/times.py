"""What a reply says about time: days, clock times, limits and parts of the day, found independently of one another."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from hvbot.understanding.items import Item
from hvbot.understanding.meaning import Part, When

DAY_START, DAY_END = 8, 20
MORNING_PARTS = {"morning"}
LATE_PARTS = {"afternoon", "evening"}
DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as it was written; `half_day` is am, pm or empty."""

    hour: int
    minute: int = 0
    half_day: str = ""

    def settle(self, part: Part | None) -> dt.time:
        """The time of day that is meant: visits are between eight and eight."""
        hour = self.hour % 24
        late = self.half_day == "pm" or (not self.half_day and part in {Part.AFTERNOON, Part.EVENING})
        early = self.half_day == "am" or (not self.half_day and part is Part.MORNING)
        if hour == 12:
            hour = 0 if self.half_day == "am" else 12
        elif hour < 12 and (late or (not early and hour < DAY_START)):
            hour += 12
        return dt.time(hour, self.minute)


@dataclass(frozen=True, slots=True)
class Said:
    """What was found: the time, the days that were ruled out, which items it rests on, and its words."""

    when: When = field(default_factory=When)
    days: tuple[int, ...] = ()
    not_days: tuple[int, ...] = ()
    used: frozenset[int] = frozenset()
    has_clock: bool = False
    is_limit: bool = False


def time_said(items: Sequence[Item], now: dt.datetime) -> Said:
    """Everything a reply says about time."""
    used: set[int] = set()
    not_days = ruled_out(items, used)
    days = days_said(items, used)
    date, weekday = day_said(items, now, days, used)
    part = part_said(items, used)
    from_, until, is_limit = clocks_said(items, part, used)
    if (from_ or until) and part in {Part.MORNING, Part.AFTERNOON, Part.EVENING} and not standing_part(items, used):
        part = None
    when = When(date, weekday, from_, until, part)
    return Said(when, days, not_days, frozenset(used), from_ is not None, is_limit)


def ruled_out(items: Sequence[Item], used: set[int]) -> tuple[int, ...]:
    """Weekdays that do not suit: "not tuesday", "all but thursday"."""
    days: list[int] = []
    for at, item in enumerate(items):
        weekday = item.value("weekdays")
        if weekday is not None and (is_negated(items, at) or is_refused(items, at)):
            days.append(weekday)
            used.add(at)
    return tuple(days)


def is_negated(items: Sequence[Item], at: int) -> bool:
    """Tell whether a negator stands within three words before, in the same thought."""
    for back in range(1, 4):
        if at - back < 0 or items[at - back].is_break:
            return False
        before = items[at - back]
        if before.has("negators", "except", "cannot") or (before.has("no") and back == 1):
            return True
        if before.has("weekdays", "after", "before"):
            return before.has("weekdays") and is_negated(items, at - back)
    return False


def is_refused(items: Sequence[Item], at: int) -> bool:
    """Tell whether a refusal follows in the same thought: "tuesday doesn't work", "el martes no"."""
    for item in items[at + 1 : at + 4]:
        if item.is_break or item.has("weekdays", "relative_days"):
            return False
        if item.has("cannot", "no"):
            return True
    return False


def days_said(items: Sequence[Item], used: set[int]) -> tuple[int, ...]:
    """The weekdays that are named and not ruled out."""
    days: list[int] = []
    for at, item in enumerate(items):
        if at not in used and item.value("weekdays") is not None:
            days.append(item.value("weekdays"))
            used.add(at)
    return tuple(dict.fromkeys(days))


def day_said(
    items: Sequence[Item], now: dt.datetime, days: tuple[int, ...], used: set[int]
) -> tuple[dt.date | None, int | None]:
    """A date, if one is named; a weekday otherwise."""
    date = date_said(items, now, used)
    weekday = days[0] if days else None
    if weekday is not None and date is None and any(item.has("next_week") for item in items):
        used.update(at for at, item in enumerate(items) if item.has("next_week"))
        date, weekday = coming(now, weekday, 1), None
    return date, (None if date is not None else weekday)


def coming(now: dt.datetime, weekday: int, weeks: int) -> dt.date:
    """A weekday of a week counted from this one; weeks begin on Monday."""
    monday = now.date() - dt.timedelta(days=now.weekday())
    return monday + dt.timedelta(days=weekday + DAYS_IN_WEEK * weeks)


def date_said(items: Sequence[Item], now: dt.datetime, used: set[int]) -> dt.date | None:
    """A day by month and number, by digits, relative to today, or by its number alone ("the 3rd")."""
    for at, item in enumerate(items):
        if item.value("relative_days") is not None:
            used.add(at)
            return now.date() + dt.timedelta(days=item.value("relative_days"))
        if item.day:
            used.add(at)
            return near(now, *item.day) or near(now, item.day[1], item.day[0])
        if item.has("months") and (found := month_day(items, at, now, used)):
            return found
        if item.has("in") and (found := in_days(items, at, now, used)):
            return found
    return None


def month_day(items: Sequence[Item], at: int, now: dt.datetime, used: set[int]) -> dt.date | None:
    """The number beside a month, before or after, perhaps with a small word between."""
    for other in (at + 1, at - 1, at + 2, at - 2, at - 3):
        if 0 <= other < len(items) and (day := day_number(items[other])) and other not in used:
            used.update({at, other, *suffix_of(items, other)})
            return near(now, items[at].value("months"), day)
    return None


def day_number(item: Item) -> int | None:
    """A day of the month."""
    number = item.number if item.number is not None else item.value("ordinals") or item.value("numbers")
    return number if number and 1 <= number <= 31 else None


def suffix_of(items: Sequence[Item], at: int) -> set[int]:
    """The "th" of "3 th"."""
    return {at + 1} if at + 1 < len(items) and items[at + 1].text in {"st", "nd", "rd", "th"} else set()


def near(now: dt.datetime, month: int, day: int) -> dt.date | None:
    """The next such day from now on; None where the calendar has none."""
    for year in (now.year, now.year + 1):
        try:
            date = dt.date(year, month, day)
        except ValueError:
            continue
        if date >= now.date():
            return date
    return None


def in_days(items: Sequence[Item], at: int, now: dt.datetime, used: set[int]) -> dt.date | None:
    """ "in three days", "dentro de dos semanas"."""
    for ahead in (at + 1, at + 2):
        if ahead + 1 < len(items) and (count := day_number(items[ahead])):
            unit = items[ahead + 1]
            if unit.has("day_unit", "week_unit"):
                used.update({at, ahead, ahead + 1})
                return now.date() + dt.timedelta(days=count * (DAYS_IN_WEEK if unit.has("week_unit") else 1))
    return None


def part_said(items: Sequence[Item], used: set[int]) -> Part | None:
    """A part of the day or week, unless it is ruled out."""
    for at, item in enumerate(items):
        value = item.value("parts")
        if value and not is_negated(items, at):
            used.add(at)
            return Part(value)
    return None


def standing_part(items: Sequence[Item], used: set[int]) -> bool:
    """Tell whether the part says more than am or pm: it does not directly follow a clock time."""
    for at, item in enumerate(items):
        if item.has("parts"):
            before = [other for other in items[max(0, at - 3) : at] if not other.is_break]
            return not any(
                other.number is not None or other.clock or other.has("numbers", "ordinals") for other in before
            )
    return False


def clocks_said(
    items: Sequence[Item], part: Part | None, used: set[int]
) -> tuple[dt.time | None, dt.time | None, bool]:
    """Clock times with the limits around them: from, until, and whether a word said so."""
    from_: dt.time | None = None
    until: dt.time | None = None
    is_limit = False
    for at in range(len(items)):
        if at in used or not (found := clock_at(items, at, used)):
            continue
        clock, taken = found
        role = role_of(items, at, from_ is not None)
        used.update(taken)
        moment = clock.settle(part)
        if role == "until":
            until, is_limit = moment, True
        elif from_ is None:
            from_, is_limit = moment, is_limit or role == "after"
    if any(item.has("noon") for item in items) and from_ is None and until is None:
        from_, until, is_limit = noon_said(items, used)
    if from_ and until and until < from_ and until.hour < 12:
        until = until.replace(hour=until.hour + 12)
    return from_, until, is_limit


def noon_said(items: Sequence[Item], used: set[int]) -> tuple[dt.time | None, dt.time | None, bool]:
    at = next(at for at, item in enumerate(items) if item.has("noon"))
    used.add(at)
    role = role_of(items, at, second=False)
    noon = dt.time(12)
    return (None, noon, True) if role == "until" else (noon, None, role == "after")


def role_of(items: Sequence[Item], at: int, second: bool) -> str:
    """What a limit word before a clock time makes of it."""
    for back in range(1, 4):
        if at - back < 0 or items[at - back].is_break:
            break
        before = items[at - back]
        if before.has("before") or (before.has("until") and (second or not before.has("at", "between"))):
            return "until"
        if before.has("after"):
            return "after"
        if before.has("between"):
            return "after"
        if second and before.has("and"):
            return "until"
        if before.number is not None or before.clock:
            return "until" if second and back == 1 else "at"
    return "at"


def clock_at(items: Sequence[Item], at: int, used: set[int]) -> tuple[Clock, set[int]] | None:
    """A clock time that begins at an item, with the items it takes."""
    item = items[at]
    if item.clock:
        half_day, taken = half_day_after(items, at)
        return Clock(item.clock[0], item.clock[1], half_day), {at, *taken}
    if item.has("half", "quarter") and (past := spoken_past(items, at)):
        return past
    hour = hour_number(item, items, at)
    if hour is None or not is_hour_here(items, at, hour, used):
        return None
    minute, last = minutes_after(items, at)
    half_day, taken = half_day_after(items, last)
    if minute < 0:
        hour, minute = hour - 1, 60 + minute
    return Clock(hour, minute, half_day), {at, *range(at + 1, last + 1), *taken}


def spoken_past(items: Sequence[Item], at: int) -> tuple[Clock, set[int]] | None:
    """ "half past five", "quarter to six"."""
    if at + 2 >= len(items) or not items[at + 1].has(
        "minutes_past", "half_to", "quarter_to", "before", "until", "after"
    ):
        return None
    hour = items[at + 2].number or items[at + 2].value("numbers")
    if not hour or hour > 12:
        return None
    minutes = 30 if items[at].has("half") else 15
    is_to = items[at + 1].has("quarter_to", "half_to", "until", "before") and not items[at + 1].has("minutes_past")
    half_day, taken = half_day_after(items, at + 2)
    clock = Clock(hour - 1, 60 - minutes, half_day) if is_to else Clock(hour, minutes, half_day)
    return clock, {at, at + 1, at + 2, *taken}


def hour_number(item: Item, items: Sequence[Item], at: int) -> int | None:
    """The hour an item may name; an ordinal only after the word for hour, as Arabic has it."""
    if item.number is not None:
        return item.number if item.number < 24 else None
    if item.value("numbers") is not None:
        return int(item.value("numbers")) if item.value("numbers") <= 12 else None
    after_hour = at > 0 and items[at - 1].has("hour", "at")
    return item.value("ordinals") if after_hour and item.has("ordinals") and item.value("ordinals") <= 12 else None


def is_hour_here(items: Sequence[Item], at: int, hour: int, used: set[int]) -> bool:
    """Tell whether a number is a time of day: a word says so, or it stands beside a day and is no option."""
    before = items[at - 1] if at else None
    after = items[at + 1] if at + 1 < len(items) else None
    if before and before.has("option"):
        return False
    if before and before.has("at", "hour", "after", "before", "until", "between"):
        return True
    if after and after.has("am", "pm", "hour", "half", "quarter", "quarter_to") and not after.has("option"):
        return True
    if after and after.has("parts") and after.value("parts") in {"morning", "afternoon", "evening"}:
        return True
    if is_range(items, at):
        return True
    beside_day = (before and before.has("weekdays", "relative_days", "parts")) or (
        after and after.has("weekdays", "relative_days")
    )
    return bool(beside_day) and 1 <= hour <= 12 and items[at].number is not None


def is_range(items: Sequence[Item], at: int) -> bool:
    """ "between 4 and 6", "4-6", "de 4 a 6": the second number too."""
    for first, second in ((at - 2, at), (at, at + 2)):
        if first < 0 or second >= len(items):
            continue
        joined = items[first + 1].has("and", "until")
        marked = first > 0 and items[first - 1].has("between", "after", "at")
        numbers = all(items[n].number is not None or items[n].clock or items[n].has("numbers") for n in (first, second))
        if joined and marked and numbers:
            return True
    return False


def minutes_after(items: Sequence[Item], at: int) -> tuple[int, int]:
    """Minutes spelled after the hour: "y media", "y cuarto", "menos cuarto", "والنصف", "30"."""
    for length in (2, 1):
        last = at + length
        if last >= len(items) or (length == 2 and not items[at + 1].has("and", "minutes_past")):
            continue
        item = items[last]
        if item.has("quarter_to"):
            return -15, last
        if item.has("half"):
            return 30, last
        if item.has("quarter"):
            return 15, last
    following = items[at + 1] if at + 1 < len(items) else None
    if following and following.number in {15, 30, 45} and len(following.words[0]) == 2:
        return following.number, at + 1
    if following and following.value("numbers") in {15, 30, 45}:
        return int(following.value("numbers")), at + 1
    return 0, at


def half_day_after(items: Sequence[Item], at: int) -> tuple[str, set[int]]:
    """am or pm in the words after a clock time, the part of the day included."""
    for ahead in (at + 1, at + 2):
        if ahead >= len(items) or items[ahead].is_break:
            break
        item = items[ahead]
        if item.has("am"):
            return "am", {ahead}
        if item.has("pm"):
            return "pm", {ahead}
        if item.value("parts") in LATE_PARTS:
            return "pm", set(range(at + 1, ahead + 1))
        if item.value("parts") in MORNING_PARTS:
            return "am", set(range(at + 1, ahead + 1))
        if not item.has("fillers", "at", "in", "hour"):
            break
    return "", set()
