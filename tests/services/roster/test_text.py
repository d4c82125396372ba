"""The corpus of damaged files: bytes in, cells out."""

import io
from collections.abc import Iterator

import pytest

from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import RosterError
from hvbot.services.roster.source import SourceFile
from hvbot.services.roster.text import Record, records

TEXT = "id,name\n1,José Núñez\n2,Ayaan\n"
ROWS = [["id", "name"], ["1", "José Núñez"], ["2", "Ayaan"]]


def a_file(content: bytes) -> SourceFile:
    return SourceFile("people.csv", len(content), lambda: io.BytesIO(content))  # type: ignore[arg-type,return-value]


def read(content: bytes, problems: Problems | None = None) -> Iterator[Record]:
    return records(a_file(content), problems or Problems())


def cells(content: bytes, problems: Problems | None = None) -> list[list[str]]:
    return [record.cells for record in read(content, problems)]


@pytest.mark.fault(56)
@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        b"sep=;\r\n" + TEXT.replace(",", ";").encode(),
        b"\n\n" + TEXT.encode(),
        TEXT.replace("José", "Jose\u0301").encode(),
        TEXT.replace("1,José Núñez", '="1"," José\xa0Núñez "').encode(),
        TEXT.replace("Ayaan", "Ay\x00aan\x07").encode(),
        (TEXT + ",,,\n\n").encode(),
    ],
    ids=[
        "utf-8",
        "byte order mark",
        "utf-16",
        "utf-16-le without mark",
        "utf-16-be without mark",
        "utf-32",
        "windows lines",
        "old mac lines",
        "semicolons",
        "tabs",
        "sep line",
        "empty lines first",
        "decomposed accents",
        "wrapped cells",
        "control characters",
        "empty rows last",
    ],
)
def test_a_file_is_read_whatever_a_spreadsheet_did_to_it(content: bytes) -> None:
    problems = Problems()

    assert cells(content, problems) == ROWS
    assert problems.kept == []


@pytest.mark.fault(56)
def test_windows_letters_are_read_with_a_warning() -> None:
    problems = Problems()

    assert cells(TEXT.encode("cp1252"), problems) == ROWS
    assert [(problem.level, problem.row) for problem in problems] == [("warning", 0)]


def test_one_wrong_byte_does_not_spoil_the_other_letters() -> None:
    problems = Problems()
    content = "id,name\n1,Nguyễn\n".encode() + b"2,Jos\xe9\n"

    assert cells(content, problems) == [["id", "name"], ["1", "Nguyễn"], ["2", "José"]]
    assert problems.count("people.csv", "", "warning") == 1


def test_a_wrong_byte_after_the_first_block_is_found() -> None:
    problems = Problems()
    content = b"id,name\n" + b"1,Ana\n" * 200_000 + b"2,Jos\xe9\n"

    assert cells(content, problems)[-1] == ["2", "José"]
    assert problems.count("people.csv", "", "warning") == 1


def test_rows_are_counted_as_a_spreadsheet_counts() -> None:
    rows = list(read(b'\nid,name\n\n1,"two\nlines"\n2,Ana\n'))

    assert [(record.row, record.cells[0]) for record in rows] == [(2, "id"), (4, "1"), (5, "2")]


def test_a_broken_row_is_named_and_the_next_one_read() -> None:
    problems = Problems()

    assert cells(b'id,name\n1,"Ana" Maria\n2,Ben\n', problems) == [["id", "name"], ["2", "Ben"]]
    assert [(problem.row, problem.level) for problem in problems] == [(2, "blocked")]
    assert problems.cut_short == set()


def test_a_quotation_mark_that_never_closes_is_named_and_the_file_counts_as_cut_short() -> None:
    problems = Problems()

    assert cells(b'id,name\n1,"Ana\n2,Ben\n3,Eli\n', problems) == [["id", "name"]]
    assert [problem.row for problem in problems] == [2]
    assert problems.cut_short == {"people.csv"}


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(RosterError, match="a million letters"):
        cells(b"x" * 3_000_000)
