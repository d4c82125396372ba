"""A reviewer's sheet goes out and comes back; nothing of it is taken while a row is wrong."""

import csv
import datetime as dt
import io
import shutil
from pathlib import Path

import pytest

from hvbot.conversation import messages
from hvbot.conversation.messages import all_messages
from hvbot.i18n.catalogue import LOCALES, load_catalogue
from hvbot.i18n.sheets import SheetProblem, take_sheet, write_sheet

TODAY = dt.date(2026, 11, 30)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for code in ("en", "es"):
        shutil.copytree(LOCALES / code, tmp_path / code)
    return tmp_path


def sheet(root: Path, **changes: str) -> str:
    out = io.StringIO()
    write_sheet(load_catalogue(root), "es", out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    for row in rows:
        row["translation"] = changes.get(row["text"], row["translation"])
    again = io.StringIO()
    writer = csv.DictWriter(again, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return again.getvalue()


def test_a_sheet_has_every_text_with_its_occasion(root: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(sheet(root))))

    assert [row["text"] for row in rows] == list(all_messages())
    assert all(row["english"] and row["translation"] and row["occasion"] for row in rows)


def test_an_unchanged_sheet_changes_nothing(root: Path) -> None:
    path = root / "es" / "LC_MESSAGES" / "messages.po"
    before = path.read_text(encoding="utf-8")

    assert take_sheet(root, "es", sheet(root), "", TODAY).changed == ()
    assert path.read_text(encoding="utf-8") == before


def test_a_reviewer_signs_the_language_and_a_later_change_needs_a_new_signature(root: Path) -> None:
    taken = take_sheet(
        root, "es", sheet(root, ASK_LEAVE_AGAIN="¡Hola! Responda 1 si, 2 no. STOP para terminar."), "Ana R", TODAY
    )
    assert taken.changed == ("ASK_LEAVE_AGAIN",)
    catalogue = load_catalogue(root)
    assert catalogue.languages["es"].review == "reviewed by Ana R on 2026-11-30"
    assert catalogue.languages["es"].is_reviewed
    assert catalogue.wording(messages.ASK_LEAVE_AGAIN, "es").startswith("¡Hola! Responda 1")

    take_sheet(root, "es", sheet(root, ASK_LEAVE_AGAIN="Hola. Responda 1 si, 2 no. STOP para terminar."), "", TODAY)
    assert not load_catalogue(root).languages["es"].is_reviewed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ASK_LEAVE": "Hola. STOP"}, "ASK_LEAVE: the translation lacks {school}"),
        ({"ASK_LEAVE_AGAIN": "Hola {name}. STOP"}, "which English has not"),
        ({"ASK_LEAVE_AGAIN": "Hola"}, "STOP must stand in these letters"),
        ({"ASK_LEAVE_AGAIN": ""}, "who signs a language has read every text"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(root: Path, changes: dict[str, str], said: str) -> None:
    path = root / "es" / "LC_MESSAGES" / "messages.po"
    before = path.read_text(encoding="utf-8")

    with pytest.raises(SheetProblem, match=r"row|missing") as problem:
        take_sheet(root, "es", sheet(root, **changes), "Ana R", TODAY)

    assert said in str(problem.value)
    assert path.read_text(encoding="utf-8") == before


def test_a_sheet_of_something_else_is_refused(root: Path) -> None:
    with pytest.raises(SheetProblem, match="lacks the column text and translation"):
        take_sheet(root, "es", "a,b\n1,2\n", "", TODAY)
    with pytest.raises(SheetProblem, match="no text 'NOPE'"):
        take_sheet(root, "es", "text,translation\nNOPE,x\n", "", TODAY)
    with pytest.raises(SheetProblem, match="no language xx"):
        take_sheet(root, "xx", sheet(root), "", TODAY)
