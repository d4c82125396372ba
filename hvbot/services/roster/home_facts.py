"""Homes as the roster tells them, and what the program has about them: a fixed number of queries for many homes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.models import Guardian, Household, HouseholdStudent, School, Student
from hvbot.services.roster.job import Contact, Job, contacts_of
from hvbot.services.roster.rows import GuardianRow

LINKS: Any = HouseholdStudent.__table__
GUARDIANS: Any = Guardian.__table__
FIRST_LANGUAGE = """
SELECT phone, language, min(n) FROM guardian WHERE language IS NOT NULL AND phone IN (SELECT value FROM json_each(?))
GROUP BY phone"""
HELD = "SELECT ref, student FROM held WHERE kind = 'guardian' AND ref IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Home:
    """A home as the roster tells it: its name, its children's ids, and one row for each adult."""

    ref: str
    students: frozenset[str]
    adults: tuple[GuardianRow, ...]


@dataclass(slots=True)
class Facts:
    """What the program has about some homes."""

    households: dict[str, int]
    returning: list[int]
    students: dict[str, int]
    school_languages: dict[str, str]
    links: dict[int, set[int]]
    adults: dict[tuple[int, str], Any]
    contacts: dict[str, Contact] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    held: frozenset[tuple[str, str]] = frozenset()


def learn(job: Job, session: Session, homes: Sequence[Home]) -> Facts:
    """Look up what the program has about some homes: a fixed number of queries."""
    found = session.execute(
        select(Household.ref, Household.id, Household.gone_at).where(
            Household.program_id == job.program_id, Household.ref.in_([home.ref for home in homes])
        )
    ).all()
    households = {ref: key for ref, key, _gone in found}
    facts = Facts(
        households=households,
        returning=[key for _ref, key, gone in found if gone is not None],
        students={},
        school_languages={},
        links=links_of(session, households.values()),
        adults=adults_of(session, households.values()),
    )
    facts.held = held_children(job, homes)
    learn_students(job, session, homes, facts)
    learn_contacts(job, session, homes, facts)
    return facts


def links_of(session: Session, ids: Iterable[int]) -> dict[int, set[int]]:
    links: dict[int, set[int]] = {}
    for household_id, student_id in session.execute(select(LINKS).where(LINKS.c.household_id.in_(list(ids)))):
        links.setdefault(household_id, set()).add(student_id)
    return links


def adults_of(session: Session, ids: Iterable[int]) -> dict[tuple[int, str], Any]:
    found = session.execute(select(GUARDIANS).where(GUARDIANS.c.household_id.in_(list(ids))))
    return {(row.household_id, row.ref): row for row in found}


def learn_students(job: Job, session: Session, homes: Sequence[Home], facts: Facts) -> None:
    refs = {ref for home in homes for ref in home.students} | {child for _adult, child in facts.held}
    found = session.execute(
        select(Student.ref, Student.id, School.language)
        .join(School, School.id == Student.school_id)
        .where(Student.program_id == job.program_id, Student.ref.in_(refs))
    )
    for ref, key, language in found:
        facts.students[ref] = key
        facts.school_languages[ref] = language


def learn_contacts(job: Job, session: Session, homes: Sequence[Home], facts: Facts) -> None:
    """Find or make the numbers' conversations; several rows of one number agree on the first row's language."""
    adults = [adult for home in homes for adult in home.adults if adult.phone]
    numbers = json.dumps([adult.phone for adult in adults])
    facts.languages = {phone: language for phone, language, _n in job.stage.ask(FIRST_LANGUAGE, (numbers,))}
    wanted = {adult.phone: facts.languages.get(adult.phone) or language_of(adult, facts) for adult in adults}
    facts.contacts = contacts_of(job, session, wanted)


def held_children(job: Job, homes: Sequence[Home]) -> frozenset[tuple[str, str]]:
    """Ties of adults to children that stand in blocked rows: they stay as they are."""
    refs = json.dumps([adult.ref for home in homes for adult in home.adults])
    return frozenset(job.stage.ask(HELD, (refs,)))


def language_of(adult: GuardianRow, facts: Facts) -> str:
    """An adult's language; the school's where the roster does not tell."""
    return adult.language or facts.school_languages.get(adult.student, "en")
