"""Every visit, old rows of moved ones included."""

from collections.abc import Collection, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hvbot.models import Educator, Guardian, School, Student, Visit
from hvbot.reports.people import streamed

TITLE = "Home visits"
COLUMNS = (
    "visit_id",
    "school_id",
    "student_id",
    "guardian_id",
    "educator_1",
    "educator_2",
    "starts_at",
    "ends_at",
    "status",
)
First, Second = aliased(Educator), aliased(Educator)
VISITS = (
    select(
        Visit.id,
        School.ref.label("school"),
        Student.ref.label("student"),
        Guardian.ref.label("guardian"),
        First.ref.label("first"),
        Second.ref.label("second"),
        Visit.starts_at,
        Visit.ends_at,
        Visit.zone,
        Visit.status,
    )
    .join(School, School.id == Visit.school_id)
    .join(Student, Student.id == Visit.student_id)
    .outerjoin(Guardian, Guardian.id == Visit.guardian_id)
    .join(First, First.id == Visit.first_id)
    .join(Second, Second.id == Visit.second_id)
    .order_by(Visit.starts_at, Visit.id)
)


def rows(
    session: Session, program_id: int, round_id: int | None = None, schools: Collection[int] | None = None
) -> Iterator[tuple[str | int | None, ...]]:
    """One row a visit; times as the family's clock shows them, with their offset."""
    found = VISITS.where(Visit.program_id == program_id)
    if round_id is not None:
        found = found.where(Visit.round_id == round_id)
    if schools is not None:
        found = found.where(Visit.school_id.in_(schools))
    for it in session.execute(streamed(found)):
        starts, ends = local(it.starts_at, it.zone), local(it.ends_at, it.zone)
        yield (it.id, it.school, it.student, it.guardian, it.first, it.second, starts, ends, it.status)


def local(moment: datetime, zone: str) -> str:
    """A moment on the school's clock."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
