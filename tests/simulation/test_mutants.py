"""The simulator turns red when hvbot itself breaks a promise: mutants of the product, seen within a short season."""

from collections.abc import Callable, Iterator

import pytest

from hvbot.channels.simulator import Faults
from hvbot.scheduling import quiet
from hvbot.services import gate, outbox, reminding
from hvbot.simulation import play, world
from hvbot.simulation.play import Wanted, simulate

SEASON = Wanted(schools=1, educators=6, families=16, seed=11, days=12, faults=True, languages=("en", "es"))
TEMPERS = {"quick": 0.3, "slow": 0.3, "stops_later": 0.4}


def send_again_what_may_have_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a client that retries would do it."""
    monkeypatch.setattr(outbox, "UNKNOWN", outbox.UNKNOWN.values(status="queued"))


def forget_who_ended_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both guards go: with either of them the promise is kept."""
    others = tuple(refusal for refusal in gate.REFUSALS if refusal is not gate.without_leave)
    monkeypatch.setattr(gate, "REFUSALS", others)
    monkeypatch.setattr(reminding, "FAMILY_KINDS", frozenset())


def write_at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "is_quiet", lambda *_: False)


MUTANTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "I1 stop": forget_who_ended_texts,
    "I6 one send": send_again_what_may_have_left,
    "I13 quiet": write_at_night,
}


@pytest.fixture(autouse=True)
def forget_times() -> Iterator[None]:
    """The hours of nudges are remembered from season to season; those of a mutant must not be."""
    yield
    for remembered in (quiet._other_hour, quiet._on_or_after):
        remembered.cache_clear()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(play, "FAULTS", Faults(lost_after=0.2))
    monkeypatch.setattr(world, "FAMILY_TEMPERS", TEMPERS)
    before = simulate(SEASON).invariants[name]
    MUTANTS[name](monkeypatch)

    assert before == 0
    assert simulate(SEASON).invariants[name] > 0
