"""Holds what a reply says about time against the times that were offered."""

import datetime as dt
from collections.abc import Sequence

from hvbot.understanding.items import Item
from hvbot.understanding.meaning import Asked, Choose, NoneSuit, Part, Propose, Reading, Unclear, When
from hvbot.understanding.times import DAY_START, Said, is_negated, time_said

HOURS: dict[Part, tuple[int, int]] = {Part.MORNING: (0, 12), Part.AFTERNOON: (12, 18), Part.EVENING: (17, 24)}


def about_times(items: Sequence[Item], asked: Asked, *, yes_reply: bool, asks: bool) -> Reading | None:
    """A choice, a time in own words, or a question back; None when the reply is not about time."""
    said = time_said(items, asked.now)
    number = option_number(items, said, asked) if not asks or is_bare(items) else None
    if number is not None and said.when.is_empty() and not said.not_days:
        return number
    if said.when.is_empty() and said.not_days:
        return what_remains(items, said, asked)
    if said.when.is_empty():
        return by_place(items, asked)
    if number is not None and isinstance(number.meaning, Choose) and contradicts(number.meaning, said, asked):
        if len(fitting(said, asked)) == 1 and number.why[0][0].isalpha():
            return by_time(items, said, asked)
        return Reading(Unclear(fitting(said, asked)), number.why)
    return by_time(items, said, asked)


def option_number(items: Sequence[Item], said: Said, asked: Asked) -> Reading | None:
    """A number or ordinal that names an option, or, beyond the options, an hour."""
    if not asked.options and not any(item.number is not None for item in items):
        return None
    found = [
        (at, n) for at, item in enumerate(items) if at not in said.used and (n := choice_at(items, at)) is not None
    ]
    if corrected := [pair for pair in found if pair[0] > correction_at(items)]:
        found = corrected
    numbers = list(dict.fromkeys(n for _, n in found))
    reason = tuple(f"{items[at].text}: option" for at, _ in found)
    valid = [n for n in numbers if 1 <= n <= len(asked.options)]
    if len(numbers) == 1 and valid:
        return one_number(items, found[0][0], valid[0], asked, reason)
    if len(valid) > 1:
        return Reading(Unclear(tuple(valid)), reason)
    if len(numbers) == 1 and is_bare(items) and asked.options:
        return as_hour(numbers[0], asked, reason)
    return None


def correction_at(items: Sequence[Item]) -> int:
    """Where "no wait", "mejor", "I mean" stands: what follows counts."""
    return max((at for at, item in enumerate(items) if item.has("correction")), default=-1)


def choice_at(items: Sequence[Item], at: int) -> int | None:
    """The option an item may name: a bare number that counts nothing else, an ordinal, a number word."""
    item = items[at]
    following = items[at + 1] if at + 1 < len(items) else None
    before = items[at - 1] if at else None
    if is_negated(items, at) and not (before and before.has("no")):
        return None
    if item.value("ordinals") is not None:
        return int(item.value("ordinals"))
    if item.number is None and item.value("numbers") is None:
        return None
    if following and following.text in {"st", "nd", "rd", "th", "a", "o", "da", "ra", "do", "er", "e"}:
        return item.number
    counts = following is not None and following.is_unknown
    labels = before is not None and before.is_unknown
    if counts or labels:
        return None
    return item.number if item.number is not None else int(item.value("numbers"))


def one_number(items: Sequence[Item], at: int, number: int, asked: Asked, reason: tuple[str, ...]) -> Reading | None:
    """One number: the option, unless it is just as well the hour of another one."""
    unknown = sum(item.is_unknown for item in items) / max(1, sum(not item.is_break for item in items))
    if unknown > 0.5:
        return Reading(Unclear(), reason)
    is_word = items[at].has("ordinals", "option") or (at > 0 and items[at - 1].has("option"))
    hours = [n for n, option in enumerate(asked.options, 1) if option.hour % 12 == number % 12]
    if not is_word and is_bare(items) and hours and number not in hours and len(asked.options) > 4:
        return Reading(Unclear((number, *hours)), reason)
    return Reading(Choose(number), reason)


def is_bare(items: Sequence[Item]) -> bool:
    """Tell whether a number is all that is said."""
    rest = [item for item in items if not item.is_break and not item.has("fillers", "option", "yes", "at")]
    return len(rest) == 1


def as_hour(number: int, asked: Asked, reason: tuple[str, ...]) -> Reading:
    """A number that is no option is an hour: of one of the times, of several, or of none."""
    if not 1 <= number <= 12:
        return Reading(Unclear(), reason)
    matches = [n for n, option in enumerate(asked.options, 1) if option.hour % 12 == number % 12]
    if len(matches) == 1:
        return Reading(Choose(matches[0]), reason, explicit=False)
    if matches:
        return Reading(Unclear(tuple(matches)), reason)
    hour = number + 12 if number < DAY_START else number
    return Reading(Propose(When(from_=dt.time(hour % 24))), reason)


def what_remains(items: Sequence[Item], said: Said, asked: Asked) -> Reading:
    """Days were ruled out: what is left of the options."""
    left = tuple(n for n, option in enumerate(asked.options, 1) if option.weekday() not in said.not_days)
    reason = tuple(f"not {items[at].text}: weekdays" for at in sorted(said.used))
    if len(left) == 1:
        return Reading(Choose(left[0]), reason, explicit=False)
    if not left:
        return Reading(NoneSuit(), reason)
    return Reading(Unclear(left), reason)


def by_place(items: Sequence[Item], asked: Asked) -> Reading | None:
    """The first, the last, any of them."""
    if not asked.options:
        return None
    for kind, number in (("any", 1), ("last", len(asked.options)), ("first", 1)):
        found = next((item for at, item in enumerate(items) if item.has(kind) and not is_negated(items, at)), None)
        if found:
            return Reading(Choose(number), (f"{found.text}: {kind} ({found.language})",), explicit=False)
    return None


def contradicts(choice: Choose, said: Said, asked: Asked) -> bool:
    """Tell whether the number and the time name different options."""
    return not fits(asked.options[choice.option - 1], said, exact=True)


def by_time(items: Sequence[Item], said: Said, asked: Asked) -> Reading:
    """The one option that fits, a question between several, or a proposal."""
    reason = tuple(f"{items[at].text}: {label(items[at])}" for at in sorted(said.used))
    found = fitting(said, asked)
    if len(found) == 1:
        return Reading(Choose(found[0]), reason, explicit=said.has_clock and not said.is_limit)
    if len(found) > 1:
        return Reading(Unclear(found), reason)
    return Reading(Propose(said.when), reason)


def label(item: Item) -> str:
    """The section a word stands in, with its file."""
    kinds = [sense.kind for sense in item.senses]
    return f"{kinds[0]} ({item.language})" if kinds else "digits"


def fitting(said: Said, asked: Asked) -> tuple[int, ...]:
    """The options that fit everything said; a clock time first as that time, then as a beginning."""
    exact = tuple(n for n, option in enumerate(asked.options, 1) if fits(option, said, exact=True))
    if exact or not said.is_limit:
        return exact
    return tuple(n for n, option in enumerate(asked.options, 1) if fits(option, said, exact=False))


def fits(option: dt.datetime, said: Said, *, exact: bool) -> bool:
    """Tell whether an offered time is one that was named."""
    when = said.when
    if when.date is not None and option.date() != when.date:
        return False
    if when.weekday is not None and option.weekday() not in (said.days or (when.weekday,)):
        return False
    if option.weekday() in said.not_days or (when.part and not in_part(option, when.part)):
        return False
    clock = option.time().replace(tzinfo=None)
    if when.until is not None and clock >= when.until:
        return False
    if when.from_ is None:
        return True
    if said.is_limit or not exact:
        return clock >= when.from_
    return clock == when.from_


def in_part(option: dt.datetime, part: Part) -> bool:
    """Tell whether a time lies in a part of the day or week."""
    if part is Part.WEEKEND:
        return option.weekday() >= 5
    if part is Part.WEEKDAY:
        return option.weekday() < 5
    low, high = HOURS[part]
    return low <= option.hour < high
