"""Every text in and out, without its words."""

from collections.abc import Collection, Iterator

from sqlalchemy import and_, cast, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from hvbot.models import Conversation, InboundText, Invitation, OutboundText
from hvbot.models.base import UtcDateTime
from hvbot.reports.people import BATCH, Query, moment, numbers_of_round, person_of, scope

TITLE = "Texts"
COLUMNS = (
    "id",
    "carrier_id",
    "direction",
    "person",
    "channel",
    "purpose",
    "status",
    "language",
    "segments",
    "created_at",
    "not_before",
    "sent_at",
)
NEVER = cast(null(), UtcDateTime)
INCOMING = select(
    InboundText.id.label("number"),
    InboundText.carrier_id,
    literal("in").label("direction"),
    person_of(InboundText.conversation_id),
    Conversation.channel,
    literal("").label("purpose"),
    InboundText.status,
    InboundText.language,
    InboundText.segments,
    InboundText.received_at.label("created_at"),
    NEVER.label("not_before"),
    NEVER.label("sent_at"),
).join(Conversation, Conversation.id == InboundText.conversation_id)
OUTGOING = select(
    OutboundText.id.label("number"),
    OutboundText.carrier_id,
    literal("out").label("direction"),
    person_of(OutboundText.conversation_id),
    Conversation.channel,
    OutboundText.purpose,
    OutboundText.status,
    OutboundText.language,
    OutboundText.segments,
    OutboundText.created_at,
    OutboundText.not_before,
    OutboundText.sent_at,
).join(Conversation, Conversation.id == OutboundText.conversation_id)


def rows(
    session: Session, program_id: int, round_id: int | None = None, schools: Collection[int] | None = None
) -> Iterator[tuple[str | int | None, ...]]:
    """One row a text, oldest first; `id` is `in` or `out` and a count.

    Of a round: what was written because of it, and the rest of the exchange with the numbers that it asked.
    """
    both = union_all(incoming(program_id, round_id, schools), outgoing(program_id, round_id, schools))
    ordered = both.order_by("created_at", "direction", "number").execution_options(yield_per=BATCH)
    for it in session.execute(ordered):
        times = (moment(it.created_at), moment(it.not_before), moment(it.sent_at))
        about = (it.direction, it.person, it.channel, it.purpose, it.status, it.language, it.segments)
        yield (f"{it.direction}{it.number}", it.carrier_id, *about, *times)


def incoming(program_id: int, round_id: int | None, schools: Collection[int] | None) -> Query:
    found = INCOMING.where(InboundText.program_id == program_id)
    return scope(found, InboundText.conversation_id, round_id, schools)


def outgoing(program_id: int, round_id: int | None, schools: Collection[int] | None) -> Query:
    found = scope(OUTGOING.where(OutboundText.program_id == program_id), OutboundText.conversation_id, None, schools)
    if round_id is None:
        return found
    of_round = OutboundText.invitation_id.in_(select(Invitation.id).where(Invitation.round_id == round_id))
    aside = and_(OutboundText.invitation_id.is_(None), OutboundText.conversation_id.in_(numbers_of_round(round_id)))
    return found.where(or_(of_round, aside))
