"""What every mapped class shares: the base, the column types, and the program that owns the row."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored and returned in UTC. A naive one is refused: SQLite would drop the zone silently."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone cannot be stored: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Personal(TypeDecorator[str]):
    """Numbers, names, addresses and bodies: the one type to change when they are to be encrypted at rest."""

    impl = Text
    cache_ok = True


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
        str: Text,
    }


BigId = BigInteger().with_variant(Integer, "sqlite")
Id = Annotated[int, mapped_column(BigId, primary_key=True)]
PersonalText = Annotated[str, mapped_column(Personal)]


def refers_to(target: str, *, index: bool = False, nullable: bool = False) -> Any:
    """A column that points at another table's row."""
    return mapped_column(BigId, ForeignKey(target), index=index, nullable=nullable)


def key_to(target: str) -> Any:
    """A column that points at another table's row and is part of the key."""
    return mapped_column(BigId, ForeignKey(target), primary_key=True)


class Owned:
    """A row of one program, the tenant."""

    program_id: Mapped[int] = mapped_column(BigId, ForeignKey("program.id"), index=True)


def lookup_hash(key: bytes, value: str) -> str:
    """Find a number without storing it in the clear: a keyed hash, the same for the same number."""
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
