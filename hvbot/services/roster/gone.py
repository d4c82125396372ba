"""Who left the roster: marked with the moment, never deleted, and no visit is canceled; a person is told instead."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from hvbot.models import Educator, Guardian, Household, Invitation, School, Student, Visit
from hvbot.services.attention import raise_attention
from hvbot.services.roster.job import Job
from hvbot.services.roster.rows import EducatorRow, Row, SchoolRow, StudentRow

PAGE = 1000
LIVE = ("booked", "confirmed")
OPEN = ("waiting", "talking", "booked")
LISTED_ADULTS = """
SELECT guardian.ref, guardian.home FROM guardian WHERE guardian.ref IN (SELECT value FROM json_each(?))
UNION SELECT held.ref, '' FROM held WHERE held.kind = 'guardian' AND held.ref IN (SELECT value FROM json_each(?))"""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A kind of row that may leave: its name, the program's rows of it, which the roster lists, and what follows."""

    what: str
    table: Any
    live: Any
    listed: Callable[[Job, Sequence[Any]], set[int]]
    follow: Callable[[Job, Session, list[int]], None]


def mark_gone(job: Job) -> None:
    """Mark who is in the program and no longer in the roster, kind by kind."""
    for leaving in LEAVING:
        if leaving.what in job.told:
            for page in pages(job, leaving):
                mark_page(job, leaving, page)


def pages(job: Job, leaving: Leaving) -> Iterator[list[Any]]:
    """The program's rows of a kind that are not gone, some at a time."""
    columns, last = leaving.table.c, 0
    while True:
        mine = (columns.program_id == job.program_id, columns.gone_at.is_(None), columns.id > last)
        with job.transact() as session:
            page = list(session.execute(leaving.live.where(*mine).order_by(columns.id).limit(PAGE)))
        if not page:
            return
        yield page
        last = page[-1].id


def mark_page(job: Job, leaving: Leaving, page: Sequence[Any]) -> None:
    listed = leaving.listed(job, page)
    missing = [row for row in page if row.id not in listed]
    for row in missing:
        job.tally.add(leaving.what, "gone", row.ref)
    if missing and job.writes:
        ids = [row.id for row in missing]
        with job.transact() as session:
            session.execute(update(leaving.table).where(leaving.table.c.id.in_(ids)).values(gone_at=job.now))
            leaving.follow(job, session, ids)


def by_ref(kind: type[Row]) -> Callable[[Job, Sequence[Any]], set[int]]:
    """Rows whose id the roster lists, be it in a blocked row."""

    def listed(job: Job, page: Sequence[Any]) -> set[int]:
        refs = job.stage.listed(kind, [row.ref for row in page])
        return {row.id for row in page if row.ref in refs}

    return listed


def adults_listed(job: Job, page: Sequence[Any]) -> set[int]:
    """Guardians whom the roster lists in the same home; in a blocked row, in any home."""
    refs = json.dumps([row.ref for row in page])
    found = set(job.stage.ask(LISTED_ADULTS, (refs, refs)))
    return {row.id for row in page if (row.ref, row.home) in found or (row.ref, "") in found}


def nothing_follows(_job: Job, _session: Session, _ids: list[int]) -> None:
    """A school's or an interpreter's leaving touches nobody else's row."""


def after_students(job: Job, session: Session, ids: list[int]) -> None:
    """Tell a person of the visits to a child that is gone."""
    report_visits(job, session, Visit.student_id.in_(ids), "family_left_roster", "the student is not listed any more")


def after_educators(job: Job, session: Session, ids: list[int]) -> None:
    """Tell a person of the coming visits of an educator who is gone."""
    goes = or_(Visit.first_id.in_(ids), Visit.second_id.in_(ids), Visit.interpreter_id.in_(ids))
    report_visits(job, session, goes, "educator_cannot", "somebody who goes to the visit is not listed any more")


def report_visits(job: Job, session: Session, which: Any, reason: str, detail: str) -> None:
    visits = session.execute(
        select(Visit.id, Visit.school_id, Visit.invitation_id, Visit.guardian_id)
        .where(Visit.program_id == job.program_id, Visit.status.in_(LIVE), which)
        .order_by(Visit.id)
    ).all()
    numbers = numbers_of(session, [visit.guardian_id for visit in visits if visit.guardian_id])
    for visit in visits:
        raise_attention(
            session,
            program_id=job.program_id,
            reason=reason,
            now=job.now,
            key=f"visit:{visit.id}",
            detail=detail,
            school_id=visit.school_id,
            conversation_id=numbers.get(visit.guardian_id),
            invitation_id=visit.invitation_id,
            visit_id=visit.id,
        )


def numbers_of(session: Session, guardians: Sequence[int]) -> dict[int | None, int]:
    """The conversations of guardians who have a number."""
    found = session.execute(
        select(Guardian.id, Guardian.conversation_id).where(
            Guardian.id.in_(guardians), Guardian.conversation_id.is_not(None)
        )
    )
    return {key: conversation_id for key, conversation_id in found if conversation_id is not None}


def after_guardians(job: Job, session: Session, ids: list[int]) -> None:
    """Mark the homes that are left without an adult, and tell a person of what is open with them."""
    staying = select(Guardian.household_id).where(Guardian.gone_at.is_(None))
    empty = session.scalars(
        select(Household.id).where(
            Household.id.in_(select(Guardian.household_id).where(Guardian.id.in_(ids))),
            Household.gone_at.is_(None),
            Household.id.not_in(staying.where(Guardian.household_id == Household.id)),
        )
    ).all()
    if empty:
        session.execute(update(Household).where(Household.id.in_(empty)).values(gone_at=job.now))
        report_homes(job, session, empty)


def report_homes(job: Job, session: Session, homes: Sequence[int]) -> None:
    """Raise one matter for each home that is asked in a round or has a visit."""
    adults = session.execute(
        select(Guardian.household_id, Guardian.conversation_id).where(
            Guardian.household_id.in_(homes), Guardian.conversation_id.is_not(None)
        )
    ).all()
    numbers = dict(adults)
    for row in open_matters(session, homes):
        raise_attention(
            session,
            program_id=job.program_id,
            reason="family_left_roster",
            now=job.now,
            key=f"visit:{row.visit_id}" if row.visit_id else f"invitation:{row.id}",
            detail="no adult of the home is listed any more",
            school_id=row.school_id,
            conversation_id=numbers.get(row.household_id),
            invitation_id=row.id,
            visit_id=row.visit_id,
        )


def open_matters(session: Session, homes: Sequence[int]) -> list[Any]:
    """The invitations of homes that are open or have a live visit."""
    return list(
        session.execute(
            select(Invitation.id, Invitation.school_id, Invitation.household_id, Visit.id.label("visit_id"))
            .outerjoin(Visit, (Visit.invitation_id == Invitation.id) & Visit.status.in_(LIVE))
            .where(Invitation.household_id.in_(homes), or_(Invitation.status.in_(OPEN), Visit.id.is_not(None)))
            .order_by(Invitation.id)
        )
    )


def staff(role: str) -> Any:
    return select(Educator.id, Educator.ref).where(Educator.role == role)


ADULTS = select(Guardian.id, Guardian.ref, Household.ref.label("home")).join(
    Household, Household.id == Guardian.household_id
)
LEAVING = (
    Leaving("guardians", Guardian.__table__, ADULTS, adults_listed, after_guardians),
    Leaving("students", Student.__table__, select(Student.id, Student.ref), by_ref(StudentRow), after_students),
    Leaving("interpreters", Educator.__table__, staff("interpreter"), by_ref(EducatorRow), after_educators),
    Leaving("educators", Educator.__table__, staff("educator"), by_ref(EducatorRow), after_educators),
    Leaving("schools", School.__table__, select(School.id, School.ref), by_ref(SchoolRow), nothing_follows),
)
