"""Everything a reply says about time and options: the patterns tried at each word, then limits, negations, corrections."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from hvbot.understanding.about import solid
from hvbot.understanding.clauses import Clause
from hvbot.understanding.clocks import clock_time
from hvbot.understanding.days import (
    DAYS_IN_WEEK,
    day_in_digits,
    exact,
    hyphened_day,
    in_days,
    marked_day,
    month_alone,
    month_and_day,
    next_day,
    part,
    relative_day,
    week,
    week_from,
    weekday,
    weekday_range,
    weekday_with_day,
)
from hvbot.understanding.denials import SWAPPED, denied, only
from hvbot.understanding.facts import FARTHEST_BACK, TURNED, Fact, Scan, is_said
from hvbot.understanding.items import Item
from hvbot.understanding.numbers import marked_option, number, ordinal, place_in_list

Pattern = Callable[[Scan, int], list[Fact]]

# The order decides: what needs more words comes first.
PATTERNS: tuple[Pattern, ...] = (
    day_in_digits,
    hyphened_day,
    week_from,
    in_days,
    marked_day,
    month_and_day,
    month_alone,
    relative_day,
    marked_option,
    clock_time,
    weekday_with_day,
    weekday_range,
    weekday,
    week,
    part,
    ordinal,
    number,
    place_in_list,
)
SINGLE = frozenset({weekday, month_alone, part, ordinal, number})
LONGEST_RANGE = 31
# Marks a bound whose day itself may suit: "not until Tuesday".
OPEN = "open"


def facts_of(scan: Scan, clauses: Sequence[Clause], *, in_questions: bool = True) -> list[Fact]:
    """What counts of all that is said. Without `in_questions` a "not" in a question rules nothing out: "can't it be at 7?"."""
    found = matched(scan)
    if not found:
        return []
    found = [bounded(scan, limited(scan, fact)) for fact in ranged(scan, found)]
    found = corrected(scan, [fact for fact in found if not is_limit(fact, found)])
    for clause in clauses:
        if in_questions or not clause.has_mark:
            found = denied(scan, clause, found)
    return solid(decided(only(scan, found)), clauses)


def matched(scan: Scan) -> list[Fact]:
    """Every pattern's facts, from left to right."""
    found: list[Fact] = []
    at = 0
    while at < len(scan.items):
        here = at_index(scan, at)
        found += here
        at = max([at + 1, *(fact.end for fact in here)])
    return found


def at_index(scan: Scan, at: int) -> list[Fact]:
    """The facts of the first pattern that fits at an item; a word that counts only alone needs others to make a pattern."""
    item = scan.items[at]
    if not item.senses and not item.is_digits and item.words[0] != "#":
        return []
    weak = item.alone and not is_alone(scan, at)
    patterns = (pattern for pattern in PATTERNS if not (weak and pattern in SINGLE))
    return next((facts for pattern in patterns if (facts := pattern(scan, at))), [])


def is_alone(scan: Scan, at: int) -> bool:
    """Tell whether nothing else is said but yes, please and thanks."""
    others = (item for place, item in enumerate(scan.items) if place != at and not item.is_break)
    return all(item.is_filler or item.has("yes", "yes_whole") for item in others)


def limited(scan: Scan, fact: Fact) -> Fact:
    """A clock time with what "after", "before" or "from here on" makes of it."""
    if fact.kind != "clock" or fact.role != "at":
        return fact
    before = scan.back(fact.start)
    if scan.has(before, "last") and scan.has(before, "before"):
        return replace(fact, role="until", start=before)
    for kind, role in (("onward", "from"), ("earlier", "until")):
        ahead = fact.end if scan.has(fact.end, kind) else scan.skip(fact.end, 1)
        if scan.has(ahead, kind):
            return replace(fact, role=role, end=ahead + 1)
    for at in range(fact.start - 1, max(-1, fact.start - 1 - FARTHEST_BACK), -1):
        item = scan.items[at]
        if item.has("before", "until"):
            return replace(fact, role="until")
        if item.has("after"):
            return replace(fact, role="from", readings=(TURNED,) if item.has("not_before") else fact.readings)
        if not item.has("fillers", "at", "at_weak", "hour"):
            break
    return fact


def is_limit(place: Fact, facts: Sequence[Fact]) -> bool:
    """Tell "the latest" of "6 at the latest" from the last of the times."""
    return place.kind in {"first", "last"} and any(
        fact.role in SWAPPED and fact.start <= place.start < fact.end for fact in facts
    )


def ranged(scan: Scan, facts: list[Fact]) -> list[Fact]:
    """Two days with "to" between them as all days from the one to the other: 12/1-12/3, the 24th to the 30th."""
    found: list[Fact] = []
    for fact in facts:
        days = days_between(scan, found[-1], fact) if found else ()
        if days:
            found[-1] = replace(found[-1], kind="date", value=days, end=fact.end, readings=("range",))
        else:
            found.append(fact)
    return found


def days_between(scan: Scan, first: Fact, last: Fact) -> tuple[dt.date, ...]:
    """The days of a range, a month at most; none where two facts make no range."""
    between = scan.items[first.end : last.start]
    is_between = scan.has(scan.back(first.start), "between")
    joints = [item for item in between if item.words[0] == "-" or is_range_word(item, is_between)]
    if (
        len(joints) != 1
        or len(between) > FARTHEST_BACK
        or not all(item in joints or item.is_filler for item in between)
    ):
        return ()
    if "date" not in {first.kind, last.kind} and not all(is_day(fact) for fact in (first, last)):
        return ()
    begin = end_of_range(first, last, scan.now.date())
    end = end_of_range(last, first, begin or scan.now.date())
    length = (end - begin).days if begin and end else 0
    return (
        tuple(begin + dt.timedelta(days=n) for n in range(length + 1)) if begin and 0 < length <= LONGEST_RANGE else ()
    )


def is_range_word(item: Item, is_between: bool) -> bool:
    """Tell "to" and "until"; a word that is "and" too makes a range only after "between": "le 1 et le 2"."""
    return item.has("to", "until") and (is_between or not item.has("and"))


def end_of_range(fact: Fact, other: Fact, since: dt.date) -> dt.date | None:
    """One end of a range of days; a bare number is in the month of the other end, or the next such day."""
    if fact.kind == "date":
        first: dt.date = fact.value[0]
        return first
    if fact.kind != "number" or "day" not in fact.readings:
        return None
    if other.kind != "date":
        return next_day(fact.value, since)
    return exact(other.value[0].year, other.value[0].month, fact.value)


def is_day(fact: Fact) -> bool:
    """Tell a number that is a day of the month first."""
    return fact.kind == "number" and fact.readings[0] == "day"


def bounded(scan: Scan, fact: Fact) -> Fact:
    """A day with what "after" or "before" makes of it: a bound of the days that suit, not a day that does."""
    if "range" in fact.readings:
        return fact
    is_open = leads(scan, fact, "until")
    kinds = (("until", "until"), ("after", "from"), ("before", "until"))
    role = next((role for kind, role in kinds if leads(scan, fact, kind)), "")
    day = date_of(scan, fact) if role else None
    return replace(fact, kind="bound", value=day, role=role, readings=(OPEN,) * is_open) if day else fact


def decided(facts: list[Fact]) -> list[Fact]:
    """The facts without an "until Wednesday", which tells neither from when on nor for how long it suits; "busy until Wednesday" does."""
    return [fact for fact in facts if not (fact.kind == "bound" and OPEN in fact.readings and fact.role == "until")]


def leads(scan: Scan, fact: Fact, kind: str) -> bool:
    """Tell whether a word stands before a day, or after it where the language says it there."""
    behind = {"after": "onward", "before": "earlier", "until": "until"}[kind]
    is_day = fact.kind in {"weekday", "date"} or (fact.kind == "number" and fact.readings[0] == "day")
    before = fact.start - 1 - scan.has(fact.start - 1, "the_day")
    is_preposed = scan.has(before, kind) and not scan.has(before, "fillers", "in")
    following = scan.at(fact.end + 1)
    is_behind = scan.has(fact.end, behind) and not (following is not None and is_said(following))
    return is_day and (is_preposed or is_behind)


def date_of(scan: Scan, fact: Fact) -> dt.date | None:
    """The one day a fact names, counted from today on."""
    if fact.kind == "date":
        return next(iter(fact.value), None)
    if fact.kind == "number":
        return next_day(fact.value, scan.now.date())
    return scan.now.date() + dt.timedelta(days=(fact.value - scan.now.weekday()) % DAYS_IN_WEEK or DAYS_IN_WEEK)


def corrected(scan: Scan, facts: list[Fact]) -> list[Fact]:
    """Only what follows "no wait", where something does."""
    last = max(
        (at for at, item in enumerate(scan.items) if item.has("correction") or is_no_between(scan, at)), default=-1
    )
    after = [fact for fact in facts if fact.start > last]
    return after if last >= 0 and after else facts


def is_no_between(scan: Scan, at: int) -> bool:
    """Tell the "no" of "2, no, 3", which takes the number before it back."""
    beside = [scan.at(place) for place in (at - 2, at - 1, at + 1, at + 2)]
    first, mark, other, last = beside
    if first is None or mark is None or other is None or last is None or not scan.has(at, "no"):
        return False
    return mark.is_break and other.is_break and first.number is not None and last.number is not None
