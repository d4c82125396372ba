"""A home that said yes when no time was open is shown times at the first tick at which there are any."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hvbot.models import Attention, Invitation, OutboundText
from hvbot.services.openings import offer_when_open
from tests.services.test_due import at_once
from tests.support import builders
from tests.support.season import Season

SHOWN = "would one of these times work"


@pytest.fixture
def waiting(empty_season: Season) -> Season:
    """Kim said yes; the only pair has given no time."""
    season = empty_season
    builders.a_school(season)
    first, second = (builders.an_educator(season, name) for name in ("Ms. Okafor", "Mr. Lee"))
    builders.a_pair(season, first, second)
    builders.a_home(season, ("Kim", "en"), ("Ben", "en"))
    builders.start(season)
    season.text("Kim", "yes")
    season.tick()
    return season


def give_times(season: Season) -> None:
    for educator in (1, 2):
        builders.gives_time(season, educator, *builders.weekdays(season))


def shown(season: Season, who: str = "Kim") -> int:
    return sum(SHOWN in body for body in season.bodies(who))


def reasons(season: Season) -> list[str]:
    return season.rows(select(Attention.reason).where(Attention.status != "resolved"))


def test_times_are_shown_at_the_next_tick_and_once(waiting: Season) -> None:
    assert reasons(waiting) == ["no_times"]
    give_times(waiting)
    waiting.clock.advance(seconds=30)

    waiting.tick()

    assert shown(waiting) == 1
    assert shown(waiting, "Ben") == 0
    assert reasons(waiting) == []
    waiting.text("Kim", "1")
    waiting.run_until(waiting.clock.now() + timedelta(days=1))
    assert shown(waiting) == 1
    assert waiting.one(select(Invitation.status)) == "booked"


def test_a_home_that_then_is_silent_is_phoned(waiting: Season) -> None:
    give_times(waiting)
    waiting.tick()
    waiting.run_until(waiting.clock.now() + timedelta(days=8))

    assert shown(waiting) == 2
    assert reasons(waiting) == ["call_task"]


def test_at_night_they_wait_for_the_morning(waiting: Season) -> None:
    waiting.clock.move_to(builders.on(waiting, builders.FIRST_DAY + timedelta(days=2), builders.time(22)))
    give_times(waiting)
    waiting.tick()
    assert waiting.rows(select(OutboundText.id).where(OutboundText.wording.like("NUDGE_OFFER@%"))) == []

    waiting.clock.move_to(builders.on(waiting, builders.FIRST_DAY + timedelta(days=3), builders.time(9)))
    waiting.tick()
    assert shown(waiting) == 1


def test_a_home_that_found_times_by_writing_is_not_shown_them_again(waiting: Season) -> None:
    give_times(waiting)
    waiting.text("Kim", "visit")
    waiting.tick()

    assert shown(waiting) == 0
    assert waiting.one(select(Invitation.times_wanted_at)) is None


def test_a_conversation_that_a_person_has_is_left_alone(waiting: Season) -> None:
    builders.a_number(waiting, "Kim", held_by_person=True)
    give_times(waiting)
    waiting.tick()
    assert shown(waiting) == 0

    builders.a_number(waiting, "Kim", held_by_person=False)
    waiting.tick()
    assert shown(waiting) == 1


@pytest.mark.fault(49)
def test_four_workers_show_times_once(waiting: Season) -> None:
    give_times(waiting)

    at_once(waiting, offer_when_open)

    assert len(waiting.rows(select(OutboundText.id).where(OutboundText.wording.like("NUDGE_OFFER@%")))) == 1
