"""Texts of 100,000 known phones at an offered rate, each posted up to five times at once, to real web processes on PostgreSQL.

    python -m benchmarks.inbound_rate [--rate 300] [--seconds 20] [--replays 5] [--phones 100000] [--workers 2] [--smoke]

`--rate` counts different texts; each is posted between once and `--replays` times at the same moment, over connections of
their own (drawn with a fixed seed), so that three times as many requests come in; `--replays 1` posts each once.
The processes are the product's own (`hvbot db upgrade`, `hvbot web`), commits reach the disk, each phone writes once.

Prints the rates, p50 and p99 from the moment a request was due, and what was refused; then what the database holds.
Goals: at least 0.98 of the offered texts a second, nothing refused, every accepted text there once with one turn, no
reply doubled. One run is one round: it measures no ratio.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from benchmarks.seed import number, seed
from benchmarks.serving import (
    DURABLE,
    Request,
    Web,
    quantile,
    runtime_on,
    serving,
    settle,
    signed,
    token_of,
    upgrade,
    verdict,
)
from hvbot.models import Consent, InboundText, OutboundText
from tests.support import postgres

PORT = 8095
CONNECTIONS = 64
PAIRS = 40
REACHED = 0.98
# Leave given in two ways, and a question: each has one answer.
WORDS = ("1", "yes please", "who is this?")


@dataclass(frozen=True, slots=True)
class Tally:
    """What is wrong in the database after the run; each must be 0.

    `lost`: accepted, no row. `several`: one id in several rows. `parked`: stored without its turn. `two_turns`: leave was
    given twice by one text. `unanswered`: stored without a reply. `doubled`: a phone was told the same twice.
    """

    lost: int
    several: int
    parked: int
    two_turns: int
    unanswered: int
    doubled: int

    @property
    def is_clean(self) -> bool:
        return not any(getattr(self, each.name) for each in fields(self))


def tally(connection: Connection, accepted: Iterable[str]) -> Tally:
    """Count in the database what became of the accepted ids. Every phone has written once."""
    rows = connection.execute(
        select(InboundText.id, InboundText.carrier_id, InboundText.conversation_id, InboundText.status)
    )
    texts = list(rows)
    by_sid = Counter(text.carrier_id for text in texts)
    said = Counter(
        (row.conversation_id, row.body)
        for row in connection.execute(select(OutboundText.conversation_id, OutboundText.body))
    )
    told = {conversation for conversation, _ in said}
    caused = select(func.count()).where(Consent.inbound_id.is_not(None)).group_by(Consent.inbound_id)
    return Tally(
        lost=len(set(accepted) - set(by_sid)),
        several=sum(count > 1 for count in by_sid.values()),
        parked=sum(text.status != "received" for text in texts),
        two_turns=sum(count > 1 for count in connection.scalars(caused)),
        unanswered=sum(text.conversation_id not in told for text in texts),
        doubled=sum(count > 1 for count in said.values()),
    )


def sid_of(index: int) -> str:
    return f"SM{index:032d}"


def planned(token: str, given: argparse.Namespace, phones: int) -> tuple[list[Request], list[str]]:
    """The requests with the moments they are due, and the id that each carries; phones in no order."""
    chance = random.Random(1)
    writers = chance.sample(range(1, phones + 1), round(given.rate * given.seconds))
    requests: list[Request] = []
    sids: list[str] = []
    for index, phone in enumerate(writers):
        request = signed(token, sid_of(index), number(phone), WORDS[index % len(WORDS)], f"http://127.0.0.1:{PORT}")
        copies = chance.randint(1, given.replays)
        requests += [{**request, "due": index / given.rate}] * copies
        sids += [sid_of(index)] * copies
    return requests, sids


def offer(requests: list[Request], folder: Path) -> dict[str, Any]:
    """Post the requests when they are due."""
    file = folder / "offered.json"
    file.write_text(json.dumps(requests))
    command = [sys.executable, "-m", "benchmarks.offered", str(PORT), str(file), str(CONNECTIONS)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def report(given: argparse.Namespace, sids: list[str], found: Mapping[str, Any], connection: Connection) -> bool:
    """Print the figures and whether the goals are met."""
    answers = found["answers"]
    statuses: dict[str, list[int]] = defaultdict(list)
    for index, _, _, status in answers:
        statuses[sids[index]].append(status)
    accepted = [sid for sid, came in statuses.items() if 200 in came]
    took = max(due + ms / 1000 for _, due, ms, _ in answers)
    times = [ms for _, _, ms, _ in answers]
    rate, refused = len(accepted) / took, Counter(status for *_, status in answers if status != 200)
    wrong = tally(connection, accepted)
    reached = rate >= REACHED * given.rate
    print(
        f"texts: {rate:.0f}/s of {given.rate:.0f}/s offered, {len(set(sids))} in all (goal {REACHED}): {verdict(reached)}"
    )
    print(
        f"requests: {len(answers) / took:.0f}/s, {len(answers)} in all; p50 {quantile(times, 0.5):.0f} ms, p99 {quantile(times, 0.99):.0f} ms"
    )
    print(
        f"refused: {dict(refused)}, posted again after a broken connection: {found['again']} (goal none refused): {verdict(not refused)}"
    )
    print(f"database: {wrong} (goal all 0): {verdict(wrong.is_clean)}")
    return reached and not refused and wrong.is_clean


def run(given: argparse.Namespace, folder: Path, url: str) -> bool:
    upgrade(url)
    families = given.phones - 2 * PAIRS  # the educators' phones are known too
    with runtime_on(url) as runtime:
        seed(runtime, families, pairs=PAIRS)
        settle(url)
        requests, sids = planned(token_of(url), given, families)
        with serving(lambda: Web(folder, url, PORT, given.workers)):
            found = offer(requests, folder)
        with runtime.engine.connect() as connection:
            return report(given, sids, found, connection)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=300)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--replays", type=int, default=5)
    parser.add_argument("--phones", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--smoke", action="store_true", help="a small run, to see that everything works")
    given = parser.parse_args()
    if given.smoke:
        given.rate, given.seconds, given.phones = 30, 5, 2000
    if given.rate * given.seconds > given.phones - 2 * PAIRS:
        parser.error("each phone writes once: more --phones, or fewer --seconds")
    if given.phones > 100_000:
        parser.error("there are 100,000 numbers that nobody has")
    return given


def main() -> int:
    given = arguments()
    with (
        tempfile.TemporaryDirectory() as name,
        postgres.server(DURABLE) as base,
        postgres.database(base, "bench") as url,
    ):
        return 0 if run(given, Path(name), url) else 1


if __name__ == "__main__":
    sys.exit(main())
