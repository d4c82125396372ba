"""The plain roster folder: schools, educators, interpreters, students, guardians, availability and closed days."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hvbot.services.roster import plain_rows as make
from hvbot.services.roster.columns import Cells, Layout, read_cells
from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import (
    AvailabilityRow,
    ClosedDayRow,
    EducatorRow,
    GuardianRow,
    Held,
    Options,
    Row,
    SchoolRow,
    StudentRow,
)
from hvbot.services.roster.source import Source
from hvbot.services.roster.values import Unreadable


@dataclass(frozen=True, slots=True)
class PlainFile:
    """One file: what it holds, its columns, the column of the row's own id, and how a row is made."""

    kind: type[Row]
    layout: Layout
    key: str
    make: Callable[[Cells, make.Making], Row]


FILES: dict[str, PlainFile] = {
    "schools": PlainFile(
        SchoolRow,
        Layout(("school_id", "name", "timezone"), ("language", "visit_from", "visit_until")),
        "school_id",
        make.school,
    ),
    "educators": PlainFile(
        EducatorRow,
        Layout(
            ("educator_id", "school_id", "name"),
            ("phone", "email", "languages", "trained_on", "willing", "partner_id"),
        ),
        "educator_id",
        make.educator,
    ),
    "interpreters": PlainFile(
        EducatorRow,
        Layout(("interpreter_id", "name", "phone", "languages"), ("school_id",)),
        "interpreter_id",
        make.interpreter,
    ),
    "students": PlainFile(
        StudentRow,
        Layout(("student_id", "school_id", "first_name", "last_name"), ("grade", "teacher_ids")),
        "student_id",
        make.student,
    ),
    "guardians": PlainFile(
        GuardianRow,
        Layout(
            ("guardian_id", "student_id", "name", "phone", "language"),
            ("household", "relation", "contact", "address"),
        ),
        "guardian_id",
        make.guardian,
    ),
    "availability": PlainFile(
        AvailabilityRow, Layout(("educator_id", "start", "end")), "educator_id", make.availability
    ),
    "closed_days": PlainFile(ClosedDayRow, Layout(("school_id", "day"), ("reason",)), "school_id", make.closed_day),
}


def read_plain(source: Source, options: Options, problems: Problems) -> Iterator[Row | Held]:
    """The rows of a plain folder, file by file; a row that cannot be read is held and said why.

    Raises:
        RosterError: a header cannot be used.

    """
    making = make.Making(options, problems)
    for name, file in FILES.items():
        if found := source.files.get(name):
            for cells in read_cells(found, file.layout, problems):
                yield one_row(file, cells, making)


def one_row(file: PlainFile, cells: Cells, making: make.Making) -> Row | Held:
    try:
        return file.make(cells, making)
    except Unreadable as problem:
        making.problems.append(cells.problem(str(problem), problem.remedy))
        return Held(file.kind, cells[file.key], cells.told("student_id") or "")
