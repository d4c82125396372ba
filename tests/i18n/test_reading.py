"""hvbot knows how hard its English is to read."""

import pytest

from hvbot.i18n.reading import grade, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1),
        ("time", 1),
        ("library", 3),
        ("families", 3),
        ("minutes", 2),
        ("texted", 2),
        ("asked", 1),
        ("visit", 2),
        ("badges", 2),
        ("little", 2),
        ("interpreter", 4),
        ("5:30", 1),
    ],
)
def test_syllables_are_counted_as_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_formula_is_that_of_flesch_and_kincaid() -> None:
    assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)


def test_long_words_in_long_sentences_are_hard() -> None:
    assert (
        grade("Participation in the aforementioned consultation necessitates prior confirmation of availability.") > 15
    )


def test_nothing_is_no_burden() -> None:
    assert grade("...") == 0
