"""A coordinator's work by command, from a roster to the reports."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

CREATE = ("round", "create", "--name", "Fall", "--from", "2099-09-01", "--to", "2099-10-30")


@pytest.fixture
def imported(ready: Run, roster: Path) -> Run:
    assert ready("roster", "import", roster).exit_code == 0
    return ready


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(*words, "--format", "json").stdout)
    return found


def test_an_import_tells_what_it_did_and_does_nothing_twice(ready: Run, roster: Path) -> None:
    dry = ready("roster", "import", roster, "--dry-run")
    first = ready("roster", "import", roster)
    again = ready("roster", "import", roster)

    assert [dry.exit_code, first.exit_code, again.exit_code] == [0, 0, 0]
    assert "guardians.csv: 2 added" in dry.stdout
    assert "guardians.csv: 2 added" in first.stdout
    assert "Nothing changed" in again.stdout


def test_an_import_that_blocks_some_rows_says_so_and_exits_0(ready: Run, roster: Path) -> None:
    with (roster / "guardians.csv").open("a") as file:
        file.write("g3,s9,Nobody,(202) 555-0125,es\n")
    result = ready("roster", "import", roster)

    assert result.exit_code == 0
    assert "1 blocked" in result.stdout
    assert "row 4" in result.stdout


def test_a_roster_that_cannot_be_used_exits_2_and_changes_nothing(ready: Run, roster: Path) -> None:
    (roster / "schools.csv").write_text("school_id,motto\nlincoln,onward\n")
    result = ready("roster", "import", roster)

    assert result.exit_code == 2
    assert "motto" in result.stderr
    assert listed(ready, "report", "responses") == []


def test_a_round_needs_a_roster(ready: Run) -> None:
    result = ready(*CREATE)

    assert result.exit_code == 1
    assert "hvbot roster import" in result.stderr


def test_the_bare_id_is_the_last_line(imported: Run) -> None:
    result = imported(*CREATE, "--school", "lincoln", "--sample", "1", "--seed", "7")

    assert result.stdout.splitlines()[-1] == "1"
    assert listed(imported, "round", "list") == [
        {
            "id": 1,
            "name": "Fall",
            "from": "2099-09-01",
            "to": "2099-10-30",
            "sample": 1,
            "seed": 7,
            "started_at": None,
            "asked": 0,
        }
    ]


def test_an_unknown_school_is_named(imported: Run) -> None:
    result = imported(*CREATE, "--school", "nowhere")

    assert result.exit_code == 1
    assert "nowhere" in result.stderr
    assert listed(imported, "round", "list") == []


def test_a_start_tells_the_cost_first_and_asks_once(imported: Run) -> None:
    imported(*CREATE)
    dry = imported("round", "start", "1", "--dry-run")
    nothing_yet = listed(imported, "report", "texts")
    first = imported("round", "start", "1")
    again = imported("round", "start", "1")

    assert [dry.exit_code, first.exit_code, again.exit_code] == [0, 0, 0]
    assert nothing_yet == []
    assert "es: 2 texts" in dry.stdout
    assert "$" in dry.stdout
    assert "Queued 2 texts to 2 homes." in first.stdout
    assert "Queued 0 texts" in again.stdout
    assert {row["person"] for row in listed(imported, "report", "texts", "--round", "1")} == {"g1", "g2"}


def test_a_round_that_does_not_exist_is_told(imported: Run) -> None:
    for words in (("round", "start", "9"), ("report", "visits", "--round", "9")):
        result = imported(*words)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "hvbot round list" in result.stderr


def test_a_report_prints_a_table_csv_or_one_json_list(imported: Run) -> None:
    imported(*CREATE)
    imported("round", "start", "1")
    table = imported("report", "responses").stdout.splitlines()
    rows = list(csv.DictReader(io.StringIO(imported("report", "responses", "--format", "csv").stdout)))

    assert table[0].split()[:3] == ["school", "language", "asked"]
    assert table[2].split()[:3] == ["lincoln", "es", "2"]
    assert rows[0]["waiting"] == "2"
    assert listed(imported, "report", "responses")[0]["waiting"] == 2


def test_an_empty_report_is_an_empty_list(imported: Run) -> None:
    assert imported("report", "visits", "--format", "json").stdout == "[]\n"


def test_a_moment_of_the_past_is_read_in_the_programs_zone(imported: Run) -> None:
    result = imported("report", "consents", "--at", "2026-09-01T12:00", "--format", "json")

    assert (result.exit_code, result.stdout) == (0, "[]\n")
    assert imported("report", "consents", "--at", "yesterday").exit_code == 2


def test_settings_are_shown_with_their_meaning_and_changed_together(ready: Run) -> None:
    assert ready("program", "set", "notice_hours=48", "told_minutes=40").exit_code == 0
    wrong = ready("program", "set", "notice_hours=72", "told_minutes=soon")
    unknown = ready("program", "set", "color=blue")

    assert (wrong.exit_code, unknown.exit_code) == (2, 2)
    assert "told_minutes" in wrong.stderr
    shown = {row["setting"]: row for row in listed(ready, "program", "show")}
    assert (shown["notice_hours"]["value"], shown["told_minutes"]["value"]) == ("48", "40")
    assert all(row["meaning"] for row in shown.values())


def test_a_user_gets_a_link_on_standard_output_alone(imported: Run) -> None:
    result = imported("user", "add", "dana@example.org", "--role", "coordinator")

    assert result.exit_code == 0
    assert result.stdout.startswith("http://127.0.0.1:8000/sign-in/")
    assert result.stdout.count("\n") == 1
    assert imported("user", "add", "dana@example.org", "--role", "coordinator").stdout != result.stdout


def test_a_user_of_an_unknown_school_is_refused(imported: Run) -> None:
    result = imported("user", "add", "eli@example.org", "--role", "school_lead", "--school", "nowhere")

    assert result.exit_code == 1
    assert "nowhere" in result.stderr


def test_languages_say_whether_they_are_complete_and_signed(run: Run) -> None:
    found = {row["code"]: row for row in listed(run, "languages")}

    assert found["es"]["name"] == "español"
    assert found["ar"]["direction"] == "rtl"
    assert found["en"]["review"] == "source"
