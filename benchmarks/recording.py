"""Keeps what a database's driver is told while the product takes in texts, so that it can be told the same without the product."""

import sqlite3
from typing import Any

import psycopg
from sqlalchemy import Engine, event

Statement = tuple[str, Any, bool]
BEGINS = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


class Heard:
    """The statements since they were last taken, each with its parameters and whether it was run once for each of them."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []

    def note(self, sql: Any, parameters: Any, many: bool) -> None:
        if not str(sql).lstrip().upper().startswith(BEGINS):
            self.statements.append((str(sql), parameters, many))

    def take(self) -> list[Statement]:
        statements, self.statements = self.statements, []
        return statements


def listen(engine: Engine) -> Heard:
    """Hear every statement of an engine that has no connection yet."""
    heard = Heard()
    is_postgresql = engine.dialect.name == "postgresql"
    given: dict[str, Any] = (
        {"cursor_factory": cursor_of_psycopg(heard)} if is_postgresql else {"factory": connection_of_sqlite(heard)}
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        parameters.update(given)

    return heard


def cursor_of_psycopg(heard: Heard) -> type[psycopg.Cursor[Any]]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
            heard.note(query, params, False)
            return super().execute(query, params, **how)

        def executemany(self, query: Any, params_seq: Any, **how: Any) -> None:
            rows = list(params_seq)
            heard.note(query, rows, True)
            super().executemany(query, rows, **how)

    return Cursor


def connection_of_sqlite(heard: Heard) -> type[sqlite3.Connection]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = ()) -> Any:
            heard.note(sql, parameters, False)
            return super().execute(sql, parameters)

        def executemany(self, sql: str, rows: Any) -> Any:
            kept = list(rows)
            heard.note(sql, kept, True)
            return super().executemany(sql, kept)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    return Connection
