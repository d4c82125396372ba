"""Which texts are next, with the facts of their last gate, in one statement a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from hvbot.models import (
    Attention,
    ClosedDay,
    Consent,
    Conversation,
    Educator,
    Invitation,
    OutboundText,
    Program,
    School,
    Visit,
)
from hvbot.models.attention import OPEN
from hvbot.scheduling.rules import TimeRules
from hvbot.services.gate import PURPOSES, Facts, Verdict, decide
from hvbot.services.programs import setting, time_rules

TEXTS: Any = OutboundText.__table__
LINED: Any = TEXTS.alias("lined")
OLDER: Any = TEXTS.alias("older")
FLYING: Any = TEXTS.alias("flying")
HEAD: Any = TEXTS.alias("head")
VISITS: Any = Visit.__table__
INVITATIONS: Any = Invitation.__table__
CONVERSATIONS: Any = Conversation.__table__
SCHOOLS: Any = School.__table__
PROGRAMS: Any = Program.__table__

NOW: Any = bindparam("now")
# Literals, not parameters: only then do the databases use the partial indexes.
QUEUED: Any = literal_column("'queued'")
SENDING: Any = literal_column("'sending'")
LEFT = ("sending", "sent", "delivered", "failed", "unknown")
LEAVE_ANEW = ("asked", "granted", "resumed")
ONCE = frozenset(name for name, purpose in PURPOSES.items() if purpose.once)
CAPPED = frozenset(name for name, purpose in PURPOSES.items() if purpose.capped)
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


def due(text: Any) -> Any:
    """A queued text whose time has come."""
    return and_(text.c.status == QUEUED, text.c.not_before <= NOW)


def in_flight(text: Any) -> Any:
    """Another text to the same number is being handed over."""
    return exists().where(FLYING.c.conversation_id == text.c.conversation_id, FLYING.c.status == SENDING)


def goes_first(text: Any) -> Any:
    """A queued text that later ones to its number must not overtake: it is due, or was tried and is to be tried again."""
    return and_(text.c.status == QUEUED, or_(text.c.not_before <= NOW, text.c.attempts > 0))


# The line: due texts by rank. A number stands in it at most once a rank, however much waits for it.
LINE = (
    select(LINED.c.conversation_id)
    .join(PROGRAMS, PROGRAMS.c.id == LINED.c.program_id)
    .where(
        due(LINED),
        PROGRAMS.c.sending_paused.is_(False),
        ~in_flight(LINED),
        ~exists().where(
            OLDER.c.conversation_id == LINED.c.conversation_id,
            OLDER.c.id < LINED.c.id,
            or_(OLDER.c.priority <= LINED.c.priority, OLDER.c.not_before > NOW),
            goes_first(OLDER),
        ),
    )
    .order_by(LINED.c.priority, LINED.c.not_before, LINED.c.id)
    .limit(bindparam("most"))
)
# Whoever's turn has come, the oldest text to that number goes first, even one of lower rank.
HEADS = (
    select(func.min(HEAD.c.id))
    .where(goes_first(HEAD), HEAD.c.conversation_id.in_(LINE))
    .group_by(HEAD.c.conversation_id)
)
NEXT = (
    select(
        TEXTS.c.id,
        TEXTS.c.program_id,
        TEXTS.c.conversation_id,
        TEXTS.c.invitation_id,
        TEXTS.c.purpose,
        TEXTS.c.body,
        TEXTS.c.unprompted,
        TEXTS.c.not_after,
        TEXTS.c.attempts,
        TEXTS.c.visit_version,
        CONVERSATIONS.c.address,
        CONVERSATIONS.c.channel,
        CONVERSATIONS.c.consent,
        CONVERSATIONS.c.reach,
        VISITS.c.version.label("visit_now"),
        VISITS.c.status.label("visit_status"),
        VISITS.c.starts_at.label("visit_at"),
        INVITATIONS.c.status.label("invitation_status"),
        SCHOOLS.c.id.label("school_id"),
        SCHOOLS.c.zone,
        SCHOOLS.c.visit_from,
        SCHOOLS.c.visit_until,
    )
    .join(CONVERSATIONS, CONVERSATIONS.c.id == TEXTS.c.conversation_id)
    .outerjoin(VISITS, VISITS.c.id == TEXTS.c.visit_id)
    .outerjoin(INVITATIONS, INVITATIONS.c.id == TEXTS.c.invitation_id)
    .outerjoin(SCHOOLS, SCHOOLS.c.id == func.coalesce(VISITS.c.school_id, INVITATIONS.c.school_id))
    .where(TEXTS.c.id.in_(HEADS), due(TEXTS), ~in_flight(TEXTS))
    .order_by(TEXTS.c.priority, TEXTS.c.not_before, TEXTS.c.id)
    .with_for_update(of=TEXTS, skip_locked=True)
)

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
REFUSED = select(Attention.id).where(Attention.reason == "carrier_refuses", OPEN).limit(1)
SILENT = (
    select(func.count())
    .select_from(TEXTS)
    .where(TEXTS.c.status == literal_column("'unknown'"), TEXTS.c.lease_until > NOW)
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A text whose turn has come, as a row of `NEXT`, and what the gate says of it."""

    row: Any
    verdict: Verdict


def claims(session: Session, now: datetime, most: int) -> list[Claim]:
    """Take up to so many texts whose turn it is, at most one a number, and ask the gate about each."""
    rows = session.execute(NEXT, {"now": now, "most": most}).all()
    if not rows:
        return []
    known = Known(session, rows, now)
    return [Claim(row, decide(known.facts(row), now)) for row in rows]


class Known:
    """What the gate must know of a batch beyond its rows; each kind is read once, and only where a text needs it."""

    def __init__(self, session: Session, rows: Sequence[Any], now: datetime) -> None:
        numbers = [row.conversation_id for row in rows]
        held = [row for row in rows if row.unprompted]
        once = {row.purpose for row in rows if row.purpose in ONCE}
        self.programs = {
            program.id: program
            for program in session.scalars(select(Program).where(Program.id.in_({row.program_id for row in rows})))
        }
        self.staff = staff_schools(session, [row.conversation_id for row in held if row.school_id is None])
        self.closed = closed_days(session, [self.school(row).school_id for row in held if self.school(row)])
        self.lately = lately(session, [row.conversation_id for row in held if row.purpose in CAPPED], now)
        said = session.execute(SAID, {"numbers": numbers, "purposes": list(once)}).all() if once else ()
        self.said = {(conversation_id, purpose) for conversation_id, purpose in said}

    def school(self, row: Any) -> Any:
        """The school a text is about, or the one where its reader works."""
        return row if row.school_id is not None else self.staff.get(row.conversation_id)

    def rules(self, row: Any) -> TimeRules:
        """The rules of that school; the program's own zone where there is none."""
        program, school = self.programs[row.program_id], self.school(row)
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
            most_weekly=setting(program, "texts_per_week"),
            most_monthly=setting(program, "texts_per_month"),
            said=(row.conversation_id, row.purpose) in self.said,
        )


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


def carrier_refuses(session: Session) -> bool:
    """Tell whether the carrier said that we are the problem, and nobody has settled that."""
    return session.execute(REFUSED).first() is not None


def unanswered_lately(session: Session, now: datetime) -> int:
    """How many texts of the last minute got no clear answer from the carrier."""
    return int(session.scalar(SILENT, {"now": now}) or 0)
