"""A round: made for some schools or all, and found again."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hvbot.models import Invitation, Round, RoundSchool, School
from hvbot.services.audit import audit_row
from hvbot.services.audit import record as record_audit


class RoundProblem(ValueError):
    """A round cannot be made or started as asked; the message names the remedy."""


def create_round(
    session: Session,
    *,
    program_id: int,
    name: str,
    starts_on: date,
    ends_on: date,
    school_refs: Sequence[str] = (),
    sample: int | None = None,
    seed: int | None = None,
    now: datetime,
) -> Round:
    """Create a round for some schools, or for all.

    Raises:
        RoundProblem: the days are the wrong way round, a school is unknown, or there is none.
    """
    if ends_on < starts_on:
        raise RoundProblem(f"--to {ends_on} is before --from {starts_on}: give the last day of the round")
    if sample is not None and sample < 1:
        raise RoundProblem("--sample must be 1 or more: the number of families to draw")
    schools = chosen_schools(session, program_id, school_refs)
    drawn_by = secrets.randbelow(1_000_000) if seed is None else seed
    the_round = Round(
        program_id=program_id,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        sample=sample,
        seed=drawn_by,
        created_at=now,
    )
    session.add(the_round)
    session.flush()
    session.add_all(RoundSchool(round_id=the_round.id, school_id=school.id) for school in schools)
    record_audit(session, audit_row(program_id, now, "command", "round.created", "round", the_round.id))
    return the_round


def chosen_schools(session: Session, program_id: int, refs: Sequence[str]) -> Sequence[School]:
    """The schools named, or all."""
    found = select(School).where(School.program_id == program_id, School.gone_at.is_(None)).order_by(School.id)
    schools = session.scalars(found).all()
    if not schools:
        raise RoundProblem("no school yet: import a roster first (hvbot roster import PATH)")
    unknown = set(refs) - {school.ref for school in schools}
    if unknown:
        known = ", ".join(school.ref for school in schools[:20])
        raise RoundProblem(f"unknown school {', '.join(sorted(unknown))}: the roster has {known}")
    return [school for school in schools if not refs or school.ref in refs]


def list_rounds(session: Session) -> list[dict[str, Any]]:
    """Every round with its days, its draw and how many homes were asked."""
    asked = select(Invitation.round_id, func.count().label("homes")).group_by(Invitation.round_id).subquery()
    found = select(Round, asked.c.homes).outerjoin(asked, asked.c.round_id == Round.id).order_by(Round.id)
    return [
        {
            "id": the_round.id,
            "name": the_round.name,
            "from": the_round.starts_on.isoformat(),
            "to": the_round.ends_on.isoformat(),
            "sample": the_round.sample,
            "seed": the_round.seed,
            "started_at": the_round.started_at.isoformat() if the_round.started_at else None,
            "asked": homes or 0,
        }
        for the_round, homes in session.execute(found)
    ]


def the_round_of(session: Session, round_id: int) -> Round:
    """A round by its id."""
    the_round = session.get(Round, round_id)
    if the_round is None:
        raise RoundProblem(f"no round {round_id}: see hvbot round list")
    return the_round
