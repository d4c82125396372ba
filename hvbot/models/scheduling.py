"""Pairs, the time their members give, and the minutes that are taken."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hvbot.models.base import Base, Id, Owned, key_to, refers_to


class Pair(Owned, Base):
    """Two educators who go together."""

    __tablename__ = "pair"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="ordered"),
    )

    id: Mapped[Id]
    school_id: Mapped[int] = refers_to("school.id", index=True)
    first_id: Mapped[int] = refers_to("educator.id", index=True)
    second_id: Mapped[int] = refers_to("educator.id", index=True)
    active: Mapped[bool] = mapped_column(default=True)


class Availability(Owned, Base):
    """Free time an educator or interpreter gives."""

    __tablename__ = "availability"
    __table_args__ = (
        UniqueConstraint("educator_id", "starts_at"),
        Index("ix_availability_educator_ends", "educator_id", "ends_at"),
    )

    id: Mapped[Id]
    educator_id: Mapped[int] = refers_to("educator.id")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Busy(Base):
    """A quarter hour in which a person is taken by a visit, travel included.

    The key makes a double booking impossible on every database. `quarter` counts quarter hours since the epoch.
    """

    __tablename__ = "busy"

    educator_id: Mapped[int] = key_to("educator.id")
    quarter: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    visit_id: Mapped[int] = refers_to("visit.id", index=True)
