"""A program at the other end answers everything: it does not get an answer each time, and a person is told."""

import pytest
from sqlalchemy import select

from hvbot.models import Attention
from tests.support.season import Season

MOST = 6
BEFORE = [
    pytest.param((), id="asked"),
    pytest.param(("yes",), id="willing"),
    pytest.param(("yes", "1"), id="booked"),
]


@pytest.mark.fault(43)
@pytest.mark.parametrize("words", ["I am driving and will write back later.", "Message not delivered", "Got it, thx!"])
@pytest.mark.parametrize("before", BEFORE)
def test_a_phone_that_answers_by_itself_is_left_alone(season: Season, before: tuple[str, ...], words: str) -> None:
    for body in before:
        season.text("Kim", body)
    season.tick()
    said = len(season.bodies("Kim"))
    for _ in range(40):
        season.clock.advance(minutes=1)
        season.text("Kim", words)
        season.tick()

    assert len(season.bodies("Kim")) - said <= MOST
    assert season.rows(select(Attention.reason)) or len(season.bodies("Kim")) == said


@pytest.mark.fault(43)
def test_a_phone_that_sends_back_what_it_gets_is_left_alone(season: Season) -> None:
    season.text("Kim", "yes")
    season.tick()
    said = len(season.bodies("Kim"))
    for _ in range(40):
        season.clock.advance(minutes=1)
        season.text("Kim", season.bodies("Kim")[-1])
        season.tick()

    assert len(season.bodies("Kim")) - said <= MOST
