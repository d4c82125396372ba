"""A text comes in: it is stored, its turn is taken, and everything that follows is written, in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, exists, func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from hvbot.conversation.context import TextReceived
from hvbot.conversation.state import State, from_json
from hvbot.conversation.take import take_turn
from hvbot.models import Conversation, InboundText, Program, lookup_hash
from hvbot.models.batch import Batch, Write
from hvbot.models.prepared import Prepared, connection_of, next_id
from hvbot.runtime import Runtime
from hvbot.services.attention import raise_attention
from hvbot.services.context import context_for
from hvbot.services.effects import Cause, apply
from hvbot.services.exchange import Exchange
from hvbot.services.invitations import replied
from hvbot.services.landing import let_land
from hvbot.services.opening import open_exchange
from hvbot.services.programs import ProgramFacts, the_program
from hvbot.services.reading import event_of
from hvbot.services.visits import VisitGone

log = structlog.get_logger()

TRIES = 3
KEPT_CHARACTERS = 10_000
CONVERSATIONS: Any = Conversation.__table__
INBOUND: Any = InboundText.__table__
PROGRAMS: Any = Program.__table__
FIND = Prepared(
    select(
        CONVERSATIONS,
        PROGRAMS.c.settings,
        next_id(INBOUND).label("inbound_id"),
        exists().where(INBOUND.c.carrier_id == bindparam("carrier_id")).label("is_repeat"),
    )
    .join(PROGRAMS, PROGRAMS.c.id == CONVERSATIONS.c.program_id)
    .where(
        PROGRAMS.c.id == select(func.min(PROGRAMS.c.id)).scalar_subquery(),
        CONVERSATIONS.c.channel == bindparam("channel"),
        CONVERSATIONS.c.address_hash == bindparam("address_hash"),
    )
    # Not a plain FOR UPDATE: it would wait for every key share that a starting round holds (performance.md 3b).
    .with_for_update(key_share=True, of=CONVERSATIONS)
)
RECEIVED = Write(INBOUND)
PARKED = Write(INBOUND, once="carrier_id")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text as the carrier hands it over. `sender` is an E.164 number without the channel's prefix.

    `sent_at` is known of a text that the carrier could not hand over when it was sent.
    """

    carrier_id: str
    sender: str
    body: str
    channel: str = "sms"
    media: int = 0
    opt_out_type: str | None = None
    segments: int = 1
    sent_at: datetime | None = None


def receive(runtime: Runtime, incoming: Incoming) -> None:
    """Take in one text.

    A repeat of the same carrier id has no effect. When somebody else took a time meanwhile the whole turn is run
    again on fresh facts. When the turn fails the text is stored all the same, and a person is told.

    Raises:
        OperationalError: the database cannot be reached; nothing is stored and the carrier must try its fallback.
    """
    for attempt in range(TRIES):
        try:
            with runtime.connected() as connection:
                ended = exchange_text(runtime, connection, incoming)
            if ended:
                let_land(runtime, ended)
        except (IntegrityError, VisitGone) as problem:
            log.info("turn again", carrier_id=incoming.carrier_id, attempt=attempt, problem=type(problem).__name__)
        except OperationalError as problem:
            # A database that was restarted breaks every connection once.
            if attempt or not problem.connection_invalidated:
                raise
        except Exception as problem:  # the text must not be lost, whatever the turn does
            log.exception("turn failed", carrier_id=incoming.carrier_id, problem=type(problem).__name__)
            break
        else:
            return
    park(runtime, incoming)


def exchange_text(runtime: Runtime, connection: Connection, incoming: Incoming) -> int | None:
    """Store the text, take its turn, carry it out; the conversation's id if that ended all texts to it.

    Raises:
        IntegrityError: the same text came twice at once, and the other was first; or somebody else took the time.
    """
    now = runtime.clock.now()
    contact = find_or_greet(runtime, connection, incoming, now)
    if contact.is_repeat:
        return None
    program = ProgramFacts(contact.program_id, contact.settings)
    exchange = open_exchange(runtime, connection, program, contact, now, cause=f"in{contact.inbound_id}")
    state = from_json(contact.state)
    event = event_of(runtime, exchange, state, incoming)
    stored = {"id": contact.inbound_id, **inbound_row(contact, incoming, now), **reading_of(state, event, now)}
    exchange.batch.add(RECEIVED, stored)
    replied(exchange)
    take(exchange, state, event, Cause(contact.inbound_id, incoming.body))
    return contact.id if exchange.contact_changes.get("consent") == "revoked" else None


def take(exchange: Exchange, state: State, event: TextReceived, cause: Cause) -> None:
    """Take the turn and carry out what it decided."""
    turn = take_turn(state, event, context_for(exchange, state, event))
    if turn.state != state:
        exchange.keep(turn.state)
    for effect in turn.effects:
        apply(exchange, effect, cause)
    exchange.finish()


def find_or_greet(runtime: Runtime, connection: Connection, incoming: Incoming, now: datetime) -> Any:
    """The number's conversation, locked, with the program's settings; a number we do not know gets one."""
    key = lookup_hash(runtime.settings.lookup_key, incoming.sender)
    where = {"channel": incoming.channel, "address_hash": key}
    found = {**where, "carrier_id": incoming.carrier_id}
    contact = FIND.first(connection, found)
    if contact is not None:
        return contact
    values = {**where, "address": incoming.sender, "created_at": now, "state": {}}
    program = the_program(runtime.sessions(bind=connection), now)
    connection.execute(insert(Conversation).values(program_id=program.id, **values))
    return FIND.first(connection, found)


def inbound_row(contact: Any, incoming: Incoming, now: datetime) -> dict[str, Any]:
    """A text as a row."""
    return {
        "program_id": contact.program_id,
        "conversation_id": contact.id,
        "carrier_id": incoming.carrier_id,
        "body": incoming.body[:KEPT_CHARACTERS],
        "media": incoming.media,
        "segments": incoming.segments,
        "language": contact.language,
        "status": "received",
        "opt_out_type": incoming.opt_out_type,
        "received_at": now,
    }


def reading_of(state: State, event: TextReceived, now: datetime) -> dict[str, Any]:
    """How the text was read, for the coordinator."""
    question = state.newest(now)
    reading = {"meaning": event.reading.meaning.name, "why": list(event.reading.why)}
    return {"reading": reading, "answers": question.step.value if question else None}


def park(runtime: Runtime, incoming: Incoming) -> None:
    """Store a text whose turn failed, marked, with a person told."""
    with runtime.writing() as session:
        now = runtime.clock.now()
        contact = find_or_greet(runtime, connection_of(session), incoming, now)
        batch = Batch()
        batch.add(PARKED, {**inbound_row(contact, incoming, now), "status": "parked"})
        if not batch.run(connection_of(session)):
            return
        raise_attention(
            session,
            program_id=contact.program_id,
            reason="turn_failed",
            now=now,
            key=incoming.carrier_id,
            conversation_id=contact.id,
        )
