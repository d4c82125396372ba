"""A school that closes for a day: no visit is offered then, and those that were set are moved, as an educator's "can't" does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hvbot.models import ClosedDay, School, Visit
from hvbot.runtime import Runtime
from hvbot.services.attention import raise_attention
from hvbot.services.audit import audit_row, record
from hvbot.services.deadlines import exchange_about
from hvbot.services.substitutes import LIVE, school_cannot
from hvbot.services.visits import lock_visit

VISITS: Any = Visit.__table__
CLOSED: Any = ClosedDay.__table__


class UnknownSchool(Exception):
    """No school of the roster has this id."""


@dataclass(frozen=True, slots=True)
class DayOff:
    """A school's day, and the visits that are set on it: id and local time."""

    program_id: int
    school_id: int
    name: str
    day: date
    visits: tuple[tuple[int, str], ...]


def day_off(session: Session, ref: str, day: date, now: datetime) -> DayOff:
    """Look up a school by its id in the roster, and the visits of a day that have not begun.

    Raises:
        UnknownSchool: no school has this id.
    """
    school = session.scalars(select(School).where(School.ref == ref, School.gone_at.is_(None))).one_or_none()
    if school is None:
        raise UnknownSchool(ref)
    begins = datetime.combine(day, time(), ZoneInfo(school.zone))
    set_then = (
        select(VISITS.c.id, VISITS.c.wall)
        .where(VISITS.c.school_id == school.id, VISITS.c.status.in_(LIVE), VISITS.c.starts_at > now)
        .where(VISITS.c.starts_at >= begins, VISITS.c.starts_at < begins + timedelta(days=1))
        .order_by(VISITS.c.starts_at, VISITS.c.id)
    )
    visits = tuple((row.id, row.wall[-5:]) for row in session.execute(set_then))
    return DayOff(school.program_id, school.id, school.name, day, visits)


def close_school(
    runtime: Runtime, ref: str, day: date, reason: str | None = None, progress: Callable[[int, int], None] | None = None
) -> DayOff:
    """Close a school for a day and move the visits that are set on it, each in a transaction of its own.

    Families and educators are told, and families are shown other times in the same text. What was moved is not found
    again, so after a failure the same call goes on where it stopped.

    Raises:
        UnknownSchool: no school has this id.
    """
    with runtime.writing() as session:
        now = runtime.clock.now()
        off = day_off(session, ref, day, now)
        shut(session, off, reason, now)
    for done, (visit_id, _wall) in enumerate(off.visits, 1):
        move(runtime, visit_id)
        if progress:
            progress(done, len(off.visits))
    return off


def shut(session: Session, off: DayOff, reason: str | None, now: datetime) -> None:
    """Take the day out of those that are offered, and tell a person once where visits were set on it."""
    day = session.get(ClosedDay, (off.school_id, off.day))
    if day is None or not day.by_person:
        session.merge(ClosedDay(school_id=off.school_id, day=off.day, reason=reason, by_person=True))
        note(session, off, "school.closed", now, visits=len(off.visits))
    if off.visits:
        raise_attention(
            session,
            program_id=off.program_id,
            reason="school_closed",
            now=now,
            key=f"{off.school_id}:{off.day}",
            detail=f"{off.day}: {len(off.visits)} visits",
            school_id=off.school_id,
        )


def note(session: Session, off: DayOff, action: str, now: datetime, **more: int) -> None:
    """Write what a command did with a day."""
    detail = {"day": off.day.isoformat(), **more}
    record(session, audit_row(off.program_id, now, "command", action, "school", off.school_id, detail=detail))


def move(runtime: Runtime, visit_id: int) -> None:
    """End one visit from the school's side and offer others; nothing where somebody was faster."""
    with runtime.writing() as session:
        visit = lock_visit(session, visit_id)
        if visit.status not in LIVE:
            return
        exchange = exchange_about(runtime, session, visit_id, runtime.clock.now())
        exchange.visit = visit
        school_cannot(exchange, visit, None)
        exchange.finish()


def open_school(runtime: Runtime, ref: str, day: date) -> bool:
    """Offer a closed day again; false where it was not closed. Visits that were moved stay where they are.

    Raises:
        UnknownSchool: no school has this id.
    """
    with runtime.writing() as session:
        now = runtime.clock.now()
        off = day_off(session, ref, day, now)
        closed = delete(CLOSED).where(CLOSED.c.school_id == off.school_id, CLOSED.c.day == day)
        was_closed = bool(session.execute(closed).rowcount)  # type: ignore[attr-defined]
        if was_closed:
            note(session, off, "school.opened", now)
        return was_closed
