"""Visits as a list: who goes where, and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from hvbot.models import Conversation, Educator, Guardian, School, Student, Visit
from hvbot.reports.people import Query
from hvbot.web.context import Viewer
from hvbot.web.scope import own_school

LIVE = ("booked", "confirmed")
SHOWN = {"coming": "Coming", "past": "Past", "off": "Moved or called off", "all": "All"}
First, Second, Third = aliased(Educator), aliased(Educator), aliased(Educator)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for."""

    shown: str = "coming"
    round_id: int | None = None
    school_id: int | None = None


def visits(viewer: Viewer, filters: Filters, now: datetime) -> Query:
    """The visits that fit: coming ones soonest first, others newest first."""
    wanted = (
        select(
            Visit,
            School.name.label("school"),
            Student.first_name.label("child"),
            Guardian.name.label("guardian"),
            Conversation.id.label("conversation_id"),
            First.name.label("first"),
            Second.name.label("second"),
            Third.name.label("interpreter"),
        )
        .join(School, School.id == Visit.school_id)
        .join(Student, Student.id == Visit.student_id)
        .outerjoin(Guardian, Guardian.id == Visit.guardian_id)
        .outerjoin(Conversation, Conversation.id == Guardian.conversation_id)
        .join(First, First.id == Visit.first_id)
        .join(Second, Second.id == Visit.second_id)
        .outerjoin(Third, Third.id == Visit.interpreter_id)
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
