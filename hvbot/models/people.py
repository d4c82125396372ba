"""Families and staff, as the roster tells them. `ref` is the roster's own id; `gone_at` says a row left the roster."""

from datetime import date, datetime

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hvbot.models.base import Base, Id, Owned, PersonalText, key_to, refers_to


class Student(Owned, Base):
    """A child. Its name never leaves in a first text."""

    __tablename__ = "student"
    __table_args__ = (UniqueConstraint("program_id", "ref"),)

    id: Mapped[Id]
    ref: Mapped[str]
    school_id: Mapped[int] = refers_to("school.id", index=True)
    first_name: Mapped[PersonalText]
    last_name: Mapped[PersonalText]
    grade: Mapped[str | None] = mapped_column(String(16))
    gone_at: Mapped[datetime | None]


class Household(Owned, Base):
    """A home. Two homes of one child are two households, and neither learns of the other."""

    __tablename__ = "household"
    __table_args__ = (UniqueConstraint("program_id", "ref"),)

    id: Mapped[Id]
    ref: Mapped[str]
    gone_at: Mapped[datetime | None]


class HouseholdStudent(Base):
    """Which children live, at least sometimes, in which home."""

    __tablename__ = "household_student"

    household_id: Mapped[int] = key_to("household.id")
    student_id: Mapped[int] = key_to("student.id")


class Guardian(Owned, Base):
    """An adult who texts for a home. `contact_allowed` is the school's word, never shown to anybody else.

    `conversation_id` is empty where the roster has no number that can be texted.
    """

    __tablename__ = "guardian"
    __table_args__ = (UniqueConstraint("program_id", "ref", "household_id"),)

    id: Mapped[Id]
    ref: Mapped[str]
    household_id: Mapped[int] = refers_to("household.id", index=True)
    conversation_id: Mapped[int | None] = refers_to("conversation.id", index=True, nullable=True)
    name: Mapped[PersonalText]
    relation: Mapped[str | None] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(16))
    contact_allowed: Mapped[bool] = mapped_column(default=True)
    address: Mapped[PersonalText | None]
    gone_at: Mapped[datetime | None]


class Educator(Owned, Base):
    """A teacher or other staff who visits, or, with `role` interpreter, an adult who interprets.

    Interpreters share this table because they share the calendar: the same `Busy` rows keep both from being in two
    places. An interpreter is never part of a `Pair`.
    """

    __tablename__ = "educator"
    __table_args__ = (UniqueConstraint("program_id", "ref"),)

    id: Mapped[Id]
    ref: Mapped[str]
    school_id: Mapped[int] = refers_to("school.id", index=True)
    role: Mapped[str] = mapped_column(String(16), default="educator")
    name: Mapped[PersonalText]
    conversation_id: Mapped[int | None] = refers_to("conversation.id", index=True, nullable=True)
    email: Mapped[PersonalText | None]
    languages: Mapped[list[str]] = mapped_column(default=list)
    trained_on: Mapped[date | None] = mapped_column(Date)
    certified_until: Mapped[date | None] = mapped_column(Date)
    willing: Mapped[bool] = mapped_column(default=True)
    partner_ref: Mapped[str | None]
    gone_at: Mapped[datetime | None]


class EducatorStudent(Base):
    """Which educators teach which children."""

    __tablename__ = "educator_student"

    educator_id: Mapped[int] = key_to("educator.id")
    student_id: Mapped[int] = key_to("student.id")
