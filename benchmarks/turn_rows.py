"""The whole turn over HTTP beside the very same statements run by the bare driver, in turns, in one run.

    python -m benchmarks.turn_rows [--rounds 5] [--families 100] [--database both|postgresql|sqlite] [--smoke]

First the product takes in all texts on a copy of the database, one after the other, while what it tells the driver is
written down. Then, in every round, the product takes in the round's texts on its database, and a Flask route with the same
signature check runs what was written down for each text on a third copy: psycopg or sqlite3 alone, one commit a text, the
same rows, nothing read, decided or rendered. PostgreSQL: gunicorn with 2 workers of 8 threads; SQLite: 1 of 8, and both
sides hold a lock around the transaction. 16 connections; commits reach the disk.

Goals: 0.60 of the driver's rate, p99 at most 4 times p50, no locked database, no text refused. Beside it, without a goal:
the driver told only the locking read and what is written (`rows`).
"""

import argparse
import pickle
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine

from benchmarks.recording import Statement, listen
from benchmarks.seed import seed
from benchmarks.serving import (
    PRODUCT,
    SECRET,
    URL,
    Server,
    conversations,
    copied,
    databases,
    environment,
    in_turn,
    kind_of,
    measure,
    median,
    plain,
    runtime_on,
    serving,
    settle,
    signed,
    token_of,
    verdict,
)
from hvbot.bootstrap import build_runtime
from hvbot.models import Base
from hvbot.services.inbound import Incoming, receive
from hvbot.settings import load_settings

CONNECTIONS = 16
GOAL, SPREAD = 0.60, 4.0
DRIVER = """
import pickle, threading
from pathlib import Path
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator
{connect}
app = Flask(__name__)
validator = RequestValidator({token!r})
told = pickle.loads(Path({file!r}).read_bytes())
kept = threading.local()

@app.post("/twilio/inbound")
def inbound():
    if not validator.validate({url!r} + request.path, request.form, request.headers.get("X-Twilio-Signature", "")):
        return Response(status=403)
    if not hasattr(kept, "connection"):
        kept.connection = connect()
        kept.cursor = kept.connection.cursor()
    turn(kept.connection, kept.cursor, told[request.form["MessageSid"]])
    return Response("<Response/>", content_type="text/xml")

def run(cursor, statements):
    for sql, parameters, many in statements:
        if many:
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
            if cursor.description:
                cursor.fetchall()
"""
# A turn that fails is answered with 500, which the run counts as refused.
PSYCOPG = """
import psycopg

def connect():
    return psycopg.connect({address!r})

def turn(connection, cursor, statements):
    try:
        run(cursor, statements)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
"""
SQLITE = """
import sqlite3
lock = threading.Lock()

def connect():
    connection = sqlite3.connect({address!r}, timeout=30, check_same_thread=False, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute("PRAGMA " + pragma)
    return connection

def turn(connection, cursor, statements):
    with lock:
        cursor.execute("BEGIN IMMEDIATE")
        try:
            run(cursor, statements)
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
"""
NEW_VISIT = "INSERT INTO visit ("
Told = dict[str, list[Statement]]


def record(url: str, texts: Iterable[tuple[str, str, str]]) -> Told:
    """What the product tells the driver for each text."""
    settings = load_settings(database_url=url, secret_key=SECRET)
    runtime = build_runtime(settings, channel=object())  # type: ignore[arg-type]
    heard, told = listen(runtime.engine), {}
    try:
        # A new connection is asked what it is: that belongs to no text.
        runtime.engine.connect().close()
        heard.take()
        for sid, sender, body in texts:
            receive(runtime, Incoming(sid, sender, body))
            statements = heard.take()
            told[sid] = [with_own_id(statement, runtime.engine) for statement in statements]
            heard.take()
    finally:
        runtime.engine.dispose()
    return told


def with_own_id(statement: Statement, engine: Engine) -> Statement:
    """A new visit with the id it got: later statements name it, and texts at once would get ids in another order."""
    sql, parameters, many = statement
    if not sql.startswith(NEW_VISIT):
        return statement
    with engine.connect() as connection:
        own_id = connection.exec_driver_sql("SELECT max(id) FROM visit").scalar_one()
    by_name = isinstance(parameters, dict)
    mark, given = ("%(own_id)s", {**parameters, "own_id": own_id}) if by_name else ("?", [own_id, *parameters])
    sql = sql.replace(NEW_VISIT, f"{NEW_VISIT}id, ", 1).replace("VALUES (", f"VALUES ({mark}, ", 1)
    return sql, given, many


def only_rows(told: Told) -> Told:
    """The locking read, which comes first, and what is written."""
    return {sid: [statements[0], *filter(writes, statements[1:])] for sid, statements in told.items()}


def writes(statement: Statement) -> bool:
    """Tell whether a statement writes: an insert or an update, or several of them in one."""
    return statement[0].lstrip().upper().startswith(("INSERT", "UPDATE", "WITH PART0"))


def driver_server(folder: Path, name: str, url: str, told: Told, port: int, workers: int) -> Server:
    """The Flask route that runs what was written down."""
    file = folder / f"{name}.pickle"
    file.write_bytes(pickle.dumps(told))
    connect = (SQLITE if url.startswith("sqlite") else PSYCOPG).format(address=plain(url))
    source = DRIVER.format(connect=connect, token=token_of(url), file=str(file), url=URL)
    return Server(folder, name, source, port, {}, workers)


def counted(url: str) -> dict[str, int]:
    """How many rows each table has."""
    connection: Any = sqlite3.connect(plain(url)) if url.startswith("sqlite") else psycopg.connect(plain(url))
    tables = [table.name for table in Base.metadata.sorted_tables]
    try:
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    finally:
        connection.close()


def differences(ours: dict[str, int], theirs: dict[str, int]) -> dict[str, tuple[int, int]]:
    """The tables that have not as many rows on both sides."""
    return {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}


def compare(url: str, rounds: int, families: int, folder: Path) -> bool:
    """Measure on one database; true when all goals are met."""
    with runtime_on(url) as runtime:
        seed(runtime, families * (rounds + 1))
    settle(url)
    blocks = [range(1 + n * families, 1 + (n + 1) * families) for n in range(rounds + 1)]
    texts = [text for block in blocks for text in conversations(block)]
    fresh, workers = count(), 1 if url.startswith("sqlite") else 2
    with ExitStack() as stack:

        def copy() -> str:
            return stack.enter_context(copied(url, f"copy{next(fresh)}", folder))

        told = record(copy(), texts)
        on = {"product": url, "driver": copy(), "rows": copy()}
        starts: list[Callable[[], Server]] = [
            lambda: Server(folder, "product_app", PRODUCT, 8092, environment(url), workers),
            lambda: driver_server(folder, "driver", on["driver"], told, 8093, workers),
            lambda: driver_server(folder, "rows", on["rows"], only_rows(told), 8094, workers),
        ]
        servers = dict(zip(on, stack.enter_context(serving(*starts)), strict=True))
        measured = take_turns(servers, blocks, token_of(url), folder)
        met = report(url, measured, servers, {name: counted(each) for name, each in on.items()})
        print(
            f"  statements a text: {sum(map(len, told.values())) / len(told):.1f}, of which the rows take {sum(map(len, only_rows(told).values())) / len(told):.1f}"
        )
    return met


def take_turns(
    servers: dict[str, Server], blocks: Sequence[range], token: str, folder: Path
) -> list[dict[str, dict[str, float]]]:
    """Every round all servers get the same texts; the first round warms up."""
    found = []
    for round_, block in enumerate(blocks):
        requests = [signed(token, *text) for text in conversations(block)]
        cases = {name: partial(measure, server.port, requests, folder, CONNECTIONS) for name, server in servers.items()}
        found.append(in_turn(round_, cases))
    return found[1:]


def report(
    url: str,
    measured: list[dict[str, dict[str, float]]],
    servers: dict[str, Server],
    rows: dict[str, dict[str, int]],
) -> bool:
    """Print the figures and whether the goals are met."""

    def ratio(name: str) -> float:
        return median([each["product"]["rate"] / each[name]["rate"] for each in measured])

    rates = {name: median([each[name]["rate"] for each in measured]) for name in servers}
    spread = median([each["product"]["p99"] / each["product"]["p50"] for each in measured])
    bad = {name: int(sum(each[name]["bad"] for each in measured)) for name in servers}
    locked = sum(server.locked() for server in servers.values())
    apart = {name: differences(rows["product"], rows[name]) for name in ("driver", "rows")}
    print(f"{kind_of(url)}: " + ", ".join(f"{name} {rate:.0f}/s" for name, rate in rates.items()))
    print(f"  product beside driver {ratio('driver'):.2f} (goal {GOAL}): {verdict(ratio('driver') >= GOAL)}")
    print(f"  product beside rows {ratio('rows'):.2f} (no goal)")
    print(f"  p99 over p50 {spread:.1f} (goal {SPREAD}): {verdict(spread <= SPREAD)}")
    print(f"  refused {bad}, database locked {locked} (goal 0): {verdict(not locked and not any(bad.values()))}")
    print(f"  tables whose rows differ in number, product against the other: {apart}")
    return ratio("driver") >= GOAL and spread <= SPREAD and not locked and not any(bad.values())


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--families", type=int, default=100)
    parser.add_argument("--database", choices=("both", "postgresql", "sqlite"), default="both")
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that everything works")
    given = parser.parse_args()
    rounds, families = (1, 20) if given.smoke else (given.rounds, given.families)
    with tempfile.TemporaryDirectory() as name, databases(given.database, Path(name)) as urls:
        met = [compare(url, rounds, families, Path(name)) for url in urls]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
