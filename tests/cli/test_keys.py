"""A process whose key is not the database's does not start; `hvbot db rekey` changes the key."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def with_roster(ready: Run, roster: Path) -> Run:
    """A school whose numbers are stored under the key that was made beside the database."""
    assert ready("roster", "import", roster).exit_code == 0
    return ready


def test_the_procedure_of_the_manual(with_roster: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, file = with_roster, tmp_path / "var" / "secret_key"
    old = file.read_text()
    monkeypatch.setenv("SECRET_KEY", "new-" * 10)
    refused = run("round", "list")
    assert refused.exit_code == 1
    assert "hvbot db rekey" in refused.output

    monkeypatch.setenv("SECRET_KEY_PREVIOUS", "third-" * 6)
    assert run("db", "rekey").exit_code == 1
    monkeypatch.setenv("SECRET_KEY_PREVIOUS", old)
    assert "numbers are stored under the new key" in run("db", "rekey").output
    assert run("db", "rekey").output == "All numbers had this key already.\n"
    monkeypatch.delenv("SECRET_KEY_PREVIOUS")
    assert run("round", "list").exit_code == 0


def test_a_lost_key_file_is_noticed(with_roster: Run, tmp_path: Path) -> None:
    (tmp_path / "var" / "secret_key").rename(tmp_path / "elsewhere")
    assert with_roster("program", "show").exit_code == 1
    shutil.copy(tmp_path / "elsewhere", tmp_path / "var" / "secret_key")
    assert with_roster("program", "show").exit_code == 0
