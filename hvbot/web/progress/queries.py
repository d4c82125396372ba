"""The figures of a round, summed from the report that the command prints."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.models import School
from hvbot.reports import REPORTS
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
    found = report.rows(session, viewer.program_id, round_id=round_id, schools=viewer.schools)
    rows: list[Mapping[str, object]] = [dict(zip(report.columns, row, strict=True)) for row in found]
    names = dict(session.execute(select(School.ref, School.name)).all())
    return Responses(
        summed(rows),
        grouped(rows, lambda row: names.get(str(row["school"]), str(row["school"]))),
        grouped(rows, lambda row: str(row["language"])),
    )


def summed(rows: Iterable[Mapping[str, object]]) -> Figures:
    """Add the numbers up."""
    totals = dict.fromkeys(NUMBERS, 0)
    for row in rows:
        for name in NUMBERS:
            totals[name] += int(str(row[name] or 0))
    return totals


def grouped(rows: list[Mapping[str, object]], key: Callable[[Mapping[str, object]], str]) -> Mapping[str, Figures]:
    """Add the numbers up by one column."""
    groups: dict[str, list[Mapping[str, object]]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {name: summed(groups[name]) for name in sorted(groups)}
