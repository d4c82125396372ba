"""People who sign in to the web side, in the shape Flask-Security asks for."""

from datetime import datetime

from sqlalchemy import Boolean, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hvbot.models.base import Base, Id, key_to, refers_to


class Role(Base):
    """coordinator, school_lead, educator or partner (totals only)."""

    __tablename__ = "role"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(32), unique=True)
    permissions: Mapped[str | None]
    update_datetime: Mapped[datetime | None]


class User(Base):
    """A person who signs in."""

    __tablename__ = "user"

    id: Mapped[Id]
    program_id: Mapped[int] = refers_to("program.id")
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    create_datetime: Mapped[datetime | None]
    update_datetime: Mapped[datetime | None]
    roles: Mapped[list[Role]] = relationship(secondary="user_role", lazy="selectin")


class UserRole(Base):
    """Which roles a user has."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = key_to("user.id")
    role_id: Mapped[int] = key_to("role.id")


class UserSchool(Base):
    """The schools a user may see; none listed means all of the program's."""

    __tablename__ = "user_school"

    user_id: Mapped[int] = key_to("user.id")
    school_id: Mapped[int] = key_to("school.id")


class SignInLink(Base):
    """A one-time sign-in link, stored as the hash of its token. A page view has no effect; the button uses it up."""

    __tablename__ = "sign_in_link"
    __table_args__ = (UniqueConstraint("token_hash"), Index("ix_sign_in_link_user", "user_id"))

    id: Mapped[Id]
    user_id: Mapped[int] = refers_to("user.id")
    token_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
