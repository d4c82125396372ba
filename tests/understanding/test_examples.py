"""The example replies of the language files, and the replies held out from tuning."""

import tomllib
from pathlib import Path

import pytest

from hvbot.understanding.examples import collisions, misread
from tests.understanding.cases import LEXICONS, LOCALES
from tests.understanding.score import load_lexicons, read_cases, score

HERE = Path(__file__).parent
LANGUAGES = sorted(LEXICONS)
CHOICES = ("choice", "day", "date", "daytime", "clock", "part", "limit")


def table(code):
    return tomllib.loads((LOCALES / code / "keywords.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_example_means_what_its_file_says(code):
    assert list(misread(table(code), LEXICONS, code)) == []


@pytest.mark.parametrize("code", ["en", "es", "ar"])
def test_a_language_has_sixty_examples(code):
    assert len(table(code)["examples"]) >= 60


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_word_stands_in_sections_that_contradict_each_other(code):
    assert list(collisions(LEXICONS[code])) == []


@pytest.mark.parametrize("path", sorted(HERE.glob("heldout_*.toml")), ids=lambda path: path.stem)
def test_held_out_replies_are_read_well_enough(path):
    tally, misses = score(list(read_cases(path)), load_lexicons())
    share = {name: right / count for name, (right, count) in tally.items()}
    right, count = (sum(tally[name][side] for name in CHOICES if name in tally) for side in (0, 1))

    assert right / count >= 0.92, misses
    assert share["must_not_act"] >= 0.98, misses
    assert share["stop"] == 1.0, misses
