"""Engines and sessions for both databases."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

# Both execute a statement in the transaction; the connection, which a text that comes in uses, at half the cost.
Executor = Session | Connection
IDLE_SECONDS = 10
WAL_TRIES, WAL_PAUSE_S = 50, 0.1

LOCK_S, LOCK_TRY_S = 30.0, 0.001

PATIENT, IMPATIENT = "PRAGMA busy_timeout=30000", "PRAGMA busy_timeout=0"

SQLITE_PRAGMAS = (
    # An accepted text must survive a power cut; NORMAL may lose the last commits.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    PATIENT,
)


def as_json(value: Any) -> str:
    """What a column of JSON holds, as text."""
    return orjson.dumps(value).decode()


JSON_COLUMNS: dict[str, Any] = {"json_serializer": as_json, "json_deserializer": orjson.loads}


def dialect_of(session: Executor) -> str:
    """The name of the database that is spoken to."""
    return session.dialect.name if isinstance(session, Connection) else session.get_bind().dialect.name


def make_engine(url: str, *, connections: int = 8) -> Engine:
    """Open a database. `connections` is how many threads use it at once."""
    if make_url(url).get_backend_name() == "sqlite":
        return sqlite_engine(url, connections)
    # Without a limit an unreachable host would hold a request, and the carrier's patience, for minutes.
    limit = {"connect_timeout": 5}
    engine = create_engine(url, pool_size=connections, max_overflow=2, connect_args=limit, **JSON_COLUMNS)
    ping_when_idle(engine)
    event.listen(engine, "connect", set_up_postgresql)
    return engine


def set_up_postgresql(connection: Any, _record: object) -> None:
    """Turn PostgreSQL's compiler off: it takes fifty times as long as our short statements that look dear to it.

    Its parallel workers too: the figures of a round come a third later with them, and they take the cores of the turns.
    A process that is stopped in the middle of a transaction keeps others from what it has locked for a minute at most.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
    connection.commit()


def ping_when_idle(engine: Engine) -> None:
    """Try a connection that lay idle before it is used.

    While texts come in thick and fast that is not worth a round trip: a text whose connection breaks is taken again.
    """

    @event.listens_for(engine, "checkin")
    def notice(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["returned"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ping(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("returned", time.monotonic()) < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as problem:
            raise DisconnectionError from problem


def sqlite_engine(url: str, connections: int) -> Engine:
    """SQLite with explicit transactions: the driver's own begin comes too late for a read that leads to a write."""
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=4,
        connect_args={"timeout": 30, "check_same_thread": False},
        **JSON_COLUMNS,
    )
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def prepare_sqlite(connection: Any, _record: object) -> None:
    """Set what SQLite forgets with every connection."""
    connection.isolation_level = None
    use_write_ahead_log(connection)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)


def use_write_ahead_log(connection: Any) -> None:
    """Let readers and the writer go on side by side; of two processes that ask a new file for it at once, one is refused
    without waiting (SQLite calls no busy handler there).
    """
    for _ in range(WAL_TRIES):
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode=WAL")
            return
        time.sleep(WAL_PAUSE_S)
    connection.execute("PRAGMA journal_mode=WAL")


def begin_sqlite(connection: Any) -> None:
    """Begin at once as a writer where the session says so: an upgrade from reader to writer fails without waiting."""
    if not connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    driven = connection.connection.driver_connection
    driven.execute(IMPATIENT)
    try:
        if not became_writer(driven):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # says in SQLAlchemy's words that it is locked
    finally:
        driven.execute(PATIENT)


def became_writer(connection: Any) -> bool:
    """Begin as the writer as soon as no other process is; false when that took too long.

    SQLite's own wait looks again at ever longer intervals, up to 100 ms: a process that writes chunk after chunk, as the
    start of a round does, would keep a turn out for seconds. We look every millisecond.
    """
    until = time.monotonic() + LOCK_S
    while not is_writer(connection):
        if time.monotonic() > until:
            return False
        time.sleep(LOCK_TRY_S)
    return True


def is_writer(connection: Any) -> bool:
    """Try once to become the writer."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def make_connected(engine: Engine) -> Callable[[], AbstractContextManager[Connection]]:
    """Make the `connected` of a runtime: a write transaction, in which writers to SQLite wait in line instead of failing."""
    lock = threading.Lock()

    @contextmanager
    def on_sqlite() -> Iterator[Connection]:
        with lock, engine.connect() as connection, connection.execution_options(writes=True).begin():
            yield connection

    return on_sqlite if engine.dialect.name == "sqlite" else engine.begin
