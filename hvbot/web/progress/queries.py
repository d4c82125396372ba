"""The figures of a round, summed from the report that the command prints."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.models import School
from hvbot.reports import REPORTS, Row
from hvbot.web.context import Viewer

NUMBERS = ("asked", "delivered", "replied", "booked", "done", "declined", "opted_out", "unreachable", "waiting")
LABELS: Mapping[str, str] = {
    "asked": "Asked",
    "delivered": "Delivered",
    "replied": "Replied",
    "booked": "Visit set",
    "done": "Visited",
    "declined": "Said no",
    "opted_out": "Ended texts",
    "unreachable": "Unreachable",
    "waiting": "No answer yet",
}
FUNNEL = ("asked", "delivered", "replied", "booked", "done")
Figures = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Responses:
    """A round's figures: everybody, each school by name, each language by code."""

    total: Figures
    schools: Mapping[str, Figures]
    languages: Mapping[str, Figures]


def responses(session: Session, viewer: Viewer, round_id: int) -> Responses:
    """Sum the report of one round."""
    report = REPORTS["responses"]
    rows = list(report.rows(session, viewer.program_id, round_id=round_id, schools=viewer.schools))
    names = dict(session.execute(select(School.ref, School.name).where(School.program_id == viewer.program_id)).all())
    school, language = (itemgetter(report.columns.index(name)) for name in ("school", "language"))
    numbers = itemgetter(*map(report.columns.index, NUMBERS))
    return Responses(
        summed(map(numbers, rows)),
        grouped(rows, lambda row: names.get(school(row), school(row)), numbers),
        grouped(rows, language, numbers),
    )


def summed(rows: Iterable[tuple[int, ...]]) -> Figures:
    """Add the numbers up, column by column."""
    return dict.fromkeys(NUMBERS, 0) | dict(zip(NUMBERS, map(sum, zip(*rows, strict=True)), strict=False))


def grouped(
    rows: Iterable[Row], key: Callable[[Row], str], numbers: Callable[[Row], tuple[int, ...]]
) -> Mapping[str, Figures]:
    """Add the numbers up by one column."""
    groups: dict[str, list[tuple[int, ...]]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(numbers(row))
    return {name: summed(groups[name]) for name in sorted(groups)}
