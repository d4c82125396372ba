"""Families of a round: who is reachable, and where each stands."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hvbot.models import Conversation, Guardian, Household, HouseholdStudent, Invitation, School, Student
from hvbot.reports.people import Query
from hvbot.web.context import Viewer
from hvbot.web.people import shown_name
from hvbot.web.scope import own_home, own_school

NOT_ASKED = "not_asked"
STAGE: Any = func.coalesce(Invitation.status, NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; None asks for everything."""

    round_id: int | None = None
    stage: str | None = None
    language: str | None = None
    school_id: int | None = None


@dataclass(frozen=True, slots=True)
class Adult:
    """A guardian as a line of the table shows it."""

    name: str
    relation: str
    language: str
    number: str
    conversation_id: int | None
    consent: str
    reach: str


def homes(viewer: Viewer, filters: Filters) -> Query:
    """The homes that fit, in the roster's order."""
    statement = narrowed(base(viewer, filters), viewer, filters)
    return statement.order_by(Household.ref, Household.id)


def base(viewer: Viewer, filters: Filters) -> Query:
    """Every home the viewer may see, with its invitation of the round."""
    in_round = (Invitation.household_id == Household.id) & (Invitation.round_id == filters.round_id)
    return (
        select(Household.id, Invitation.id.label("invitation_id"), STAGE.label("stage"), Invitation.replied_at)
        .outerjoin(Invitation, in_round)
        .where(Household.program_id == viewer.program_id, Household.gone_at.is_(None), own_home(Household.id, viewer))
    )


def narrowed(statement: Query, viewer: Viewer, filters: Filters) -> Query:
    """Apply the filters."""
    if filters.stage:
        statement = statement.where(filters.stage == STAGE)
    if filters.language:
        statement = statement.where(Household.id.in_(speaking(filters.language)))
    if filters.school_id:
        statement = statement.where(Household.id.in_(with_child_at(filters.school_id, viewer)))
    return statement


def speaking(language: str) -> Query:
    """Homes with an adult who is texted in a language."""
    return (
        select(Guardian.household_id)
        .join(Conversation, Conversation.id == Guardian.conversation_id)
        .where(Conversation.language == language, Guardian.gone_at.is_(None))
    )


def with_child_at(school_id: int, viewer: Viewer) -> Query:
    """Homes with a child at a school."""
    return (
        select(HouseholdStudent.household_id)
        .join(Student, Student.id == HouseholdStudent.student_id)
        .where(Student.school_id == school_id, own_school(Student.school_id, viewer))
    )


def stage_counts(session: Session, viewer: Viewer, filters: Filters) -> Mapping[str, int]:
    """How many homes each stage has, with the other filters applied."""
    others = Filters(filters.round_id, None, filters.language, filters.school_id)
    fitting = narrowed(base(viewer, others), viewer, others).subquery()
    return dict(session.execute(select(fitting.c.stage, func.count()).group_by(fitting.c.stage)).all())


def languages_of(session: Session, viewer: Viewer) -> Sequence[str]:
    """The languages the viewer's families are texted in."""
    wanted = (
        select(Conversation.language)
        .join(Guardian, Guardian.conversation_id == Conversation.id)
        .where(
            Guardian.program_id == viewer.program_id,
            Guardian.gone_at.is_(None),
            own_home(Guardian.household_id, viewer),
        )
    )
    return sorted(set(session.scalars(wanted.distinct())))


def adults_of(session: Session, viewer: Viewer, household_ids: Sequence[int]) -> Mapping[int, list[Adult]]:
    """The adults of each home."""
    rows = session.execute(
        select(Guardian, Conversation)
        .outerjoin(Conversation, Conversation.id == Guardian.conversation_id)
        .where(Guardian.household_id.in_(household_ids), Guardian.gone_at.is_(None))
        .order_by(Guardian.id)
    )
    found: dict[int, list[Adult]] = defaultdict(list)
    for guardian, contact in rows:
        found[guardian.household_id].append(adult_of(guardian, contact, viewer))
    return found


def adult_of(guardian: Guardian, contact: Conversation | None, viewer: Viewer) -> Adult:
    name, relation = shown_name(guardian.name, viewer), guardian.relation or ""
    if contact is None:
        return Adult(name, relation, guardian.language, "", None, "none", "unknown")
    return Adult(name, relation, contact.language, contact.address, contact.id, contact.consent, contact.reach)


def children_of(session: Session, viewer: Viewer, household_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """The children of each home at the viewer's schools, with the school."""
    rows = session.execute(
        select(HouseholdStudent.household_id, Student.first_name, School.name)
        .join(Student, Student.id == HouseholdStudent.student_id)
        .join(School, School.id == Student.school_id)
        .where(
            HouseholdStudent.household_id.in_(household_ids),
            Student.gone_at.is_(None),
            own_school(Student.school_id, viewer),
        )
        .order_by(Student.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for household_id, first_name, school in rows:
        found[household_id].append(f"{shown_name(first_name, viewer)} ({school})")
    return found
