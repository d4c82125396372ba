import io

import pytest

from hvbot.services.roster.columns import Layout, read_cells
from hvbot.services.roster.plain import FILES
from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import RosterError
from hvbot.services.roster.source import SourceFile

LAYOUT = Layout(("student_id", "first_name"), ("phone", "grade"))


def read(text: str, layout: Layout = LAYOUT, problems: Problems | None = None) -> list[dict[str, str]]:
    content = text.encode()
    file = SourceFile("students.csv", len(content), lambda: io.BytesIO(content))  # type: ignore[arg-type,return-value]
    return [cells.values for cells in read_cells(file, layout, problems or Problems())]


@pytest.mark.parametrize(
    "header",
    [
        "student_id,first_name",
        "Student ID,First Name",
        "STUDENT-ID,FIRSTNAME",
        " studentId , firstName ",
        "studnet_id,fisrt_name",
    ],
)
def test_a_header_is_known_however_it_is_written(header: str) -> None:
    assert read(f"{header}\nS1,Luz\n") == [{"student_id": "S1", "first_name": "Luz"}]


def test_an_unknown_column_is_refused_with_what_was_probably_meant() -> None:
    with pytest.raises(
        RosterError, match=r"unknown column 'garde' \(do you mean grade\?\), 'lunch_status'; the file has"
    ):
        read("student_id,first_name,garde,lunch_status\nS1,Luz,3,free\n")


def test_an_unknown_column_is_tolerated_where_the_standard_allows_extensions() -> None:
    layout = Layout(LAYOUT.required, strict=False)

    assert read("student_id,first_name,metadata.x\nS1,Luz,1\n", layout) == [{"student_id": "S1", "first_name": "Luz"}]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(
        RosterError, match=r"students\.csv: the header has no column first_name \(it has: student_id, name\)"
    ):
        read("student_id,name\nS1,Luz\n")


def test_a_column_that_is_there_twice_is_refused() -> None:
    with pytest.raises(RosterError, match="first_name more than once"):
        read("student_id,first_name,First Name\nS1,Luz,Luz\n")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(RosterError, match="is empty"):
        read("")


@pytest.mark.fault(56)
def test_a_title_above_the_header_is_passed_over_with_a_warning() -> None:
    problems = Problems()

    assert read("Fall roster,,\nstudent_id,first_name,grade\nS1,Luz,3\n", problems=problems)[0]["grade"] == "3"
    assert [problem.reason for problem in problems] == ["rows above the header were passed over"]


def test_a_row_of_another_shape_is_blocked_and_a_short_one_filled() -> None:
    problems = Problems()

    rows = read("student_id,first_name,grade,\nS1,Vega, Luz,3,x\nS2,Omar\nS3,Leo,1,,,\n", problems=problems)

    assert [row["student_id"] for row in rows] == ["S2", "S3"]
    assert [(problem.row, problem.reason) for problem in problems] == [(2, "the row has 5 cells, the header 4")]


def test_the_plain_folder_has_the_columns_that_were_agreed() -> None:
    agreed = {
        "schools": "school_id,name,timezone,language,visit_from,visit_until",
        "students": "student_id,school_id,first_name,last_name,grade,teacher_ids",
        "guardians": "guardian_id,student_id,name,phone,language,household,relation,contact,address",
        "educators": "educator_id,school_id,name,phone,email,languages,trained_on,willing,partner_id",
        "availability": "educator_id,start,end",
    }

    assert {name: ",".join(FILES[name].layout.names) for name in agreed} == agreed
