"""The carrier's list beside ours: what came in while we were down is taken in, and reports that never came are caught up."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hvbot.channels.addresses import address_of, storable
from hvbot.channels.port import Heard, Listed, Remembers, SendError
from hvbot.models import CarrierEvent, Conversation, InboundText, OutboundText, lookup_hash
from hvbot.runtime import Runtime
from hvbot.services.attention import raise_attention
from hvbot.services.callbacks import STATUS, take_report
from hvbot.services.comeback import COMPARED, is_held
from hvbot.services.inbound import Incoming, receive
from hvbot.services.programs import the_program
from hvbot.services.settling import CLOCKS_DIFFER
from hvbot.services.ticks import last, note

log = structlog.get_logger()

SPAN = timedelta(days=2)
# A text that has just left may not have its carrier id with us yet.
SETTLED = timedelta(hours=1)
AT_ONCE = 500

INBOUND: Any = InboundText.__table__
TEXTS: Any = OutboundText.__table__
CONVERSATIONS: Any = Conversation.__table__
EVENTS: Any = CarrierEvent.__table__
CONVERSATIONS_KEY = (CONVERSATIONS.c.channel, CONVERSATIONS.c.address_hash)
IDS: Any = bindparam("ids", expanding=True)
TAKEN_IN = select(INBOUND.c.carrier_id).where(INBOUND.c.carrier_id.in_(IDS))
OURS = select(TEXTS.c.carrier_id, TEXTS.c.id, TEXTS.c.status).where(TEXTS.c.carrier_id.in_(IDS))
# A text in doubt is found too, so that of two with the same words the queued one is not taken for it.
MAY_HAVE_LEFT = (
    select(*(TEXTS.c[name] for name in ("id", "body", "created_at")), *CONVERSATIONS_KEY)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == TEXTS.c.conversation_id)
    .where(
        CONVERSATIONS.c.address_hash.in_(IDS),
        TEXTS.c.status.in_(("queued", "sending", "unknown")),
        TEXTS.c.carrier_id.is_(None),
    )
    .order_by(TEXTS.c.id)
)
REPORTED = select(EVENTS.c.carrier_id).where(EVENTS.c.carrier_id.in_(IDS))


def reconcile(runtime: Runtime) -> int:
    """Compare the last two days with the carrier; how many texts were taken in or moved on.

    Any number of workers may do this: a text is stored once under the carrier's id, and a final status stays. What came
    in before the program began was meant for somebody else.
    """
    carrier = runtime.channel
    if not isinstance(carrier, Remembers):
        return 0
    now = runtime.clock.now()
    with runtime.sessions() as session:
        program = the_program(session, now)
        since = max(first_moment(session, now), program.created_at)
    try:
        heard, said = carrier.heard_since(since), carrier.said_since(since)
    except SendError as problem:
        log.info("carrier does not list", fault=problem.fault.value, code=problem.code)
        return 0
    moved = take_lost(runtime, [text for text in heard if text.sent_at >= since])
    moved += (take_left(runtime, said, now) if is_held(runtime) else 0) + catch_up(runtime, said)
    tell_of_strange(runtime, program.id, said, now)
    with runtime.writing() as session:
        note(session, COMPARED, now)
    return moved


def first_moment(session: Session, now: datetime) -> datetime:
    """From when on is compared: two days, and as far back as the last comparison that this database knows of."""
    compared_at = session.scalar(select(last(COMPARED)))
    return min(now - SPAN, compared_at - SETTLED) if compared_at else now - SPAN


def compare_after_pause(runtime: Runtime) -> int:
    """Compare where sending waits for it; how many texts were taken in or moved on."""
    return reconcile(runtime) if is_held(runtime) else 0


def take_left(runtime: Runtime, said: Sequence[Listed], now: datetime) -> int:
    """Take for sent what waits or is in doubt here and has left: the database is a backup from before."""
    known = {row.carrier_id for row in rows_of(runtime, OURS, said)}
    strange = [text for text in said if text.carrier_id not in known]
    waiting = may_have_left(runtime, strange)
    moved = 0
    for text in sorted(strange, key=lambda text: text.created_at or now):
        alike = waiting[*key_of(runtime, text), text.body.strip()]
        if not alike or alike[0].created_at > (text.created_at or now) + CLOCKS_DIFFER:
            continue
        row = alike.pop(0)
        log.info("text had left", outbound_id=row.id, carrier_id=text.carrier_id)
        take_report(runtime, row.id, text.status or "sent", text.carrier_id, text.error_code)
        moved += 1
    return moved


def may_have_left(runtime: Runtime, texts: Sequence[Listed]) -> dict[tuple[str, str, str], list[Any]]:
    """What is not known to have left to the numbers of some texts, the oldest first, by channel, number and words."""
    found: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for row in rows_by(runtime, MAY_HAVE_LEFT, sorted({key_of(runtime, text)[1] for text in texts})):
        found[row.channel, row.address_hash, (row.body or "").strip()].append(row)
    return found


def key_of(runtime: Runtime, text: Listed) -> tuple[str, str]:
    """The channel, and the hash under which the number is stored that a text went to."""
    channel, number = address_of(text.to)
    return channel, lookup_hash(runtime.settings.lookup_key, number)


def take_lost(runtime: Runtime, heard: Sequence[Heard]) -> int:
    """Take in, in the order in which they were written, the texts that never reached us."""
    known = {row.carrier_id for row in rows_of(runtime, TAKEN_IN, heard)}
    lost = sorted((text for text in heard if text.carrier_id not in known), key=lambda text: text.sent_at)
    for text in lost:
        log.info("text was lost", carrier_id=text.carrier_id)
        receive(runtime, incoming_of(text))
    return len(lost)


def incoming_of(text: Heard) -> Incoming:
    """A listed text as the webhook would have brought it."""
    channel, sender = address_of(storable(text.sender))
    return Incoming(
        carrier_id=text.carrier_id,
        sender=sender,
        body=storable(text.body),
        channel=channel,
        media=text.media,
        segments=text.segments,
        sent_at=text.sent_at,
    )


def catch_up(runtime: Runtime, said: Sequence[Listed]) -> int:
    """Take the final status of texts whose report never came."""
    waiting = {row.carrier_id: row.id for row in rows_of(runtime, OURS, said) if row.status == "sent"}
    ended = [text for text in said if text.carrier_id in waiting and text.status in STATUS]
    for text in ended:
        take_report(runtime, waiting[text.carrier_id], text.status, text.carrier_id, text.error_code)
    return len(ended)


def tell_of_strange(runtime: Runtime, program_id: int, said: Sequence[Listed], now: datetime) -> None:
    """Tell a person of texts that left our numbers and are none of ours: somebody else sends with them."""
    settled = [text for text in said if text.created_at is None or text.created_at <= now - SETTLED]
    known = {row.carrier_id for query in (OURS, REPORTED) for row in rows_of(runtime, query, settled)}
    strange = {text.carrier_id for text in settled} - known
    if not strange:
        return
    with runtime.writing() as session:
        raise_attention(
            session,
            program_id=program_id,
            reason="carrier_knows_more",
            now=now,
            key=str(program_id),
            detail=f"{len(strange)} texts",
        )


def rows_of(runtime: Runtime, query: Any, texts: Sequence[Heard] | Sequence[Listed]) -> Iterator[Any]:
    """What we have under the carrier's ids."""
    return rows_by(runtime, query, [text.carrier_id for text in texts])


def rows_by(runtime: Runtime, query: Any, values: Sequence[str]) -> Iterator[Any]:
    """What a query finds for some values, so many at once."""
    ids = iter(values)
    while chunk := list(islice(ids, AT_ONCE)):
        with runtime.sessions() as session:
            yield from session.execute(query, {"ids": chunk}).all()
