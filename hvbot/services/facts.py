"""What a turn looks at, read in as few queries as it takes."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from hvbot.models import ClosedDay, Educator, Guardian, Invitation, Program, Round, School, Visit
from hvbot.scheduling.rules import TimeRules
from hvbot.services.programs import time_rules

LIVE = ("booked", "confirmed")

HOME = (
    select(
        Guardian.id.label("guardian_id"),
        Guardian.household_id,
        Invitation.id.label("invitation_id"),
        Invitation.round_id,
        Invitation.status,
        Invitation.pair_id,
        Invitation.place,
        Invitation.replied_at,
        Round.ends_on,
        School.id.label("school_id"),
        School.name.label("school"),
        School.phone,
        School.zone,
        School.language.label("school_language"),
        School.visit_from,
        School.visit_until,
        Visit.id.label("visit_id"),
        Visit.version,
        Visit.starts_at,
        Visit.ends_at,
        Visit.status.label("visit_status"),
    )
    .join(Invitation, Invitation.household_id == Guardian.household_id)
    .join(Round, Round.id == Invitation.round_id)
    .join(School, School.id == Invitation.school_id)
    .outerjoin(Visit, (Visit.invitation_id == Invitation.id) & Visit.status.in_(LIVE))
    .where(
        Guardian.conversation_id == bindparam("conversation_id"),
        Guardian.gone_at.is_(None),
        Guardian.contact_allowed.is_(True),
        Invitation.asked_at.is_not(None),
    )
    .order_by(Invitation.id.desc())
)
STAFF = (
    select(Educator.id, Educator.role, Educator.name, School)
    .join(School, School.id == Educator.school_id)
    .where(Educator.conversation_id == bindparam("conversation_id"), Educator.gone_at.is_(None))
    .order_by(Educator.id)
)
STAFF_VISITS = (
    select(Visit.id, Visit.version, Visit.starts_at, Visit.ends_at, Visit.status)
    .where(
        or_(
            Visit.first_id == bindparam("person"),
            Visit.second_id == bindparam("person"),
            Visit.interpreter_id == bindparam("person"),
        ),
        Visit.status.in_(LIVE),
        Visit.ends_at > bindparam("now"),
    )
    .order_by(Visit.starts_at)
)
CLOSED = select(ClosedDay.day).where(ClosedDay.school_id == bindparam("school_id"))
SIBLING_ROWS = select(func.count(func.distinct(Guardian.id))).where(
    Guardian.conversation_id == bindparam("conversation_id"), Guardian.gone_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Site:
    """The school a text is about."""

    id: int
    name: str
    phone: str | None
    language: str
    rules: TimeRules

    @property
    def zone(self) -> ZoneInfo:
        return self.rules.zone


@dataclass(frozen=True, slots=True)
class Home:
    """The invitation a family's text is about, and the visit that is set. `row` is a row of `HOME`."""

    row: Any
    site: Site

    def until(self) -> datetime:
        """The end of the round's last day at the school."""
        midnight = datetime.combine(self.row.ends_on + timedelta(days=1), time(), self.site.zone)
        return midnight.astimezone(UTC)


def home_of(session: Session, program: Program, conversation_id: int) -> Home | None:
    """The newest invitation of the number's home; one with a live visit first."""
    rows = session.execute(HOME, {"conversation_id": conversation_id}).all()
    if not rows:
        return None
    row = next((row for row in rows if row.visit_id), rows[0])
    return Home(row, site_of(session, program, row))


def site_of(session: Session, program: Program, row: Any) -> Site:
    """The school of a row, with its rules about time."""
    closed = session.scalars(CLOSED, {"school_id": row.school_id}).all()
    rules = time_rules(program, row.zone, row.visit_from, row.visit_until, closed)
    return Site(row.school_id, row.school, row.phone, row.school_language, rules)


def school_site(session: Session, program: Program, school: School) -> Site:
    """A school as a site."""
    closed = session.scalars(CLOSED, {"school_id": school.id}).all()
    rules = time_rules(program, school.zone, school.visit_from, school.visit_until, closed)
    return Site(school.id, school.name, school.phone, school.language, rules)


def any_site(session: Session, program: Program) -> Site | None:
    """The first school: for a number that belongs to nobody we know."""
    school = session.scalars(select(School).where(School.program_id == program.id).order_by(School.id).limit(1)).first()
    return school_site(session, program, school) if school else None


def is_listed_twice(session: Session, conversation_id: int) -> bool:
    """Tell whether the roster lists a number for more than one adult."""
    return (session.scalar(SIBLING_ROWS, {"conversation_id": conversation_id}) or 0) > 1


