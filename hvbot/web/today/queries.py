"""What waits for a person, and how the day looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hvbot.models import Attention, Conversation, InboundText, Program, School, User, Visit
from hvbot.reports.people import Query
from hvbot.services.health import worker_health
from hvbot.web.context import Viewer
from hvbot.web.going import LIVE
from hvbot.web.scope import own_matter, own_number, own_school

SHOWN = ("waiting", "mine", "settled")


@dataclass(frozen=True, slots=True)
class Strip:
    """The day in four figures. `worker`: ok, late or never; `paused` when a person or the carrier stopped all texts."""

    waiting: int
    visits: int
    replies: int
    worker: str
    paused: bool


def matters(viewer: Viewer, shown: str) -> Query:
    """The matters of one view, oldest first; settled ones newest first."""
    wanted = (
        select(Attention, School.name.label("school"), School.zone, User.email.label("taker"), Conversation.language)
        .outerjoin(School, School.id == Attention.school_id)
        .outerjoin(User, User.id == Attention.taken_by)
        .outerjoin(Conversation, Conversation.id == Attention.conversation_id)
        .where(Attention.program_id == viewer.program_id, own_matter(viewer))
    )
    if shown == "settled":
        return wanted.where(Attention.status == "resolved").order_by(Attention.resolved_at.desc(), Attention.id.desc())
    if shown == "mine":
        wanted = wanted.where(Attention.taken_by == viewer.user_id)
    return wanted.where(Attention.status != "resolved").order_by(Attention.since, Attention.id)


def strip_of(session: Session, viewer: Viewer, now: datetime) -> Strip:
    """Figures of the day."""
    open_now = select(func.count(Attention.id)).where(
        Attention.program_id == viewer.program_id, Attention.status != "resolved", own_matter(viewer)
    )
    wrote = select(func.count(InboundText.id)).where(
        InboundText.program_id == viewer.program_id,
        InboundText.received_at > now - timedelta(hours=1),
        own_number(InboundText.conversation_id, viewer),
    )
    coming = select(func.count(Visit.id)).where(*next_day(viewer, now))
    return Strip(
        session.scalar(open_now) or 0,
        session.scalar(coming) or 0,
        session.scalar(wrote) or 0,
        worker_health(session, now)["worker"],
        session.get_one(Program, viewer.program_id).sending_paused,
    )


def next_day(viewer: Viewer, now: datetime) -> tuple[Any, ...]:
    """Live visits of the next twenty-four hours."""
    return (
        Visit.program_id == viewer.program_id,
        Visit.status.in_(LIVE),
        Visit.starts_at >= now,
        Visit.starts_at < now + timedelta(days=1),
        own_school(Visit.school_id, viewer),
    )


def matter_of(session: Session, viewer: Viewer, attention_id: int) -> Attention | None:
    """One matter, if it is the viewer's."""
    wanted = select(Attention).where(
        Attention.id == attention_id, Attention.program_id == viewer.program_id, own_matter(viewer)
    )
    return session.scalars(wanted).one_or_none()
