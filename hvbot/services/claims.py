"""Which texts are next, with the facts of their last gate, in one statement a batch."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, any_, bindparam, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from hvbot.models import (
    Attention,
    Conversation,
    Invitation,
    OutboundText,
    Program,
    School,
    Sender,
    Visit,
)
from hvbot.models.attention import OPEN
from hvbot.models.database import dialect_of
from hvbot.services.comeback import MOMENTS
from hvbot.services.gate import Verdict, decide
from hvbot.services.known import Known
from hvbot.services.pace import Load, load_of
from hvbot.services.programs import ProgramFacts
from hvbot.services.turns import (
    NOW,
    QUEUED,
    SEEDS,
    due,
    front_on_postgresql,
    front_on_sqlite,
    in_turn,
)

TEXTS: Any = OutboundText.__table__
OLDER: Any = TEXTS.alias("older")
FLYING: Any = TEXTS.alias("flying")
HEAD: Any = TEXTS.alias("head")
VISITS: Any = Visit.__table__
INVITATIONS: Any = Invitation.__table__
CONVERSATIONS: Any = Conversation.__table__
SCHOOLS: Any = School.__table__
PROGRAMS: Any = Program.__table__
SENDERS: Any = Sender.__table__

SENDING: Any = literal_column("'sending'")

Among = Callable[[Any, Any], Any]
"""How a database is told that a column is one of what a query finds."""


def underway(text: Any, matter: Any) -> Any:
    """A text that is queued or on its way, and more.

    Said so that PostgreSQL looks at the few texts of one number: from a comparison with one status it would go through
    everything queued, for each text anew, as long as it has no statistics of a round that has just been started.
    """
    return and_(text.c.status.in_((QUEUED, SENDING)), matter)


def none(found: Any) -> Any:
    """Nothing is found: said so that PostgreSQL asks for one number after the other, as above, and joins nothing."""
    return found.limit(1).scalar_subquery().is_(None)


def none_in_flight(text: Any) -> Any:
    """No other text to the same number is being handed over."""
    flying = underway(FLYING, FLYING.c.status != QUEUED)
    return none(select(FLYING.c.id).where(FLYING.c.conversation_id == text.c.conversation_id, flying))


def goes_first(text: Any) -> Any:
    """A queued text that later ones to its number must not overtake: it is due, or was tried and is to be tried again."""
    return underway(text, and_(text.c.status != SENDING, or_(text.c.not_before <= NOW, text.c.attempts > 0)))


def line(front: Any) -> Any:
    """The numbers whose turn it is. A number stands there at most once a rank, however much waits for it."""
    before = select(OLDER.c.id).where(
        OLDER.c.conversation_id == front.c.conversation_id,
        OLDER.c.id < front.c.id,
        or_(OLDER.c.priority <= front.c.priority, OLDER.c.not_before > NOW),
        goes_first(OLDER),
    )
    order = (front.c.priority, front.c.turn, front.c.lot)
    return (
        select(front.c.conversation_id)
        .where(none_in_flight(front), none(before))
        .order_by(*order)
        .limit(bindparam("most"))
    )


def listed(column: Any, found: Any) -> Any:
    """The column is one of what is found, which SQLite looks up once."""
    return column.in_(found)


def listed_on_postgresql(column: Any, found: Any) -> Any:
    """The same, said as an array: PostgreSQL finds it once and goes through the index, whatever it believes of the tables.

    A join it would plan for the single row that it expects of tables without statistics, and find the line anew for each
    queued text.
    """
    return column == any_(func.array(found.scalar_subquery()))


def heads(front: Any, among: Among) -> Any:
    """Whoever's turn has come, the oldest text to that number goes first, even one of lower rank."""
    theirs = among(HEAD.c.conversation_id, line(front))
    return select(func.min(HEAD.c.id)).where(goes_first(HEAD), theirs).group_by(HEAD.c.conversation_id)


def next_texts(front: Any, among: Among) -> Any:
    """The texts to claim, with the facts of their gate."""
    return (
        select(
            TEXTS.c.id,
            TEXTS.c.program_id,
            TEXTS.c.conversation_id,
            TEXTS.c.invitation_id,
            TEXTS.c.priority,
            TEXTS.c.school_id.label("turn_of"),
            TEXTS.c.purpose,
            TEXTS.c.body,
            TEXTS.c.segments,
            TEXTS.c.unprompted,
            TEXTS.c.not_before,
            TEXTS.c.not_after,
            TEXTS.c.attempts,
            TEXTS.c.visit_version,
            CONVERSATIONS.c.address,
            CONVERSATIONS.c.channel,
            CONVERSATIONS.c.consent,
            CONVERSATIONS.c.reach,
            CONVERSATIONS.c.stop_due_at,
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
        .where(among(TEXTS.c.id, heads(front, among)), due(TEXTS), none_in_flight(TEXTS))
        .order_by(TEXTS.c.priority, TEXTS.c.not_before, TEXTS.c.id)
        .with_for_update(of=TEXTS, skip_locked=True)
    )


NEXT = {
    "postgresql": next_texts(front_on_postgresql(), listed_on_postgresql),
    "sqlite": next_texts(front_on_sqlite(), listed),
}

REFUSED = exists().where(Attention.reason == "carrier_refuses", OPEN)
SILENT = (
    select(func.count())
    .select_from(TEXTS)
    .where(TEXTS.c.status == literal_column("'unknown'"), TEXTS.c.lease_until > NOW)
    .scalar_subquery()
)
STATE = (
    select(
        PROGRAMS.c.id,
        PROGRAMS.c.settings,
        SENDERS.c.free_at,
        SENDERS.c.day,
        SENDERS.c.segments,
        REFUSED.label("refused"),
        SILENT.label("silent"),
        *MOMENTS,
    )
    .outerjoin(SENDERS, SENDERS.c.name == bindparam("sender"))
    .order_by(PROGRAMS.c.id)
    .limit(1)
)
# One worker claims at a time: of two at once the second would see the same front of the line, find it taken, and believe
# that nothing is due. The lock ends with the transaction; its number is that of this schema's own table.
ALONE: Any = func.pg_advisory_xact_lock(literal_column("CAST(CAST('sender' AS regclass) AS oid)::bigint"))
STATES = {"postgresql": STATE.add_columns(ALONE), "sqlite": STATE}


@dataclass(frozen=True, slots=True)
class Claim:
    """A text whose turn has come, as a row of `NEXT`, and what the gate says of it."""

    row: Any
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class State:
    """How it stands with the sender before a claim.

    `refused`: the carrier said that we are the problem, and nobody has settled that. `silent`: how many texts of the last
    minute got no clear answer from the carrier. `moments`: when workers were last at work.
    """

    program: ProgramFacts
    load: Load
    refused: bool
    silent: int
    moments: Any


def state_of(session: Session, sender: str, now: datetime) -> State | None:
    """Read how it stands, while nobody else claims; None where there is no program yet."""
    row = session.execute(STATES[dialect_of(session)], {"now": now, "sender": sender}).one_or_none()
    if row is None:
        return None
    program = ProgramFacts(row.id, row.settings)
    return State(program, load_of(program, row, now), bool(row.refused), row.silent, row)


def claims(session: Session, now: datetime, most: int, full_until: datetime | None = None) -> list[Claim]:
    """Take up to so many texts whose turn it is, at most one a number, and ask the gate about each."""
    seed = random.randrange(1, SEEDS)  # noqa: S311 - lots, no secret
    rows = session.execute(NEXT[dialect_of(session)], {"now": now, "most": most, "seed": seed}).all()
    if not rows:
        return []
    rows = in_turn(rows, seed)
    known = Known(session, rows, now, full_until)
    return [Claim(row, decide(known.facts(row), now)) for row in rows]
