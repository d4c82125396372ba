"""Where a roster waits between reading and importing: a private SQLite database that vanishes when it is closed.

Rows of any number are sorted, checked against each other and joined here without filling the memory, and nothing is
written to the program's own database before the whole roster has been read.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from hvbot.services.roster.rows import (
    AvailabilityRow,
    ClosedDayRow,
    EducatorRow,
    GuardianRow,
    Held,
    Row,
    SchoolRow,
    StudentRow,
)

R = TypeVar("R", SchoolRow, EducatorRow, StudentRow, GuardianRow, AvailabilityRow, ClosedDayRow)
KINDS: dict[type[Row], str] = {
    SchoolRow: "school",
    EducatorRow: "educator",
    StudentRow: "student",
    GuardianRow: "guardian",
    AvailabilityRow: "availability",
    ClosedDayRow: "closed_day",
}
# What a row is found by: its own id, the id it hangs on, and what else makes it one of a kind.
KEYS: dict[type[Row], tuple[str, str, str]] = {
    SchoolRow: ("ref", "", ""),
    EducatorRow: ("ref", "school", ""),
    StudentRow: ("ref", "school", ""),
    GuardianRow: ("ref", "student", "household"),
    AvailabilityRow: ("educator", "educator", "start"),
    ClosedDayRow: ("school", "school", "day"),
}
BATCH = 2000
TABLE = """
CREATE TABLE {kind} (
    n INTEGER PRIMARY KEY, ref TEXT, parent TEXT, part TEXT, what TEXT, phone TEXT, language TEXT, home TEXT,
    file TEXT, row INTEGER, body TEXT)"""
INSERT = "INSERT INTO {kind} (ref, parent, part, what, phone, language, file, row, body) VALUES (?,?,?,?,?,?,?,?,?)"
HAS = "SELECT 1 FROM {kind} WHERE what = ? LIMIT 1"
COUNT = "SELECT count(*) FROM {kind}"
REFS = "SELECT ref FROM {kind}"
BODIES = "SELECT file, row, body FROM {kind} ORDER BY n"
LISTED = """
SELECT ref FROM {kind} WHERE ref IN (SELECT value FROM json_each(?))
UNION SELECT ref FROM held WHERE kind = '{kind}' AND ref IN (SELECT value FROM json_each(?))"""
COLUMNS: dict[type[Row], tuple[str, ...]] = {kind: tuple(field.name for field in fields(kind))[2:] for kind in KINDS}
VALUES = {kind: attrgetter(*names) for kind, names in COLUMNS.items()}


def what_of(row: Row) -> str:
    """What a row is, in the plural, as the report names it."""
    if isinstance(row, EducatorRow):
        return f"{row.role}s"
    return {"availability": "availability", "closed_day": "closed days"}.get(KINDS[type(row)], f"{KINDS[type(row)]}s")


class Stage:
    """The waiting room of one import."""

    def __init__(self) -> None:
        # The empty name is SQLite's own temporary file, removed by the system even when the process is killed.
        self.base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self.base.execute("PRAGMA journal_mode=OFF")
        for kind in KINDS.values():
            self.base.execute(TABLE.format(kind=kind))
        self.base.execute("CREATE TABLE held (kind TEXT, ref TEXT, student TEXT)")
        self.base.execute("CREATE TABLE known (kind TEXT, ref TEXT, PRIMARY KEY (kind, ref)) WITHOUT ROWID")
        self.base.execute("BEGIN")

    def close(self) -> None:
        self.base.close()

    def add(self, items: Iterable[Row | Held]) -> int:
        """Set rows aside; the answer is how many there were."""
        total = 0
        remaining = iter(items)
        while batch := list(islice(remaining, BATCH)):
            total += len(batch)
            for kind, name in KINDS.items():
                rows = [parameters(item) for item in batch if type(item) is kind]
                self.base.executemany(INSERT.format(kind=name), rows)
            self.hold(item for item in batch if isinstance(item, Held))
        return total

    def hold(self, held: Iterable[Held]) -> None:
        """Remember who is named by rows that cannot be used."""
        rows = [(KINDS[item.kind], item.ref, item.student) for item in held if item.ref]
        self.base.executemany("INSERT INTO held VALUES (?,?,?)", rows)

    def index(self) -> None:
        """Make look-ups fast, once everything is set aside."""
        for kind in KINDS.values():
            self.base.execute(f"CREATE INDEX {kind}_ref ON {kind} (ref, parent, part)")
        self.base.execute("CREATE INDEX held_ref ON held (kind, ref)")

    def learn(self, kind: type[Row], refs: Iterable[str]) -> None:
        """Note ids that the roster may refer to without listing them."""
        rows = ((KINDS[kind], ref) for ref in refs)
        self.base.executemany("INSERT OR IGNORE INTO known VALUES (?,?)", rows)

    def count(self, kind: type[Row] | None = None) -> int:
        """How many rows of a kind, or of all kinds, are to be imported."""
        kinds = [KINDS[kind]] if kind else list(KINDS.values())
        return sum(int(self.ask(COUNT.format(kind=name)).fetchone()[0]) for name in kinds)

    def has(self, what: str) -> bool:
        """Tell whether a kind of row, as the report names it, was read."""
        return any(self.ask(HAS.format(kind=kind), (what,)).fetchone() for kind in KINDS.values())

    def refs(self, kind: str) -> list[str]:
        """The ids of all rows of a kind."""
        return [ref for (ref,) in self.ask(REFS.format(kind=kind))]

    def rows(self, kind: type[R]) -> Iterator[R]:
        """The rows of a kind, in the file's order."""
        for file, row, body in self.ask(BODIES.format(kind=KINDS[kind])):
            yield restored(kind, file, row, body)

    def ask(self, question: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement of our own."""
        return self.base.execute(question, values)

    def listed(self, kind: type[Row], refs: Sequence[str]) -> set[str]:
        """Which of some ids the roster names, in good rows or blocked ones."""
        among = json.dumps(refs)
        found = self.ask(LISTED.format(kind=KINDS[kind]), (among, among))
        return {ref for (ref,) in found}


def parameters(row: Any) -> tuple[Any, ...]:
    kind = type(row)
    own, parent, part = (getattr(row, key) if key else "" for key in KEYS[kind])
    extra = (row.phone, row.language) if kind is GuardianRow else (None, None)
    body = json.dumps(VALUES[kind](row), ensure_ascii=False)
    return (own, parent, part or "", what_of(row), *extra, row.file, row.row, body)


def restored(kind: type[R], file: str, row: int, body: str) -> R:
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in json.loads(body)]
    return kind(file, row, *values)
