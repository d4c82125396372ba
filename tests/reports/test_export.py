"""What leaves for spreadsheets and programs."""

import csv
import io
import json

import pytest

from hvbot.reports.export import csv_lines, json_lines

COLUMNS = ("person", "text", "segments")


def through_csv(*rows: tuple[object, ...]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(csv_lines(COLUMNS, rows)))))


@pytest.mark.fault(57)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_takes_no_text_for_a_formula(start: str) -> None:
    text = f'{start}HYPERLINK("http://example.org")'

    assert through_csv(("g1", text, 1))[1][1] == f"'{text}"


def test_csv_leaves_the_rest_as_it_is() -> None:
    found = through_csv(("g1", 'él dijo "sí", mañana\na = b', -1), ("g2", None, 0))

    assert found == [list(COLUMNS), ["g1", 'él dijo "sí", mañana\na = b', "-1"], ["g2", "", "0"]]


def test_csv_comes_line_by_line() -> None:
    lines = csv_lines(COLUMNS, iter([("a", "b", 1), ("c", "d", 2)]))

    assert next(lines) == "person,text,segments\n"
    assert next(lines) == "a,b,1\n"


@pytest.mark.parametrize("rows", [[], [("g1", "sí", 1)], [("g1", None, 1), ("g2", '"', 2)]])
def test_json_is_one_list(rows: list[tuple[object, ...]]) -> None:
    found = json.loads("".join(json_lines(COLUMNS, rows)))

    assert found == [dict(zip(COLUMNS, row, strict=True)) for row in rows]
