"""Engines and sessions for both databases."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # An accepted text must survive a power cut; NORMAL may lose the last commits.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
)


def make_engine(url: str, *, connections: int = 8) -> Engine:
    """Open a database. `connections` is how many threads use it at once."""
    if make_url(url).get_backend_name() == "sqlite":
        return sqlite_engine(url, connections)
    # Without a limit an unreachable host would hold a request, and the carrier's patience, for minutes.
    limit = {"connect_timeout": 5}
    return create_engine(url, pool_size=connections, max_overflow=2, pool_pre_ping=True, connect_args=limit)


def sqlite_engine(url: str, connections: int) -> Engine:
    """SQLite with explicit transactions: the driver's own begin comes too late for a read that leads to a write."""
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=connections, max_overflow=4, connect_args={"timeout": 30, "check_same_thread": False}
    )
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def prepare_sqlite(connection: Any, _record: object) -> None:
    """Set what SQLite forgets with every connection."""
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def begin_sqlite(connection: Any) -> None:
    """Begin at once as a writer where the session says so: an upgrade from reader to writer fails without waiting."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def make_writing(engine: Engine, sessions: sessionmaker[Session]) -> Callable[[], AbstractContextManager[Session]]:
    """Make the `writing` of a runtime."""
    lock = threading.Lock()
    sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def on_postgresql() -> Iterator[Session]:
        with sessions.begin() as session:
            yield session

    @contextmanager
    def on_sqlite() -> Iterator[Session]:
        with lock, sessions.begin() as session:
            session.connection(execution_options={"writes": True})
            yield session

    return on_sqlite if sqlite else on_postgresql
