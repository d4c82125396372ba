"""Rounds of outreach and the families asked in them."""

from datetime import date, datetime

from sqlalchemy import Date, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hvbot.models.base import Base, Id, Owned, key_to, refers_to


class Round(Owned, Base):
    """A round of outreach between two days, inclusive. `sample` and `seed` say how families were drawn."""

    __tablename__ = "round"

    id: Mapped[Id]
    name: Mapped[str]
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    sample: Mapped[int | None]
    seed: Mapped[int]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]


class RoundSchool(Base):
    """A school that takes part in a round."""

    __tablename__ = "round_school"

    round_id: Mapped[int] = key_to("round.id")
    school_id: Mapped[int] = key_to("school.id")


class Invitation(Owned, Base):
    """One family asked in one round. The turn keeps its moments, so that response figures need no count over texts.

    `status`: waiting (asked, nothing back), talking, booked, done, declined, opted_out, unreachable, closed.
    `language` and `school_id` are copied here for the response figures. `times_wanted_at` is set while a willing home is to
    be shown times as soon as any is open.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("round_id", "household_id"),
        # All that the response figures read, in the order in which they are grouped: no invitation is looked up for them.
        Index(
            "ix_invitation_figures",
            *("round_id", "school_id", "language", "status"),
            *("program_id", "asked_at", "delivered_at", "replied_at"),
        ),
        Index(
            "ix_invitation_nudge_due",
            "nudge_due_at",
            postgresql_where=text("nudge_due_at IS NOT NULL"),
            sqlite_where=text("nudge_due_at IS NOT NULL"),
        ),
        Index(
            "ix_invitation_times_wanted",
            "school_id",
            "round_id",
            postgresql_where=text("times_wanted_at IS NOT NULL"),
            sqlite_where=text("times_wanted_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    round_id: Mapped[int] = refers_to("round.id")
    household_id: Mapped[int] = refers_to("household.id", index=True)
    school_id: Mapped[int] = refers_to("school.id")
    pair_id: Mapped[int | None] = refers_to("pair.id", nullable=True)
    language: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), default="waiting")
    place: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    consented_at: Mapped[datetime | None]
    booked_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    nudges: Mapped[int] = mapped_column(default=0)
    nudge_due_at: Mapped[datetime | None]
    times_wanted_at: Mapped[datetime | None]
    felt_heard: Mapped[int | None]


class InvitationStudent(Base):
    """The children of the home whom one invitation covers: siblings together."""

    __tablename__ = "invitation_student"

    invitation_id: Mapped[int] = key_to("invitation.id")
    student_id: Mapped[int] = key_to("student.id")
