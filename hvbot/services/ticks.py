"""Moments that workers note for each other: when a task last ran to its end, when one came back, when the carrier was asked."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import literal_column, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hvbot.models import Tick
from hvbot.models.database import dialect_of

TICKS: Any = Tick.__table__
INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def last(name: str) -> Any:
    """When something was last noted, as a column."""
    return select(TICKS.c.last_at).where(TICKS.c.name == literal_column(f"'{name}'")).scalar_subquery()


def note(session: Session, name: str, now: datetime, fresh: timedelta = timedelta()) -> None:
    """Note the moment of something, unless a younger note than `fresh` is there: an idle school's disk is left in peace."""
    row = INSERT[dialect_of(session)](TICKS).values(name=name, last_at=now)
    old = or_(TICKS.c.last_at < now - fresh, TICKS.c.last_at > now)
    session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"last_at": now}, where=old))
