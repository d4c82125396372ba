"""How fast a round starts, beside a bare bulk insert of the rows that it writes, in turns, in one run.

    .venv/bin/python -m benchmarks.start_round [rounds] [families]

Every round seeds two fresh databases. One is started by the service: who is asked, by which pair, in which language, each
text written, committed in chunks. Into the other the very rows that came of it are inserted with SQLAlchemy Core in one
transaction, without a thought. Goal: less than twice the time, on SQLite and on PostgreSQL.
"""

import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from benchmarks.seed import seed
from hvbot.bootstrap import build_runtime
from hvbot.models import Base, Conversation, Invitation, InvitationStudent, OutboundText
from hvbot.runtime import Runtime
from hvbot.services.rounds import start_round
from hvbot.settings import load_settings
from tests.support import postgres

WRITTEN = (Invitation, InvitationStudent, OutboundText)
NUMBERS: Any = Conversation.__table__
NEW_URL = Callable[[], Any]


@contextmanager
def seeded(url: str, families: int) -> Iterator[Runtime]:
    """A fresh database with families whom nobody has asked."""
    runtime = build_runtime(load_settings(database_url=url, secret_key="bench"), channel=object())  # type: ignore[arg-type]
    Base.metadata.create_all(runtime.engine)
    seed(runtime, families, asked=False)
    yield runtime
    runtime.engine.dispose()


def by_service(runtime: Runtime, families: int) -> float:
    """Seconds of a start."""
    began = time.perf_counter()
    started = start_round(runtime, 1)
    taken = time.perf_counter() - began
    assert started.texts == families, started
    return taken


def rows_of(runtime: Runtime) -> list[tuple[Any, list[dict[str, Any]]]]:
    """What a start wrote."""
    with runtime.engine.connect() as connection:
        return [
            (model.__table__, [dict(row) for row in connection.execute(select(model.__table__)).mappings()])
            for model in WRITTEN
        ]


def states_of(runtime: Runtime) -> list[dict[str, Any]]:
    """How a start left the conversations."""
    found = select(NUMBERS.c.id.label("at_id"), NUMBERS.c.state, NUMBERS.c.consent).where(NUMBERS.c.consent == "asked")
    with runtime.engine.connect() as connection:
        return [dict(row) for row in connection.execute(found).mappings()]


def bare(
    runtime: Runtime, rows: list[tuple[Any, list[dict[str, Any]]]], states: list[dict[str, Any]]
) -> tuple[float, float]:
    """Seconds of the inserts, and of the inserts with the conversations' new states."""
    began = time.perf_counter()
    with runtime.writing() as session:
        connection = session.connection()
        for table, values in rows:
            connection.execute(insert(table), values)
        inserted = time.perf_counter() - began
        connection.execute(update(NUMBERS).where(NUMBERS.c.id == bindparam("at_id")), states)
    return inserted, time.perf_counter() - began


def compare(name: str, new_url: NEW_URL, rounds: int, families: int) -> None:
    times, inserts, writes = [], [], []
    for _ in range(rounds):
        with new_url() as ours, new_url() as theirs, seeded(ours, families) as one, seeded(theirs, families) as other:
            times.append(by_service(one, families))
            inserted, written = bare(other, rows_of(one), states_of(one))
            inserts.append(times[-1] / inserted)
            writes.append(times[-1] / written)
    print(
        f"{name}: {families} invitations started in {statistics.median(times):.2f} s; {statistics.median(inserts):.2f}x the bare"
        f" inserts, {statistics.median(writes):.2f}x the bare inserts and updates"
    )


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    families = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    count = itertools.count()
    with tempfile.TemporaryDirectory() as folder, postgres.server() as base:

        @contextmanager
        def new_file() -> Iterator[str]:
            yield f"sqlite:///{Path(folder)}/{next(count)}.db"

        compare("postgresql", lambda: postgres.database(base, f"bench{next(count)}"), rounds, families)
        compare("sqlite", new_file, rounds, families)


if __name__ == "__main__":
    main()
