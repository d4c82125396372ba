"""The two commands that read what people write."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Run

REQUEST = {
    "id": "a",
    "language": "es",
    "question": "offer",
    "now": "2026-09-01T17:00:00-04:00",
    "timezone": "America/New_York",
    "options": ["2026-09-03T16:00:00-04:00", "2026-09-04T16:00:00-04:00"],
    "text": "2",
}


def test_each_line_is_answered_before_the_next_is_read() -> None:
    command = [sys.executable, "-m", "hvbot", "understand"]
    environment = {"PYTHONPATH": str(Path(__file__).parents[2])}  # PYTHONUNBUFFERED would hide a missing flush
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for name in ("a", "b"):
            process.stdin.write(json.dumps({**REQUEST, "id": name}) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert (answer["id"], answer["meaning"], answer["option"]) == (name, "choose", 2)
            assert answer["why"]
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_a_line_that_cannot_be_read_is_answered_and_the_next_too(run: Run) -> None:
    result = run("understand", input="not json\n\n" + json.dumps(REQUEST) + "\n")
    first, second = (json.loads(line) for line in result.stdout.splitlines())

    assert result.exit_code == 0
    assert "error" in first
    assert second["meaning"] == "choose"


def test_chat_books_a_visit(run: Run) -> None:
    result = run("chat", "--language", "es", input="sí\n1\n/later 1\n/quit\nnever read\n")

    assert result.exit_code == 0
    assert "1) " in result.stdout
    assert "to Ms. Okafor:" in result.stdout
    assert result.stdout.index("1) ") < result.stdout.index("to Ms. Okafor:")
    assert "never read" not in result.stdout


def test_chat_keeps_nothing(run: Run, tmp_path: Path) -> None:

    run("chat", "--language", "es", input="STOP\n")

    assert list(tmp_path.iterdir()) == []


def test_chat_in_a_language_we_have_not_names_those_we_have(run: Run) -> None:
    result = run("chat", "--language", "tlh")

    assert result.exit_code == 1
    assert "es" in result.stderr
