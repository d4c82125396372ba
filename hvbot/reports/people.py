"""Whom a number belongs to, and which numbers belong to a round or a school: what several reports ask."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select

from hvbot.models import Educator, Guardian, HouseholdStudent, Invitation, Student

BATCH = 500
Query = Select[*tuple[Any, ...]]


def streamed(statement: Query) -> Query:
    """Fetch in batches: a report of a district does not fit in memory twice."""
    return statement.execution_options(yield_per=BATCH)


def moment(value: datetime | None) -> str | None:
    """A moment as text, in UTC, to the second."""
    return value.isoformat(timespec="seconds") if value else None


def person_of(conversation_id: Any) -> ColumnElement[str]:
    """The roster's id of whoever has a number; empty for an unknown one.

    A number is one contact, however many roster rows name it; a row still in the roster comes first. Looked up by index
    for each row: joined instead, SQLite ran through all guardians for each text (a minute for 200,000).
    """
    known = (first_ref(kind, conversation_id) for kind in (Guardian, Educator))
    return func.coalesce(*known, "").label("person")


def first_ref(kind: type[Guardian] | type[Educator], conversation_id: Any) -> ScalarSelect[str]:
    found = select(kind.ref).where(kind.conversation_id == conversation_id)
    return found.order_by(kind.gone_at.is_not(None), kind.id).limit(1).scalar_subquery()


def numbers_of_round(round_id: int) -> Select[int | None]:
    """The numbers of the homes that a round asked."""
    return (
        select(Guardian.conversation_id)
        .join(Invitation, Invitation.household_id == Guardian.household_id)
        .where(Invitation.round_id == round_id, Guardian.conversation_id.is_not(None))
    )


def at_schools(conversation_id: Any, schools: Collection[int]) -> ColumnElement[bool]:
    """Tell whether a number belongs to a family or an educator of some schools."""
    families = (
        select(Guardian.conversation_id)
        .join(HouseholdStudent, HouseholdStudent.household_id == Guardian.household_id)
        .join(Student, Student.id == HouseholdStudent.student_id)
        .where(Student.school_id.in_(schools), Guardian.conversation_id.is_not(None))
    )
    educators = select(Educator.conversation_id).where(
        Educator.school_id.in_(schools), Educator.conversation_id.is_not(None)
    )
    return or_(conversation_id.in_(families), conversation_id.in_(educators))


def scope(statement: Query, conversation_id: Any, round_id: int | None, schools: Collection[int] | None) -> Query:
    """Keep the numbers of one round and of some schools, where either is asked for."""
    if round_id is not None:
        statement = statement.where(conversation_id.in_(numbers_of_round(round_id)))
    return statement if schools is None else statement.where(at_schools(conversation_id, schools))
