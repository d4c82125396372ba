"""The example replies of the language files, and the replies held out from tuning."""

from pathlib import Path

import pytest
import tomli

from hvbot.understanding.examples import collisions, misread
from tests.understanding.cases import LEXICONS, LOCALES
from tests.understanding.score import load_lexicons, read_cases, score

HERE = Path(__file__).parent
LANGUAGES = sorted(LEXICONS)
# What the reading must reach, by category.
LEAST = {
    "choice": 0.92,
    "day": 0.92,
    "date": 0.92,
    "daytime": 0.82,
    "clock": 0.88,
    "part": 0.88,
    "limit": 0.80,
    "none": 0.85,
    "yesno": 0.85,
    "intent": 0.70,
    "stop": 0.99,
    "must_not_act": 0.98,
    "whole": 0.90,
}
TIMES = ("choice", "day", "date", "daytime", "clock", "part", "limit")
LEAST_TIMES = 0.80


def table(code):
    return tomli.loads((LOCALES / code / "keywords.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_example_means_what_its_file_says(code):
    assert list(misread(table(code), LEXICONS, code)) == []


@pytest.mark.parametrize("code", ["en", "es", "ar"])
def test_a_language_has_sixty_examples(code):
    assert len(table(code)["examples"]) >= 60


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_word_stands_in_sections_that_contradict_each_other(code):
    assert list(collisions(LEXICONS[code])) == []


@pytest.fixture(scope="module")
def tallies():
    lexicons = load_lexicons()
    return {
        path.stem.removeprefix("heldout_"): score(list(read_cases(path)), lexicons)
        for path in sorted(HERE.glob("heldout_*.toml"))
    }


@pytest.mark.parametrize("category", LEAST)
def test_held_out_replies_are_read_well_enough(tallies, category):
    counts = [tally[category] for tally, _ in tallies.values() if category in tally]
    right, count = (sum(column) for column in zip(*counts, strict=True))

    assert right / count >= LEAST[category], [
        miss for _, misses in tallies.values() for miss in misses if f" {category}:" in miss
    ]


def test_days_and_times_are_read_in_every_language(tallies):
    for name, (tally, misses) in tallies.items():
        counts = [tally[category] for category in TIMES if category in tally]
        right, count = (sum(column) for column in zip(*counts, strict=True)) if counts else (1, 1)
        assert right / count >= LEAST_TIMES, (name, misses)
