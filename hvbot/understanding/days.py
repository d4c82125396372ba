"""Patterns for days: in digits, by month, relative to today, by weekday, by week."""

import datetime as dt

from hvbot.understanding.facts import DAY_START, Fact, Scan
from hvbot.understanding.items import Item
from hvbot.understanding.meaning import Part

DAYS_IN_WEEK = 7
NEAR_DAYS = 180
WEEKS = ("this_week", "next_week", "week_after_next")


def day_in_digits(scan: Scan, at: int) -> list[Fact]:
    """12/3, 12/3/2026 or 2026-12-03."""
    digits = scan.items[at].day
    if not digits:
        return []
    if digits[0] > 31:
        return dates(scan, at, at + 1, [exact(*digits)])
    if len(digits) == 2 and max(digits) <= len(scan.options) and not is_offered(scan, *digits):
        return [Fact("number", value, at, at + 1, readings=("option",)) for value in digits]
    both = [near(scan.now, *digits[:2]), near(scan.now, digits[1], digits[0])]
    known = sorted(date for date in both if date)
    return dates(scan, at, at + 1, [*known] if scan.mixed_dates else both)


def hyphened_day(scan: Scan, at: int) -> list[Fact]:
    """3-12, where no visit could last from the one hour to the other."""
    first, last = scan.items[at].number, scan.at(at + 2)
    if not first or last is None or not last.number or not is_mark(scan.at(at + 1), "-"):
        return []
    if scan.has(at + 3, "am", "pm", "hour"):
        return []
    if max(first, last.number) <= len(scan.options) or in_the_day(first) < in_the_day(last.number):
        return []
    return dates(scan, at, at + 3, [near(scan.now, first, last.number), near(scan.now, last.number, first)])


def in_the_day(hour: int) -> int:
    """The hour of the day that a bare number names, as visits go."""
    return hour + 12 if hour < DAY_START else hour


def is_offered(scan: Scan, month: int, day: int) -> bool:
    """Tell whether an offered time is on that day, whichever of the two is the month."""
    return any({option.month, option.day} == {month, day} for option in scan.options)


def exact(year: int, month: int = 1, day: int = 1) -> dt.date | None:
    """A day of the calendar, or None where it has none."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def dates(scan: Scan, start: int, end: int, possible: list[dt.date | None]) -> list[Fact]:
    """A fact of the dates that exist, the nearer months before those half a year away."""
    found = [date for date in dict.fromkeys(possible) if date]
    found.sort(key=lambda date: (date - scan.now.date()).days > NEAR_DAYS)
    return [Fact("date", tuple(found), start, end)] if found else []


def near(now: dt.datetime, month: int, day: int) -> dt.date | None:
    """The next such day from now on; None where the calendar has none."""
    found = (exact(year, month, day) for year in (now.year, now.year + 1))
    return next((date for date in found if date and date >= now.date()), None)


def month_and_day(scan: Scan, at: int) -> list[Fact]:
    """ "dec 3", "3 de diciembre", "the 3rd of december"."""
    month = scan.items[at].value("months")
    if month is not None:
        other = scan.skip(at + 1 + is_mark(scan.at(at + 1), "."), 1)
        day = day_number(scan.at(other))
        is_clock = scan.has(other + 1, "am", "pm", "hour") and not is_told_in_digits(scan.at(other + 2))
        return dates(scan, at, after_day(scan, other), [near(scan.now, month, day)]) if day and not is_clock else []
    day, other = day_number(scan.items[at]), scan.skip(at + 1)
    following = scan.at(other)
    if day and following and following.has("months"):
        return dates(scan, at, after_year(scan, other), [near(scan.now, following.value("months"), day)])
    return []


def month_alone(scan: Scan, at: int) -> list[Fact]:
    """ "The one in December": tells offered times apart; another month than theirs may be a verb: "we may"."""
    month = scan.items[at].value("months")
    return [Fact("month", month, at, at + 1)] if any(option.month == month for option in scan.options) else []


def is_told_in_digits(item: Item | None) -> bool:
    """Tell the hour of "desemba 10 saa 17:00", where the word for hour stands before it."""
    return item is not None and item.is_digits


def is_mark(item: Item | None, mark: str) -> bool:
    """Tell the dot of "Dec. 3", or the hyphen of "3-12"."""
    return item is not None and item.words[0] == mark


def after_year(scan: Scan, last: int) -> int:
    """The index after a date, the year after it included: 2026 is no clock time there."""
    comma = scan.at(last + 1)
    at = last + 1 + (comma is not None and comma.words[0] == ",")
    following = scan.at(at)
    is_year = following is not None and following.words[0] in {str(scan.now.year), str(scan.now.year + 1)}
    return at + 1 if is_year else last + 1


def after_day(scan: Scan, last: int) -> int:
    """The index after a day of the month, its mark and the year included: 日, 일, तारीख."""
    return after_year(scan, last + scan.has(last + 1, "day_mark"))


def marked_day(scan: Scan, at: int) -> list[Fact]:
    """A day of the month by the mark after it, which in some languages numbers options too: 3日, 3号."""
    day = day_number(scan.items[at])
    if not day or not scan.has(at + 1, "day_mark"):
        return []
    readings = ("day", "option") if scan.has(at + 1, "option") else ("day",)
    return [Fact("number", day, at, at + 2, readings=readings)]


def day_number(item: Item | None) -> int | None:
    """A day of the month, in digits or words."""
    if item is None:
        return None
    number = item.number if item.number is not None else item.value("ordinals") or item.value("numbers")
    return number if number and 1 <= number <= 31 else None


def relative_day(scan: Scan, at: int) -> list[Fact]:
    """Today, tomorrow, the day after; "tonight" names a part of the day too."""
    item = scan.items[at]
    days = item.value("relative_days")
    if days is None:
        return []
    facts = [Fact("date", (scan.now.date() + dt.timedelta(days=days),), at, at + 1)]
    return [*facts, Fact("part", Part(item.value("parts")), at, at + 1)] if item.has("parts") else facts


def in_days(scan: Scan, at: int) -> list[Fact]:
    """ "in three days", "dentro de dos semanas", "بعد ثلاثة أيام", 三天后, "3 दिन बाद"."""
    is_before = scan.has(at, "in", "after")
    counted = at + is_before
    number = day_number(scan.at(counted))
    is_one_word = not is_before and scan.has(counted + 1, "in")
    is_after = not is_before and scan.has(counted + 2, "in", "onward")
    if not number or not (is_before or is_after or is_one_word) or not scan.has(counted + 1, "day_unit", "week_unit"):
        return []
    days = number * (DAYS_IN_WEEK if scan.has(counted + 1, "week_unit") else 1)
    return [Fact("date", (scan.now.date() + dt.timedelta(days=days),), at, at + 2 + (not is_one_word))]


def week_from(scan: Scan, at: int) -> list[Fact]:
    """ "a week from Tuesday", "two weeks after Monday"."""
    number = day_number(scan.items[at])
    unit = at + (number is not None)
    day = scan.skip(unit + 2)
    if not scan.has(unit, "week_unit") or not scan.has(unit + 1, "after") or not scan.has(day, "weekdays"):
        return []
    ahead = (scan.items[day].value("weekdays") - scan.now.weekday()) % DAYS_IN_WEEK or DAYS_IN_WEEK
    date = scan.now.date() + dt.timedelta(days=ahead + DAYS_IN_WEEK * (number or 1))
    return [Fact("date", (date,), at, day + 1)]


def weekday(scan: Scan, at: int) -> list[Fact]:
    """A day of the week, or several in one word (月水金); some languages say "next week" in the same word: 下周二."""
    values = [sense.value for sense in scan.items[at].senses if sense.kind == "weekdays"]
    return [*(Fact("weekday", value, at, at + 1) for value in values), *week(scan, at)] if values else []


def weekday_with_day(scan: Scan, at: int) -> list[Fact]:
    """ "viernes 4 a las 4": a day of the month, where it falls on that weekday and the time comes after it."""
    named, number = scan.items[at].value("weekdays"), scan.at(at + 1)
    if named is None or number is None or not number.number or number.ending or not begins_time(scan, at + 2):
        return []
    date = next_day(number.number, scan.now.date())
    if date is None or date.weekday() != named:
        return []
    return [Fact("weekday", named, at, at + 1), *dates(scan, at + 1, at + 2, [date])]


def begins_time(scan: Scan, at: int) -> bool:
    """Tell whether a clock time begins here; where "at" is "to" as well, the second hour must not end a range."""
    item = scan.at(at)
    if item is None or not item.has("at", "after", "before", "between"):
        return item is not None and bool(item.clock or item.ending)
    first, second = scan.at(at - 1), scan.at(scan.skip(at + 1))
    if not item.has("to", "until") or first is None or second is None or not (first.number and second.number):
        return True
    return in_the_day(first.number) >= in_the_day(second.number)


def weekday_range(scan: Scan, at: int) -> list[Fact]:
    """ "mon-fri", "de lunes a jueves"."""
    first, last = scan.items[at].value("weekdays"), scan.at(at + 2)
    joint = scan.at(at + 1)
    if first is None or last is None or joint is None or not last.has("weekdays"):
        return []
    if not is_mark(joint, "-") and not joint.has("to", "until"):
        return []
    if (first, last.value("weekdays")) == (0, 4):
        return [Fact("part", Part.WEEKDAY, at, at + 3)]
    return [Fact("weekday", day, at, at + 3) for day in range(first, last.value("weekdays") + 1)]


def week(scan: Scan, at: int) -> list[Fact]:
    """This week, the next, or the one after it."""
    found = (ahead for ahead, kind in enumerate(WEEKS) if scan.items[at].has(kind))
    return [Fact("week", ahead, at, at + 1) for ahead in found][-1:]


def part(scan: Scan, at: int) -> list[Fact]:
    """A part of the day or of the week."""
    value = scan.items[at].value("parts")
    return [Fact("part", Part(value), at, at + 1)] if value else []


def next_day(day: int, today: dt.date) -> dt.date | None:
    """The next day with this number."""
    ahead = (today + dt.timedelta(days=days) for days in range(62))
    return next((date for date in ahead if date.day == day), None)
