"""Matters a person must look at."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hvbot.models.base import Base, Id, Owned, refers_to

OPEN = text("status <> 'resolved'")


class Attention(Owned, Base):
    """A person must look: why, since when, and who took it.

    `key` keeps one open matter from being raised twice. `status`: open, taken, resolved.
    """

    __tablename__ = "attention"
    __table_args__ = (
        Index("uq_attention_open", "key", unique=True, postgresql_where=OPEN, sqlite_where=OPEN),
        Index("ix_attention_since", "status", "since"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(160))
    reason: Mapped[str] = mapped_column(String(48))
    detail: Mapped[str | None]
    school_id: Mapped[int | None] = refers_to("school.id", nullable=True)
    conversation_id: Mapped[int | None] = refers_to("conversation.id", index=True, nullable=True)
    invitation_id: Mapped[int | None] = refers_to("invitation.id", nullable=True)
    visit_id: Mapped[int | None] = refers_to("visit.id", nullable=True)
    since: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16), default="open")
    taken_by: Mapped[int | None] = refers_to("user.id", nullable=True)
    resolved_at: Mapped[datetime | None]
