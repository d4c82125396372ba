"""Home visits and the reminders about them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hvbot.models.base import Base, Id, Owned, PersonalText, refers_to

LIVE = text("status IN ('booked', 'confirmed')")


class Visit(Owned, Base):
    """A home visit: a moment, a home, two educators, perhaps an interpreter.

    A visit that moves keeps its row with status `moved`; the new row has the next `version` and points back by
    `moved_from_id`. `wall` is the local time told to the family, with the school's `zone`; `starts_at` is the same
    moment in UTC.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index(
            "uq_visit_live",
            "round_id",
            "household_id",
            "student_id",
            unique=True,
            postgresql_where=LIVE,
            sqlite_where=LIVE,
        ),
        Index("ix_visit_starts", "starts_at"),
        CheckConstraint("first_id <> second_id", name="two_people"),
        CheckConstraint(
            "status IN ('booked', 'confirmed', 'done', 'moved', 'canceled', 'missed')", name="known_status"
        ),
    )

    id: Mapped[Id]
    invitation_id: Mapped[int] = refers_to("invitation.id", index=True)
    round_id: Mapped[int] = refers_to("round.id")
    household_id: Mapped[int] = refers_to("household.id")
    student_id: Mapped[int] = refers_to("student.id")
    school_id: Mapped[int] = refers_to("school.id")
    guardian_id: Mapped[int | None] = refers_to("guardian.id", nullable=True)
    first_id: Mapped[int] = refers_to("educator.id", index=True)
    second_id: Mapped[int] = refers_to("educator.id", index=True)
    interpreter_id: Mapped[int | None] = refers_to("educator.id", nullable=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    wall: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(16), default="home")
    place_words: Mapped[PersonalText | None]
    status: Mapped[str] = mapped_column(String(16), default="booked")
    version: Mapped[int] = mapped_column(default=1)
    moved_from_id: Mapped[int | None] = refers_to("visit.id", nullable=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Reminder(Base):
    """A nudge about one version of a visit to one person; the key makes a second one impossible.

    It becomes a text when `due_at` has come and `queued_at` is empty.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("visit_id", "version", "kind", "conversation_id"),
        Index(
            "ix_reminder_due",
            "due_at",
            postgresql_where=text("queued_at IS NULL"),
            sqlite_where=text("queued_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    visit_id: Mapped[int] = refers_to("visit.id")
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    conversation_id: Mapped[int] = refers_to("conversation.id", index=True)
    due_at: Mapped[datetime]
    not_after: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(32))


class SubstituteRequest(Base):
    """A colleague asked to go in somebody's place; `status`: asked, yes, no, late.

    The family is troubled only when nobody is left to ask.
    """

    __tablename__ = "substitute_request"
    __table_args__ = (
        UniqueConstraint("visit_id", "version", "leaving_id", "asked_id"),
        Index(
            "ix_substitute_request_open",
            "deadline",
            postgresql_where=text("status = 'asked'"),
            sqlite_where=text("status = 'asked'"),
        ),
    )

    id: Mapped[Id]
    visit_id: Mapped[int] = refers_to("visit.id", index=True)
    version: Mapped[int]
    leaving_id: Mapped[int] = refers_to("educator.id")
    asked_id: Mapped[int] = refers_to("educator.id")
    asked_at: Mapped[datetime]
    deadline: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(8), default="asked")
