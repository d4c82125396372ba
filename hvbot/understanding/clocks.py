"""Patterns for clock times: digits, spelled, halves and quarters, ranges."""

from dataclasses import replace

from hvbot.understanding.facts import Clock, Fact, Scan
from hvbot.understanding.items import Item

SPOKEN_MINUTES = frozenset({5, 10, 15, 20, 25})
ROUND_MINUTES = frozenset({15, 30, 45})
ENDINGS = {"am": "am", "pm": "pm", "p": "pm"}
HOUR_ENDINGS = frozenset({"h", "hs", "hrs", "ish"})
# What a word directly before an hour makes of it, in minutes: साढ़े पाँच, सवा पाँच, без четверти шесть, полшестого.
SHIFTS = {"plus_half": 30, "plus_quarter": 15, "minus_quarter": -15, "minus_half": -30}
ENGLISH_ORDINALS = frozenset({"st", "nd", "rd", "th"})
PARTS_OF_DAY = frozenset({"morning", "afternoon", "evening"})


def clock_time(scan: Scan, at: int) -> list[Fact]:
    """A clock time, or two with "to" between them."""
    first = one_clock(scan, at)
    if not first:
        return []
    last = range_end(scan, first)
    return [replace(begun(first, last), role="from"), last] if last else [first]


def begun(first: Fact, last: Fact) -> Fact:
    """The beginning of a range, to which a part of the day at its end belongs where hours are counted from dawn."""
    is_told = last.value.half_day and last.value.from_dawn and not first.value.half_day
    return replace(first, value=replace(first.value, half_day=last.value.half_day)) if is_told else first


def one_clock(scan: Scan, at: int) -> Fact | None:
    """A clock time that begins at an item."""
    return next((fact for pattern in CLOCKS if (fact := pattern(scan, at))), None)


def led(scan: Scan, at: int) -> Fact | None:
    """A clock time after the part of the day: "下午三点", "오후 3시", "शाम को 5 बजे"."""
    half_day = half_day_of(scan.at(at))
    ahead = at + 1 + (scan.has(at + 1, "fillers") and not scan.has(at + 1, "at", "hour", *SHIFTS))
    clock = one_clock(scan, ahead) if half_day and ahead < len(scan.items) else None
    if clock is None or clock.value.half_day or not is_hour_of_twelve(clock.value):
        return None
    return replace(clock, value=replace(clock.value, half_day=half_day), start=at)


def is_hour_of_twelve(clock: Clock) -> bool:
    """Tell whether am or pm can change an hour."""
    return 1 <= clock.hour <= 12


def half_day_of(item: Item | None) -> str:
    """am, pm or the part of the day that an item is, and nothing else."""
    if item is None or item.has("relative_days", "weekdays"):
        return ""
    part = item.value("parts") or ""
    return next((kind for kind in ("am", "pm") if item.has(kind)), part if part in PARTS_OF_DAY else "")


def named(scan: Scan, at: int) -> Fact | None:
    """A clock time that is one word: полшестого, डेढ़ बजे."""
    clock = scan.items[at].value("clocks")
    if clock is None:
        return None
    hour, minute = clock
    half_day, end = half_day_after(scan, at + scan.has(at + 1, "hour"))
    return Fact("clock", Clock(hour, minute, half_day), at, end)


def shifted(scan: Scan, at: int) -> Fact | None:
    """An hour with what stands before it: साढ़े पाँच, без четверти шесть."""
    minutes = next((minutes for kind, minutes in SHIFTS.items() if scan.has(at, kind)), 0)
    hour_at = at + 1 + scan.has(at + 1, "hour")
    hour = hour_of(scan.at(hour_at))
    if not minutes or not hour or hour > 12:
        return None
    last = hour_at + scan.has(hour_at + 1, "hour")
    half_day, end = half_day_after(scan, last)
    return Fact("clock", Clock(*earlier_by(hour, minutes), half_day, is_from_dawn(scan, at, last)), at, end)


def earlier_by(hour: int, minutes: int) -> tuple[int, int]:
    """An hour and minutes, counted back into the hour before where they are negative."""
    return (hour, minutes) if minutes >= 0 else (hour - 1 or 12, 60 + minutes)


def is_from_dawn(scan: Scan, start: int, last: int) -> bool:
    """Tell whether an hour is named in the words of a language that may count from dawn."""
    around = range(max(0, start - 1), last + 2)
    return any(scan.has(at, "hour") and scan.is_so(at, "dawn_clock") for at in around)


def noon(scan: Scan, at: int) -> Fact | None:
    """Noon, midday; "meio-dia e meia" is half an hour later."""
    if not scan.items[at].has("noon"):
        return None
    half_past = scan.has(at + 1, "half", "plus_half")
    return Fact("clock", Clock(12, 30 if half_past else 0), at, at + 1 + half_past)


def digital(scan: Scan, at: int) -> Fact | None:
    """ "5:30", "530", with am, pm or a part of the day after it."""
    item = scan.items[at]
    if not item.clock or is_long_number(scan, at) or (item.words[0].isdecimal() and scan.has(at + 1, "not_counted")):
        return None
    half_day, end = half_day_after(scan, at + scan.has(at + 1, "hour"))
    return Fact("clock", Clock(*item.clock, half_day, is_from_dawn(scan, at, at)), at, end)


def is_long_number(scan: Scan, at: int) -> bool:
    """Tell a piece of a telephone number: three or four digits without a mark, beside others."""
    beside = (scan.at(at - 1), scan.at(at + 1), scan.at(at + 2) if is_between_digits(scan.at(at + 1)) else None)
    is_plain = scan.items[at].words[0].isdecimal()
    return is_plain and any(
        item is not None and len(item.words[0]) > 2 and item.words[0].isdecimal() for item in beside
    )


def is_between_digits(item: Item | None) -> bool:
    """Tell what may stand inside a telephone number."""
    return item is not None and (item.has("fillers") or item.words[0] in {"-", ")", "."})


def spoken_past(scan: Scan, at: int) -> Fact | None:
    """ "half past four", "quarter to six", "cuarto para las seis", "ten past five"."""
    minutes = minutes_named(scan.items[at])
    is_past, is_to = scan.has(at + 1, "past"), scan.has(at + 1, "to_hour")
    hour_at = scan.skip(at + 2)
    hour = hour_of(scan.at(hour_at))
    if not minutes or not (is_past or is_to) or not hour or hour > 12 or (not is_past and is_range(scan, at)):
        return None
    half_day, end = half_day_after(scan, hour_at)
    if is_past:
        return Fact("clock", Clock(hour, minutes, half_day), at, end)
    return Fact("clock", Clock(hour - 1 or 12, 60 - minutes, half_day), at, end)


def is_range(scan: Scan, at: int) -> bool:
    """Tell "from 5 to 7" from "ten to five": nobody is visited at five to seven."""
    item, before = scan.items[at], scan.at(scan.back(at))
    if item.has("half", "quarter") or not scan.has(at + 1, "to", "until"):
        return False
    is_begun = before is not None and before.has("after", "between")
    return is_begun or item.number is not None or item.value("numbers") == 5


def minutes_named(item: Item) -> int:
    """The minutes before "past" and "to"."""
    if item.has("half"):
        return 30
    if item.has("quarter"):
        return 15
    number = item.number if item.number is not None else item.value("numbers")
    return number if number in SPOKEN_MINUTES else 0


def hour_of(item: Item | None) -> int | None:
    """The hour an item may name."""
    if item is None:
        return None
    if item.number is not None:
        return item.number if item.number < 24 else None
    if item.has("noon"):
        return 12
    number = item.value("hours") or item.value("numbers")
    return number if number and number < 24 else None


def marked_hour(scan: Scan, at: int) -> Fact | None:
    """An hour that a word before or after it marks as one."""
    hour = hour_of(scan.items[at])
    if hour is None or (is_counting(scan, at) and not is_told(scan, at)) or is_day_before_hour(scan, at):
        return None
    if is_ordinal(scan.items[at]) or is_in_list(scan, at):
        return None
    minutes, last = minutes_after(scan, at)
    half_day, end = half_day_after(scan, last)
    is_marked = (
        last > at
        or half_day
        or scan.items[at].ending in HOUR_ENDINGS
        or scan.has(at + 1, "hour", "onward", "earlier")
        or is_led(scan, at)
        or in_range(scan, at)
        or (scan.has(at, "hours") and not scan.options)
    )
    if not is_marked:
        return None
    end = end + 1 if scan.has(end, "hour") else end
    if end < len(scan.items) and not half_day and scan.has(end - 1, "hour"):
        half_day, end = half_day_after(scan, end - 1)
    return Fact("clock", Clock(*earlier_by(hour, minutes), half_day, is_from_dawn(scan, at, last)), at, end)


def is_ordinal(item: Item) -> bool:
    """Tell the 10th of "the 10th in the evening" from ten o'clock."""
    return item.number is not None and item.ending in ENGLISH_ORDINALS


def is_in_list(scan: Scan, at: int) -> bool:
    """Tell the first of two options that "and" or "or" joins from an hour after a weak "at": "hindi ako pwede sa 1 at 2"."""
    before, other = scan.at(scan.back(at)), scan.at(at + 2)
    if before is None or not before.has("at") or not scan.has(at + 1, "and", "or") or other is None:
        return False
    return is_option(scan, scan.items[at]) and is_option(scan, other) and not scan.has(at + 3, "hour", "am", "pm")


def is_option(scan: Scan, item: Item) -> bool:
    """Tell a bare number that an option has."""
    return item.number is not None and not item.ending and 1 <= item.number <= len(scan.options)


def is_day_before_hour(scan: Scan, at: int) -> bool:
    """Tell the day of "the 5th, hour 10", where the word for hour stands before its number: ថ្ងៃទី៥ម៉ោង១០."""
    is_led_by_hour = scan.has(at + 1, "hour") and is_in_digits(scan.at(at + 2))
    return is_led_by_hour and scan.has(scan.back(at), "the_day")


def is_in_digits(item: Item | None) -> bool:
    """Tell a number or a clock time in digits."""
    return item is not None and item.is_digits


def is_led(scan: Scan, at: int) -> bool:
    """Tell whether "at", "after", "before" or the word for hour stands before."""
    before = scan.at(scan.back(at))
    return (
        before is not None
        and before.has("at", "hour", "after", "before", "until", "between")
        and not before.has("the_day")
    )


def is_counting(scan: Scan, at: int) -> bool:
    """Tell whether a number counts or labels something else: "2 kids", "room 3"."""
    following = scan.at(at + 1)
    return is_label(scan, at) or (following is not None and following.is_unknown)


def is_label(scan: Scan, at: int) -> bool:
    """Tell whether a number stands with a word that numbers count or label: "2 of my kids", "apt 3", "3 number street"."""
    ahead, before = scan.skip(at + 1 + scan.has(at + 1, "option"), 3), at - 1 - scan.has(at - 1, "option")
    if scan.has(at + 1, "day_unit", "week_unit"):
        return True
    return is_address(scan, at) or scan.has(ahead, "not_counted") or scan.has(before, "not_counted")


def is_address(scan: Scan, at: int) -> bool:
    """Tell the number of "our house is number 3"."""
    places = range(max(0, scan.back(at - 1)), at - 1) if scan.has(at - 1, "option") else ()
    return any(scan.has(place, "places") for place in places)


def is_told(scan: Scan, at: int) -> bool:
    """Tell whether "at" or the word for hour stands before, so that an unknown word after changes nothing."""
    return scan.has(scan.back(at), "at", "hour") and not is_label(scan, at)


def minutes_after(scan: Scan, at: int) -> tuple[int, int]:
    """Minutes said after the hour, and the last item of them: "y media", "menos cuarto", 半, "thirty", 15分."""
    hour = at + scan.has(at + 1, "hour")
    for ahead in (hour + 1, hour + 2):
        if ahead == hour + 2 and not scan.has(hour + 1, "and", "past"):
            break
        for kind, minutes in (("half_to", -30), ("quarter_to", -15), ("half", 30), ("quarter", 15)):
            if scan.has(ahead, kind):
                return minutes, ahead
    if (following := scan.at(hour + 1)) and following.words[0] == "00":
        return 0, hour + 1
    minutes, last = minutes_in_numbers(scan, hour)
    return (minutes, last + scan.has(last + 1, "minute")) if minutes else (0, at)


def minutes_in_numbers(scan: Scan, at: int) -> tuple[int, int]:
    """ "five thirty", "las cinco y veinte", "5 giờ 20 phút", "cinco menos diez"."""
    taken_off = scan.at(at + 2) if scan.has(at + 1, "minus") else None
    if taken_off and count_of(taken_off) in SPOKEN_MINUTES:
        return -count_of(taken_off), at + 2
    following, after_and = scan.at(at + 1), scan.at(at + 2) if scan.has(at + 1, "and") else None
    is_counted = following is not None and scan.has(at + 2, "minute") and 0 < count_of(following) < 60
    if following and (is_counted or (count_of(following) in ROUND_MINUTES and not following.has("months"))):
        return count_of(following), at + 1
    if (
        after_and
        and (is_led(scan, at) or scan.has(at, "hour"))
        and not scan.has(scan.back(at), "between")
        and (count_of(after_and) in SPOKEN_MINUTES | ROUND_MINUTES or scan.has(at + 3, "minute"))
    ):
        return count_of(after_and), at + 2
    return 0, at


def count_of(item: Item) -> int:
    """The number of an item, or 0."""
    return item.number if item.number is not None else int(item.value("numbers") or 0)


def half_day_after(scan: Scan, last: int) -> tuple[str, int]:
    """am or pm after the item `last`, and the index after it; a part of the day says it too."""
    ending = ENDINGS.get(scan.items[last].ending, "")
    if ending:
        return ending, last + 1
    ahead = scan.skip(last + 1)
    item = scan.at(ahead)
    half_day = "" if item is None or item.is_break else half_day_of(item)
    begins_another = bool(half_day) and led_hour(scan, ahead)
    return (half_day, ahead + 1) if half_day and not begins_another else ("", last + 1)


def led_hour(scan: Scan, at: int) -> bool:
    """Tell whether a part of the day belongs to the hour after it: 上午9点到下午3点."""
    return hour_of(scan.at(at + 1)) is not None and scan.has(at + 2, "hour")


def in_range(scan: Scan, at: int) -> bool:
    """Tell whether a number begins "4 to 6" or "4-6"; "1-2" may as well be two options."""
    second_at = scan.skip(at + 2, 1)
    hour, second = hour_of(scan.items[at]), hour_of(scan.at(second_at))
    if hour is None or second is None or not is_joint(scan, at + 1, marked=False):
        return False
    if scan.has(at + 1, "at") and is_day_of_month(scan, at, hour):
        return False
    is_told = scan.has(second_at + 1, "hour") or bool(half_day_after(scan, second_at)[0])
    return is_told or max(hour, second) > len(scan.options)


def is_day_of_month(scan: Scan, at: int, day: int) -> bool:
    """Tell a day from an hour where one word is "at" and "to": "dia 5 às 10", "le 3 à 15h", an offered "jeudi 3 à 15h"."""
    before = scan.at(scan.back(at))
    if before is None or before.has("between", "after"):
        return False
    if before.has("at") and not (before.has("the_day") and is_plain_before_hour(scan, at)):
        return False
    weekday = before.value("weekdays")
    return before.has("the_day") or any((option.day, option.weekday()) == (day, weekday) for option in scan.options)


def is_plain_before_hour(scan: Scan, at: int) -> bool:
    """Tell the bare 5 of "le 5 a 10è", where one word is "on the" and "at", from the hour of a range."""
    second = scan.at(scan.skip(at + 2, 1))
    return not scan.items[at].ending and second is not None and second.ending in HOUR_ENDINGS


def is_joint(scan: Scan, at: int, *, marked: bool) -> bool:
    """Tell whether an item joins the ends of a range; "and" does after "between" only."""
    item = scan.at(at)
    return item is not None and (item.words[0] == "-" or item.has("until", "to") or (marked and item.has("and", "at")))


def range_end(scan: Scan, first: Fact) -> Fact | None:
    """The second time of a range; where the first is counted from dawn, so is the second."""
    before = before_hour(scan, first.start)
    is_close = scan.has(before, "between") and hour_of(scan.at(first.end)) is not None
    if not is_close and not is_joint(scan, first.end, marked=scan.has(before, "between", "after")):
        return None
    at = first.end if is_close else scan.skip(first.end + 1)
    hour = hour_of(scan.at(at))
    second = one_clock(scan, at) if at < len(scan.items) else None
    if second is None and hour is not None:
        half_day, end = half_day_after(scan, at)
        second = Fact("clock", Clock(hour, 0, half_day), at, end)
    if second is None:
        return None
    from_dawn = second.value.from_dawn or (first.value.from_dawn and second.value.hour <= 12)
    return replace(second, role="until", value=replace(second.value, from_dawn=from_dawn))


def before_hour(scan: Scan, start: int) -> int:
    """The index of what stands before a clock time and its own "at" or "o'clock"."""
    before = scan.back(start)
    return scan.back(before) if scan.has(before, "hour", "at") and not scan.has(before, "between", "after") else before


CLOCKS = (spoken_past, shifted, led, named, digital, noon, marked_hour)
