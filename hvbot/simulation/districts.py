"""A season of several districts: each is a program with tables of its own, so any number of processes can play them.

What happens in a district follows from the seed and its place alone, never from the number of processes.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from statistics import fmean
from typing import Any

import psycopg
from sqlalchemy import make_url

from hvbot.logs import set_up_logs
from hvbot.simulation.outcome import FUNNEL, Outcome
from hvbot.simulation.play import Wanted, simulate
from hvbot.simulation.watch import TOLD
from hvbot.simulation.world import share

# Seeds of districts stay clear of those that a person would choose for another season.
SEEDS_APART = 1_000_003


class OneFile(ValueError):
    """Several districts cannot share a SQLite file."""


def simulate_districts(
    wanted: Wanted, districts: int, workers: int, told: Callable[[int], None] | None = None
) -> Outcome:
    """Play each district through, up to `workers` of them at once; `told` hears of each that is done.

    Raises:
        OneFile: a SQLite file was named.
        NotEmpty: a database holds a program already.
    """
    parts = list(parts_of(wanted, districts))
    make_schemas(wanted.url, districts)
    outcomes: dict[int, Outcome] = {}
    # A fresh interpreter each: a process that is forked while threads hand over texts may inherit a held lock.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, set_up_logs, (logging.ERROR,), max_tasks_per_child=1) as pool:
        playing = {pool.submit(simulate, part): place for place, part in enumerate(parts)}
        for each in as_completed(playing):
            outcomes[playing[each]] = each.result()
            if told:
                told(playing[each])
    return together(wanted.seed, [outcomes[place] for place in range(districts)])


def parts_of(wanted: Wanted, districts: int) -> Iterator[Wanted]:
    """Each district's share of schools, educators and families, as even as it goes."""
    for place in range(districts):
        yield replace(
            wanted,
            schools=share(wanted.schools, districts, place),
            educators=share(wanted.educators, districts, place),
            families=share(wanted.families, districts, place),
            seed=wanted.seed + place * SEEDS_APART,
            url=in_schema(wanted.url, schema_of(place)) if wanted.url else "",
        )


def schema_of(place: int) -> str:
    return f"district{place + 1}"


def in_schema(url: str, schema: str) -> str:
    """The address of a database whose tables are those of one schema."""
    there = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
    return there.render_as_string(hide_password=False)


def make_schemas(url: str, districts: int) -> None:
    """Make room for each district's tables in the database that was named."""
    if not url:
        return
    there = make_url(url)
    if there.get_backend_name() == "sqlite":
        raise OneFile("several districts need PostgreSQL, or a temporary folder: leave --db out")
    address = there.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as admin:
        for place in range(districts):
            admin.execute(f"CREATE SCHEMA IF NOT EXISTS {schema_of(place)}".encode())


def together(seed: int, outcomes: Sequence[Outcome]) -> Outcome:
    """One outcome of all districts: sums; of medians their mean, each as heavy as its texts."""
    weights = [each.texts_out for each in outcomes]
    return Outcome(
        seed=seed,
        digest=hashlib.sha256(" ".join(each.digest for each in outcomes).encode()).hexdigest()[:16],
        funnel=summed([each.funnel for each in outcomes]),
        visits=summed([each.visits for each in outcomes]),
        texts_out=sum(each.texts_out for each in outcomes),
        texts_in=sum(each.texts_in for each in outcomes),
        segments=sum(each.segments for each in outcomes),
        cost=round(sum(each.cost for each in outcomes), 2),
        texts_until_booked=round(mean([each.texts_until_booked for each in outcomes], weights), 1),
        matters=summed([each.matters for each in outcomes]),
        matters_open_hours=round(mean([each.matters_open_hours for each in outcomes], weights), 1),
        languages=by_language(outcomes),
        faults=summed([each.faults for each in outcomes]),
        invariants=summed([each.invariants for each in outcomes]),
        first_violations=list(first_violations(outcomes))[:TOLD],
    )


def mean(values: Sequence[float], weights: Sequence[int]) -> float:
    return fmean(values, weights) if sum(weights) else 0.0


def summed(tables: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Tables added up; a row that is zero everywhere stays."""
    total = Counter[str]()
    for table in tables:
        total.update(table)
    return dict(total)


def by_language(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The funnel of each language in all districts."""
    rows: dict[str, list[dict[str, int]]] = {}
    for row in (row for each in outcomes for row in each.languages):
        rows.setdefault(row["language"], []).append({name: row[name] for name in FUNNEL})
    return [{"language": code, **summed(found)} for code, found in sorted(rows.items())]


def first_violations(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for place, each in enumerate(outcomes):
        yield from (f"{schema_of(place)} {text}" for text in each.first_violations)
