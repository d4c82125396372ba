"""What a turn writes, gathered and written at its end: one statement for all tables on PostgreSQL, one a table on SQLite.

Rows travel as one JSON parameter a table, so that a statement stays the same, and prepared, however many rows there are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Table

from hvbot.models.prepared import fetched

# ruff: noqa: S608 - what is put into the statements are names of our own tables and columns.

Row = Mapping[str, Any]
FEW = (1, 4, 16)


@dataclass(frozen=True, slots=True)
class Write:
    """New rows of a table, or, with `changes`, new values for the rows of an id.

    With `once` a row whose key is there already is left out; the keys that were not are given back.
    """

    table: Table
    changes: bool = False
    once: str | None = None


Part = tuple[Write, tuple[str, ...]]


@dataclass(slots=True)
class Batch:
    """Rows to write, by table and columns, in the order in which tables were first named."""

    parts: dict[Part, list[Row]] = field(default_factory=dict)

    def add(self, write: Write, row: Row) -> None:
        """Gather one row."""
        self.parts.setdefault((write, tuple(row)), []).append(row)

    def run(self, connection: Connection) -> set[str]:
        """Write everything; the keys of the rows that are written at most once and were not there."""
        parts, self.parts = self.parts, {}
        if not parts:
            return set()
        runs = run_together if connection.dialect.name == "postgresql" else run_in_turn
        return runs(connection, parts)


def run_together(connection: Connection, parts: Mapping[Part, Sequence[Row]]) -> set[str]:
    """All tables in one statement. What refers to another row of the batch is checked at its end."""
    sql = together(tuple((*part, few(rows)) for part, rows in parts.items()))
    found = fetched(connection, sql, [as_json(rows, with_zone) for rows in parts.values()])
    return {key for (key,) in found if key is not None}


def run_in_turn(connection: Connection, parts: Mapping[Part, Sequence[Row]]) -> set[str]:
    """One statement a table."""
    written: set[str] = set()
    for part, rows in parts.items():
        written.update(key for (key,) in fetched(connection, alone(part), [as_json(rows, without_zone)]))
    return written


def few(rows: Sequence[Row]) -> int | None:
    """How many rows a statement is made for; None where they are many. There are few such statements, to be prepared."""
    return next((most for most in FEW if len(rows) <= most), None)


@lru_cache(maxsize=256)
def together(parts: tuple[tuple[Write, tuple[str, ...], int | None], ...]) -> str:
    """PostgreSQL's statement for some parts, each with how many rows it may have."""
    bodies = (f"part{number} AS ({on_postgresql(*part)})" for number, part in enumerate(parts))
    keys = (f"SELECT {write.once} FROM part{number}" for number, (write, *_) in enumerate(parts) if write.once)
    return f"WITH {', '.join(bodies)} {' UNION ALL '.join(keys) or 'SELECT NULL'}"


def on_postgresql(write: Write, columns: tuple[str, ...], most: int | None) -> str:
    """PostgreSQL reads each column as the table has it.

    It takes the rows for a hundred, for which it would read a whole table of thousands rather than its index; told that
    there are few, it looks these up.
    """
    table = write.table.name
    limit = f" LIMIT {most}" if most else ""
    rows = f"(SELECT * FROM json_populate_recordset(NULL::{table}, %s::json){limit}) AS given"
    if write.changes:
        changes = ", ".join(f"{name} = given.{name}" for name in columns if name != "id")
        return f"UPDATE {table} SET {changes} FROM {rows} WHERE {table}.id = given.id"
    return inserting(write, columns, f"SELECT {', '.join(map(quoted, columns))} FROM {rows}")


@lru_cache(maxsize=256)
def alone(part: Part) -> str:
    """SQLite's statement for one part."""
    write, columns = part
    table = write.table.name
    if write.changes:
        changes = ", ".join(f"{name} = {read(write, name)}" for name in columns if name != "id")
        return f"UPDATE {table} SET {changes} FROM json_each(?) WHERE {table}.id = {read(write, 'id')}"
    return inserting(
        write, columns, f"SELECT {', '.join(read(write, name) for name in columns)} FROM json_each(?) WHERE TRUE"
    )


def inserting(write: Write, columns: tuple[str, ...], rows: str) -> str:
    """An insert, at most once where the table says so."""
    once = f" ON CONFLICT ({write.once}) DO NOTHING RETURNING {write.once}" if write.once else ""
    return f"INSERT INTO {write.table.name} ({', '.join(map(quoted, columns))}) {rows}{once}"


def read(write: Write, name: str) -> str:
    """One column of a row in SQLite's JSON; a column that is JSON itself stays so, its null too."""
    value = f"json_extract(json_each.value, '$.{name}')"
    return f"coalesce({value}, 'null')" if isinstance(write.table.c[name].type, JSON) else value


def quoted(name: str) -> str:
    return f'"{name}"'


def as_json(rows: Sequence[Row], moment: Callable[[datetime], str]) -> str:
    """Rows as one parameter, their moments as the database reads them."""
    try:
        return orjson.dumps(rows, moment, orjson.OPT_PASSTHROUGH_DATETIME).decode()
    except TypeError as problem:
        raise problem.__cause__ or problem from None


def with_zone(moment: datetime) -> str:
    """A moment for PostgreSQL; one without a zone is refused, as by the column type."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone cannot be stored: {moment!r}")
    return moment.isoformat()


def without_zone(moment: datetime) -> str:
    """A moment as SQLite keeps it: in UTC, without saying so, always with the fraction."""
    with_zone(moment)
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
