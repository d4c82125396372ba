"""Matters that a person must look at, the oldest first."""

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hvbot.models import Attention, Invitation, Visit
from hvbot.reports.people import at_schools, moment, numbers_of_round, person_of, streamed

TITLE = "Needs a person"
COLUMNS = ("id", "reason", "person", "since", "status")
MATTERS = select(
    Attention.id, Attention.reason, person_of(Attention.conversation_id), Attention.since, Attention.status
).order_by(Attention.since, Attention.id)


def rows(
    session: Session, program_id: int, round_id: int | None = None, schools: Collection[int] | None = None
) -> Iterator[tuple[str | int | None, ...]]:
    """One row a matter, resolved ones included."""
    found = MATTERS.where(Attention.program_id == program_id)
    if round_id is not None:
        found = found.where(of_round(round_id))
    if schools is not None:
        found = found.where(or_(Attention.school_id.in_(schools), at_schools(Attention.conversation_id, schools)))
    for it in session.execute(streamed(found)):
        yield (it.id, it.reason, it.person, moment(it.since), it.status)


def of_round(round_id: int) -> ColumnElement[bool]:
    """A matter of a round names its invitation or its visit, or a number the round asked."""
    return or_(
        Attention.invitation_id.in_(select(Invitation.id).where(Invitation.round_id == round_id)),
        Attention.visit_id.in_(select(Visit.id).where(Visit.round_id == round_id)),
        Attention.conversation_id.in_(numbers_of_round(round_id)),
    )
