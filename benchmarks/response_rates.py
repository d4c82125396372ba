"""The response figures of one round over a million texts, beside a bare query on the invitation rows.

    python -m benchmarks.response_rates [--rounds 7] [--invitations 100000] [--texts 1000000] [--database both] [--smoke]

`hvbot report responses` and the progress page show the same figures, by school and language (97 schools, 12 languages). Both
are measured as the functions that read and sum them, warm; the bare query is what the driver alone takes to count asked,
delivered and replied on the same rows in the same groups. All three take turns. That the figures come from the invitation
rows and not from the texts is what is proved: half of the texts lie in the way. The sums are compared with each other.

Goals: each at most 3 times the bare query, and under 100 ms.
"""

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from benchmarks.seed import LANGUAGES, seed
from benchmarks.serving import databases, in_turn, kind_of, median, plain, runtime_on, settle, verdict
from hvbot.models import School
from hvbot.reports import REPORTS
from hvbot.runtime import Runtime
from hvbot.web.context import Viewer
from hvbot.web.progress.queries import responses

GOAL, GOAL_MS = 3.0, 100.0
SCHOOLS = 97
STATUSES = ("waiting", "talking", "booked", "done", "declined", "opted_out", "unreachable")
PAIRS = 40
BARE = """
SELECT school_id, language, count(asked_at), count(delivered_at), count(replied_at)
FROM invitation WHERE program_id = 1 AND round_id = 1 GROUP BY school_id, language
"""
SPREAD = """
UPDATE invitation SET school_id = 1 + id % {schools}, language = {language}, status = {status},
    delivered_at = CASE WHEN id % 50 = 0 THEN NULL ELSE asked_at END,
    replied_at = CASE WHEN id % 5 < 3 THEN asked_at END
"""
NUMBERS = {
    "postgresql": "SELECT n FROM generate_series(1, {count}) AS n",
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) SELECT n FROM numbers",
}
INBOUND = """
INSERT INTO inbound_text (program_id, conversation_id, carrier_id, body, media, segments, language, status, received_at)
SELECT 1, i.household_id, 'SM' || i.id || 'x' || numbers.n, 'thank you', 0, 1, i.language, 'received', i.asked_at
FROM invitation AS i CROSS JOIN ({numbers}) AS numbers
"""
OUTBOUND = """
INSERT INTO outbound_text (program_id, conversation_id, invitation_id, intent, purpose, wording, language, body, segments,
    priority, unprompted, status, attempts, not_before, created_at)
SELECT 1, i.household_id, i.id, 'answer:' || i.id || '.' || numbers.n, 'answer', 'TEST@1', i.language,
    'We will come on Tuesday at five.', 1, 0, {no}, 'delivered', 1, i.asked_at, i.asked_at
FROM invitation AS i CROSS JOIN ({numbers}) AS numbers
"""
VIEWER = Viewer(user_id=1, program_id=1, email="bench@example.org", role="coordinator", schools=None)


def fill(runtime: Runtime, invitations: int, texts: int) -> None:
    """A round of many schools and languages, with its texts: half of them came in, half left."""
    seed(runtime, invitations, pairs=PAIRS)
    dialect = runtime.engine.dialect.name
    numbers = NUMBERS[dialect].format(count=max(1, texts // invitations // 2))
    with runtime.writing() as session:
        session.execute(insert(School), [school(index) for index in range(2, SCHOOLS + 1)])
        session.execute(
            text(SPREAD.format(schools=SCHOOLS, language=one_of(LANGUAGES, 97), status=one_of(STATUSES, 1)))
        )
        session.execute(text(INBOUND.format(numbers=numbers)))
        session.execute(text(OUTBOUND.format(numbers=numbers, no="false" if dialect == "postgresql" else "0")))


def school(index: int) -> dict[str, Any]:
    return {"id": index, "program_id": 1, "ref": f"s{index}", "name": f"School {index}", "zone": "America/New_York"}


def one_of(values: tuple[str, ...], step: int) -> str:
    """SQL that spreads values evenly over the rows; with `step` each value stays for so many ids."""
    cases = " ".join(f"WHEN {index} THEN '{value}'" for index, value in enumerate(values))
    return f"CASE (id / {step}) % {len(values)} {cases} END"


@contextmanager
def driver(url: str) -> Iterator[Any]:
    """The driver's own connection."""
    connection: Any = sqlite3.connect(plain(url)) if url.startswith("sqlite") else psycopg.connect(plain(url))
    try:
        yield connection
    finally:
        connection.close()


def timed(case: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and what came of it."""
    began = time.perf_counter()
    found = case()
    return (time.perf_counter() - began) * 1000, found


def bare(connection: Any) -> tuple[int, int, int]:
    """Asked, delivered and replied in all, from the bare query."""
    rows = connection.execute(BARE).fetchall()
    connection.rollback()
    asked, delivered, replied = (sum(row[index] for row in rows) for index in (2, 3, 4))
    return asked, delivered, replied


def report(session: Session) -> tuple[int, int, int]:
    """The same from the report's rows."""
    kind = REPORTS["responses"]
    rows = [dict(zip(kind.columns, row, strict=True)) for row in kind.rows(session, 1, round_id=1)]
    session.rollback()
    asked, delivered, replied = (sum(int(row[name] or 0) for row in rows) for name in ("asked", "delivered", "replied"))
    return asked, delivered, replied


def page(session: Session) -> tuple[int, int, int]:
    """The same from what the progress page shows."""
    total = responses(session, VIEWER, 1).total
    session.rollback()
    return total["asked"], total["delivered"], total["replied"]


def compare(url: str, given: argparse.Namespace) -> bool:
    """Measure on one database; true when the goals are met."""
    with runtime_on(url) as runtime:
        fill(runtime, given.invitations, given.texts)
        settle(url)
        with driver(url) as connection, runtime.sessions() as session:
            cases = {
                "bare": partial(bare, connection),
                "report": partial(report, session),
                "page": partial(page, session),
            }
            rounds = [
                in_turn(round_, {name: partial(timed, case) for name, case in cases.items()})
                for round_ in range(given.rounds + 1)
            ][1:]
            count = sum(
                connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
                for name in ("inbound_text", "outbound_text")
            )
    return told(url, given, rounds, count)


def told(url: str, given: argparse.Namespace, rounds: list[dict[str, tuple[float, Any]]], count: int) -> bool:
    """Print the figures and whether the goals are met."""
    sums = {figures for each in rounds for _, figures in each.values()}
    base = median([each["bare"][0] for each in rounds])
    print(f"{kind_of(url)}: {count} texts, {given.invitations} invitations; bare query {base:.1f} ms")
    met = len(sums) == 1
    for name in ("report", "page"):
        taken = median([each[name][0] for each in rounds])
        ratio = median([each[name][0] / each["bare"][0] for each in rounds])
        is_met = ratio <= GOAL and taken < GOAL_MS
        met = met and is_met
        print(
            f"  {name}: {taken:.1f} ms, {ratio:.2f} of the bare query (goals {GOAL_MS:.0f} ms, {GOAL}): {verdict(is_met)}"
        )
    print(f"  asked, delivered, replied: {sorted(sums)} (all the same): {verdict(len(sums) == 1)}")
    return met


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--invitations", type=int, default=100_000)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("both", "postgresql", "sqlite"), default="both")
    parser.add_argument("--smoke", action="store_true", help="a small round, to see that everything works")
    given = parser.parse_args()
    if given.smoke:
        given.rounds, given.invitations, given.texts = 3, 3000, 30_000
    with tempfile.TemporaryDirectory() as name, databases(given.database, Path(name)) as urls:
        met = [compare(url, given) for url in urls]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
