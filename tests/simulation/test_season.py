"""Short seasons of `hvbot simulate`: every promise is kept, and the same seed gives the same season."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from hvbot.cli import main
from hvbot.simulation.play import NotEmpty, Wanted, simulate

SMALL = Wanted(schools=2, educators=8, families=24, days=16, faults=True, languages=("en", "es", "ar", "so", "zh-Hans"))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_season_with_faults_breaks_no_promise(seed: int) -> None:
    outcome = simulate(replace(SMALL, seed=seed))

    assert outcome.first_violations == []
    assert outcome.funnel["done"] >= 8, outcome.funnel
    assert outcome.texts_until_booked == 2
    assert outcome.texts_in > outcome.funnel["asked"]


def test_the_same_seed_gives_the_same_season_and_another_gives_another() -> None:
    tiny = replace(SMALL, families=8, days=9)

    first, again, other = (simulate(replace(tiny, seed=seed)) for seed in (5, 5, 6))

    assert first == again
    assert other.digest != first.digest


def test_it_plays_on_postgresql(postgres_url: str) -> None:
    outcome = simulate(replace(SMALL, seed=4, families=16, days=12, url=postgres_url))

    assert outcome.first_violations == []
    assert outcome.funnel["done"] >= 4, outcome.funnel
    with pytest.raises(NotEmpty):
        simulate(replace(SMALL, url=postgres_url))


def test_the_command_prints_the_funnel_and_every_promise() -> None:
    arguments = [
        "simulate",
        "--schools",
        "1",
        "--educators",
        "4",
        "--families",
        "6",
        "--days",
        "8",
        "--languages",
        "en,es",
    ]

    found = CliRunner().invoke(main, [*arguments, "--format", "json"])

    assert found.exit_code == 0, found.output
    outcome = json.loads(found.stdout)
    assert outcome["funnel"]["asked"] >= 4
    assert set(outcome["invariants"].values()) == {0}


def test_a_language_that_is_not_ready_is_refused() -> None:
    found = CliRunner().invoke(main, ["simulate", "--languages", "tlh"])

    assert found.exit_code == 2
    assert "tlh" in found.output
