"""Households, their children, their adults and the adults' numbers, some homes at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from hvbot.models import Conversation, Household
from hvbot.services.roster.home_facts import GUARDIANS, LINKS, Facts, Home, language_of, learn
from hvbot.services.roster.job import (
    CHUNK,
    Job,
    change_rows,
    stand_ins,
    tell_planner,
    write_rows,
)
from hvbot.services.roster.rows import GuardianRow, Problem
from hvbot.services.roster.stage import restored

RELATION_LETTERS = 32
HOUSEHOLDS: Any = Household.__table__
CONVERSATIONS: Any = Conversation.__table__
KEPT = ("name", "conversation_id", "language", "contact_allowed", "relation", "address")
STAGED = "SELECT home, file, row, body FROM guardian ORDER BY home, ref, n"


def sync_homes(job: Job) -> None:
    """Bring households and guardians up to date."""
    job.stage.ask("CREATE INDEX guardian_phone ON guardian (phone, n)")
    for number, homes in enumerate(some_homes(job), start=1):
        with job.transact() as session:
            sync_some(job, session, homes)
        tell_planner(job, number, HOUSEHOLDS, LINKS, GUARDIANS, CONVERSATIONS)
        job.progress(sum(len(home.students) for home in homes))


def some_homes(job: Job) -> Iterator[list[Home]]:
    """Homes in lists of about a thousand adults; a home is never cut."""
    homes: list[Home] = []
    adults = 0
    for ref, found in groupby(job.stage.ask(STAGED), key=lambda row: row[0]):
        rows = [restored(GuardianRow, file, row, body) for _home, file, row, body in found]
        homes.append(make_home(job, ref, rows))
        adults += len(rows)
        if adults >= CHUNK:
            yield homes
            homes, adults = [], 0
    if homes:
        yield homes


def make_home(job: Job, ref: str, rows: Sequence[GuardianRow]) -> Home:
    adults = tuple(merge(job, list(same)) for _ref, same in groupby(rows, key=lambda row: row.ref))
    return Home(ref, frozenset(row.student for row in rows), adults)


def merge(job: Job, rows: list[GuardianRow]) -> GuardianRow:
    """One adult of several rows, one for each child: the first counts, but one 'no' forbids contact in all."""
    first, *others = rows
    for other in others:
        differs = [name for name in ("name", "phone", "language") if getattr(other, name) != getattr(first, name)]
        if differs:
            reason = f"guardian '{first.ref}' has another {' and '.join(differs)} in row {first.row}, which counts"
            remedy = "write the same in all rows of one guardian"
            job.problems.append(Problem(other.file, other.row, reason, remedy, "warning", "guardians"))
    phone = next((row.phone for row in rows if row.phone), "")
    allowed = [row.contact for row in rows if row.contact is not None]
    return replace(first, phone=phone, contact=all(allowed) if allowed else None)


def sync_some(job: Job, session: Session, homes: Sequence[Home]) -> None:
    facts = learn(job, session, homes)
    if job.writes:
        add_households(job, session, homes, facts)
    else:
        stand_ins(facts.households, (home.ref for home in homes))
        stand_ins(facts.students, (ref for home in homes for ref in home.students))
    moved = sync_links(job, session, homes, facts)
    sync_adults(job, session, homes, facts, moved)
    if job.writes:
        follow_languages(session, facts)


def add_households(job: Job, session: Session, homes: Sequence[Home], facts: Facts) -> None:
    missing = [home.ref for home in homes if home.ref not in facts.households]
    rows = [{"program_id": job.program_id, "ref": ref, "gone_at": None} for ref in missing]
    write_rows(session, HOUSEHOLDS, rows)
    change_rows(session, HOUSEHOLDS, [{"id": key, "gone_at": None} for key in facts.returning])
    if missing:
        mine = (Household.program_id == job.program_id, Household.ref.in_(missing))
        facts.households.update(session.execute(select(Household.ref, Household.id).where(*mine)).all())


def sync_links(job: Job, session: Session, homes: Sequence[Home], facts: Facts) -> set[str]:
    """Bring the homes' children up to date; the answer names the homes whose children are others than before."""
    add: list[dict[str, int]] = []
    drop: list[tuple[int, int]] = []
    for home in homes:
        key = facts.households[home.ref]
        had, wanted = facts.links.get(key, set()), {facts.students[ref] for ref in home.students}
        adults = {adult.ref for adult in home.adults}
        kept = {facts.students.get(child) for adult, child in facts.held if adult in adults}
        add.extend({"household_id": key, "student_id": child} for child in sorted(wanted - had))
        drop.extend((key, child) for child in sorted(had - wanted - kept))
    if job.writes:
        write_rows(session, LINKS, add)
        if drop:
            session.execute(delete(LINKS).where(tuple_(LINKS.c.household_id, LINKS.c.student_id).in_(drop)))
    touched = {row["household_id"] for row in add} | {key for key, _child in drop}
    return {home.ref for home in homes if facts.households[home.ref] in touched}


def sync_adults(job: Job, session: Session, homes: Sequence[Home], facts: Facts, moved: set[str]) -> None:
    """Add and change the homes' guardians. One whose home has other children than before counts as changed."""
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for home in homes:
        for adult in home.adults:
            values = adult_values(adult, facts)
            old = facts.adults.get((facts.households[home.ref], adult.ref))
            if old is None:
                new.append(new_adult(job, facts, home, adult, values))
                job.tally.add("guardians", "added", adult.ref)
                continue
            told = {**values, "gone_at": None}
            different = [name for name, value in told.items() if getattr(old, name) != value]
            if different:
                changed.append({"id": old.id, **{name: getattr(old, name) for name in KEPT}, **told})
            detail = ", ".join([*different, *(["children"] if home.ref in moved else [])])
            job.tally.add("guardians", "changed" if detail else "unchanged", adult.ref, readable(detail))
    if job.writes:
        write_rows(session, GUARDIANS, new)
        change_rows(session, GUARDIANS, changed)


def readable(detail: str) -> str:
    return detail.replace("gone_at", "back").replace("conversation_id", "phone").replace("contact_allowed", "contact")


def adult_values(adult: GuardianRow, facts: Facts) -> dict[str, Any]:
    """The columns that the file tells."""
    values: dict[str, Any] = {
        "name": adult.name,
        "conversation_id": facts.contacts[adult.phone].id if adult.phone else None,
    }
    if adult.language is not None:
        values["language"] = adult.language
    if adult.contact is not None:
        values["contact_allowed"] = adult.contact
    if adult.relation is not None:
        values["relation"] = adult.relation[:RELATION_LETTERS] or None
    if adult.address is not None:
        values["address"] = adult.address or None
    return values


def new_adult(job: Job, facts: Facts, home: Home, adult: GuardianRow, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "program_id": job.program_id,
        "ref": adult.ref,
        "household_id": facts.households[home.ref],
        "language": language_of(adult, facts),
        "contact_allowed": True,
        "relation": None,
        "address": None,
        "gone_at": None,
        **values,
    }


def follow_languages(session: Session, facts: Facts) -> None:
    """Let a conversation speak the roster's language, unless the person has named one."""
    change_rows(
        session,
        CONVERSATIONS,
        [
            {"id": contact.id, "language": facts.languages[phone]}
            for phone, contact in sorted(facts.contacts.items(), key=lambda item: item[1].id)
            if phone in facts.languages and not contact.language_chosen and contact.language != facts.languages[phone]
        ],
    )
