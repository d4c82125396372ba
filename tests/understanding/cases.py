"""The lexicons on disk and an ordinary offer: Tuesday 5:30 PM, Thursday 3:00 PM, Saturday 10:00 AM."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import tomli

from hvbot.understanding.lexicon import Lexicon, Lexicons
from hvbot.understanding.meaning import Asked, Meaning, Question, Reading, When
from hvbot.understanding.understand import understand

ZONE = ZoneInfo("America/New_York")
NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=ZONE)
OPTIONS = (
    dt.datetime(2026, 12, 1, 17, 30, tzinfo=ZONE),
    dt.datetime(2026, 12, 3, 15, 0, tzinfo=ZONE),
    dt.datetime(2026, 12, 5, 10, 0, tzinfo=ZONE),
)
LOCALES = Path(__file__).parents[2] / "locales"
LEXICONS = Lexicons(
    {
        path.parent.name: Lexicon(path.parent.name, tomli.loads(path.read_text(encoding="utf-8")))
        for path in sorted(LOCALES.glob("*/keywords.toml"))
    }
)


def read(text: str, question: str = "offer", language: str = "en") -> Reading:
    options = OPTIONS if question == "offer" else ()
    return understand(text, Asked(Question(question), NOW, language, options), LEXICONS)


def meaning(text: str, question: str = "offer", language: str = "en") -> Meaning:
    return read(text, question, language).meaning


def at(hour: int, minute: int = 0) -> dt.time:
    return dt.time(hour, minute)


def when(**parts: object) -> When:
    return When(**parts)  # type: ignore[arg-type]
