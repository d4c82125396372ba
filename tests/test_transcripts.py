"""hvbot says exactly what the transcripts say, on both databases. `--update-transcripts` rewrites its lines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.invariants import violations
from tests.support.season import Season, open_season
from tests.support.transcript import play

FOLDER = Path(__file__).parent / "transcripts"
FAULTS = {
    "cancel_with_visit": pytest.mark.fault(34),
    "language_change": pytest.mark.fault(39),
    "last_slot": pytest.mark.fault(24),
    "nobody_can_go": pytest.mark.fault(28),
    "nobody_left_to_ask": pytest.mark.fault(29),
    "one_adult_says_no": pytest.mark.fault(38),
    "poisoned_texts": pytest.mark.fault(40, 41),
    "reactions": pytest.mark.fault(41),
    "second_household": pytest.mark.fault(37),
    "stop_keyword": pytest.mark.fault(32),
    "stop_while_a_text_waits": pytest.mark.fault(32),
    "substitute_takes": pytest.mark.fault(27),
    "unclear_then_silent": pytest.mark.fault(43),
    "wrong_number": pytest.mark.fault(36),
}
TRANSCRIPTS = [
    pytest.param(path, marks=FAULTS.get(path.stem, ()), id=path.stem) for path in sorted(FOLDER.glob("*.txt"))
]


@pytest.fixture
def season(database_url: str) -> Iterator[Season]:
    opened = open_season(database_url)
    yield opened
    opened.runtime.engine.dispose()


@pytest.mark.parametrize("path", TRANSCRIPTS)
def test_hvbot_says_what_the_transcript_says(path: Path, season: Season, request: pytest.FixtureRequest) -> None:
    written = path.read_text(encoding="utf-8")

    played = play(season, written)

    if request.config.getoption("--update-transcripts") and facts(played) == facts(written):
        path.write_text(played, encoding="utf-8")
        written = played
    assert played.splitlines() == written.splitlines()
    assert violations(season) == []


def test_each_fault_is_marked_on_a_transcript_that_exists() -> None:
    assert {name for name in FAULTS if not (FOLDER / f"{name}.txt").exists()} == set()


def facts(transcript: str) -> list[str]:
    """The lines about the database, which are never rewritten."""
    return [line for line in transcript.splitlines() if line.startswith("= ")]
