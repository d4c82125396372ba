"""What the program's database already knows, asked for while a roster is checked."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from hvbot.models import Educator, Guardian, Household, School, Student
from hvbot.services.roster.checks import Known
from hvbot.services.roster.homes import Existing, Living
from hvbot.services.roster.job import Job
from hvbot.services.roster.plain_rows import OWN_HOME_MARK
from hvbot.services.roster.rows import EducatorRow, Row, SchoolRow, StudentRow

REFERRED: dict[type[Row], Any] = {SchoolRow: School, EducatorRow: Educator, StudentRow: Student}


def known_refs(job: Job) -> Known:
    """Those of some ids that the program has, or all that are not gone."""

    def known(kind: type[Row], refs: Sequence[str] | None) -> Iterable[str]:
        if kind not in REFERRED:
            return ()
        model = REFERRED[kind]
        which = model.gone_at.is_(None) if refs is None else model.ref.in_(refs)
        with job.transact() as session:
            return list(session.scalars(select(model.ref).where(model.program_id == job.program_id, which)))

    return known


def living_homes(job: Job) -> Living:
    """The homes of our own naming in which some adults live."""

    def living(refs: Sequence[str]) -> Iterable[tuple[str, str]]:
        with job.transact() as session:
            found = session.execute(
                select(Guardian.ref, Household.ref)
                .join(Household, Household.id == Guardian.household_id)
                .where(
                    Guardian.program_id == job.program_id,
                    Guardian.ref.in_(refs),
                    Guardian.gone_at.is_(None),
                    Household.ref.startswith(OWN_HOME_MARK),
                )
            )
            return [(ref, home) for ref, home in found]

    return living


def existing_homes(job: Job) -> Existing:
    """Those of some households that the program has."""

    def existing(refs: Sequence[str]) -> Iterable[str]:
        with job.transact() as session:
            mine = (Household.program_id == job.program_id, Household.ref.in_(refs))
            return list(session.scalars(select(Household.ref).where(*mine)))

    return existing
