"""How fast a round starts, beside a bare bulk insert of the rows that it writes, in turns, in one run; and its memory.

    python -m benchmarks.start_round [--families 10000] [--languages 12] [--rounds 5] [--memory 10000 500000] [--database both] [--smoke]

Every round seeds two fresh databases, with a school for each 500 families. One is started by the service, in a process of its
own: who is asked, by which pair, in which language, each text written, committed in chunks. Into the other the very rows
that came of it are inserted with SQLAlchemy Core in one transaction, without a thought. With `--memory` a start of each size
is measured by itself: the peak of the process that starts.

Goals: at most 1.5 times the bare inserts; a peak at the larger size of at most 1.15 times that at the smaller.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from benchmarks.seed import LANGUAGES, seed
from benchmarks.serving import DURABLE, in_turn, median, runtime_on, settle, verdict
from hvbot.models import Conversation, Invitation, InvitationStudent, OutboundText
from hvbot.runtime import Runtime
from tests.support import postgres

GOAL, PEAK_GOAL = 1.5, 1.15
A_SCHOOL, PAIRS = 500, 4
WRITTEN = (Invitation, InvitationStudent, OutboundText)
NUMBERS: Any = Conversation.__table__
NewUrl = Callable[[str], Any]
Rows = list[tuple[Any, list[dict[str, Any]]]]


@contextmanager
def seeded(url: str, families: int, languages: int) -> Iterator[Runtime]:
    """A fresh database with families whom nobody has asked."""
    with runtime_on(url) as runtime:
        schools = math.ceil(families / A_SCHOOL)
        seed(runtime, families, asked=False, pairs=PAIRS, schools=schools, languages=LANGUAGES[:languages])
        settle(url)
        yield runtime


def by_service(url: str, families: int) -> dict[str, Any]:
    """Start in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.started", url]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["texts"] == families, found
    return found


def rows_of(runtime: Runtime) -> Rows:
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


def bare(runtime: Runtime, rows: Rows, states: list[dict[str, Any]]) -> tuple[float, float]:
    """Seconds of the inserts, and of the inserts with the conversations' new states; both with their commit."""
    began = time.perf_counter()
    with runtime.writing() as session:
        for table, values in rows:
            session.connection().execute(insert(table), values)
    inserted = time.perf_counter() - began
    with runtime.writing() as session:
        session.connection().execute(update(NUMBERS).where(NUMBERS.c.id == bindparam("at_id")), states)
    return inserted, time.perf_counter() - began


def one_round(new_url: NewUrl, families: int, languages: int) -> tuple[float, float, float]:
    """Seconds of a start, of the bare inserts and of these with the updates."""
    with (
        new_url("ours") as ours,
        new_url("theirs") as theirs,
        seeded(ours, families, languages) as one,
        seeded(theirs, families, languages) as other,
    ):
        seconds = by_service(ours, families)["seconds"]
        return seconds, *bare(other, rows_of(one), states_of(one))


def compare(name: str, new_url: NewUrl, given: argparse.Namespace) -> bool:
    """Print the times and whether the goal is met."""
    rounds = [one_round(new_url, given.families, given.languages) for _ in range(given.rounds)]
    ratio = median([ours / inserts for ours, inserts, _ in rounds])
    with_updates = median([ours / writes for ours, _, writes in rounds])
    print(
        f"{name}: {given.families} invitations in {given.languages} languages started in"
        f" {median([ours for ours, *_ in rounds]):.2f} s; {ratio:.2f}x the bare inserts (goal {GOAL}): {verdict(ratio <= GOAL)};"
        f" {with_updates:.2f}x the bare inserts and updates"
    )
    return ratio <= GOAL


def peak(new_url: NewUrl, families: int, languages: int) -> float:
    """The most memory, in MiB, of a process that starts a round."""
    with new_url(f"peak{families}") as url:
        with seeded(url, families, languages):
            pass
        return float(by_service(url, families)["peak_mib"])


def measure_memory(name: str, new_url: NewUrl, given: argparse.Namespace) -> bool:
    """Print the peaks and whether the goal is met."""
    sizes = sorted(given.memory)
    found = in_turn(1, {str(size): partial(peak, new_url, size, given.languages) for size in sizes})
    ratio = found[str(sizes[-1])] / found[str(sizes[0])]
    line = ", ".join(f"{size}: {mib:.1f} MiB" for size, mib in found.items())
    print(f"{name}: peak {line}; {ratio:.2f} (goal {PEAK_GOAL}): {verdict(ratio <= PEAK_GOAL)}")
    return bool(ratio <= PEAK_GOAL)


def measure(name: str, new_url: NewUrl, given: argparse.Namespace) -> bool:
    met = [compare(name, new_url, given)] if given.rounds else []
    return all([*met, *([measure_memory(name, new_url, given)] if given.memory else [])])


@contextmanager
def new_file(folder: Path, name: str) -> Iterator[str]:
    yield f"sqlite:///{folder}/{name}.db"
    for file in folder.glob(f"{name}.db*"):
        file.unlink()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--families", type=int, default=10_000)
    parser.add_argument("--languages", type=int, default=len(LANGUAGES), choices=range(1, len(LANGUAGES) + 1))
    parser.add_argument("--rounds", type=int, default=5, help="0 measures the memory alone")
    parser.add_argument(
        "--memory", type=int, nargs=2, default=(), metavar="FAMILIES", help="two sizes, say 10000 500000"
    )
    parser.add_argument("--database", choices=("both", "postgresql", "sqlite"), default="both")
    parser.add_argument("--smoke", action="store_true", help="small sizes, to see that everything works")
    given = parser.parse_args()
    if given.smoke:
        given.families, given.rounds, given.memory = 2000, 1, (1000, 2000)
    met = []
    if given.database != "sqlite":
        with postgres.server(DURABLE) as base:
            met.append(measure("postgresql", lambda name: postgres.database(base, name), given))
    if given.database != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            met.append(measure("sqlite", lambda name: new_file(Path(folder), name), given))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
