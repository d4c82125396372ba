"""When the rules of a time zone change: visits stay at the local time that everybody was told, and their moments follow.

A visit keeps its local time and zone beside its moment in UTC. A new release of the zone tables may move the one against the
other for visits that are set already.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from hvbot.models import Reminder, School, Visit
from hvbot.runtime import Runtime
from hvbot.scheduling.slots import quarters
from hvbot.services.audit import audit_row, record
from hvbot.services.facts import school_site
from hvbot.services.programs import the_program
from hvbot.services.substitutes import BUSY, LIVE, seats

log = structlog.get_logger()

VISITS: Any = Visit.__table__
REMINDERS: Any = Reminder.__table__
COMING = select(VISITS).where(VISITS.c.status.in_(LIVE), VISITS.c.starts_at > bindparam("now")).order_by(VISITS.c.id)


def mend_moments(runtime: Runtime) -> int:
    """Put every coming visit at the moment of its local time; how many were moved. Nobody is told: the time is the same."""
    with runtime.sessions() as session:
        now = runtime.clock.now()
        wrong = [row for row in session.execute(COMING, {"now": now}) if moment_of(row) != row.starts_at]
    for school_id in sorted({row.school_id for row in wrong}):
        mend_school(runtime, school_id, [row.id for row in wrong if row.school_id == school_id])
    return len(wrong)


def moment_of(visit: Any) -> datetime:
    """The moment of a visit's local time, by the rules of today."""
    return datetime.fromisoformat(visit.wall).replace(tzinfo=ZoneInfo(visit.zone)).astimezone(UTC)


def mend_school(runtime: Runtime, school_id: int, ids: Sequence[int]) -> None:
    """Move the visits of a school together: each takes the quarters that another leaves."""
    with runtime.writing() as session:
        now = runtime.clock.now()
        held = select(VISITS).where(VISITS.c.id.in_(ids), VISITS.c.status.in_(LIVE)).with_for_update(key_share=True)
        visits = session.execute(held).all()
        rules = school_site(session, the_program(session, now), session.get_one(School, school_id)).rules
        session.execute(delete(BUSY).where(BUSY.c.visit_id.in_([visit.id for visit in visits])))
        busy = [
            {"educator_id": person, "quarter": quarter, "visit_id": visit.id}
            for visit in visits
            for person in seats(visit)
            if person
            for quarter in quarters(moment_of(visit), rules)
        ]
        if busy:
            session.execute(insert(BUSY), busy)
        for visit in visits:
            shift(session, visit, moment_of(visit) - visit.starts_at, now)


def shift(session: Session, visit: Any, by: timedelta, now: datetime) -> None:
    """Move a visit and the reminders that wait."""
    moved = {"starts_at": visit.starts_at + by, "ends_at": visit.ends_at + by, "changed_at": now}
    session.execute(update(VISITS).where(VISITS.c.id == visit.id).values(**moved))
    waiting = select(REMINDERS).where(REMINDERS.c.visit_id == visit.id, REMINDERS.c.queued_at.is_(None))
    for row in session.execute(waiting).all():
        due = {"due_at": row.due_at + by, "not_after": row.not_after + by}
        session.execute(update(REMINDERS).where(REMINDERS.c.id == row.id).values(**due))
    detail = {"minutes": int(by / timedelta(minutes=1))}
    record(session, audit_row(visit.program_id, now, "worker", "visit.zone_changed", "visit", visit.id, detail=detail))
    log.info("zone changed", visit_id=visit.id, **detail)
