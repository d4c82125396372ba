"""hvbot finds the times that a family means."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hvbot.scheduling.offers import Match, choose_three, match
from hvbot.scheduling.parts import is_in
from hvbot.scheduling.slots import Slot
from hvbot.understanding.meaning import Part, When

from .cases import CHICAGO, MANY, NOON, TWELVE, on, starts

THURSDAY, FRIDAY = 3, 4
WISHES = [
    ("a day", When(weekday=THURSDAY), ["Thu 03 15:30", "Thu 03 17:30"], None),
    ("a date", When(date=date(2026, 9, 7)), ["Mon 07 15:30", "Mon 07 18:00"], None),
    ("a day with its date", When(date=date(2026, 9, 7), weekday=0), ["Mon 07 15:30", "Mon 07 18:00"], None),
    ("the very time", When(weekday=THURSDAY, from_=time(17, 30)), ["Thu 03 17:30"], None),
    ("thursday five", When(weekday=THURSDAY, from_=time(17)), ["Thu 03 17:30"], None),
    ("a time on any day", When(from_=time(18)), ["Mon 07 18:00", "Tue 08 18:00"], None),
    ("between", When(from_=time(15), until=time(16)), ["Thu 03 15:30", "Fri 04 15:30", "Mon 07 15:30"], None),
    ("from the very time", When(date=date(2026, 9, 7), from_=time(18), until=time(20)), ["Mon 07 18:00"], None),
    ("the visit must be over", When(weekday=THURSDAY, until=time(16)), ["Thu 03 15:30"], None),
    ("the weekend morning", When(weekday=5, part=Part.MORNING), ["Sat 05 10:00"], None),
    ("half past five is evening", When(weekday=FRIDAY, part=Part.EVENING), ["Fri 04 17:30"], None),
    ("half past five is afternoon", When(weekday=FRIDAY, from_=time(17), part=Part.AFTERNOON), ["Fri 04 17:30"], None),
    ("too late", When(weekday=THURSDAY, from_=time(19)), ["Thu 03 15:30", "Thu 03 17:30", "Mon 07 18:00"], "time"),
    (
        "too narrow",
        When(weekday=THURSDAY, from_=time(16), until=time(17)),
        ["Thu 03 15:30", "Thu 03 17:30", "Sun 06 16:00"],
        "limit",
    ),
    ("no morning", When(weekday=THURSDAY, part=Part.MORNING), ["Thu 03 15:30", "Thu 03 17:30", "Sat 05 10:00"], "part"),
    ("no such day", When(weekday=2), ["Thu 03 15:30", "Fri 04 15:30", "Sat 05 10:00"], "day"),
    (
        "no such day, but the time",
        When(weekday=2, from_=time(18)),
        ["Thu 03 17:30", "Mon 07 18:00", "Tue 08 18:00"],
        "day",
    ),
    ("a day long gone", When(date=date(2026, 8, 1)), ["Thu 03 15:30", "Fri 04 15:30", "Sat 05 10:00"], "day"),
    ("a week too late", When(date=date(2026, 9, 10)), ["Thu 03 15:30", "Mon 07 15:30", "Tue 08 15:30"], "day"),
    (
        "date and day at odds",
        When(date=date(2026, 9, 7), weekday=THURSDAY),
        ["Sun 06 13:00", "Mon 07 15:30", "Tue 08 15:30"],
        "day",
    ),
]


@pytest.mark.parametrize(("what", "when", "expected", "unmet"), WISHES, ids=[wish[0] for wish in WISHES])
def test_what_a_family_says_finds_its_times(what: str, when: When, expected: list[str], unmet: str | None) -> None:
    found = match(when, TWELVE, CHICAGO, NOON)

    assert (starts(found.nearest if unmet else found.exact), found.unmet) == (expected, unmet), what
    assert not (found.exact and found.nearest)


def test_nothing_said_fits_everything() -> None:
    assert match(When(), TWELVE, CHICAGO, NOON, seed=4).exact == choose_three(TWELVE, CHICAGO, 4)


def test_no_open_time_is_no_match() -> None:
    assert match(When(weekday=3), [], CHICAGO, NOON).unmet == "day"
    assert match(When(weekday=3), TWELVE, CHICAGO, on("2026-10-01T12:00")) == Match(unmet="day")


WHENS = st.builds(
    When,
    date=st.none() | st.dates(date(2026, 8, 31), date(2026, 9, 18)),
    weekday=st.none() | st.integers(0, 6),
    from_=st.none() | st.sampled_from([time(9), time(15), time(17), time(17, 30), time(21)]),
    until=st.none() | st.sampled_from([time(10), time(16), time(18), time(20)]),
    part=st.none() | st.sampled_from(Part),
)


def fits(when: When, slot: Slot) -> bool:
    """Recomputed from the words of the interface."""
    wall = slot.starts_at.astimezone(CHICAGO.zone)
    end = (wall + timedelta(minutes=CHICAGO.told)).time()
    return (
        when.date in (None, wall.date())
        and when.weekday in (None, wall.weekday())
        and (when.from_ is None or wall.time() >= when.from_)
        and (when.until is None or end <= when.until)
        and (when.part is None or is_in(when.part, wall))
    )


@settings(max_examples=300, deadline=None)
@given(when=WHENS, picked=st.lists(st.sampled_from(MANY), max_size=40, unique=True), seed=st.integers(0, 99))
def test_a_match_is_exact_whenever_one_time_fits(when: When, picked: list[Slot], seed: int) -> None:
    found = match(when, picked, CHICAGO, NOON, seed)

    fitting = [slot for slot in picked if fits(when, slot)]
    assert bool(found.exact) == bool(fitting)
    assert set(found.exact) <= set(fitting)
    assert (found.unmet is None) == bool(found.exact)
    assert len(found.nearest) == (0 if found.exact else min(3, len(picked)))


@given(when=WHENS)
def test_only_what_was_said_is_unmet(when: When) -> None:
    said = {
        "day": when.date is not None or when.weekday is not None,
        "part": when.part is not None,
        "limit": when.until is not None,
        "time": when.from_ is not None and when.until is None,
    }

    unmet = match(when, MANY, CHICAGO, NOON).unmet

    assert unmet is None or said[unmet]
