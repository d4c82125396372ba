"""How long texts wait for their answer while a round of 60,000 starts, beside the same texts with nothing else going on.

    python -m benchmarks.during_round [--rounds 3] [--invitations 60000] [--rate 40] [--database both] [--smoke]

Every round takes two fresh copies of one database. On each the product's web processes (PostgreSQL: 2 of 8 threads,
SQLite: 1) take in families' texts at an offered rate; on one of them `hvbot round start` runs meanwhile, in a process of
its own. Only answers due while it ran count, and on the other copy as many seconds; the time counts from the moment a text
was due, so that a stall is seen by all texts that fall into it. Commits reach the disk.

Goal: p99 at most 3 times that without a start, no text refused, on both databases. The start must outlast a hundred texts
for its p99 to say anything; with fewer the run says so.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import insert

from benchmarks.seed import seed
from benchmarks.serving import (
    Request,
    Web,
    conversations,
    copied,
    databases,
    environment,
    in_turn,
    kind_of,
    median,
    quantile,
    runtime_on,
    serving,
    settle,
    signed,
    token_of,
    upgrade,
    verdict,
)
from hvbot.models import Round, RoundSchool
from hvbot.runtime import Runtime

PORT = 8096
URL = f"http://127.0.0.1:{PORT}"
CONNECTIONS = 16
GOAL = 3.0
SETTLING_S, AT_LEAST = 2.0, 100
LONGEST_S = 240
BLOCK = 50
NEW_ROUND = 2


@dataclass(frozen=True, slots=True)
class Window:
    """The answers that count, in ms, how long the start took, and how many texts were not answered with 200."""

    times: Sequence[float]
    seconds: float
    refused: int

    def at(self, share: float) -> float:
        return quantile(self.times, share)


def add_round(runtime: Runtime) -> None:
    """A second round in which everybody is to be asked; its time is later, so that a visit in the first does not count."""
    now = runtime.clock.now()
    days = {"starts_on": now.date() + timedelta(days=90), "ends_on": now.date() + timedelta(days=150)}
    with runtime.writing() as session:
        session.execute(insert(Round).values(id=NEW_ROUND, program_id=1, name="Spring", seed=2, created_at=now, **days))
        session.execute(insert(RoundSchool).values(round_id=NEW_ROUND, school_id=1))


def planned(token: str, rate: float, writers: int) -> list[Request]:
    """Texts of the families who were asked before, with the moments they are due."""
    texts = conversations(range(1, writers + 1), BLOCK)
    return [{**signed(token, *text, url=URL), "due": index / rate} for index, text in enumerate(texts)]


@contextmanager
def offering(requests: Sequence[Request], folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Post texts when they are due, until the standard input is closed."""
    file = folder / "offered.json"
    file.write_text(json.dumps(requests))
    command = [sys.executable, "-m", "benchmarks.offered", str(PORT), str(file), str(CONNECTIONS), "--until-closed"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def run(url: str, name: str, requests: Sequence[Request], seconds: float | None, folder: Path) -> Window:
    """Texts on a fresh copy while a round starts, or for some seconds with nothing else."""
    workers = 1 if url.startswith("sqlite") else 2
    with (
        copied(url, name, folder) as fresh,
        serving(lambda: Web(folder, fresh, PORT, workers)),
        offering(requests, folder) as posting,
    ):
        time.sleep(SETTLING_S)
        began = time.time()
        start(fresh) if seconds is None else time.sleep(seconds)
        ended = time.time()
        said, _ = posting.communicate()
    found = json.loads(said)
    first, last = began - found["began"], ended - found["began"]
    times = [ms for _, due, ms, _ in found["answers"] if first <= due <= last]
    return Window(times, ended - began, sum(status != 200 for *_, status in found["answers"]))


def start(url: str) -> None:
    """Start the round as a coordinator does."""
    command = [sys.executable, "-m", "hvbot", "round", "start", str(NEW_ROUND)]
    around = {**os.environ, **environment(url)}
    subprocess.run(command, env=around, check=True, stdout=subprocess.DEVNULL, timeout=LONGEST_S)


def compare(url: str, given: argparse.Namespace, folder: Path) -> bool:
    """Measure on one database; true when the goals are met."""
    writers = min(round(given.rate * LONGEST_S / 3), 7000)  # as many as find a time
    upgrade(url)
    with runtime_on(url) as runtime:
        seed(runtime, writers + given.invitations, asked=writers)
        add_round(runtime)
    settle(url)
    requests = planned(token_of(url), given.rate, writers)
    rounds = []
    # How long a start takes is known when one has been made: the first is not counted.
    seconds = run(url, "warm", requests, None, folder).seconds
    for round_ in range(given.rounds):
        cases = {
            "without": partial(run, url, f"without{round_}", requests, seconds, folder),
            "during": partial(run, url, f"during{round_}", requests, None, folder),
        }
        rounds.append(in_turn(round_, cases))
        seconds = rounds[-1]["during"].seconds
    return report(url, given, rounds)


def report(url: str, given: argparse.Namespace, rounds: list[dict[str, Window]]) -> bool:
    """Print the figures and whether the goals are met."""

    def of(name: str, share: float) -> float:
        return median([each[name].at(share) for each in rounds])

    ratio = median([each["during"].at(0.99) / each["without"].at(0.99) for each in rounds])
    refused = sum(window.refused for each in rounds for window in each.values())
    texts = min(len(window.times) for each in rounds for window in each.values())
    took = median([each["during"].seconds for each in rounds])
    print(
        f"{kind_of(url)}: a round of {given.invitations} starts in {took:.1f} s; {given.rate:.0f} texts/s, at least {texts} a case"
    )
    for name in ("without", "during"):
        print(f"  {name}: p50 {of(name, 0.5):.1f} ms, p99 {of(name, 0.99):.1f} ms, longest {of(name, 1 - 1e-9):.0f} ms")
    print(f"  p99 during over without {ratio:.2f} (goal {GOAL}): {verdict(ratio <= GOAL)}")
    print(f"  refused {refused} (goal 0): {verdict(not refused)}")
    if texts < AT_LEAST:
        print(f"  fewer than {AT_LEAST} texts a case: their p99 is their longest; raise --invitations or --rate")
    return ratio <= GOAL and not refused


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--invitations", type=int, default=60_000)
    parser.add_argument("--rate", type=float, default=40)
    parser.add_argument("--database", choices=("both", "postgresql", "sqlite"), default="both")
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that everything works")
    given = parser.parse_args()
    if given.smoke:
        given.rounds, given.invitations, given.rate = 1, 3000, 20
    with tempfile.TemporaryDirectory() as name, databases(given.database, Path(name)) as urls:
        met = [compare(url, given, Path(name)) for url in urls]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
