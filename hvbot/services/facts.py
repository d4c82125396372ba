"""What a turn looks at, read in as few queries as it takes."""

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, and_, bindparam, cast, func, join, or_, select
from sqlalchemy.orm import Session

from hvbot.models import ClosedDay, Educator, Guardian, Invitation, InvitationStudent, Pair, Round, School, Visit
from hvbot.models.database import Executor
from hvbot.models.prepared import Prepared
from hvbot.scheduling.rules import TimeRules
from hvbot.services.calendars import First, PairFacts, Second, able, pair_facts
from hvbot.services.programs import Settled, the_program, time_rules

LIVE = ("booked", "confirmed")

GUARDIANS: Any = Guardian.__table__
INVITATIONS: Any = Invitation.__table__
CHILDREN: Any = InvitationStudent.__table__
ROUNDS: Any = Round.__table__
SCHOOLS: Any = School.__table__
VISITS: Any = Visit.__table__
VisitRow = namedtuple("VisitRow", VISITS.c.keys())  # type: ignore[misc]  # noqa: PYI024 - as the table has them
VISIT_COLUMNS = slice(-len(VISITS.c), None)
PAIR_COLUMNS = slice(-len(VISITS.c) - 5, -len(VISITS.c))
SIBLINGS: Any = GUARDIANS.alias()
CLOSED_DAYS: Any = ClosedDay.__table__


def closed_at(school_id: Any) -> Any:
    """The closed days of a school as one text, in the same statement as the school."""
    days = func.aggregate_strings(cast(CLOSED_DAYS.c.day, String), ",")
    return select(days).where(CLOSED_DAYS.c.school_id == school_id).scalar_subquery().label("closed")


LISTED = select(func.count(func.distinct(SIBLINGS.c.id))).where(
    SIBLINGS.c.conversation_id == bindparam("conversation_id"), SIBLINGS.c.gone_at.is_(None)
)
FIRST_CHILD = select(func.min(CHILDREN.c.student_id)).where(CHILDREN.c.invitation_id == INVITATIONS.c.id)
HOME = Prepared(
    select(
        GUARDIANS.c.id.label("guardian_id"),
        GUARDIANS.c.household_id,
        INVITATIONS.c.id.label("invitation_id"),
        INVITATIONS.c.round_id,
        INVITATIONS.c.status,
        INVITATIONS.c.pair_id,
        INVITATIONS.c.replied_at,
        FIRST_CHILD.scalar_subquery().label("student_id"),
        LISTED.scalar_subquery().label("listed"),
        ROUNDS.c.ends_on,
        SCHOOLS.c.id.label("school_id"),
        SCHOOLS.c.name.label("school"),
        SCHOOLS.c.phone,
        SCHOOLS.c.zone,
        SCHOOLS.c.language.label("school_language"),
        SCHOOLS.c.visit_from,
        SCHOOLS.c.visit_until,
        closed_at(SCHOOLS.c.id),
        Pair.id.label("own_pair_id"),
        Pair.first_id,
        Pair.second_id,
        First.languages.label("first_languages"),
        Second.languages.label("second_languages"),
        *(column.label(f"visit_{column.name}") for column in VISITS.c),
    )
    .join(INVITATIONS, INVITATIONS.c.household_id == GUARDIANS.c.household_id)
    .join(ROUNDS, ROUNDS.c.id == INVITATIONS.c.round_id)
    .join(SCHOOLS, SCHOOLS.c.id == INVITATIONS.c.school_id)
    .outerjoin(VISITS, (VISITS.c.invitation_id == INVITATIONS.c.id) & VISITS.c.status.in_(LIVE))
    .outerjoin(
        join(Pair, First, First.id == Pair.first_id).join(Second, Second.id == Pair.second_id),
        and_(Pair.id == INVITATIONS.c.pair_id, Pair.active.is_(True), *able(First), *able(Second)),
    )
    .where(
        GUARDIANS.c.conversation_id == bindparam("conversation_id"),
        GUARDIANS.c.gone_at.is_(None),
        GUARDIANS.c.contact_allowed.is_(True),
        INVITATIONS.c.asked_at.is_not(None),
    )
    .order_by(INVITATIONS.c.id.desc())
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
    """The invitation a family's text is about, and the visit that is set. `row` is a row of `HOME`.

    `pair` is the pair it was given, if both may still visit.
    """

    row: Any
    site: Site
    pair: PairFacts | None = None
    visit: Any = None

    def until(self) -> datetime:
        """The end of the round's last day at the school."""
        return end_of(self.row.ends_on, self.site)


def end_of(day: date, site: Site) -> datetime:
    """The end of a day at a school."""
    return datetime.combine(day + timedelta(days=1), time(), site.zone).astimezone(UTC)


def round_end(session: Session, round_id: int, site: Site) -> datetime:
    """The end of a round's last day at a school."""
    return end_of(session.execute(select(Round.ends_on).where(Round.id == round_id)).scalar_one(), site)


def home_of(session: Executor, program: Settled, conversation_id: int, now: datetime) -> Home | None:
    """The newest invitation of the number's home; one with a visit that is still to come first."""
    rows = HOME.rows(session, {"conversation_id": conversation_id, "today": now.date()})
    if not rows:
        return None
    row = next((row for row in rows if row.visit_id and row.visit_ends_at > now), rows[0])
    visit = VisitRow(*row[VISIT_COLUMNS]) if row.visit_id else None
    return Home(row, site_of(program, row), pair_in(row[PAIR_COLUMNS]), visit)


def pair_in(values: Sequence[Any]) -> PairFacts | None:
    """The pair of a home, where it has one that may visit."""
    return pair_facts([values])[0] if values[0] else None


def days_of(text: str | None) -> list[date]:
    """Read what `closed_at` wrote."""
    return sorted(date.fromisoformat(day) for day in text.split(",")) if text else []


def site_of(program: Settled, row: Any) -> Site:
    """The school of a row, with its rules about time."""
    rules = time_rules(program, row.zone, row.visit_from, row.visit_until, days_of(row.closed))
    return Site(row.school_id, row.school, row.phone, row.school_language, rules)


def school_site(session: Executor, program: Settled, school: School) -> Site:
    """A school as a site."""
    closed = session.scalars(CLOSED, {"school_id": school.id}).all()
    rules = time_rules(program, school.zone, school.visit_from, school.visit_until, closed)
    return Site(school.id, school.name, school.phone, school.language, rules)


def sites_by_id(session: Session, now: datetime, ids: set[int]) -> dict[int, Site]:
    """Schools with their rules."""
    program = the_program(session, now)
    return {
        school.id: school_site(session, program, school)
        for school in session.scalars(select(School).where(School.id.in_(ids)))
    }


def any_site(session: Session, program: Settled) -> Site | None:
    """The first school: for a number that belongs to nobody we know."""
    school = session.scalars(select(School).where(School.program_id == program.id).order_by(School.id).limit(1)).first()
    return school_site(session, program, school) if school else None
