"""Visits as a list: who goes where, and when."""

from dataclasses import dataclass
from datetime import datetime

from hvbot.models import Conversation, Guardian, Student, Visit
from hvbot.reports.people import Query
from hvbot.web.context import Viewer
from hvbot.web.going import LIVE, visits_with_names
from hvbot.web.scope import own_school

SHOWN = {"coming": "Coming", "past": "Past", "off": "Moved or called off", "all": "All"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for."""

    shown: str = "coming"
    round_id: int | None = None
    school_id: int | None = None


def visits(viewer: Viewer, filters: Filters, now: datetime) -> Query:
    """The visits that fit: coming ones soonest first, others newest first."""
    wanted = (
        visits_with_names(Student.first_name.label("child"), Conversation.id.label("conversation_id"))
        .join(Student, Student.id == Visit.student_id)
        .outerjoin(Conversation, Conversation.id == Guardian.conversation_id)
        .where(Visit.program_id == viewer.program_id, own_school(Visit.school_id, viewer))
    )
    if filters.round_id:
        wanted = wanted.where(Visit.round_id == filters.round_id)
    if filters.school_id:
        wanted = wanted.where(Visit.school_id == filters.school_id)
    return in_order(wanted, filters.shown, now)


def in_order(wanted: Query, shown: str, now: datetime) -> Query:
    """One of the views."""
    if shown == "coming":
        return wanted.where(Visit.status.in_(LIVE), Visit.ends_at >= now).order_by(Visit.starts_at, Visit.id)
    newest_first = wanted.order_by(Visit.starts_at.desc(), Visit.id.desc())
    if shown == "past":
        return newest_first.where(Visit.status.in_((*LIVE, "done", "missed")), Visit.ends_at < now)
    return newest_first.where(Visit.status.in_(("moved", "canceled"))) if shown == "off" else newest_first
