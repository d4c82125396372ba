"""A coordinator steps in: answers in own words, keeps the conversation, takes and settles what waits for a person."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from hvbot.i18n.segments import measure, normalise
from hvbot.models import Attention, Conversation
from hvbot.services.audit import audit_row, record
from hvbot.services.sending import PAUSED, switch_sending
from hvbot.services.texts import ADD_ONCE, PRIORITY

LONGEST = 1000
REFUSED = {
    "revoked": "They ended all texts, so no text may go out. Phone them instead.",
}
WRONG = "Somebody else has this number, so no text may go out."
EMPTY = "Write something first."
TOO_LONG = f"That is longer than {LONGEST} characters. Make it shorter, or phone."
ATTENTIONS: Any = Attention.__table__
CONVERSATIONS: Any = Conversation.__table__


class ReplyRefused(Exception):
    """A person's words may not go out; the message says why, in words for the coordinator."""


def why_not(contact: Conversation) -> str | None:
    """Why nobody may write to a number now."""
    if contact.consent in REFUSED:
        return REFUSED[contact.consent]
    return WRONG if contact.reach == "wrong" else None


def queue_reply(
    session: Session, conversation_id: int, words: str, *, user_id: int, now: datetime, token: str | None = None
) -> int | None:
    """Queue a coordinator's own words; None when the same form was sent before.

    `token` names the form, so that pressing the button twice sends one text.

    Raises:
        ReplyRefused: the person ended all texts, or there is nothing that could be sent.
    """
    locked = select(Conversation).where(Conversation.id == conversation_id).with_for_update(key_share=True)
    contact = session.scalars(locked).one()
    body = checked(contact, words)
    row = reply_row(contact, body, f"person:{contact.id}:{token or uuid4().hex}:{contact.id}", now)
    added = session.execute(ADD_ONCE[session.get_bind().dialect.name], row).scalar()
    if added is not None:
        event = audit_row(
            contact.program_id,
            now,
            f"user:{user_id}",
            "text.by_person",
            "conversation",
            contact.id,
            cause=f"out{added}",
        )
        record(session, event)
    return added


def checked(contact: Conversation, words: str) -> str:
    """The words as they would leave."""
    if refusal := why_not(contact):
        raise ReplyRefused(refusal)
    body = normalise(words.replace("\r\n", "\n").replace("\x00", "")).strip()
    if not body:
        raise ReplyRefused(EMPTY)
    if len(body) > LONGEST:
        raise ReplyRefused(TOO_LONG)
    return body


def reply_row(contact: Conversation, body: str, intent: str, now: datetime) -> dict[str, Any]:
    """A person's words as a row of the outbox. They answer somebody, so they may leave at any hour."""
    return {
        "program_id": contact.program_id,
        "conversation_id": contact.id,
        "invitation_id": None,
        "visit_id": None,
        "visit_version": None,
        "school_id": 0,
        "intent": intent,
        "purpose": "person",
        "wording": "OWN_WORDS_OF_A_PERSON",
        "language": contact.language,
        "body": body,
        "segments": measure(body).segments,
        "priority": PRIORITY["person"],
        "unprompted": False,
        "status": "queued",
        "attempts": 0,
        "not_before": now,
        "not_after": None,
        "created_at": now,
    }


def hold(session: Session, conversation_id: int, *, held: bool, user_id: int, now: datetime) -> bool:
    """Take a conversation over, or give it back to hvbot; false when it was so already."""
    changed = update(CONVERSATIONS).where(
        CONVERSATIONS.c.id == conversation_id, CONVERSATIONS.c.held_by_person.is_(not held)
    )
    row = session.execute(changed.values(held_by_person=held).returning(CONVERSATIONS.c.program_id)).one_or_none()
    if row is None:
        return False
    action = "conversation.taken_over" if held else "conversation.given_back"
    record(session, audit_row(row.program_id, now, f"user:{user_id}", action, "conversation", conversation_id))
    return True


def take(session: Session, attention_id: int, *, user_id: int, now: datetime) -> bool:
    """Take a matter, also from somebody else; false when it is settled already."""
    changes = {"status": "taken", "taken_by": user_id}
    return change(session, attention_id, changes, "attention.taken", user_id=user_id, now=now) is not None


def settle(session: Session, attention_id: int, *, user_id: int, now: datetime) -> bool:
    """Settle a matter; false when it is settled already. Whoever settles why texts were stopped lets them leave again."""
    changes = {"status": "resolved", "taken_by": user_id, "resolved_at": now}
    row = change(session, attention_id, changes, "attention.resolved", user_id=user_id, now=now)
    if row is not None and row.reason == PAUSED:
        switch_sending(session, row.program_id, paused=False, user_id=user_id, now=now)
    return row is not None


def reopen(session: Session, attention_id: int, *, user_id: int, now: datetime) -> bool:
    """Take back that a matter of a family or an educator is settled; it waits again, as long as it has waited.

    False where nobody settled it, or the same waits again already. What the machine has raised settles itself.
    """
    same = aliased(Attention)
    waits = select(same.id).where(same.key == Attention.key, same.status != "resolved")
    settled = (Attention.status == "resolved", Attention.taken_by.is_not(None), Attention.conversation_id.is_not(None))
    mistaken = update(Attention).where(Attention.id == attention_id, *settled, ~waits.exists())
    back = mistaken.values(status="open", taken_by=None, resolved_at=None).returning(Attention.program_id)
    program_id = session.execute(back.execution_options(synchronize_session=False)).scalar()
    if program_id is not None:
        record(session, audit_row(program_id, now, f"user:{user_id}", "attention.reopened", "attention", attention_id))
    return program_id is not None


def change(
    session: Session, attention_id: int, changes: dict[str, Any], action: str, *, user_id: int, now: datetime
) -> Any:
    """Change an open matter and write who did; its program and reason, None when it is settled already."""
    changed = update(ATTENTIONS).where(ATTENTIONS.c.id == attention_id, ATTENTIONS.c.status != "resolved")
    kept = changed.values(**changes).returning(ATTENTIONS.c.program_id, ATTENTIONS.c.reason)
    row = session.execute(kept).one_or_none()
    if row is not None:
        record(session, audit_row(row.program_id, now, f"user:{user_id}", action, "attention", attention_id))
    return row
