"""hvbot says exactly what the transcripts say, on both databases. `--update-transcripts` rewrites its lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.invariants import violations
from tests.support.season import Season, open_season
from tests.support.transcript import play

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))


@pytest.fixture
def season(database_url: str) -> Iterator[Season]:
    opened = open_season(database_url)
    yield opened
    opened.runtime.engine.dispose()


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_hvbot_says_what_the_transcript_says(path: Path, season: Season, request: pytest.FixtureRequest) -> None:
    written = path.read_text(encoding="utf-8")

    played = play(season, written)

    if request.config.getoption("--update-transcripts") and facts(played) == facts(written):
        path.write_text(played, encoding="utf-8")
        written = played
    assert played.splitlines() == written.splitlines()
    assert violations(season) == []


def facts(transcript: str) -> list[str]:
    """The lines about the database, which are never rewritten."""
    return [line for line in transcript.splitlines() if line.startswith("= ")]
