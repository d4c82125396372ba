"""The command as a person runs it: in an empty folder, with the environment as they set it."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from hvbot.cli import main

Run = Callable[..., Result]

SCHOOLS = "school_id,name,timezone\nlincoln,Lincoln School,America/New_York\n"
STUDENTS = "student_id,school_id,first_name,last_name,teacher_ids\ns1,lincoln,Mia,Lopez,t1\ns2,lincoln,Ben,Ali,t2\n"
GUARDIANS = """\
guardian_id,student_id,name,phone,language
g1,s1,Rosa Lopez,(202) 555-0123,es
g2,s2,Ada Ali,(202) 555-0124,es
"""
EDUCATORS = """\
educator_id,school_id,name,phone,languages,trained_on,willing,partner_id
t1,lincoln,Ms. Okafor,(202) 555-0140,en;es,2026-01-10,yes,t2
t2,lincoln,Mr. Lee,(202) 555-0141,en,2026-01-10,yes,
"""
AVAILABILITY = "educator_id,start,end\n" + "".join(
    f"{who},2099-09-{day:02d}T15:00,2099-09-{day:02d}T19:00\n" for day in range(1, 8) for who in ("t1", "t2")
)


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A command takes over the process's logs; the next test wants its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("round", "list")` is `hvbot round list` with the default SQLite file in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str | Path, **more: str) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words], prog_name="hvbot", **more)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return command


@pytest.fixture
def ready(run: Run) -> Run:
    """The same, with tables."""
    assert run("db", "upgrade").exit_code == 0
    return run


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A small school as a plain folder."""
    folder = tmp_path / "roster"
    folder.mkdir()
    for name, rows in (
        ("schools", SCHOOLS),
        ("students", STUDENTS),
        ("guardians", GUARDIANS),
        ("educators", EDUCATORS),
        ("availability", AVAILABILITY),
    ):
        (folder / f"{name}.csv").write_text(rows)
    return folder
