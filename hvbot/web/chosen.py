"""What the filters in the address choose: the round, and the lists to choose from."""

from collections.abc import Sequence

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.models import Round, RoundSchool, School
from hvbot.web.context import Viewer, found
from hvbot.web.scope import own_school

LONGEST_ID = 15


def asked_id(name: str) -> int | None:
    """A row id in the address; anything else is none."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def rounds_of(session: Session, viewer: Viewer) -> Sequence[Round]:
    """The rounds that concern the viewer's schools, newest first."""
    wanted = select(Round).where(Round.program_id == viewer.program_id).order_by(Round.id.desc())
    if viewer.schools is not None:
        taking_part = select(RoundSchool.round_id).where(RoundSchool.school_id.in_(viewer.schools))
        wanted = wanted.where(Round.id.in_(taking_part))
    return session.scalars(wanted).all()


def round_in(rounds: Sequence[Round]) -> Round | None:
    """The round the address names, or the newest; 404 for one that is not among the viewer's."""
    wanted = asked_id("round")
    if wanted is None:
        return rounds[0] if rounds else None
    return found(next((each for each in rounds if each.id == wanted), None))


def schools_of(session: Session, viewer: Viewer) -> Sequence[School]:
    """The viewer's schools by name."""
    wanted = select(School).where(
        School.program_id == viewer.program_id, School.gone_at.is_(None), own_school(School.id, viewer)
    )
    return session.scalars(wanted.order_by(School.name)).all()
