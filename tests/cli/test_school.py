"""`hvbot school` as a coordinator's colleague runs it."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

DAY = "2099-09-03"


@pytest.fixture
def here(run: Run, roster: Path) -> Run:
    assert run("db", "upgrade").exit_code == 0
    assert run("roster", "import", roster).exit_code == 0
    return run


def test_a_day_is_closed_listed_and_opened_again(here: Run) -> None:
    rehearsed = here("school", "close", "lincoln", "--on", DAY, "--dry-run")
    assert "Lincoln School, Thursday 2099-09-03. No visit is set on that day." in rehearsed.stdout
    assert DAY not in here("school", "list").stdout

    assert here("school", "close", "lincoln", "--on", DAY, "--reason", "Snow").exit_code == 0
    assert DAY in here("school", "list").stdout

    assert "Open: the day is offered again." in here("school", "open", "lincoln", "--on", DAY).stdout
    assert DAY not in here("school", "list").stdout
    assert "was not closed" in here("school", "open", "lincoln", "--on", DAY).stdout


@pytest.mark.parametrize("command", ["close", "open"])
def test_an_unknown_school_is_named_with_the_remedy(here: Run, command: str) -> None:
    done = here("school", command, "linkoln", "--on", DAY)

    assert done.exit_code == 1
    assert "no school has the id linkoln; see: hvbot school list" in done.stderr
