"""The way into the outbox: a text is rendered in its reader's language and waits there with the facts of its last gate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hvbot.conversation.messages import NAMES, Message
from hvbot.i18n.catalogue import Catalogue, Incomplete
from hvbot.models import OutboundText
from hvbot.models.batch import Batch, Write
from hvbot.models.database import Executor, dialect_of
from hvbot.models.prepared import connection_of
from hvbot.services.attention import raise_attention

PRIORITY: dict[str, int] = {
    "answer": 0,
    "offer": 0,
    "stopped": 0,
    "wrong_number": 0,
    "resumed": 0,
    "stranger": 0,
    "booked": 1,
    "moved": 1,
    "off": 1,
    "told": 1,
    "staff": 1,
    "person": 1,
    "reminder": 2,
    "thanks": 2,
}
LAST_IN_LINE = 3

TABLE: Any = OutboundText.__table__
ADD_ONCE = {
    "postgresql": postgresql.insert(TABLE).on_conflict_do_nothing(index_elements=["intent"]).returning(TABLE.c.id),
    "sqlite": sqlite.insert(TABLE).on_conflict_do_nothing(index_elements=["intent"]).returning(TABLE.c.id),
}
TEXT = Write(TABLE, once="intent")


@dataclass(frozen=True, slots=True)
class Letter:
    """A text to queue. `intent` is `purpose:subject:version:recipient` and never used twice.

    `school_id` is the school in whose turn it leaves, 0 where there is none.
    """

    program_id: int
    conversation_id: int
    message: Message
    params: Mapping[str, Any]
    language: str
    zone: ZoneInfo
    school_id: int
    purpose: str
    intent: str
    not_before: datetime
    not_after: datetime | None = None
    invitation_id: int | None = None
    visit_id: int | None = None
    visit_version: int | None = None
    unprompted: bool = False


def queue_letter(session: Session, catalogue: Catalogue, letter: Letter, now: datetime) -> int | None:
    """Queue a text; None when it was queued before, or when its language has a gap, which a person is told."""
    row = written(session, catalogue, letter, now)
    return session.execute(ADD_ONCE[dialect_of(session)], row).scalar() if row else None


def queue_texts(session: Session, rows: Iterable[dict[str, Any]]) -> set[str]:
    """Queue many texts; the intents of those that were not queued before."""
    batch = Batch()
    for row in rows:
        batch.add(TEXT, row)
    return batch.run(connection_of(session))


def written(session: Executor, catalogue: Catalogue, letter: Letter, now: datetime) -> dict[str, Any] | None:
    """A text as a row of the outbox; None when its language has a gap, which a person is told."""
    try:
        return outbound_row(catalogue, letter, now)
    except Incomplete:
        raise_attention(
            session,
            program_id=letter.program_id,
            reason="language_not_ready",
            now=now,
            key=str(letter.conversation_id),
            detail=letter.language,
            conversation_id=letter.conversation_id,
            invitation_id=letter.invitation_id,
        )
        return None


def outbound_row(catalogue: Catalogue, letter: Letter, now: datetime) -> dict[str, Any]:
    """A text as a row of the outbox.

    Raises:
        Incomplete: the language lacks a part of the text; it never leaves in another one.
    """
    rendered = catalogue.render(letter.message, letter.params, letter.language, letter.zone)
    return {
        "program_id": letter.program_id,
        "conversation_id": letter.conversation_id,
        "invitation_id": letter.invitation_id,
        "visit_id": letter.visit_id,
        "visit_version": letter.visit_version,
        "school_id": letter.school_id,
        "intent": letter.intent,
        "purpose": letter.purpose,
        "wording": wording(letter.message),
        "language": letter.language,
        "body": rendered.body,
        "segments": rendered.segments,
        "priority": PRIORITY.get(letter.purpose, LAST_IN_LINE),
        "unprompted": letter.unprompted,
        "status": "queued",
        "attempts": 0,
        "not_before": letter.not_before,
        "not_after": letter.not_after,
        "created_at": now,
    }


def wording(message: Message) -> str:
    """The name and version of a text, as evidence rows keep it."""
    return f"{NAMES[message]}@{message.version}"
