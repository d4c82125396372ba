"""A hundred thousand reminders: stored, left alone, due at one instant, and queued by two schedulers of which one is killed.

    .venv/bin/python -m benchmarks.reminders [--reminders 100000] [--due 2000] [--rounds 5] [--kills 3]

Stored through `Batch`, the statement with which a booking writes its own reminders (the product has no other way and never
writes so many at once), beside a bare Core insert of the same rows. Goals: stored within 5 s, an idle tick of every task
below 1 ms, 2,000 that fall due at one instant queued 1.5 s later by a real worker, each exactly once by two of them, none
lost when one is killed.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, text, update

from benchmarks.seed import seed
from benchmarks.standin import end, environment, run_hvbot, standing
from hvbot.bootstrap import build_runtime
from hvbot.channels.simulator import SimulatorChannel
from hvbot.models import Conversation, OutboundText, Reminder, Visit, schema
from hvbot.models.batch import Batch
from hvbot.runtime import Runtime
from hvbot.scheduling.reminders import Reminder as Planned
from hvbot.scheduling.reminders import ReminderKind
from hvbot.services.visits import FAMILY_KINDS, PLANNED, reminder_row
from hvbot.settings import load_settings
from hvbot.worker import TASKS
from tests.support import postgres

KINDS = tuple(ReminderKind)
ZONE = ZoneInfo("America/New_York")
CHUNK, PAIRS = 1000, 40
STORED_GOAL_S, IDLE_GOAL_MS, QUEUED_GOAL_S = 5.0, 1.0, 1.5
REMINDERS: Any = Reminder.__table__
VISITS: Any = Visit.__table__
LONGEST_S = 60.0


def verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


@contextmanager
def a_school(url: str, visits: int) -> Iterator[Runtime]:
    """A database with families who have said yes and have a visit tomorrow, and no reminders yet."""
    runtime = build_runtime(load_settings(database_url=url, secret_key="test-secret"), channel=SimulatorChannel())
    schema.upgrade(runtime.engine)
    seed(runtime, visits, pairs=PAIRS)
    starts = runtime.clock.now().replace(second=0, microsecond=0) + timedelta(days=1)
    with runtime.writing() as session:
        session.execute(update(Conversation).values(consent="granted"))
        session.execute(insert(VISITS), [visit_values(n, starts) for n in range(1, visits + 1)])
    analyze(runtime)
    yield runtime
    runtime.engine.dispose()


def visit_values(n: int, starts: datetime) -> dict[str, Any]:
    pair = n % PAIRS
    return {
        "id": n, "program_id": 1, "invitation_id": n, "round_id": 1, "household_id": n, "student_id": n, "school_id": 1,
        "first_id": 2 * pair + 1, "second_id": 2 * pair + 2, "starts_at": starts, "ends_at": starts + timedelta(minutes=30),
        "wall": starts.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M"), "zone": ZONE.key, "created_at": starts, "changed_at": starts,
    }  # fmt: skip


def analyze(runtime: Runtime) -> None:
    """As autovacuum would have done long ago."""
    with runtime.engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def planned(runtime: Runtime, visits: int, due_at: datetime) -> list[dict[str, Any]]:
    """One reminder of each kind for each visit, the family's to the family, the others to the first educator."""
    with runtime.sessions() as session:
        found = session.execute(
            select(Visit.id, Visit.version, Visit.invitation_id, Visit.first_id).limit(visits)
        ).all()
    return [
        reminder_row(visit, Planned(kind, due_at, due_at + timedelta(hours=12)), number_of(visit, kind, visits))
        for visit in found
        for kind in KINDS
    ]


def number_of(visit: Any, kind: ReminderKind, families: int) -> int:
    return int(visit.invitation_id if kind in FAMILY_KINDS else families + visit.first_id)


def store(runtime: Runtime, rows: list[dict[str, Any]]) -> float:
    """Seconds through the statement of the service, in chunks of one transaction each."""
    began = time.perf_counter()
    for first in range(0, len(rows), CHUNK):
        batch = Batch()
        for row in rows[first : first + CHUNK]:
            batch.add(PLANNED, row)
        with runtime.writing() as session:
            batch.run(session.connection())
    return time.perf_counter() - began


def store_bare(runtime: Runtime, rows: list[dict[str, Any]]) -> float:
    """Seconds of a Core insert of the same rows in one transaction."""
    began = time.perf_counter()
    with runtime.writing() as session:
        session.execute(insert(REMINDERS), rows)
    return time.perf_counter() - began


def clear(runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.execute(REMINDERS.delete())


def storing(name: str, runtime: Runtime, visits: int, rounds: int) -> None:
    """Compare the service's statement with a bare insert; the last round's rows stay."""
    rows = planned(runtime, visits, runtime.clock.now() + timedelta(days=1))
    ways: list[Callable[[Runtime, list[dict[str, Any]]], float]] = [store_bare, store]
    taken: dict[Any, list[float]] = {way: [] for way in ways}
    for n in range(rounds):
        for way in ways if n % 2 else reversed(ways):
            clear(runtime)
            taken[way].append(way(runtime, rows))
    ratio = statistics.median(ours / theirs for ours, theirs in zip(taken[store], taken[store_bare], strict=True))
    seconds = statistics.median(taken[store])
    print(
        f"{name}: {len(rows)} reminders stored in {seconds:.2f} s (goal {STORED_GOAL_S:.0f} s:"
        f" {verdict(seconds <= STORED_GOAL_S)}), {ratio:.2f}x a bare insert"
    )
    analyze(runtime)


def idling(name: str, runtime: Runtime) -> None:
    """What each task costs when nothing is due."""
    for task in TASKS:
        taken = []
        for _ in range(100):
            began = time.perf_counter()
            done = task.do(runtime)
            taken.append((time.perf_counter() - began) * 1000)
            if done:
                raise SystemExit(f"{task.name} found something to do")
        idle = statistics.median(taken[5:])
        print(f"{name}: idle {task.name} {idle:.2f} ms (goal {IDLE_GOAL_MS:.0f} ms: {verdict(idle < IDLE_GOAL_MS)})")


def falling_due(name: str, runtime: Runtime, url: str, count: int, *, workers: int, kill: bool) -> float:
    """Let so many fall due at one instant under real workers; seconds until all are queued."""
    with standing(0.01) as carrier:
        processes = [run_hvbot("worker", environment(url, carrier)) for _ in range(workers)]
        try:
            time.sleep(4)
            due_at = runtime.clock.now() + timedelta(seconds=3)
            with runtime.writing() as session:
                fresh = select(REMINDERS.c.id).where(REMINDERS.c.queued_at.is_(None), REMINDERS.c.kind == KINDS[0])
                chosen = [row.id for row in session.execute(fresh.order_by(REMINDERS.c.id).limit(count))]
                session.execute(update(REMINDERS).where(REMINDERS.c.id.in_(chosen)).values(due_at=due_at))
            wait_until(due_at)
            if kill:
                while not handled(runtime, chosen):
                    time.sleep(0.002)
                end(processes[0])
            took = until_handled(runtime, chosen, due_at)
        finally:
            for process in processes:
                end(process)
    queued, texts, different = outcome(runtime, chosen)
    is_once = queued == texts == different == count
    print(
        f"{name}, {workers} workers{', one killed' if kill else ''}: {count} due at once queued {took:.2f} s later; {texts} texts,"
        f" {different} different, {count - queued} lost (each exactly once: {verdict(is_once)})"
    )
    return took


def wait_until(moment: datetime) -> None:
    time.sleep(max(0.0, moment.timestamp() - time.time()))


def handled(runtime: Runtime, chosen: list[int]) -> int:
    """How many of them are no longer waiting."""
    first, last = chosen[0], chosen[-1]
    done = select(func.count()).where(REMINDERS.c.id.between(first, last), REMINDERS.c.queued_at.is_not(None))
    with runtime.sessions() as session:
        return int(session.scalar(done) or 0)


def until_handled(runtime: Runtime, chosen: list[int], due_at: datetime) -> float:
    while handled(runtime, chosen) < len(chosen) and time.time() < due_at.timestamp() + LONGEST_S:
        time.sleep(0.02)
    return time.time() - due_at.timestamp()


def outcome(runtime: Runtime, chosen: list[int]) -> tuple[int, int, int]:
    """How many of them were queued, how many texts came of them, and to how many visits."""
    with runtime.sessions() as session:
        rows = session.execute(
            select(REMINDERS.c.visit_id, REMINDERS.c.outcome).where(REMINDERS.c.id.in_(chosen))
        ).all()
        texts = select(OutboundText.visit_id).where(
            OutboundText.visit_id.in_([row.visit_id for row in rows]), OutboundText.intent.startswith(KINDS[0])
        )
        visits = list(session.scalars(texts))
    return sum(row.outcome == "queued" for row in rows), len(visits), len(set(visits))


def compare(name: str, url: str, given: argparse.Namespace) -> None:
    visits = max(given.reminders // len(KINDS), given.due * (given.rounds + given.kills + 1))
    with a_school(url, visits) as runtime:
        storing(name, runtime, visits, given.rounds)
        idling(name, runtime)
        took = [falling_due(name, runtime, url, given.due, workers=1, kill=False) for _ in range(given.rounds)]
        late = statistics.median(took)
        print(f"{name}: median {late:.2f} s (goal {QUEUED_GOAL_S} s: {verdict(late <= QUEUED_GOAL_S)})")
        falling_due(name, runtime, url, given.due, workers=2, kill=False)
        for _ in range(given.kills):
            falling_due(name, runtime, url, given.due, workers=2, kill=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--reminders", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kills", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, postgres.server() as base, postgres.database(base, "bench") as url:
        compare("postgresql", url, given)
        compare("sqlite", f"sqlite:///{Path(folder)}/bench.db", given)


if __name__ == "__main__":
    main()
