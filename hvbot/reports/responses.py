"""What became of the families who were asked, by school and language; counted from the invitations themselves."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import Session

from hvbot.models import Invitation, School

TITLE = "Responses"
STATUSES = ("booked", "done", "declined", "opted_out", "unreachable", "waiting")
COLUMNS = ("school", "language", "asked", "delivered", "replied", *STATUSES)


def counted(status: str) -> ColumnElement[int]:
    """How many homes stand there now: a booked one that is done counts as done alone."""
    return func.count().filter(Invitation.status == status).label(status)


COUNTS = select(
    Invitation.school_id,
    Invitation.language,
    func.count(Invitation.asked_at).label("asked"),
    func.count(Invitation.delivered_at).label("delivered"),
    func.count(Invitation.replied_at).label("replied"),
    *(counted(status) for status in STATUSES),
).group_by(Invitation.school_id, Invitation.language)


def rows(
    session: Session, program_id: int, round_id: int | None = None, schools: Collection[int] | None = None
) -> Iterator[tuple[str | int | None, ...]]:
    """One row for each school and language; a total is their sum."""
    found = COUNTS.where(Invitation.program_id == program_id)
    if round_id is not None:
        found = found.where(Invitation.round_id == round_id)
    if schools is not None:
        found = found.where(Invitation.school_id.in_(schools))
    for row in session.execute(with_schools(found.subquery())):
        yield tuple(row)


def with_schools(counts: Subquery) -> Select[Any]:
    """Name the schools when all is counted: joined before, each invitation would look its school up."""
    return (
        select(School.ref, *counts.c[1:])
        .join_from(counts, School, School.id == counts.c.school_id)
        .order_by(School.ref, counts.c.language)
    )
