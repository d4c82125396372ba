"""Short seasons of `hvbot simulate`: every promise is kept, and the same seed gives the same season."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from hvbot.cli import main
from hvbot.simulation.districts import OneFile, parts_of, simulate_districts, together
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


def test_districts_give_the_same_season_however_many_processes_play_them(postgres_url: str) -> None:
    tiny = replace(SMALL, families=8, days=9, seed=3)

    one, two = simulate_districts(tiny, 2, 1), simulate_districts(replace(tiny, url=postgres_url), 2, 2)

    assert one.digest == two.digest
    assert one.funnel == two.funnel
    assert one.first_violations == two.first_violations == []
    assert {row["language"] for row in one.languages} == {row["language"] for row in two.languages}
    with pytest.raises(NotEmpty):
        simulate_districts(replace(tiny, url=postgres_url), 2, 2)


def test_districts_share_everything_out_and_add_it_up() -> None:
    whole = Wanted(schools=7, educators=31, families=100, seed=5)
    parts = list(parts_of(whole, 3))

    assert sum(part.schools for part in parts) == 7
    assert sum(part.educators for part in parts) == 31
    assert sum(part.families for part in parts) == 100
    assert parts[0].seed == 5
    assert len({part.seed for part in parts}) == 3

    played = [simulate(replace(SMALL, seed=seed, families=6, days=8)) for seed in (1, 2)]
    broken = replace(played[1], invariants={**played[1].invariants, "I1 stop": 2}, first_violations=["I1 stop: x"])
    found = together(5, [played[0], broken])

    assert found.texts_out == played[0].texts_out + played[1].texts_out
    assert found.funnel["asked"] == sum(each.funnel["asked"] for each in played)
    assert sum(row["asked"] for row in found.languages) == found.funnel["asked"]
    assert found.invariants["I1 stop"] == 2
    assert found.first_violations == ["district2 I1 stop: x"]
    assert set(found.invariants) == set(played[0].invariants)


def test_several_districts_are_refused_one_sqlite_file(tmp_path: Path) -> None:
    with pytest.raises(OneFile):
        simulate_districts(replace(SMALL, url=f"sqlite:///{tmp_path}/season.db"), 2, 1)
