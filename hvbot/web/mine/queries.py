"""The visits of the educator who is signed in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from hvbot.models import Educator, Guardian, School, Visit
from hvbot.web.context import Viewer

LIVE = ("booked", "confirmed")
STAYS = timedelta(days=1)
First, Second, Third = aliased(Educator), aliased(Educator), aliased(Educator)


def educators_of(session: Session, viewer: Viewer) -> Sequence[Educator]:
    """The roster's rows with the e-mail address the viewer signs in with."""
    wanted = select(Educator).where(
        Educator.program_id == viewer.program_id, func.lower(Educator.email) == viewer.email, Educator.gone_at.is_(None)
    )
    return session.scalars(wanted).all()


def visits_of(session: Session, educator_ids: Sequence[int], now: datetime) -> Sequence[Any]:
    """The visits ahead, soonest first; one that was today stays for a day."""
    goes = or_(
        Visit.first_id.in_(educator_ids), Visit.second_id.in_(educator_ids), Visit.interpreter_id.in_(educator_ids)
    )
    wanted = (
        select(
            Visit,
            School.name.label("school"),
            Guardian.name.label("guardian"),
            Guardian.address.label("address"),
            Guardian.language.label("language"),
            First.name.label("first"),
            Second.name.label("second"),
            Third.name.label("interpreter"),
        )
        .join(School, School.id == Visit.school_id)
        .outerjoin(Guardian, Guardian.id == Visit.guardian_id)
        .join(First, First.id == Visit.first_id)
        .join(Second, Second.id == Visit.second_id)
        .outerjoin(Third, Third.id == Visit.interpreter_id)
        .where(goes, Visit.status.in_((*LIVE, "done")), Visit.ends_at >= now - STAYS)
        .order_by(Visit.starts_at, Visit.id)
        .limit(60)
    )
    return session.execute(wanted).all()
