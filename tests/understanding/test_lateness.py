"""How late an educator says to be: told to the family only where one number of minutes is meant."""

import pytest

from hvbot.understanding.lateness import minutes_late
from tests.understanding.score import load_lexicons

LEXICONS = load_lexicons()


@pytest.mark.parametrize(
    ("language", "text", "minutes"),
    [
        ("en", "We are running 10 minutes late", 10),
        ("en", "15 min late, so sorry", 15),
        ("en", "stuck in traffic, be there in 20", 20),
        ("en", "ten minutes late", 10),
        ("es", "vamos 15 minutos tarde", 15),
        ("es", "hay trafico, llegamos en 20", 20),
        ("so", "waxaan soo daahay 10 daqiiqo", 10),
        ("zh-Hans", "晚到15分钟", 15),
        ("en", "running late", None),
        ("en", "we will not be late, 10 minutes away", None),
        ("en", "late, there at 5:30", None),
        ("en", "late, there at 5pm", None),
        ("en", "10 or 15 late", None),
        ("en", "200 late", None),
        ("en", "room 10", None),
    ],
)
def test_minutes_are_read_only_beside_a_word_for_late(language: str, text: str, minutes: int | None) -> None:
    assert minutes_late(text, LEXICONS, language) == minutes
