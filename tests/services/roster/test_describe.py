from collections.abc import Callable
from pathlib import Path

from hvbot.runtime import Runtime
from hvbot.services.roster import apply_import, as_rows, describe
from tests.services.roster.conftest import SCHOOL

Folder = Callable[..., Path]


def test_the_report_names_rows_reasons_and_remedies(runtime: Runtime, folder: Folder) -> None:
    lost = "".join(f"G{n},S9,Adult,2025550103,en\n" for n in range(10, 50))
    report = apply_import(runtime, folder({"guardians.csv": SCHOOL["guardians.csv"] + lost}), dry_run=True)

    text = describe(report, most=3)

    assert text.startswith("Dry run: nothing was changed. Roster (plain folder)\n  schools.csv: 1 added, 0 changed")
    assert "    blocked: row 5: names the unknown student 'S9' -> add that student, or mend its own row\n" in text
    assert "    and 37 more; see --format json\n" in text
    assert text.endswith("Would be: 10 added, 0 changed, 0 gone, 0 unchanged, 40 blocked.")


def test_nothing_to_do_is_said(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())

    assert describe(apply_import(runtime, folder())).endswith(
        "Nothing changed: 0 added, 0 changed, 0 gone, 10 unchanged, 0 blocked."
    )


def test_the_rows_for_json_hold_every_problem(runtime: Runtime, folder: Folder) -> None:
    rows = as_rows(apply_import(runtime, folder({"students.csv": SCHOOL["students.csv"] + "S4,B,Ida,Berg,1,\n"})))

    students = next(row for row in rows if row["file"] == "students.csv")
    assert (students["what"], students["added"], students["blocked"]) == ("students", 3, 1)
    assert students["problems"][0]["row"] == 5
