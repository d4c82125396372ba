"""Silence that counts: who wrote a word that may end all texts, and does not say whether it was meant, has ended them."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.conversation.state import State, from_json
from hvbot.models import Conversation, InboundText
from hvbot.runtime import Runtime
from hvbot.services.consents import add_consent
from hvbot.services.exchange import Exchange
from hvbot.services.invitations import close_home
from hvbot.services.opening import open_exchange
from hvbot.services.programs import the_program

CONVERSATIONS: Any = Conversation.__table__
INBOUND: Any = InboundText.__table__


def end_after_silence(runtime: Runtime) -> int:
    """End all texts to one number that left our question unanswered for too long; 0 where there is none.

    Nothing is said any more: our question was the one text that the rules allow after a revocation.
    """
    with runtime.writing() as session:
        now = runtime.clock.now()
        due = select(CONVERSATIONS).where(CONVERSATIONS.c.stop_due_at <= now).order_by(CONVERSATIONS.c.stop_due_at)
        contact = session.execute(due.limit(1).with_for_update(key_share=True, skip_locked=True)).one_or_none()
        if contact is None:
            return 0
        program = the_program(session, now)
        exchange = open_exchange(runtime, session, program, contact, now, cause=f"tick{int(now.timestamp())}")
        exchange.actor = "worker"
        if contact.consent != "revoked":
            revoke(exchange, word_of(session, contact))
        exchange.settle("stop_or_change")
        exchange.keep(State())
        exchange.finish()
        return 1


def word_of(session: Session, contact: Any) -> Any:
    """The text that we asked about: the question was asked at the moment it came in."""
    asked = from_json(contact.state).stop_asked
    at: datetime | None = asked.asked_at if asked else None
    found = select(INBOUND.c.id, INBOUND.c.body).where(
        INBOUND.c.conversation_id == contact.id, INBOUND.c.received_at == at
    )
    return session.execute(found.order_by(INBOUND.c.id.desc()).limit(1)).one_or_none()


def revoke(exchange: Exchange, word: Any) -> None:
    """Keep the evidence; the visit stays, and a person calls about it."""
    add_consent(exchange, "revoked", "silence", word.body if word else None, word.id if word else None)
    close_home(exchange, "opted_out")
    if exchange.visit is not None:
        exchange.attend("stopped_with_visit")
