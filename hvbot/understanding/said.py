"""Everything a reply says about time and options: the patterns tried at each word, then limits, negations, corrections."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from hvbot.understanding.clauses import MOST_UNKNOWN, Clause
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
from hvbot.understanding.facts import FARTHEST_BACK, Fact, Scan, is_said
from hvbot.understanding.items import Item
from hvbot.understanding.matching import DAY_PARTS
from hvbot.understanding.normalise import is_syllable
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
SUITS = ("yes", "yes_whole", "option", "cannot", "busy", "change", "none", "except")
# "It was good" suits nobody, and "có" is "there is" too.
SUITS_STILL = tuple(kind for kind in SUITS if kind not in {"yes", "yes_whole"})
SINGLE = frozenset({weekday, month_alone, part, ordinal, number})
SWAPPED = {"from": "until", "until": "from"}
LONGEST_RANGE = 31
ONLY_REACH = 3
# Marks a bound whose day itself may suit: "not until Tuesday".
OPEN = "open"


def facts_of(scan: Scan, clauses: Sequence[Clause]) -> list[Fact]:
    """What counts of all that is said."""
    found = [bounded(scan, limited(scan, fact)) for fact in ranged(scan, matched(scan))]
    found = corrected(scan, [fact for fact in found if not is_limit(fact, found)])
    for clause in clauses:
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
    for kind, role in (("onward", "from"), ("earlier", "until")):
        ahead = fact.end if scan.has(fact.end, kind) else scan.skip(fact.end, 1)
        if scan.has(ahead, kind):
            return replace(fact, role=role, end=ahead + 1)
    for at in range(fact.start - 1, max(-1, fact.start - 1 - FARTHEST_BACK), -1):
        item = scan.items[at]
        if item.has("before", "until"):
            return replace(fact, role="until")
        if item.has("after"):
            return replace(fact, role="from")
        if not item.has("fillers", "at", "at_weak", "hour"):
            break
    return fact


def is_limit(place: Fact, facts: Sequence[Fact]) -> bool:
    """Tell "the latest" of "6 at the latest" from the last of the times."""
    return place.kind in {"first", "last"} and any(
        fact.role in SWAPPED and fact.start < place.start < fact.end for fact in facts
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


def only(scan: Scan, facts: list[Fact]) -> list[Fact]:
    """What "only" stands before, or else behind, and nothing beside it; the "not" of 日曜しか空いてません denies all others."""
    at = next((at for at, item in enumerate(scan.items) if item.has("only")), None)
    if at is None:
        return facts
    after = chain([fact for fact in facts if fact.start > at])
    if after and after[0].start - at <= ONLY_REACH:
        chosen = after
    else:
        before = [fact for fact in facts if fact.end <= at]
        chosen = beside(scan, before) if before and scan.back(at) < before[-1].end else []
    return [replace(fact, denied="") for fact in facts if fact in chosen] or facts


def beside(scan: Scan, facts: Sequence[Fact]) -> list[Fact]:
    """The last fact, and those before it with nothing between but words that add nothing."""
    found = list(facts[-1:])
    for fact in reversed(facts[:-1]):
        between = scan.items[fact.end : found[0].start]
        if not all(item.is_filler or item.has("at", "and", "or", "the_day") for item in between):
            break
        found.insert(0, fact)
    return found


def is_no_between(scan: Scan, at: int) -> bool:
    """Tell the "no" of "2, no, 3", which takes the number before it back."""
    beside = [scan.at(place) for place in (at - 2, at - 1, at + 1, at + 2)]
    first, mark, other, last = beside
    if first is None or mark is None or other is None or last is None or not scan.has(at, "no"):
        return False
    return mark.is_break and other.is_break and first.number is not None and last.number is not None


def denied(scan: Scan, clause: Clause, facts: list[Fact]) -> list[Fact]:
    """The facts of a thought with those ruled out that a "not", a "can't" or an "except" reaches."""
    for at in range(clause.start, clause.end):
        inside = [fact for fact in facts if clause.start <= fact.start < clause.end and not fact.denied]
        reached = reach(scan, at, inside)
        if reached:
            turned = dict(zip(map(id, reached), deny(reached, scan.items[at].text), strict=True))
            facts = [turned.get(id(fact), fact) for fact in facts]
    return joined(scan, [fact for fact in facts if fact.role != "dropped"])


def joined(scan: Scan, facts: list[Fact]) -> list[Fact]:
    """A day and its part that are ruled out together as one: "not Thursday evening" leaves Thursday at noon."""
    found: list[Fact] = []
    for fact in facts:
        if found and is_part_of_day(scan, found[-1], fact):
            found[-1] = replace(found[-1], kind="both", value=(found[-1], fact), end=max(found[-1].end, fact.end))
        else:
            found.append(fact)
    return found


def is_part_of_day(scan: Scan, first: Fact, last: Fact) -> bool:
    """Tell whether of two things ruled out one is a day and the other belongs to it."""
    kinds = {first.kind, last.kind}
    is_pair = bool(kinds & {"weekday", "date"}) and bool(kinds & {"part", "clock"})
    is_split = is_pair and first.kind == "part" and first.value in DAY_PARTS
    between = scan.items[first.end : last.start]
    is_beside = all(item.is_filler and not item.has("and", "or") and not item.is_break for item in between)
    return bool(first.denied and last.denied == first.denied) and is_pair and not is_split and is_beside


def reach(scan: Scan, at: int, facts: Sequence[Fact]) -> list[Fact]:
    """What the word at an index rules out, if it is one that does."""
    item = scan.items[at]
    if item.has("no", "negators") and (following := scan.at(at + 1)) and following.words[0] == "?":
        return []
    after = chain([fact for fact in facts if fact.start > at])
    before = [fact for fact in facts if fact.end <= at]
    if item.has("except") and {fact.kind for fact in before} == {"any"}:
        return [fact for fact in after if fact.kind != "any"]
    if item.has("except", "cannot", "busy", "negators", "no") and scan.is_so(at, "negation_follows") and before:
        return behind(scan, at, before)
    near = unless_rather(scan, at, [fact for fact in after if after[0].start - at <= FARTHEST_BACK])
    if item.has("cancel_visit"):
        return [fact for fact in (near, behind(scan, at, before))[not near] if fact.role in SWAPPED]
    if item.has("except"):
        return [fact for fact in facts if fact.start > at and fact.kind != "any"]
    if item.has("cannot", "busy"):
        limits = [fact for fact in near if fact.role in SWAPPED]
        return limits or chain(before) or near
    if item.has("negators"):
        near = before_comma(scan, near)
        last = [fact for fact in before[-1:] if at - fact.end < FARTHEST_BACK]
        return near or [*(joined_to(scan, last[0], before[:-1]) if last else ()), *last]
    if item.has("no") and is_one_word(item):
        if is_unspaced(item) and (refused := listed(scan, at, before)):
            return refused
        beside = [fact for fact in near if scan.skip(at + 1) >= fact.start]
        return beside or listed(scan, at, before)
    return []


def is_one_word(item: Item) -> bool:
    """Tell a bare "no"; where no spaces are written a word has several syllables."""
    return len(item.words) == 1 or is_unspaced(item)


def is_unspaced(item: Item) -> bool:
    """Tell a word of several syllables of a script that writes no spaces."""
    return len(item.words) > 1 and all(is_syllable(word) for word in item.words)


def unless_rather(scan: Scan, at: int, facts: Sequence[Fact]) -> list[Fact]:
    """The facts before a "but rather", and not the one directly before it: "not 1 but 3", "not 1, 3 is better"."""
    end = next((place for place in range(at + 1, len(scan.items)) if scan.has(place, "rather")), None)
    before = [fact for fact in facts if end is None or fact.start < end]
    return before[:-1] if len(before) > 1 and before[-1].end == end else before


def before_comma(scan: Scan, facts: list[Fact]) -> list[Fact]:
    """What a "not" reaches in "not 1, 3 is better": what stands after a comma belongs to the words after it."""
    last = facts[-1].end if facts else len(scan.items)
    if scan.at(last) is None or not scan.items[last].has(*SUITS, "fillers") or scan.items[last].has("courtesy"):
        return facts
    cut = next((at for at in range(facts[0].end, last) if scan.items[at].words[0] == ","), last)
    return [fact for fact in facts if fact.end <= cut]


def listed(scan: Scan, at: int, facts: Sequence[Fact]) -> list[Fact]:
    """What stands directly before a "no": one thing, or a list of them: "1 and 3 no"."""
    last = [fact for fact in facts[-1:] if scan.skip(fact.end) >= at]
    return [*last, *joined_to(scan, last[0], facts[:-1])] if last else []


def joined_to(scan: Scan, last: Fact, facts: Sequence[Fact]) -> list[Fact]:
    """The facts before another that "and", "or" or a comma joins to it."""
    found: list[Fact] = []
    for fact in reversed(facts):
        if not is_joining(scan.items[fact.end : last.start]):
            break
        found.append(fact)
        last = fact
    return found


def is_joining(between: Sequence[Item]) -> bool:
    """Tell "and", "or" or a comma, and nothing else but words that add nothing."""
    joints = [item for item in between if item.has("and", "or") or item.words[0] in {",", "&", "/"}]
    return len(joints) == 1 and all(item in joints or item.is_filler for item in between)


def behind(scan: Scan, at: int, facts: Sequence[Fact]) -> list[Fact]:
    """What stands directly before a word that denies, in languages that say "Tuesday not"."""
    found: list[Fact] = []
    for fact in reversed(facts):
        between = scan.items[fact.end : at]
        if len(between) > FARTHEST_BACK or any(item.has("yes", "yes_whole", "but") for item in between):
            break
        found.append(fact)
        at = fact.start
    limits = [fact for fact in found if fact.role in SWAPPED]
    return limits or found[::-1]


def chain(facts: Sequence[Fact]) -> list[Fact]:
    """The facts from the first on that stand close together."""
    found = list(facts[:1])
    for fact in facts[1:]:
        if fact.start - found[-1].end > 2:
            break
        found.append(fact)
    return found


def deny(facts: Sequence[Fact], word: str) -> Iterable[Fact]:
    """Rule facts out; "not before five" and "I work until five" are "after five"."""
    is_range = {fact.role for fact in facts} >= {"from", "until"}
    for fact in facts:
        if fact.role == "from" and is_range:
            yield replace(fact, role="dropped")
        elif fact.role in SWAPPED:
            yield replace(fact, role=SWAPPED[fact.role])
        else:
            yield replace(fact, denied=word)


def solid(facts: list[Fact], clauses: Sequence[Clause]) -> list[Fact]:
    """The facts of thoughts that we understand: no real questions, nothing about other matters."""
    counted: list[Clause] = []
    for clause in clauses:
        inside = [fact for fact in facts if within(clause, fact)]
        if is_solid(clause, inside) and not is_second_question(clause, inside, clauses):
            counted.append(clause)
    return [fact for fact in facts if any(holds(clause, fact) for clause in counted)]


def is_second_question(clause: Clause, facts: Sequence[Fact], clauses: Sequence[Clause]) -> bool:
    """Tell the "2?" of "how many are coming? 2?" from an answer."""
    asked_before = any(is_asking(other) for other in clauses if other.end <= clause.start)
    return clause.has_mark and asked_before and {fact.kind for fact in facts} == {"number"}


def is_solid(clause: Clause, facts: Sequence[Fact]) -> bool:
    """Tell whether a thought is about the visit. Day and clock time together outweigh words we do not know."""
    if is_asking(clause) or is_about_stops(clause) or is_about_others(clause):
        return False
    kinds = {fact.kind for fact in facts}
    if "clock" in kinds and kinds & {"weekday", "date"} and clause.unknown <= MOST_UNKNOWN * len(clause.words):
        return True
    covered = {at for fact in facts for at in range(fact.start, fact.end)}
    stray = any(item.is_digits for at, item in enumerate(clause.items, clause.start) if at not in covered)
    return not clause.is_noisy and not (stray and clause.unknown)


def within(clause: Clause, fact: Fact) -> bool:
    """Tell whether a thought holds the words of a fact."""
    return clause.start <= fact.start < clause.end


def holds(clause: Clause, fact: Fact) -> bool:
    """Tell whether a thought says a fact; "any" and "all" say something only where every word is known."""
    vague = fact.kind == "any" and (clause.unknown > 0 or any(item.has("not_counted") for item in clause.items))
    return within(clause, fact) and not vague


def is_about_stops(clause: Clause) -> bool:
    """Tell whether a word for stop stands among others: "the bus stop at 5" is no time for a visit."""
    return any(
        item.has("stop_whole", "stop_at_end") and not item.is_filler and not item.has("negators", "no")
        for item in clause.items
    )


def is_about_others(clause: Clause) -> bool:
    """Tell what is said of a child, of other plans or of the past, and not of whether it suits: "my son is in 2nd grade"."""
    if any(item.has("ago") and beside_day(clause, at) for at, item in enumerate(clause.items)) or is_past(clause):
        return True
    if clause.has("told") and not still_suits(clause):
        return True
    return clause.has("others") and not any(item.has(*SUITS) for item in clause.items)


def is_past(clause: Clause) -> bool:
    """Tell whether yesterday, or the day before, is all that a thought names of days."""
    days = [item.value("relative_days") for item in clause.items if item.has("relative_days")]
    return bool(days) and max(days) < 0 and not clause.has("weekdays")


def still_suits(clause: Clause) -> bool:
    """Tell whether a thought about what was says that a day suits: by a plain yes at one of its ends, or by ruling another out."""
    ends = [*clause.meant[:1], *clause.meant[-1:]]
    return any(item.has("yes") for item in ends) or any(item.has(*SUITS_STILL) for item in clause.items)


def beside_day(clause: Clause, at: int) -> bool:
    """Tell whether a day stands directly before or after a word: "last tuesday", "el martes pasado"."""
    beside = [
        next((item for item in items if not item.is_filler), None)
        for items in (clause.items[:at][::-1], clause.items[at + 1 :])
    ]
    return any(item is not None and item.has("weekdays", "week_unit", "months") for item in beside)


def is_asking(clause: Clause) -> bool:
    """Tell a question that proposes nothing: with a question word, or with a mark and words we do not know."""
    if any(item.has("question") and not is_wish(clause, at) for at, item in enumerate(clause.items)):
        return True
    asks = clause.has_mark or any(item.has("asks_first", "asks_last") for item in clause.items)
    if asks and any(item.has("day_off") for item in clause.items):
        return True
    return (clause.has_mark or clause.begins_question) and clause.unknown > 0


def is_wish(clause: Clause, at: int) -> bool:
    """Tell the "do you have" of "do you have Monday" from that of "do you have 3 teachers"."""
    return clause.items[at].is_filler and any(
        item.has("weekdays", "relative_days", "months", "parts") for item in clause.items[at + 1 : at + 2]
    )
