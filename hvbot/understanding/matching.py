"""Whether an offered time is one of those a reply names."""

import datetime as dt
from dataclasses import dataclass, replace

from hvbot.understanding.facts import LATE, Clock, Fact
from hvbot.understanding.meaning import Asked, Part, When

DAYS_IN_WEEK = 7
SATURDAY = 5
DAY_PARTS = frozenset({Part.WEEKEND, Part.WEEKDAY})
# No visit is at these hours of the morning: "I sleep in the morning, Wednesday at 4" is four in the afternoon.
ASLEEP = frozenset({12, 1, 2, 3, 4, 5})
# As in hvbot.scheduling.parts: people call the hour from five to six either.
HOURS = {
    Part.MORNING: (dt.time.min, dt.time(12)),
    Part.AFTERNOON: (dt.time(12), dt.time(18)),
    Part.EVENING: (dt.time(17), dt.time.max),
}


@dataclass(frozen=True, slots=True)
class Said:
    """The facts of a reply by what they are about."""

    facts: tuple[Fact, ...]
    asked: Asked

    def of(self, *kinds: str) -> list[Fact]:
        """The facts of some kinds that are not ruled out."""
        return [fact for fact in self.facts if fact.kind in kinds and not fact.denied]

    @property
    def denied(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.denied]

    @property
    def today(self) -> dt.date:
        return self.asked.now.date()

    def clocks(self, role: str) -> list[Fact]:
        """The clock times of a role."""
        return [fact for fact in self.of("clock") if fact.role == role]

    @property
    def has_time(self) -> bool:
        """Tell whether a day, a clock time or a part was said."""
        return bool(self.of("weekday", "date", "bound", "week", "month", "clock", "part"))


def fits(option: dt.datetime, number: int, said: Said) -> bool:
    """Tell whether an offered time is one of those that were named and none that was ruled out."""
    if any(matches(option, number, fact, said) for fact in said.denied):
        return False
    return all(
        not group or test(matches(option, number, fact, said) for fact in group)
        for group, test in (
            (day_facts(said), any),
            (said.of("bound", "week", *(() if said.of("date") else ("month",))), all),
            ([fact for fact in said.of("part") if fact.value in DAY_PARTS], any),
            ([fact for fact in said.of("part") if fact.value not in DAY_PARTS], any),
            (said.clocks("at"), any),
            (said.clocks("from"), all),
            (said.clocks("until"), all),
        )
    )


def day_facts(said: Said) -> list[Fact]:
    """The days named; a weekday beside its date adds nothing."""
    days = said.of("date")
    dates = {date for fact in days for date in fact.value}
    return [*days, *(fact for fact in said.of("weekday") if not any(date.weekday() == fact.value for date in dates))]


def matches(option: dt.datetime, number: int, fact: Fact, said: Said) -> bool:
    """Tell whether one fact is true of an offered time."""
    match fact.kind:
        case "both":
            return all(matches(option, number, each, said) for each in fact.value)
        case "number" if fact.readings[:1] == ("day",) and not is_place(fact, said):
            return bool(option.day == fact.value)
        case "option" | "number":
            return bool(number == fact.value)
        case "clock":
            return in_clock(option, fact, said)
        case "part":
            return in_part(option, fact.value)
    return in_day(option.date(), fact, said)


def is_place(fact: Fact, said: Said) -> bool:
    """Tell the place in the list of "le 1 ne me va pas" from a day of the month: no offered time is on that day."""
    is_listed = "option" in fact.readings and fact.value <= len(said.asked.options)
    return is_listed and all(option.day != fact.value for option in said.asked.options)


def in_day(day: dt.date, fact: Fact, said: Said) -> bool:
    """Tell whether a day is the one named."""
    if fact.kind == "weekday":
        return bool(day.weekday() == fact.value)
    if fact.kind == "date":
        return day in fact.value
    if fact.kind == "month":
        return bool(day.month == fact.value)
    if fact.kind == "bound":
        is_on = bool(fact.readings) and day == fact.value
        return is_on or bool(day > fact.value if fact.role == "from" else day < fact.value)
    monday = said.today - dt.timedelta(days=said.today.weekday())
    return (day - monday).days // DAYS_IN_WEEK == fact.value if fact.kind == "week" else False


def in_clock(option: dt.datetime, fact: Fact, said: Said) -> bool:
    """Tell whether a time of day is the one named, or within the limit."""
    clock = option.time()
    if fact.role == "from":
        return clock >= settled(fact, said)
    if fact.role == "until":
        return clock < settled(fact, said)
    return clock in possible(fact.value, said)


def in_part(option: dt.datetime, part: Part) -> bool:
    """Tell whether a time lies in a part of the day or week."""
    if part in DAY_PARTS:
        return (option.weekday() >= SATURDAY) == (part is Part.WEEKEND)
    low, high = HOURS[part]
    return low <= option.time() < high


def possible(clock: Clock, said: Said) -> tuple[dt.time, ...]:
    """The times of day a clock time may be, given the part of the day said with it."""
    parts = {fact.value for fact in said.of("part")}
    if not clock.half_day and parts & LATE:
        return replace(clock, half_day="pm").times()
    if not clock.half_day and Part.MORNING in parts and clock.hour not in ASLEEP:
        return replace(clock, half_day="am").times()
    return clock.times()


def settled(fact: Fact, said: Said) -> dt.time:
    """The one time of day that is meant: that of an option, else the likelier; the end of a range after its beginning."""
    times = possible(fact.value, said)
    offered = {option.time() for option in said.asked.options}
    counts_from_dawn = fact.value.from_dawn
    chosen = times[0] if counts_from_dawn else next((time for time in times if time in offered), times[0])
    starts = [min(possible(other.value, said)) for other in said.clocks("from") if other is not fact]
    if fact.role == "until" and starts and chosen <= starts[0] and chosen.hour < 12:
        return chosen.replace(hour=chosen.hour + 12)
    return chosen


def is_likeliest(option: dt.datetime, said: Said) -> bool:
    """Tell whether a time is what the hours said mean first: the tenth hour from dawn is four, and only then ten."""
    clocks = [fact for fact in said.clocks("at") if fact.value.from_dawn]
    return not clocks or any(option.time() == possible(fact.value, said)[0] for fact in clocks)


def settled_at_last(said: Said) -> Said:
    """What holds of times that exclude each other: the one said last, as "I work until five" comes before "so at six"."""
    kept: list[Fact] = []
    for fact in said.facts:
        kept = [other for other in kept if not excludes(other, fact, said)]
        if not any(is_part_beside(fact, other, said) for other in kept):
            kept.append(fact)
    return replace(said, facts=tuple(kept))


def excludes(first: Fact, last: Fact, said: Said) -> bool:
    """Tell whether no time can be both of what was said first and last."""
    if first.denied or last.denied:
        return False
    if first.kind == last.kind == "clock":
        return are_apart(first, last, said) or are_apart(last, first, said)
    return is_part_beside(first, last, said)


def are_apart(early: Fact, late: Fact, said: Said) -> bool:
    """Tell whether a time or the end of a span lies before what is the earliest that suits."""
    if early.role == "from" or (early.role, late.role) == ("at", "at") or late.role == "until":
        return False
    return settled(early, said) < settled(late, said) or (
        early.role == "until" and settled(early, said) == settled(late, said)
    )


def is_part_beside(part: Fact, fact: Fact, said: Said) -> bool:
    """Tell the "weekdays" of a reason from the day that is asked for, and the "late" of "at seven, I come home late"."""
    if part.kind != "part" or part.denied or fact.denied:
        return False
    if part.value in DAY_PARTS:
        days = (
            [fact.value]
            if fact.kind == "weekday"
            else [day.weekday() for day in fact.value]
            if fact.kind == "date"
            else []
        )
        return bool(days) and all((day >= SATURDAY) != (part.value is Part.WEEKEND) for day in days)
    low, high = HOURS[part.value]
    return (
        fact.kind == "clock"
        and fact.role == "at"
        and not any(low <= time < high for time in possible(fact.value, said))
    )


def when_said(said: Said) -> When:
    """What was said about time, as the conversation searches for it."""
    weekdays, days, weeks = said.of("weekday"), said.of("date"), said.of("week")
    latest = sorted(said.clocks("from"), key=lambda fact: settled(fact, said), reverse=True)
    starts, ends = [*said.clocks("at"), *latest], said.clocks("until")
    parts = sorted(said.of("part"), key=lambda fact: fact.value in DAY_PARTS)
    weekday = weekdays[0].value if weekdays else None
    date = days[0].value[0] if days else None
    if date is None and weekday is not None and weeks:
        date = said.today + dt.timedelta(days=weekday - said.today.weekday() + DAYS_IN_WEEK * weeks[-1].value)
    return When(
        date=date,
        weekday=weekday,
        from_=settled(starts[0], said) if starts else None,
        until=settled(ends[0], said) if ends else None,
        part=parts[0].value if parts else None,
    )
