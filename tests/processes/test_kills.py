"""A small run of the benchmark that kills processes at random moments: web, workers, a round, families who write."""

import pytest

from benchmarks import kills

pytestmark = pytest.mark.processes


@pytest.mark.fault(10, 49, 51)
def test_twenty_kills_lose_and_double_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    ended = kills.main(["--smoke"])

    said = capsys.readouterr().out
    assert ended == 0, said
    assert "20 kills" in said
    assert "0 violations" in said
