"""Holds what a reply says against the times that were offered."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hvbot.understanding.days import next_day
from hvbot.understanding.facts import Clock, Fact
from hvbot.understanding.matching import Said, fits, is_likeliest, settled_at_last, when_said
from hvbot.understanding.meaning import Asked, Choose, Meaning, NoneSuit, Propose, Question, Unclear

Numbers = tuple[int, ...]
HALF_A_DAY = 12


@dataclass(frozen=True, slots=True)
class Resolved:
    """A meaning, the facts it rests on, and whether the option itself was named."""

    meaning: Meaning
    facts: tuple[Fact, ...]
    explicit: bool = True


def resolve(facts: Sequence[Fact], asked: Asked, alternatives: Sequence[int] = ()) -> Resolved | None:
    """A choice, a time in own words, none, or a question back; None when nothing was said about time or options.

    `alternatives` are the places of each "or": what stands with one day is not asked of the other.
    """
    for place in alternatives:
        left = [fact for fact in facts if fact.start < place]
        right = [fact for fact in facts if fact.start > place]
        if names_clock(left) and names_hour(right, asked) and not names_day(right):
            right = [*(fact for fact in left if fact.kind in {"weekday", "date"}), *right]
            return either(resolve(left, asked), resolve(right, asked, alternatives), tuple(facts))
        if (names_day(left) and names_day(right)) or is_first_or_last(left, right):
            return either(resolve(left, asked), resolve(right, asked, alternatives), tuple(facts))
    said = settled_at_last(Said(tuple(facts), asked))
    if contradicts(said):
        return Resolved(Unclear(), said.facts)
    fitting = options_at(said)
    for step in (by_option, by_number, by_place, by_time, by_denial):
        if found := step(said, fitting):
            return found
    return None


def names_day(facts: Sequence[Fact]) -> bool:
    """Tell whether a day is among some facts."""
    return any(fact.kind in {"weekday", "date"} and not fact.denied for fact in facts)


def names_clock(facts: Sequence[Fact]) -> bool:
    """Tell whether a clock time is among some facts."""
    return any(fact.kind == "clock" and not fact.denied for fact in facts)


def names_hour(facts: Sequence[Fact], asked: Asked) -> bool:
    """Tell whether a clock time is among some facts, or a number that can be nothing else."""
    return names_clock(facts) or any(
        fact.kind == "number" and "hour" in fact.readings and fact.value > len(asked.options) for fact in facts
    )


def is_first_or_last(left: Sequence[Fact], right: Sequence[Fact]) -> bool:
    """Tell "the first or the last", whatever names the other of the two."""
    kinds = {fact.kind for fact in (*left, *right)}
    return bool(left and right) and bool(kinds & {"first", "last"}) and kinds <= {"first", "last", "number", "option"}


def either(left: Resolved | None, right: Resolved | None, facts: tuple[Fact, ...]) -> Resolved | None:
    """What two alternatives leave: the one option, a question between several, or the first time that was named."""
    found = [resolved for resolved in (left, right) if resolved]
    options = sorted({option for resolved in found for option in options_of(resolved.meaning)})
    if options:
        return Resolved(Choose(options[0]) if len(options) == 1 else Unclear(tuple(options)), facts, explicit=False)
    return Resolved(both_wishes([one.meaning for one in found]), facts, found[0].explicit) if found else None


def both_wishes(meanings: Sequence[Meaning]) -> Meaning:
    """The first of two times in own words, with the hours that were said once for both: "Mon or Fri after 4"."""
    first, last = meanings[0], meanings[-1]
    if not isinstance(first, Propose) or not isinstance(last, Propose):
        return first
    when, other = first.when, last.when
    is_open = when.from_ is None and when.until is None and when.part is None
    return Propose(replace(when, from_=other.from_, until=other.until, part=other.part)) if is_open else first


def options_of(meaning: Meaning) -> Numbers:
    """The offered times that a meaning names."""
    match meaning:
        case Choose(option):
            return (option,)
        case Unclear(between):
            return between
    return ()


def contradicts(said: Said) -> bool:
    """Tell whether a weekday and a date stand side by side that are not the same day."""
    weekdays, days = said.of("weekday"), said.of("date")
    if len(weekdays) != 1 or len(days) != 1 or abs(weekdays[0].start - days[0].start) > 2:
        return False
    return all(date.weekday() != weekdays[0].value for date in days[0].value)


def by_option(said: Said, fitting: Numbers) -> Resolved | None:
    """Options that were called by their number and as options."""
    options = said.of("option")
    joined = [fact for fact in said.of("number") if is_joined(fact, options)]
    named = sorted({fact.value for fact in (*options, *joined)})
    valid = [n for n in named if n <= len(said.asked.options)]
    if not valid:
        return Resolved(Unclear(), said.facts) if named and said.asked.options else None
    if len(valid) == 1:
        return agreed(valid[0], said, fitting)
    both = [n for n in valid if n in fitting]
    return one_or_ask(both, said, explicit=True)


def is_joined(number: Fact, options: Sequence[Fact]) -> bool:
    """Tell the 3 of "option 2 and 3"."""
    return number.readings[0] == "option" and any(0 <= number.start - option.end <= 1 for option in options)


def agreed(option: int, said: Said, fitting: Numbers) -> Resolved:
    """An option by its number, unless what else was said names another."""
    if option in fitting or not (said.has_time or said.denied):
        return Resolved(Choose(option), said.facts)
    return Resolved(Unclear(tuple(sorted({option, *fitting}))), said.facts)


def one_or_ask(options: Sequence[int], said: Said, *, explicit: bool = False) -> Resolved:
    """Choose the only one; ask between several."""
    if len(options) == 1:
        return Resolved(Choose(options[0]), said.facts, explicit)
    return Resolved(Unclear(tuple(options)), said.facts)


def by_number(said: Said, fitting: Numbers) -> Resolved | None:
    """A number that may be an option, an hour or a day of the month: what fits decides."""
    numbers = said.of("number")
    if not numbers:
        return None
    if dated := with_date(said, numbers):
        return by_time(dated, options_at(dated))
    if len({fact.value for fact in numbers}) > 1:
        return several_numbers(said, fitting)
    fact = numbers[0]
    offered = len(said.asked.options)
    if fact.value == 0:
        return Resolved(NoneSuit() if offered and not said.has_time else Unclear(), said.facts)
    if fact.readings[0] == "option" and 1 <= fact.value <= offered:
        return as_option(fact, said, fitting)
    readings = [reading for reading in fact.readings if reading != "hour" or not said.of("clock")]
    hits = {n for reading in readings for n in READINGS[reading](fact.value, said, fitting)}
    if hits:
        return one_or_ask(sorted(hits), said, explicit=fact.readings[0] == "option" and fact.value <= offered)
    return as_proposal(fact, said)


def with_date(said: Said, numbers: Sequence[Fact]) -> Said | None:
    """What is said of "7 on the 3rd" and "4:15 on the 2nd", where the hour makes a day of the ordinal and no option has it."""
    days = [fact for fact in numbers if fact.readings[0] == "day"]
    hours = [fact for fact in numbers if fact not in days]
    is_pair = len(days) == 1 and len(hours) + len(said.clocks("at")) == 1
    day = next_day(days[0].value, said.today) if is_pair and not said.of("weekday", "date") else None
    if day is None or any(not is_hour(fact, said) for fact in hours):
        return None
    turned = {id(fact): replace(fact, kind="clock", value=Clock(fact.value)) for fact in hours}
    turned[id(days[0])] = replace(days[0], kind="date", value=(day,))
    dated = Said(tuple(turned.get(id(fact), fact) for fact in said.facts), said.asked)
    hour = Said(tuple(fact for fact in dated.facts if fact.kind == "clock"), said.asked)
    return None if days[0].value in options_at(hour) else dated


def is_hour(fact: Fact, said: Said) -> bool:
    """Tell whether a bare number is an hour and none of the options."""
    return "hour" in fact.readings and len(said.asked.options) < fact.value <= HALF_A_DAY


def options_at(said: Said) -> Numbers:
    """The offered times that fit what is said."""
    return tuple(n for n, option in enumerate(said.asked.options, 1) if fits(option, n, said))


def several_numbers(said: Said, fitting: Numbers) -> Resolved | None:
    """ "1 or 2": the one that fits what else was said, else ask."""
    named = sorted({fact.value for fact in said.of("number") if 1 <= fact.value <= len(said.asked.options)})
    if not named:
        return Resolved(Unclear(), said.facts) if said.asked.options else None
    return (
        one_or_ask([n for n in named if n in fitting] or named, said)
        if len(named) > 1
        else Resolved(Unclear(), said.facts)
    )


def as_option(fact: Fact, said: Said, fitting: Numbers) -> Resolved:
    """A bare number within the list; with a day beside it, an hour of that day comes next."""
    if fact.value in fitting:
        return Resolved(Choose(fact.value), said.facts)
    hours = READINGS["hour"](fact.value, said, fitting) if "hour" in fact.readings else []
    if hours:
        return one_or_ask(hours, said)
    if len(fitting) >= fact.value and said.has_time and fact.readings == ("option",):
        return Resolved(Choose(fitting[fact.value - 1]), said.facts, explicit=False)
    return agreed(fact.value, said, fitting)


READINGS: dict[str, Callable[[int, Said, Numbers], list[int]]] = {
    "option": lambda value, _, fitting: [n for n in fitting if n == value],
    "hour": lambda value, said, fitting: [
        n for n in fitting if option_of(n, said).time() in Clock(value).times() and value < 24
    ],
    "day": lambda value, said, fitting: [n for n in fitting if option_of(n, said).day == value],
}


def option_of(number: int, said: Said) -> dt.datetime:
    """An offered time by its number."""
    return said.asked.options[number - 1]


def as_proposal(fact: Fact, said: Said) -> Resolved | None:
    """A number that no option has: an hour, or a day of the month."""
    rest = tuple(other for other in said.facts if other is not fact)
    if "hour" in fact.readings and fact.readings[0] != "day" and 1 <= fact.value <= 12:
        hour = replace(fact, kind="clock", value=Clock(fact.value))
        return Resolved(Propose(when_said(Said((*rest, hour), said.asked))), said.facts)
    if "option" in fact.readings[1:] and 1 <= fact.value <= len(said.asked.options):
        return Resolved(Unclear((fact.value,)), said.facts)
    day = next_day(fact.value, said.today)
    if day and any(other.value != day.weekday() for other in said.of("weekday")) and fact.readings[0] == "day":
        return Resolved(Unclear(), said.facts)
    if fact.readings[0] != "option" and "day" in fact.readings and day:
        return Resolved(
            Propose(when_said(Said((*rest, replace(fact, kind="date", value=(day,))), said.asked))), said.facts
        )
    if said.has_time:
        return by_time(Said(rest, said.asked), ())
    return Resolved(Unclear(), said.facts) if said.asked.options else None


def by_place(said: Said, fitting: Numbers) -> Resolved | None:
    """The first, the last, any of those that fit."""
    places = said.of("first", "last", "any")
    if not places or not said.asked.options:
        return None
    if not fitting:
        return by_time(said, fitting)
    if {fact.kind for fact in places} >= {"first", "last"}:
        return Resolved(Unclear(fitting), said.facts)
    kinds = {fact.kind for fact in places}
    if kinds == {"any"} and said.denied:
        return one_or_ask(fitting, said)
    return Resolved(Choose(fitting[-1] if "last" in kinds else fitting[0]), said.facts, explicit=False)


def by_time(said: Said, fitting: Numbers) -> Resolved | None:
    """The one option at a named time, a question between several, or a proposal."""
    if not said.has_time:
        return None
    if fitting and not any(is_likeliest(option_of(n, said), said) for n in fitting):
        return Resolved(Unclear(fitting), said.facts)
    if fitting:
        return one_or_ask(fitting, said, explicit=is_exact(said))
    when = when_said(said)
    return Resolved(Propose(when) if not when.is_empty() else NoneSuit(), said.facts)


def is_exact(said: Said) -> bool:
    """Tell whether day and clock time were named, or the only one of them in which the options differ.

    An hour that may be counted from dawn is never exact: it is read back.
    """
    if any(clock.value.from_dawn for clock in said.of("clock")):
        return False
    options = said.asked.options
    has_clock, has_day = bool(said.clocks("at")), bool(said.of("date", "weekday"))
    same_day = len({option.date() for option in options}) == 1
    same_clock = len({option.time() for option in options}) == 1
    return (has_clock or same_clock) and (has_day or same_day)


def by_denial(said: Said, fitting: Numbers) -> Resolved | None:
    """Something was ruled out: what is left of the options."""
    if not said.denied:
        return None
    if not said.asked.options:
        return Resolved(Unclear(), said.facts) if said.asked.question is Question.OFFER else None
    if not fitting or any(fact.kind == "any" for fact in said.denied):
        return Resolved(NoneSuit(), said.facts)
    if len(fitting) == len(said.asked.options):
        return Resolved(Unclear(), said.facts)
    return one_or_ask(fitting, said)
