"""What is only ever added: consent and the audit. Triggers refuse UPDATE and DELETE on both databases."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hvbot.models.base import Base, Id, Owned, PersonalText, refers_to

APPEND_ONLY = ("consent", "audit_event")


class Consent(Owned, Base):
    """Proof of leave to text, or of its end.

    `kind`: asked, granted, declined, revoked, wrong_number, resumed. `wording` is the message's name and version,
    `wording_text` the exact words the person saw, `text` the words that gave or took leave, `source` how we know
    (reply, carrier, silence, coordinator).
    """

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_thread", "conversation_id", "id"),)

    id: Mapped[Id]
    conversation_id: Mapped[int] = refers_to("conversation.id")
    kind: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    wording: Mapped[str | None] = mapped_column(String(64))
    wording_text: Mapped[str | None]
    text: Mapped[PersonalText | None]
    inbound_id: Mapped[int | None] = refers_to("inbound_text.id", nullable=True)
    at: Mapped[datetime]


class AuditEvent(Owned, Base):
    """One change of state: who did it, to what, from which version to which, and why."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject", "subject_id"),)

    id: Mapped[Id]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    before: Mapped[int | None]
    after: Mapped[int | None]
    cause: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[dict[str, Any] | None]
