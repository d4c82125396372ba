"""Ten thousand texts due at one instant, real worker processes on PostgreSQL, and a carrier that takes 100 ms to answer.

    .venv/bin/python -m benchmarks.due_at_once [--texts 10000] [--workers 2] [--latency-ms 100] [--rounds 3]

The workers are up and idle when the instant comes. Goals: 99 % handed over within ten seconds of it, none twice.
"""

import argparse
import statistics
import time
from datetime import timedelta

from sqlalchemy import func, select

from benchmarks.outbox import numbers, queue
from benchmarks.standin import end, environment, run_hvbot, seen_by, standing
from hvbot.channels.port import CONNECTIONS
from hvbot.clock import WallClock
from hvbot.models import OutboundText, Program, Tick, schema
from tests.support import postgres
from tests.support.carrier import Place, lay_out, runtime_for

WITHIN_S = 10
GOAL = 0.99
LONGEST_S = 180


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--latency-ms", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with postgres.server() as base:
        shares, doubles = zip(*(one_round(base, n, given) for n in range(given.rounds)), strict=True)
    share, doubled = statistics.median(shares), sum(doubles)
    print(f"median share within {WITHIN_S} s: {share:.3f} (goal {GOAL}: {'met' if share >= GOAL else 'MISSED'})")
    print(f"handed over twice: {doubled} (goal 0: {'met' if not doubled else 'MISSED'})")


def one_round(base: str, n: int, given: argparse.Namespace) -> tuple[float, int]:
    """The share that the carrier had in time, and how many it had twice."""
    with postgres.database(base, f"due{n}") as url, standing(given.latency_ms / 1000) as carrier:
        runtime = runtime_for(url, object(), WallClock())  # type: ignore[arg-type]
        schema.upgrade(runtime.engine)
        place = lay_out(runtime)
        place.change(Program, place.program, settings={"segments_per_second": "10000"})
        conversations = numbers(place, given.texts)
        workers = [run_hvbot("worker", environment(url, carrier)) for _ in range(given.workers)]
        try:
            wait_for_tick(place)
            # Time enough to write them, so that all fall due together.
            due_at = runtime.clock.now() + timedelta(seconds=2 + given.texts / 5000)
            queue(place, conversations, given.texts, due_at)
            return drained(place, carrier, due_at.timestamp(), given)
        finally:
            for worker in workers:
                end(worker)
            runtime.engine.dispose()


def drained(place: Place, carrier: str, due_at: float, given: argparse.Namespace) -> tuple[float, int]:
    """Wait until everything is recorded as sent, and look at when the carrier had it."""
    left = select(func.count()).select_from(OutboundText).where(OutboundText.status != "sent")
    while time.time() < due_at + LONGEST_S:
        with place.runtime.sessions() as session:
            if not session.scalar(left):
                break
        time.sleep(0.5)
    seen = seen_by(carrier)
    took = max(seen["moments"]) - due_at
    share = sum(moment <= due_at + WITHIN_S for moment in seen["moments"]) / given.texts
    early = sum(moment < due_at for moment in seen["moments"])
    print(
        f"{seen['total']} of {given.texts} handed over in {took:.1f} s ({seen['total'] / took:.0f}/s, {given.workers} workers of"
        f" {CONNECTIONS} connections); within {WITHIN_S} s {share:.3f}, twice {seen['doubled']}, early {early}"
    )
    return share, seen["doubled"]


def wait_for_tick(place: Place) -> None:
    """Wait until a worker has looked at the empty outbox."""
    for _ in range(300):
        with place.runtime.sessions() as session:
            if session.scalar(select(func.count()).select_from(Tick).where(Tick.name == "outbox")):
                time.sleep(1)
                return
        time.sleep(0.1)
    raise SystemExit("no worker came up")


if __name__ == "__main__":
    main()
