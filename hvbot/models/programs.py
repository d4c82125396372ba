"""The program that runs visits, its schools, and the heartbeat of its worker."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Date, String, Time, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from hvbot.models.base import Base, Id, Owned, PersonalText, key_to


class Program(Base):
    """A district, union or nonprofit; the tenant. `settings` holds what differs from the defaults."""

    __tablename__ = "program"

    id: Mapped[Id]
    name: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sending_paused: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class School(Owned, Base):
    """A school site: it has the zone, the visiting hours and the closed days."""

    __tablename__ = "school"
    __table_args__ = (UniqueConstraint("program_id", "ref"),)

    id: Mapped[Id]
    ref: Mapped[str]
    name: Mapped[str]
    zone: Mapped[str]
    language: Mapped[str] = mapped_column(String(16), default="en")
    phone: Mapped[PersonalText | None]
    visit_from: Mapped[time] = mapped_column(Time, default=time(8, 0))
    visit_until: Mapped[time] = mapped_column(Time, default=time(20, 0))
    gone_at: Mapped[datetime | None]


class ClosedDay(Base):
    """A day without visits at one school. The roster's file does not open one that a person closed."""

    __tablename__ = "closed_day"

    school_id: Mapped[int] = key_to("school.id")
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reason: Mapped[str | None]
    by_person: Mapped[bool] = mapped_column(default=False, server_default=false())


class Sender(Base):
    """What carries our texts, and how much it has carried: any number of workers keep its pace together.

    `free_at`: when everything handed over will have passed at the sender's pace. `segments`: handed over on that `day`.
    """

    __tablename__ = "sender"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    free_at: Mapped[datetime]
    day: Mapped[date]
    segments: Mapped[int]


class Tick(Base):
    """When each periodic task last ran to its end; `/healthz` reads it."""

    __tablename__ = "tick"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_at: Mapped[datetime]
