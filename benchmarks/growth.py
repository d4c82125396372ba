"""How the time and the memory of a round grow with the families: of its start, and of the ticks that work for them.

    python -m benchmarks.growth [--sizes 1000 10000 100000] [--rounds 3] [--items 2000] [--database both] [--smoke]

Each size is a fresh database with a school for each 500 families and twelve languages; a process of its own starts the round.
Then every family's nudge and a reminder are due at once, and so many of each are worked off by the worker's own tasks: time an
item, times the families, is what the ticks for all of them take. At last nothing is due, and every task that does not
speak with the carrier ticks. Sizes take turns within a round; a figure is the median of the rounds.

Goals: from size to size the exponent of the start and of the ticks for all families is at most 1.05, and the peak of memory
at the largest size at most 1.15 times that at 10,000 (or the smallest above it).
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.seed import LANGUAGES, seed
from benchmarks.serving import DURABLE, in_turn, median, runtime_on, settle, verdict
from tests.support import postgres

EXPONENT, PEAK, PEAK_FROM = 1.05, 1.15, 10_000
A_SCHOOL, PAIRS = 500, 4
Run = dict[str, Any]


@contextmanager
def fresh(base: str | None, folder: Path, families: int) -> Iterator[str]:
    """A database with families whom nobody has asked; on PostgreSQL where a server is given."""
    if base is None:
        yield from seeded(f"sqlite:///{folder}/growth.db", families)
        for file in folder.glob("growth.db*"):
            file.unlink()
    else:
        with postgres.database(base, "growth") as url:
            yield from seeded(url, families)


def seeded(url: str, families: int) -> Iterator[str]:
    with runtime_on(url) as runtime:
        schools = math.ceil(families / A_SCHOOL)
        seed(runtime, families, asked=False, pairs=PAIRS, schools=schools, languages=LANGUAGES)
    settle(url)
    yield url


def run(base: str | None, folder: Path, families: int, items: int) -> Run:
    """Start and tick in a process of its own."""
    with fresh(base, folder, families) as url:
        command = [sys.executable, "-m", "benchmarks.started", url, *([str(items)] if items else [])]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: Run = json.loads(done.stdout)
    assert found["homes"] == families, found
    return found


def told(name: str, sizes: Sequence[int], rounds: Sequence[dict[int, Run]]) -> bool:
    """Print the figures and whether the goals are met."""

    def of(size: int, *path: str) -> float:
        values: list[Any] = [each[size] for each in rounds]
        for key in path:
            values = [value[key] for value in values]
        return median(values)

    ways: dict[str, Callable[[int], float]] = {"start": lambda size: of(size, "seconds")}
    if "nudges" in rounds[0][sizes[0]]:

        def of_all(tick: str, size: int) -> float:
            return size * of(size, tick)

        ways |= {tick: partial(of_all, tick) for tick in ("nudges", "reminders")}
    met = True
    for way, seconds in ways.items():
        line = ", ".join(f"{size}: {seconds(size):.2f} s" for size in sizes)
        powers = [math.log(seconds(b) / seconds(a)) / math.log(b / a) for a, b in pairwise(sizes)]
        is_met = all(power <= EXPONENT for power in powers)
        met = met and is_met
        print(
            f"{name}: {way} {line}; exponents {', '.join(f'{it:.2f}' for it in powers)} (goal {EXPONENT}): {verdict(is_met)}"
        )
    for peak in ("peak_mib", "ticks_peak_mib")[: 1 if len(ways) == 1 else 2]:
        small = next((size for size in sizes if size >= PEAK_FROM), sizes[0])
        ratio = of(sizes[-1], peak) / of(small, peak)
        met = met and ratio <= PEAK
        line = ", ".join(f"{size}: {of(size, peak):.1f}" for size in sizes)
        print(f"{name}: {peak} {line}; {ratio:.2f} from {small} on (goal {PEAK}): {verdict(ratio <= PEAK)}")
    if len(ways) > 1:
        for task in rounds[0][sizes[0]]["idle"]:
            print(f"{name}: idle {task} " + ", ".join(f"{size}: {of(size, 'idle', task):.2f} ms" for size in sizes))
    return met


def compare(name: str, base: str | None, folder: Path, given: argparse.Namespace) -> bool:
    rounds = []
    for round_ in range(given.rounds):
        cases = {str(size): lambda size=size: run(base, folder, size, given.items) for size in given.sizes}
        rounds.append({int(size): found for size, found in in_turn(round_, cases).items()})
    return told(name, given.sizes, rounds)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--items", type=int, default=2000, help="of each tick; 0 measures the start alone")
    parser.add_argument("--database", choices=("both", "postgresql", "sqlite"), default="both")
    parser.add_argument("--smoke", action="store_true", help="small sizes, to see that everything works")
    given = parser.parse_args()
    if given.smoke:
        given.sizes, given.rounds, given.items = [500, 2000], 1, 200
    given.sizes.sort()
    with tempfile.TemporaryDirectory() as folder:
        met = []
        if given.database != "sqlite":
            with postgres.server(DURABLE) as base:
                met.append(compare("postgresql", base, Path(folder), given))
        if given.database != "postgresql":
            met.append(compare("sqlite", None, Path(folder), given))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
