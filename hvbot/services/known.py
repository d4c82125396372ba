"""What the last gate must know of a batch of texts, each kind of fact read once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from hvbot.models import ClosedDay, Consent, Educator, OutboundText, Program, School
from hvbot.scheduling.rules import TimeRules
from hvbot.services.gate import PURPOSES, Facts
from hvbot.services.programs import setting, time_rules

TEXTS: Any = OutboundText.__table__
LEFT = ("sending", "sent", "delivered", "failed", "unknown")
LEAVE_ANEW = ("asked", "granted", "resumed")
ONCE = frozenset(name for name, purpose in PURPOSES.items() if purpose.once)
CAPPED = frozenset(name for name, purpose in PURPOSES.items() if purpose.capped)
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)

CLOSED_DAYS = select(ClosedDay.school_id, ClosedDay.day).where(
    ClosedDay.school_id.in_(bindparam("schools", expanding=True))
)
LEFT_AT = func.coalesce(TEXTS.c.sent_at, TEXTS.c.lease_until)
UNPROMPTED_LATELY = (
    select(
        TEXTS.c.conversation_id,
        func.sum(case((bindparam("week_ago") < LEFT_AT, 1), else_=0)).label("weekly"),
        func.count().label("monthly"),
    )
    .where(
        TEXTS.c.conversation_id.in_(bindparam("numbers", expanding=True)),
        TEXTS.c.unprompted.is_(True),
        TEXTS.c.status.in_(LEFT),
        bindparam("month_ago") < LEFT_AT,
    )
    .group_by(TEXTS.c.conversation_id)
)
LEAVE_SINCE = (
    select(func.max(Consent.at))
    .where(Consent.conversation_id == TEXTS.c.conversation_id, Consent.kind.in_(LEAVE_ANEW))
    .scalar_subquery()
)
SAID = select(TEXTS.c.conversation_id, TEXTS.c.purpose).where(
    TEXTS.c.conversation_id.in_(bindparam("numbers", expanding=True)),
    TEXTS.c.purpose.in_(bindparam("purposes", expanding=True)),
    TEXTS.c.status.in_(LEFT),
    or_(LEAVE_SINCE.is_(None), TEXTS.c.created_at > LEAVE_SINCE),
)
STAFF_SCHOOLS = (
    select(Educator.conversation_id, School.id.label("school_id"), School.zone, School.visit_from, School.visit_until)
    .join(School, School.id == Educator.school_id)
    .where(Educator.conversation_id.in_(bindparam("numbers", expanding=True)))
    .order_by(Educator.id.desc())
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A program and how many unprompted texts it allows to one number in a week and in a month."""

    program: Program
    most_weekly: int
    most_monthly: int


class Known:
    """What the gate must know of a batch beyond its rows; only what a text of the batch needs is read."""

    def __init__(
        self, session: Session, rows: Sequence[Any], now: datetime, full_until: datetime | None = None
    ) -> None:
        self.full_until = full_until
        numbers = [row.conversation_id for row in rows]
        held = [row for row in rows if row.unprompted]
        once = {row.purpose for row in rows if row.purpose in ONCE}
        self.programs = programs(session, {row.program_id for row in rows})
        self.staff = staff_schools(session, [row.conversation_id for row in held if row.school_id is None])
        self.closed = closed_days(session, [self.school(row).school_id for row in held if self.school(row)])
        self.lately = lately(session, [row.conversation_id for row in held if row.purpose in CAPPED], now)
        said = session.execute(SAID, {"numbers": numbers, "purposes": list(once)}).all() if once else ()
        self.said = {(conversation_id, purpose) for conversation_id, purpose in said}
        self.seen_rules: dict[tuple[int, int | None], TimeRules] = {}

    def school(self, row: Any) -> Any:
        """The school a text is about, or the one where its reader works."""
        return row if row.school_id is not None else self.staff.get(row.conversation_id)

    def rules(self, row: Any) -> TimeRules:
        """The rules of that school; the program's own zone where there is none."""
        school = self.school(row)
        key = row.program_id, school.school_id if school else None
        if key not in self.seen_rules:
            self.seen_rules[key] = self.read_rules(self.programs[row.program_id].program, school)
        return self.seen_rules[key]

    def read_rules(self, program: Program, school: Any) -> TimeRules:
        if school is None:
            return time_rules(program, setting(program, "timezone"), time(8), time(20))
        closed = self.closed.get(school.school_id, ())
        return time_rules(program, school.zone, school.visit_from, school.visit_until, closed)

    def facts(self, row: Any) -> Facts:
        """Everything the gate looks at for one text."""
        program = self.programs[row.program_id]
        weekly, monthly = self.lately.get(row.conversation_id, (0, 0))
        return Facts(
            purpose=row.purpose,
            consent=row.consent,
            reach=row.reach,
            rules=self.rules(row),
            unprompted=row.unprompted,
            not_after=row.not_after,
            has_body=row.body is not None,
            visit_version=row.visit_version,
            visit_now=row.visit_now,
            visit_status=row.visit_status,
            visit_at=row.visit_at,
            invitation_status=row.invitation_status,
            weekly=weekly,
            monthly=monthly,
            most_weekly=program.most_weekly,
            most_monthly=program.most_monthly,
            full_until=self.full_until,
            stop_asked=row.stop_due_at is not None,
            said=(row.conversation_id, row.purpose) in self.said,
        )


def programs(session: Session, ids: set[int]) -> dict[int, Measure]:
    """The programs of a batch with what they allow."""
    found = session.scalars(select(Program).where(Program.id.in_(ids)))
    return {each.id: Measure(each, setting(each, "texts_per_week"), setting(each, "texts_per_month")) for each in found}


def staff_schools(session: Session, numbers: list[int]) -> dict[int, Any]:
    """Where the people work whose texts are about no school."""
    rows = session.execute(STAFF_SCHOOLS, {"numbers": numbers}).all() if numbers else ()
    return {row.conversation_id: row for row in rows}


def closed_days(session: Session, schools: list[int]) -> dict[int, list[date]]:
    """The days on which schools are closed."""
    closed: dict[int, list[date]] = {}
    for school_id, day in session.execute(CLOSED_DAYS, {"schools": schools}).all() if schools else ():
        closed.setdefault(school_id, []).append(day)
    return closed


def lately(session: Session, numbers: list[int], now: datetime) -> dict[int, tuple[int, int]]:
    """How many unprompted texts left to each number in a week and in a month."""
    if not numbers:
        return {}
    since = {"week_ago": now - WEEK, "month_ago": now - MONTH}
    rows = session.execute(UNPROMPTED_LATELY, {"numbers": numbers, **since}).all()
    return {row.conversation_id: (int(row.weekly), int(row.monthly)) for row in rows}
