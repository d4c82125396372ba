"""Which thoughts of a reply are about the visit: no real questions, no other plans, nothing of the past."""

from collections.abc import Sequence

from hvbot.understanding.clauses import LIMITS, MOST_UNKNOWN, Clause
from hvbot.understanding.facts import TURNED, Fact
from hvbot.understanding.items import Item
from hvbot.understanding.matching import DAY_PARTS

PHONE_DIGITS = 7
DAYS = frozenset({"weekday", "date", "bound", "week", "month"})
SUITS = ("yes", "yes_whole", "option", "cannot", "busy", "change", "none", "except")
# "It was good" suits nobody, and "có" is "there is" too.
SUITS_STILL = tuple(kind for kind in SUITS if kind not in {"yes", "yes_whole"})


def solid(facts: list[Fact], clauses: Sequence[Clause]) -> list[Fact]:
    """The facts of thoughts that we understand: no real questions, nothing about other matters."""
    counted: list[Clause] = []
    for clause in clauses:
        inside = [fact for fact in facts if within(clause, fact)]
        if is_solid(clause, inside) and not is_second_question(clause, inside, clauses):
            counted.append(clause)
    return weighed([(fact, clause) for fact in facts for clause in counted if holds(clause, fact)])


def weighed(facts: Sequence[tuple[Fact, Clause]]) -> list[Fact]:
    """The facts without those that a reason only mentions: "mornings, because I start at two".

    A reason may name what the answer leaves out, which then counts: "at five, because I'm off on Wednesday".
    """
    outside = frozenset[str]().union(*(subjects(fact) for fact, clause in facts if not clause.is_aside))
    return [fact for fact, clause in facts if not clause.is_aside or is_ruled(fact) or not subjects(fact) & outside]


def subjects(fact: Fact) -> frozenset[str]:
    """What a fact is about: days, hours, or both where it names a time of the list."""
    if fact.kind in DAYS or (fact.kind == "part" and fact.value in DAY_PARTS):
        return frozenset({"day"})
    return frozenset({"hour"} if fact.kind in {"clock", "part"} else {"day", "hour"})


def is_ruled(fact: Fact) -> bool:
    """Tell whether a "not" or a "busy" made a fact what it is: a reason that rules out a time is worth hearing."""
    return bool(fact.denied) or TURNED in fact.readings


def is_second_question(clause: Clause, facts: Sequence[Fact], clauses: Sequence[Clause]) -> bool:
    """Tell the "2?" of "how many are coming? 2?" and the "1 hour?" of "how long is it?" from an answer."""
    asked_before = any(is_asking(other) for other in clauses if other.end <= clause.start)
    return clause.has_mark and asked_before and {fact.kind for fact in facts} in ({"number"}, {"clock"})


def is_solid(clause: Clause, facts: Sequence[Fact]) -> bool:
    """Tell whether a thought is about the visit. Day and clock time together outweigh words we do not know."""
    if is_asking(clause) or is_about_stops(clause) or is_about_texts(clause) or is_about_others(clause):
        return False
    kinds = {fact.kind for fact in facts}
    if "clock" in kinds and kinds & {"weekday", "date"} and clause.unknown <= MOST_UNKNOWN * len(clause.words):
        return True
    covered = {at for fact in facts for at in range(fact.start, fact.end)}
    rest = [item for at, item in enumerate(clause.items, clause.start) if at not in covered]
    if any(is_phone_number(item) for item in rest):
        return False
    stray = any(item.is_digits for item in rest)
    return not clause.is_noisy and not (stray and clause.unknown)


def is_phone_number(item: Item) -> bool:
    """Tell so many digits that they are somebody's number: "my second number is 202 555 0134"."""
    return item.words[0].isdecimal() and len(item.words[0]) >= PHONE_DIGITS


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


def is_about_texts(clause: Clause) -> bool:
    """Tell when the family wants no text: "don't text me after eight"."""
    if clause.has("stop"):
        return True
    refused = [at for at, item in enumerate(clause.items) if item.has("stop_verbs", "negators", "no")]
    return bool(refused) and any(item.has("texting") for item in clause.items[refused[0] + 1 : refused[0] + 3])


def is_about_others(clause: Clause) -> bool:
    """Tell what is said of a child, of other plans or of the past, and not of whether it suits: "my son is in 2nd grade"."""
    if any(item.has("ago") and beside_day(clause, at) for at, item in enumerate(clause.items)) or is_past(clause):
        return True
    if clause.has("elsewhere") or (clause.has("told") and not still_suits(clause)):
        return True
    is_other = any(item.has("others") and not is_bound(clause, at) for at, item in enumerate(clause.items))
    return is_other and not any(item.has(*SUITS) for item in clause.items)


def is_bound(clause: Clause, at: int) -> bool:
    """Tell "Sunday after church" and "I have church on Sunday", which say when it suits or not, from a story about church."""
    if clause.items[max(0, at - 1)].has("have"):
        return True
    ahead = [item for item in clause.items[max(0, at - 2) : at] if not item.is_filler or item.has(*LIMITS)]
    return any(item.has("after", "before") for item in ahead[-1:]) or any(
        item.has("onward", "earlier") for item in clause.items[at + 1 : at + 2]
    )


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
