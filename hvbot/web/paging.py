"""Long tables in pages."""

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hvbot.reports.people import Query

SIZE = 50
MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, counted from 1."""

    rows: tuple[Any, ...]
    number: int
    total: int
    size: int = SIZE

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.size))


def asked_page() -> int:
    """The page the address asks for."""
    text = request.args.get("page", "1")
    return min(max(1, int(text)), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def page_of(session: Session, statement: Query, number: int, size: int = SIZE) -> Page:
    """One page, and how many rows there are. A page behind the last is the last."""
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    count = session.scalar(counted) or 0
    number = min(number, max(1, -(-count // size)))
    rows = session.execute(statement.limit(size).offset((number - 1) * size)).all()
    return Page(tuple(rows), number, count, size)
