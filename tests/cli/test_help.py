"""Each command explains itself, quickly."""

import subprocess
import sys

import click
import pytest

from hvbot.cli import main
from tests.cli.conftest import Run

NAMES = (
    "chat check db demo languages program report roster round school serve simulate understand user web worker".split()
)


def commands(group: click.Group, *path: str) -> list[tuple[tuple[str, ...], click.Command]]:
    found = []
    for name, command in group.commands.items():
        found += commands(command, *path, name) if isinstance(command, click.Group) else [((*path, name), command)]
    return found


def test_the_commands_are_those_of_the_design() -> None:
    assert sorted(main.commands) == NAMES
    assert sorted(main.commands["round"].commands) == ["create", "list", "start"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", [path for path, _ in commands(main)], ids=" ".join)
def test_each_help_teaches_with_an_example(run: Run, path: tuple[str, ...]) -> None:
    result = run(*path, "--help")

    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert f"hvbot {' '.join(path)}" in result.stdout.split("Example")[1]


@pytest.mark.parametrize("words", [["--help"], ["report", "--help"], ["round", "start", "--help"], ["web", "--help"]])
def test_help_needs_no_database_and_no_web(words: list[str]) -> None:
    heavy = "sqlalchemy flask gunicorn alembic pydantic babel twilio".split()
    script = (
        "import sys; from hvbot.cli import main\n"
        f"main({words!r}, standalone_mode=False)\n"
        f"print('loaded', [name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.endswith("loaded []\n")


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["report", "nonsense"],
        ["report", "visits", "--format", "xml"],
        ["report", "visits", "--at", "2026-09-01"],
        ["round", "create", "--name", "x"],
        ["round", "create", "--name", "x", "--from", "2026-09-02", "--to", "2026-09-01"],
        ["round", "create", "--name", "x", "--from", "soon", "--to", "2026-09-01"],
        ["round", "create", "--name", "x", "--from", "2026-09-01", "--to", "2026-09-02", "--sample", "0"],
        ["round", "start", "first"],
        ["roster", "import", "nowhere"],
        ["user", "add", "dana@example.org"],
        ["user", "add", "dana@example.org", "--role", "king"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_told_and_exits_2(run: Run, words: list[str]) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert "Error" in result.stderr
    assert result.stdout == ""
