"""The visits of the educator who is signed in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hvbot.models import Educator, Guardian, Visit
from hvbot.web.context import Viewer
from hvbot.web.going import LIVE, visits_with_names

STAYS = timedelta(days=1)
MOST = 60


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
    wanted = visits_with_names(Guardian.address.label("address"), Guardian.language.label("language"))
    wanted = wanted.where(goes, Visit.status.in_((*LIVE, "done")), Visit.ends_at >= now - STAYS)
    return session.execute(wanted.order_by(Visit.starts_at, Visit.id).limit(MOST)).all()
