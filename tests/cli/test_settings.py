"""What is missing is said in one line that names the setting and the remedy."""

import json
import stat
from pathlib import Path

import pytest

from hvbot.settings import SettingsError, load_settings, with_secret_key
from tests.cli.conftest import Run


def only_line(text: str) -> str:
    lines = text.splitlines()
    assert len(lines) == 1, text
    return lines[0]


def test_a_database_without_tables_is_told_and_not_traced(run: Run) -> None:
    result = run("report", "visits")

    assert result.exit_code == 1
    assert "hvbot db upgrade" in only_line(result.stderr)


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("DATABASE_URL", "mysql://localhost/x", "SQLite or PostgreSQL"),
        ("DATABASE_URL", "nonsense", "sqlite:///"),
        ("HVBOT_CHANNEL", "pigeon", "simulator"),
        ("HVBOT_CHANNEL", "twilio", "TWILIO_ACCOUNT_SID"),
        ("PORT", "many", "PORT"),
        ("PUBLIC_URL", "http://visits.example.org", "https"),
        ("PUBLIC_URL", "https://visits.example.org/bot", "no path"),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY"),
    ],
)
def test_a_wrong_setting_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, told: str
) -> None:
    monkeypatch.setenv(setting, value)
    result = run("check")

    assert result.exit_code == 1
    assert told in only_line(result.stderr)
    assert setting in result.stderr


def test_postgresql_needs_a_secret_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/x")

    assert "SECRET_KEY" in only_line(run("worker").stderr)


def test_a_database_that_does_not_answer_is_told_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    monkeypatch.setenv("DATABASE_URL", "postgresql://hvbot:hushhush@127.0.0.1:1/x")
    result = run("db", "upgrade")

    assert result.exit_code == 1
    assert "does not answer" in only_line(result.stderr)
    assert "hushhush" not in result.stderr


def test_commands_on_sqlite_share_one_key_that_only_its_owner_reads(run: Run, tmp_path: Path) -> None:
    first = with_secret_key(load_settings())
    kept = tmp_path / "var" / "secret_key"

    assert with_secret_key(load_settings()).secret_key == first.secret_key
    assert len(first.secret_key.get_secret_value()) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(kept.parent.iterdir()) == [kept], "nothing half written stays"


def test_a_key_that_is_set_is_used_and_nothing_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "chosen")

    assert with_secret_key(load_settings()).secret_key.get_secret_value() == "chosen"
    assert not (tmp_path / "var").exists()


def test_postgresql_without_a_key_is_refused() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        with_secret_key(load_settings(database_url="postgres://localhost/x"))


def test_all_texts_are_held_back_and_let_go_by_one_command(ready: Run) -> None:
    def shown() -> str:
        return next(
            row["value"]
            for row in json.loads(ready("program", "show", "--format", "json").stdout)
            if row["setting"] == "sending_paused"
        )

    assert shown() == "no"
    assert ready("program", "set", "notice_hours=48", "sending_paused=yes").exit_code == 0
    assert shown() == "yes"
    assert ready("program", "set", "sending_paused=perhaps").exit_code == 2
    assert ready("program", "set", "sending_paused=no").exit_code == 0
    assert shown() == "no"
    assert "48" in ready("program", "show").stdout
