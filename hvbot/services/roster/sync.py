"""Schools, educators and students: added, changed, or as they were, a chunk at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from hvbot.models import Educator, EducatorStudent, School, Student
from hvbot.services.roster.job import Job, change_rows, chunks, contacts_of, tell_planner, write_rows
from hvbot.services.roster.rows import EducatorRow, Problem, SchoolRow, StudentRow
from hvbot.services.roster.stage import what_of

GRADE_LETTERS = 16
EDUCATOR_STUDENT: Any = EducatorStudent.__table__

# Rows to column values: those the file tells.
Values = Callable[[Job, Session, Sequence[Any]], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A kind of row that is found by its own id: its table, the columns that every file tells, the values this file
    tells, and those of a new row.
    """

    table: Any
    always: tuple[str, ...]
    values: Values
    fresh: Callable[[Job], dict[str, Any]]


@dataclass(slots=True)
class Chunk:
    """What is to be written for some rows."""

    rows: Sequence[Any]
    old: Mapping[str, Any]
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)


def told(**values: Any) -> dict[str, Any]:
    """The values that a file tells."""
    return {name: value for name, value in values.items() if value is not None}


def school_values(_job: Job, _session: Session, rows: Sequence[SchoolRow]) -> list[dict[str, Any]]:
    return [
        told(
            name=row.name,
            zone=row.zone,
            language=row.language,
            visit_from=row.visit_from and time.fromisoformat(row.visit_from),
            visit_until=row.visit_until and time.fromisoformat(row.visit_until),
        )
        for row in rows
    ]


def educator_values(job: Job, session: Session, rows: Sequence[EducatorRow]) -> list[dict[str, Any]]:
    numbers = {row.phone: "en" for row in rows if row.phone}
    contacts = contacts_of(job, session, numbers)
    return [one_educator(job, row, contacts[row.phone].id if row.phone else None) for row in rows]


def one_educator(job: Job, row: EducatorRow, conversation_id: int | None) -> dict[str, Any]:
    values = told(
        school_id=job.schools.get(row.school or ""),
        name=row.name,
        role=row.role,
        languages=None if row.languages is None else list(row.languages),
        willing=row.willing,
    )
    if row.phone is not None:
        values["conversation_id"] = conversation_id
    for column, value in (("email", row.email), ("partner_ref", row.partner), ("trained_on", row.trained_on)):
        if value is not None:
            values[column] = value or None
    if values.get("trained_on"):
        values["trained_on"] = date.fromisoformat(values["trained_on"])
    return values


def student_values(job: Job, _session: Session, rows: Sequence[StudentRow]) -> list[dict[str, Any]]:
    return [
        {
            "school_id": job.schools[row.school],
            "first_name": row.first_name,
            "last_name": row.last_name,
            **({} if row.grade is None else {"grade": row.grade[:GRADE_LETTERS] or None}),
        }
        for row in rows
    ]


def fresh_school(job: Job) -> dict[str, Any]:
    hours = {"visit_from": time(8, 0), "visit_until": time(20, 0)}
    return {"zone": job.zone, "language": "en", "phone": None, **hours, "gone_at": None}


def fresh_educator(job: Job) -> dict[str, Any]:
    return {
        "school_id": next(iter(sorted(job.schools.items())), ("", 0))[1],
        "conversation_id": None,
        "email": None,
        "languages": [],
        "trained_on": None,
        "certified_until": None,
        "willing": True,
        "partner_ref": None,
        "gone_at": None,
    }


def fresh_student(_job: Job) -> dict[str, Any]:
    return {"grade": None, "gone_at": None}


SCHOOLS = Keyed(School.__table__, ("name",), school_values, fresh_school)
EDUCATORS = Keyed(Educator.__table__, ("name", "role"), educator_values, fresh_educator)
STUDENTS = Keyed(Student.__table__, ("school_id", "first_name", "last_name"), student_values, fresh_student)


def sync_schools(job: Job) -> None:
    """Bring the schools up to date."""
    for rows in chunks(job.stage.rows(SchoolRow)):
        with job.transact() as session:
            finish(job, compare(job, session, SCHOOLS, rows), session, SCHOOLS)
    job.learn_schools()


def sync_educators(job: Job) -> None:
    """Bring educators and interpreters up to date."""
    for rows in chunks(job.stage.rows(EducatorRow)):
        with job.transact() as session:
            finish(job, compare(job, session, EDUCATORS, rows), session, EDUCATORS)
    job.learn_educators()


def sync_students(job: Job) -> None:
    """Bring the students, and who teaches them, up to date."""
    for number, rows in enumerate(chunks(job.stage.rows(StudentRow)), start=1):
        with job.transact() as session:
            chunk = compare(job, session, STUDENTS, rows)
            add, drop = compare_teachers(job, session, chunk)
            finish(job, chunk, session, STUDENTS)
            if job.writes:
                write_teachers(job, session, add, drop)
        tell_planner(job, number, STUDENTS.table, EDUCATOR_STUDENT)


def compare(job: Job, session: Session, keyed: Keyed, rows: Sequence[Any]) -> Chunk:
    """Hold some rows against what the program has."""
    table = keyed.table
    mine = (table.c.program_id == job.program_id, table.c.ref.in_([row.ref for row in rows]))
    chunk = Chunk(rows, {old.ref: old for old in session.execute(select(table).where(*mine))})
    for row, values in zip(rows, keyed.values(job, session, rows), strict=True):
        old = chunk.old.get(row.ref)
        if old is None:
            chunk.new.append({"program_id": job.program_id, "ref": row.ref, **keyed.fresh(job), **values})
        elif different := [name for name, value in {**values, "gone_at": None}.items() if getattr(old, name) != value]:
            chunk.changed.append({"id": old.id, **kept(keyed, old, job), **values, "gone_at": None})
            chunk.details[row.ref] = ", ".join(different)
    return chunk


def kept(keyed: Keyed, old: Any, job: Job) -> dict[str, Any]:
    """The columns as they are, so that all changes of a chunk are one statement."""
    return {name: getattr(old, name) for name in (*keyed.always, *keyed.fresh(job))}


def finish(job: Job, chunk: Chunk, session: Session, keyed: Keyed) -> None:
    """Write a chunk and count it."""
    if job.writes:
        write_rows(session, keyed.table, chunk.new)
        change_rows(session, keyed.table, chunk.changed)
    for row in chunk.rows:
        count(job, row, is_new=row.ref not in chunk.old, detail=chunk.details.get(row.ref))
    job.progress(len(chunk.rows))


def count(job: Job, row: Any, *, is_new: bool, detail: str | None) -> None:
    done = "added" if is_new else "changed" if detail else "unchanged"
    job.tally.add(what_of(row), done, row.ref, "" if is_new else (detail or "").replace("gone_at", "back"))


def compare_teachers(job: Job, session: Session, chunk: Chunk) -> tuple[list[tuple[str, int]], list[tuple[int, int]]]:
    """Find the links of teachers to add, by the student's roster id, and to drop, by both ids."""
    ids = {old.id: ref for ref, old in chunk.old.items()}
    links = session.execute(select(EDUCATOR_STUDENT).where(EDUCATOR_STUDENT.c.student_id.in_(ids)))
    now: dict[str, set[int]] = {}
    for educator_id, student_id in links:
        now.setdefault(ids[student_id], set()).add(educator_id)
    add: list[tuple[str, int]] = []
    drop: list[tuple[int, int]] = []
    for row in chunk.rows:
        if row.teachers is not None:
            had, wanted = now.get(row.ref, set()), known_teachers(job, row)
            add.extend((row.ref, educator_id) for educator_id in sorted(wanted - had))
            drop.extend((educator_id, chunk.old[row.ref].id) for educator_id in sorted(had - wanted))
            if had != wanted:
                chunk.details[row.ref] = ", ".join(filter(None, (chunk.details.get(row.ref), "teachers")))
    return add, drop


def known_teachers(job: Job, row: StudentRow) -> set[int]:
    unknown = [ref for ref in row.teachers or () if ref not in job.educators]
    if unknown:
        reason = f"names the unknown educator {', '.join(unknown)}"
        remedy = "add the educator; the student was imported without"
        job.problems.append(Problem(row.file, row.row, reason, remedy, "warning", "students"))
    return {job.educators[ref] for ref in row.teachers or () if ref in job.educators}


def write_teachers(job: Job, session: Session, add: list[tuple[str, int]], drop: list[tuple[int, int]]) -> None:
    if add:
        table = Student.__table__
        refs = sorted({ref for ref, _educator in add})
        mine = (table.c.program_id == job.program_id, table.c.ref.in_(refs))
        ids = dict(session.execute(select(table.c.ref, table.c.id).where(*mine)).all())
        rows = [{"educator_id": educator_id, "student_id": ids[ref]} for ref, educator_id in add]
        write_rows(session, EDUCATOR_STUDENT, rows)
    for part in chunks(drop):
        pair = tuple_(EDUCATOR_STUDENT.c.educator_id, EDUCATOR_STUDENT.c.student_id)
        session.execute(delete(EDUCATOR_STUDENT).where(pair.in_(part)))
