"""hvbot offers a real choice of times."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hvbot.scheduling.offers import choose_three, nearest_to
from hvbot.scheduling.parts import band
from hvbot.scheduling.slots import Slot
from hvbot.understanding.meaning import Part

from .cases import CHICAGO, MANY, NOON, TWELVE, on, slots_at, starts


def offers_of(count: int, slots: list[Slot] | tuple[Slot, ...] = TWELVE) -> list[tuple[Slot, ...]]:
    """The first offers of so many families."""
    return [choose_three(slots, CHICAGO, seed) for seed in range(count)]


@pytest.mark.parametrize("slots", [TWELVE, MANY])
def test_three_times_lie_on_three_days_at_different_parts_of_the_week(slots: list[Slot]) -> None:
    for offer in offers_of(200, slots):
        walls = [slot.starts_at.astimezone(CHICAGO.zone) for slot in offer]
        assert len({wall.date() for wall in walls}) == 3
        assert {band(wall) for wall in walls} == {Part.AFTERNOON, Part.EVENING, Part.WEEKEND}
        assert walls == sorted(walls)


def test_fifty_families_rarely_see_the_same() -> None:
    """Of the 64 offers that three bands of four times allow, two families meet by chance in one of 64 cases."""
    offers = offers_of(50)

    pairs = list(combinations(offers, 2))
    assert sum(one == other for one, other in pairs) / len(pairs) < 0.03
    assert sum(bool(set(one) & set(other)) for one, other in pairs) / len(pairs) < 0.65
    shown = Counter(slot for offer in offers for slot in offer)
    assert len(shown) == 12
    assert max(shown.values()) <= 25


def test_neighboring_families_choosing_the_first_time_rarely_collide() -> None:
    """Each picks the first time shown: hvbot has to offer again to few of eight who share two weeks of a pair."""
    for first in range(0, 400, 8):
        offers = [choose_three(MANY, CHICAGO, seed) for seed in range(first, first + 8)]
        assert len({offer[0] for offer in offers}) >= 4


def test_the_same_family_sees_the_same_in_every_process_and_order() -> None:
    expected = choose_three(TWELVE, CHICAGO, 5)

    assert choose_three(TWELVE[::-1], CHICAGO, 5) == expected
    assert starts(expected) == ["Sat 05 10:00", "Mon 07 15:30", "Tue 08 18:00"]


def test_a_time_that_goes_leaves_the_first_choices_of_others_alone() -> None:
    for seed in range(50):
        offer = choose_three(TWELVE, CHICAGO, seed)
        unseen = next(slot for slot in TWELVE if slot not in offer)
        assert choose_three([slot for slot in TWELVE if slot != unseen], CHICAGO, seed) == offer


def test_times_shown_to_others_come_last() -> None:
    """Four families in turn, each told of what was shown before, use up the twelve times."""
    shown = Counter[datetime]()
    for seed in range(4):
        for slot in choose_three(TWELVE, CHICAGO, seed, taken_first=shown):
            shown[slot.starts_at] += 1
    assert len(shown) >= 11


def test_times_refused_are_not_shown_again() -> None:
    seen: set[datetime] = set()
    for _ in range(4):
        offer = choose_three(TWELVE, CHICAGO, 1, exclude=seen)
        assert len(offer) == 3
        assert not seen & {slot.starts_at for slot in offer}
        seen |= {slot.starts_at for slot in offer}
    assert choose_three(TWELVE, CHICAGO, 1, exclude=seen) == ()


@pytest.mark.parametrize(
    ("walls", "expected"),
    [
        ([], []),
        (["2026-09-03T16:00"], ["Thu 03 16:00"]),
        (["2026-09-03T16:00", "2026-09-03T16:15"], ["Thu 03 16:00", "Thu 03 16:15"]),
        (
            ["2026-09-03T16:00", "2026-09-03T16:15", "2026-09-03T16:30", "2026-09-03T17:00", "2026-09-03T18:00"],
            ["Thu 03 16:00", "Thu 03 17:00", "Thu 03 18:00"],
        ),
        (
            ["2026-09-03T16:00", "2026-09-03T18:00", "2026-09-04T16:00", "2026-12-04T16:00"],
            ["Thu 03 18:00", "Fri 04 16:00", "Fri 04 16:00"],
        ),
    ],
)
def test_the_best_is_made_of_few_times(walls: list[str], expected: list[str]) -> None:
    assert starts(choose_three(slots_at(*walls), CHICAGO, 3)) == expected


def test_visits_begin_on_the_hour_where_they_can() -> None:
    assert all(slot.starts_at.minute == 0 for offer in offers_of(50, MANY) for slot in offer)
    assert any(slot.starts_at.minute == 30 for offer in offers_of(50, TWELVE) for slot in offer)


def test_far_times_wait_while_there_are_near_ones() -> None:
    far = [slot._replace(starts_at=slot.starts_at + timedelta(days=28)) for slot in TWELVE]

    assert all(choose_three([*TWELVE, *far], CHICAGO, seed)[-1] in TWELVE for seed in range(50))


def test_a_moment_is_shown_once_though_two_pairs_are_free() -> None:
    both = [*slots_at("2026-09-03T16:00"), *slots_at("2026-09-03T16:00", pair_id=2)]

    assert choose_three(both, CHICAGO, 3) == tuple(both[:1])


@settings(max_examples=100, deadline=None)
@given(picked=st.sets(st.sampled_from(MANY), max_size=40), seed=st.integers(), count=st.integers(1, 6))
def test_an_offer_is_as_full_and_as_spread_as_the_times_allow(picked: set[Slot], seed: int, count: int) -> None:
    offer = choose_three(picked, CHICAGO, seed, count=count)

    days = {slot.starts_at.astimezone(CHICAGO.zone).date() for slot in picked}
    assert len(set(offer)) == min(count, len(picked))
    assert set(offer) <= picked
    assert len({slot.starts_at.astimezone(CHICAGO.zone).date() for slot in offer}) == min(count, len(days))


def test_the_nearest_of_a_time_just_taken_are_a_choice() -> None:
    assert starts(nearest_to(on("2026-09-03T17:00"), MANY)) == ["Thu 03 16:00", "Thu 03 17:00", "Thu 03 18:00"]
    assert starts(nearest_to(on("2026-09-05T21:00"), TWELVE)) == ["Sat 05 10:00", "Sat 05 13:00", "Sun 06 13:00"]
    assert starts(nearest_to(NOON, TWELVE[:1])) == ["Thu 03 15:30"]
