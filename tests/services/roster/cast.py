"""Questions that several tests ask of the database."""

from typing import Any

from sqlalchemy import select

from hvbot.models import Conversation, Educator, Guardian, Household, HouseholdStudent, Pair, Student
from hvbot.runtime import Runtime
from hvbot.services.roster import Report


def counts(report: Report, what: str) -> tuple[int, int, int, int, int]:
    """Added, changed, gone, unchanged, blocked."""
    section = next(section for section in report.sections if section.what == what)
    return section.added, section.changed, section.gone, section.unchanged, section.blocked


def reasons(report: Report, level: str = "blocked") -> list[tuple[str, int, str]]:
    return [
        (problem.file, problem.row, problem.reason)
        for section in report.sections
        for problem in section.problems
        if problem.level == level
    ]


def one(runtime: Runtime, model: Any, ref: str) -> Any:
    with runtime.sessions() as session:
        return session.scalars(select(model).where(model.ref == ref)).one()


def phones(runtime: Runtime) -> dict[str, str | None]:
    """Each guardian's number."""
    with runtime.sessions() as session:
        found = session.execute(
            select(Guardian.ref, Conversation.address).outerjoin(
                Conversation, Conversation.id == Guardian.conversation_id
            )
        )
        return dict(found.all())


def languages(runtime: Runtime) -> dict[str, str]:
    """Each number's language."""
    with runtime.sessions() as session:
        return dict(session.execute(select(Conversation.address, Conversation.language)).all())


def homes(runtime: Runtime) -> dict[str, tuple[set[str], set[str]]]:
    """The live homes: their adults and children."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    with runtime.sessions() as session:
        for home, adult in session.execute(
            select(Household.ref, Guardian.ref)
            .join(Guardian, Guardian.household_id == Household.id)
            .where(Household.gone_at.is_(None), Guardian.gone_at.is_(None))
        ):
            found.setdefault(home, (set(), set()))[0].add(adult)
        for home, child in session.execute(
            select(Household.ref, Student.ref)
            .join(HouseholdStudent, HouseholdStudent.household_id == Household.id)
            .join(Student, Student.id == HouseholdStudent.student_id)
            .where(Household.gone_at.is_(None))
        ):
            found.setdefault(home, (set(), set()))[1].add(child)
    return found


def pairs(runtime: Runtime) -> set[tuple[str, str]]:
    """The active pairs."""
    with runtime.sessions() as session:
        refs = dict(session.execute(select(Educator.id, Educator.ref)).all())
        found = session.execute(select(Pair.first_id, Pair.second_id).where(Pair.active.is_(True)))
        return {tuple(sorted((refs[one_id], refs[other_id]))) for one_id, other_id in found}  # type: ignore[misc]
