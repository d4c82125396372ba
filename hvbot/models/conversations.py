"""Numbers and what was said with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hvbot.models.base import Base, BigId, Id, Owned, PersonalText, refers_to


class Conversation(Owned, Base):
    """One number's thread with us, on one channel.

    `consent` is the fold of its `Consent` rows: none, asked, granted, declined, revoked.
    `reach` is what the carrier says of the number: unknown, delivered, failed, landline, invalid, wrong.
    `state` is the conversation's `State` as JSON. `language_chosen` is true when the person named the language.
    `stop_due_at` is set while we wait to hear whether all texts shall end: then silence counts as yes, and until then
    nothing leaves that the person did not ask for.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("program_id", "channel", "address_hash"),
        Index(
            "ix_conversation_stop_due",
            "stop_due_at",
            postgresql_where=text("stop_due_at IS NOT NULL"),
            sqlite_where=text("stop_due_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    channel: Mapped[str] = mapped_column(String(16), default="sms")
    address: Mapped[PersonalText]
    address_hash: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16), default="en")
    language_chosen: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[str] = mapped_column(String(16), default="none")
    reach: Mapped[str] = mapped_column(String(16), default="unknown")
    shared: Mapped[bool | None]
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answered_stranger_at: Mapped[datetime | None]
    held_by_person: Mapped[bool] = mapped_column(default=False)
    stop_due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class InboundText(Owned, Base):
    """A text that came in. Its carrier id is unique for ever, so a repeat has no effect.

    `status` is received or parked (the turn failed; a person must look). `reading` holds the meaning and the words that
    decided it; `answers` the kind of question it was read against.
    """

    __tablename__ = "inbound_text"
    __table_args__ = (
        UniqueConstraint("carrier_id"),
        Index("ix_inbound_text_thread", "conversation_id", "id"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = refers_to("conversation.id")
    carrier_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[PersonalText | None]
    media: Mapped[int] = mapped_column(default=0)
    segments: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), default="received")
    answers: Mapped[str | None] = mapped_column(String(32))
    reading: Mapped[dict[str, Any] | None]
    opt_out_type: Mapped[str | None] = mapped_column(String(8))
    received_at: Mapped[datetime]


class OutboundText(Owned, Base):
    """The outbox: a text we may send, rendered, with the facts its last gate needs.

    `status`: queued, sending, sent, delivered, failed, unknown, dropped. `intent` is `purpose:subject:version:recipient`
    and unique for ever. `priority`: 0 answers, 1 changes and confirmations, 2 reminders, 3 invitations and nudges.
    `school_id` says whose turn it is: schools take turns; 0 for a text of no school.
    """

    __tablename__ = "outbound_text"
    __table_args__ = (
        UniqueConstraint("intent"),
        Index("ix_outbound_text_thread", "conversation_id", "id"),
        Index("ix_outbound_text_carrier", "carrier_id"),
        Index(
            "ix_outbound_text_turn",
            "school_id",
            "priority",
            "not_before",
            "id",
            postgresql_where=text("status = 'queued'"),
            sqlite_where=text("status = 'queued'"),
        ),
        Index(
            "ix_outbound_text_open",
            "status",
            "lease_until",
            postgresql_where=text("status IN ('sending', 'unknown')"),
            sqlite_where=text("status IN ('sending', 'unknown')"),
        ),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = refers_to("conversation.id")
    invitation_id: Mapped[int | None] = refers_to("invitation.id", nullable=True)
    visit_id: Mapped[int | None] = refers_to("visit.id", nullable=True)
    visit_version: Mapped[int | None]
    # No foreign key: it would be checked for each of a round's texts and guards nothing.
    school_id: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    intent: Mapped[str] = mapped_column(String(160))
    purpose: Mapped[str] = mapped_column(String(32))
    wording: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    body: Mapped[PersonalText | None]
    segments: Mapped[int]
    priority: Mapped[int] = mapped_column(default=0)
    unprompted: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(16), default="queued")
    reason: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    not_after: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(32))
    carrier_id: Mapped[str | None] = mapped_column(String(64))
    error_code: Mapped[int | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]


class CarrierEvent(Base):
    """A status callback as it came; unmatched ones are kept too. The text's status is the highest rank of these."""

    __tablename__ = "carrier_event"

    id: Mapped[Id]
    outbound_id: Mapped[int | None] = refers_to("outbound_text.id", index=True, nullable=True)
    carrier_id: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(32))
    error_code: Mapped[int | None]
    at: Mapped[datetime]
