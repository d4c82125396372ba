"""Faults 21 and 22: the database's connections break under load, and the answer to a COMMIT is lost."""

import gc
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import pytest
from sqlalchemy import func, select

from hvbot.models import InboundText, OutboundText
from tests.support import builders
from tests.support.cutting import cutting
from tests.support.invariants import violations
from tests.support.season import Season, form_of, open_runtime, open_season

HOMES, TRIES = 12, 8
ENOUGH, MOST_ROUNDS = 8, 60
HOME_NAMES = [f"Home{number}" for number in range(HOMES)]


@pytest.fixture
def season(postgres_url: str) -> Iterator[Season]:
    season = open_season(postgres_url)
    direct = season.runtime
    builders.a_school(season)
    builders.okafor_and_lee(season)
    for number in range(HOMES):
        builders.a_home(season, (f"Home{number}", "en"))
    builders.start(season)
    yield season
    direct.engine.dispose()
    # SQLAlchemy drops a connection unclosed that is cut while it greets the server.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def text_until_taken(season: Season, who: str, body: str) -> str:
    """Post as the carrier does: where we do not answer, the same text again."""
    form = form_of(f"SM{next(season.sids):032x}", season.people[who], body)
    for attempt in range(TRIES):
        try:
            return season.post(form)
        except AssertionError:
            time.sleep(0.1 * 1.5**attempt)
    raise AssertionError(f"a text of {who} was never taken")


@pytest.mark.fault(21)
def test_21_a_commit_whose_answer_is_lost_is_taken_once(season: Season, postgres_url: str) -> None:
    direct = season.runtime
    with cutting(postgres_url) as (proxy, address):
        season.runtime = open_runtime(address, season.carrier, season.clock)
        for number in range(HOMES):
            proxy.cut_next_commit()
            text_until_taken(season, f"Home{number}", "1")
        season.runtime.engine.dispose()
        assert proxy.lost >= HOMES
    season.runtime = direct
    season.tick()

    assert season.one(select(func.count(InboundText.id))) == HOMES
    assert violations(season) == []
    offers = select(func.count(OutboundText.id)).where(OutboundText.wording.startswith("OFFER@"))
    assert season.one(offers) == HOMES


@pytest.mark.fault(22)
def test_22_a_database_that_restarts_under_load_loses_and_doubles_nothing(season: Season, postgres_url: str) -> None:
    direct = season.runtime
    with cutting(postgres_url) as (proxy, address):
        season.runtime = open_runtime(address, season.carrier, season.clock)
        done = threading.Event()

        def restart() -> None:
            while not done.wait(0.4):
                proxy.refusing = True
                proxy.cut_all()
                done.wait(0.1)
                proxy.refusing = False

        restarting = threading.Thread(target=restart)
        restarting.start()
        rounds = 0
        with ThreadPoolExecutor(4) as pool:
            while rounds < 2 or (proxy.lost < ENOUGH and rounds < MOST_ROUNDS):
                words = ("1", "2")[rounds] if rounds < 2 else "thanks"
                list(pool.map(text_until_taken, repeat(season), HOME_NAMES, repeat(words)))
                rounds += 1
        done.set()
        restarting.join()
        season.runtime.engine.dispose()
        assert proxy.lost >= ENOUGH
    season.runtime = direct
    season.tick()

    assert season.one(select(func.count(InboundText.id))) == rounds * HOMES
    assert violations(season) == []
