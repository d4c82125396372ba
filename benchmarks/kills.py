"""Web and worker processes that are killed at random moments, again and again, lose no text and double none.

    python -m benchmarks.kills [--minutes 10] [--kills N] [--seed N] [--workers 4] [--pause 0.25] [--rate 20] [--families 2000]
    python -m benchmarks.kills --smoke

`hvbot web` and several `hvbot worker` run on a PostgreSQL of their own, the carrier is a process on loopback. Families of a
round write signed texts all the time; what is not answered with 200 is posted again, as the carrier would. About every
`--pause` seconds a process is killed (SIGKILL), now and then stopped for a while or ended (SIGTERM), and replaced at once. It
ends after so many minutes or kills, whichever is first; then the streams stop, everything drains, and it is counted: every
accepted text is stored once and has one turn, every text of ours that was due left once or is unknown, none was handed over
twice, and the promises of `hvbot.simulation.invariants` hold. Exit code 1, with the seed, when one does not.

Workers do not read the carrier's list at their start here (it has no numbers): that would bring back texts that were lost.
"""

import argparse
import itertools
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, update

from benchmarks.nursery import Nursery
from benchmarks.seed import number, seed
from benchmarks.serving import answers
from benchmarks.standin import environment
from benchmarks.witness import witnessed, witnessing
from hvbot.channels.twilio import TwilioChannel
from hvbot.clock import MovableClock, WallClock
from hvbot.models import Consent, Conversation, InboundText, OutboundText, Program, School, schema
from hvbot.runtime import Runtime
from hvbot.services.outbox import settle_unknown
from hvbot.services.rounds import start_round
from hvbot.services.settling import KEEN, LEASE, NOT_FOUND
from hvbot.simulation.carrier import Entry
from hvbot.simulation.invariants import INVARIANTS, violations
from hvbot.simulation.ledger import Ledger, cause
from tests.support import postgres
from tests.support.carrier import TOKEN, runtime_for, settings_for
from tests.support.fake_twilio import post_signed
from tests.support.season import form_of

# What homes write, one after the other: leave and a time, then anything.
FIRST = ("1", "1")
LATER = ("thank you so much", "who is this?", "can we move it?", "2", "1", "no", "yes", "thanks", "3", "on Thursday")
WRITERS = 8
LATENCY_S = 0.06
CARRIER_RETRIES_S = 0.2
LONGEST_DRAIN_S = 120
LONG_STOP_S = 70.0
NOON = 12
ACCEPTED = 200
LEFT = {"sent", "delivered"}


# The stream of texts -------------------------------------------------------------------------------------------------


@dataclass
class Phones:
    """Families who write until they are told to stop. `entries` is the carrier's log of what they wrote."""

    url: str
    families: int
    rate: float
    seed: int
    entries: list[Entry] = field(default_factory=list)
    again: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self.sids = itertools.count(1)
        self.threads = [threading.Thread(target=self.write, args=(n,), daemon=True) for n in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Write no more, and wait until all that was written is accepted."""
        self.over.set()
        for thread in self.threads:
            thread.join(LONGEST_DRAIN_S)

    def write(self, share: int) -> None:
        """Be every eighth family, at an eighth of the rate."""
        chance = random.Random(self.seed * WRITERS + share)
        mine = range(1 + share, self.families + 1, WRITERS)
        said = Counter[int]()
        while mine and not self.over.wait(chance.expovariate(self.rate / WRITERS)):
            family = chance.choice(mine)
            place = said[family]
            self.text(number(family), FIRST[place] if place < len(FIRST) else chance.choice(LATER))
            said[family] += 1

    def text(self, sender: str, body: str) -> None:
        """Post a text until it is accepted."""
        sid = f"SM{next(self.sids):032x}"
        form = form_of(sid, sender, body)
        self.note("heard", sender, body, sid)
        began = time.monotonic()
        while (status := post_signed(f"{self.url}/twilio/inbound", form, TOKEN)) != ACCEPTED:
            self.again += 1
            self.refused[status] += 1
            if time.monotonic() - began > LONGEST_DRAIN_S:
                break
            time.sleep(CARRIER_RETRIES_S)
        self.note("answer", sender, body, sid, status)

    def note(self, kind: Any, sender: str, body: str, sid: str, status: int = 0) -> None:
        self.entries.append(Entry(kind, datetime.now(UTC), sender, body, sid, status=status))


# The processes, and what happens to them -----------------------------------------------------------------------------


@dataclass
class Crowd:
    """The processes that run, those that are stopped with the moment they go on, and those that were told to end."""

    nursery: Nursery
    chance: random.Random
    is_long: bool
    web: int = 0
    workers: list[int] = field(default_factory=list)
    stopped: dict[int, float] = field(default_factory=dict)
    leaving: list[int] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def strike(self) -> None:
        """Do one thing to somebody, and fill the gap at once."""
        self.wake(time.monotonic())
        self.leaving = [pid for pid in self.leaving if not self.nursery.is_gone(pid)]
        (deed,) = self.chance.choices(list(DEEDS), list(DEEDS.values()))
        deed(self)

    @property
    def kills(self) -> int:
        return sum(count for what, count in self.done.items() if what.startswith("SIGKILL"))

    def one(self) -> int:
        """A worker, which must be there: none ends by itself."""
        worker = self.chance.choice(self.workers)
        if self.nursery.is_gone(worker):
            self.done["ended by itself"] += 1
            self.replace(worker)
            return self.one()
        return worker

    def replace(self, worker: int) -> None:
        self.workers.remove(worker)
        self.stopped.pop(worker, None)
        self.workers.append(self.nursery.start("worker"))

    def kill_worker(self) -> None:
        worker = self.one()
        os.kill(worker, signal.SIGKILL)
        self.leaving.append(worker)
        self.replace(worker)
        self.done["SIGKILL worker"] += 1

    def end_worker(self) -> None:
        worker = self.one()
        os.kill(worker, signal.SIGTERM)
        os.kill(worker, signal.SIGCONT)
        self.leaving.append(worker)
        self.replace(worker)
        self.done["SIGTERM worker"] += 1

    def stop_worker(self) -> None:
        """Stop one for a while, rarely for longer than a lease; never all."""
        worker = self.one()
        if worker in self.stopped or len(self.stopped) > len(self.workers) // 2:
            return
        os.kill(worker, signal.SIGSTOP)
        is_long = self.is_long and self.chance.random() < 0.1
        self.stopped[worker] = time.monotonic() + (LONG_STOP_S if is_long else self.chance.uniform(0.1, 3))
        self.done["SIGSTOP worker" + (" past its lease" if is_long else "")] += 1

    def kill_web_process(self) -> None:
        """Kill one of gunicorn's workers; it starts another."""
        children = Path(f"/proc/{self.web}/task/{self.web}/children").read_text().split()
        if children:
            with suppress(ProcessLookupError):
                os.kill(int(self.chance.choice(children)), signal.SIGKILL)
                self.done["SIGKILL web process"] += 1

    def kill_web(self) -> None:
        """Kill gunicorn with its workers."""
        os.killpg(self.web, signal.SIGKILL)
        self.leaving.append(self.web)
        self.web = self.nursery.start("web")
        self.done["SIGKILL all of web"] += 1

    def wake(self, now: float) -> None:
        for worker in [worker for worker, until in self.stopped.items() if until <= now]:
            os.kill(worker, signal.SIGCONT)
            del self.stopped[worker]

    def retire(self) -> None:
        """End all workers as a deployment does, and wait for them."""
        self.wake(float("inf"))
        for worker in self.workers:
            if not self.nursery.is_gone(worker):
                os.kill(worker, signal.SIGTERM)
        leaving, self.workers = [*self.leaving, *self.workers], []
        end = time.monotonic() + LONGEST_DRAIN_S
        while (leaving := [pid for pid in leaving if not self.nursery.is_gone(pid)]) and time.monotonic() < end:
            time.sleep(0.05)
        self.done["does not end"] += len(leaving)
        self.leaving = []


DEEDS: Mapping[Callable[[Crowd], None], int] = {
    Crowd.kill_worker: 70,
    Crowd.kill_web_process: 14,
    Crowd.kill_web: 3,
    Crowd.end_worker: 7,
    Crowd.stop_worker: 6,
}
FAILURES = ("ended by itself", "does not end")


def rage(crowd: Crowd, given: argparse.Namespace) -> float:
    """Strike until the time is over or enough were killed; how many seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < given.minutes * 60 and crowd.kills < given.kills:
        crowd.strike()
        time.sleep(crowd.chance.expovariate(1 / given.pause))
    return time.monotonic() - began


# Drain and count -----------------------------------------------------------------------------------------------------


def drain(runtime: Runtime, crowd: Crowd) -> None:
    """Let everything leave that is due. Leases need not be waited for: their holders are gone."""
    crowd.retire()
    settle(runtime)
    end = time.monotonic() + LONGEST_DRAIN_S
    while waiting(runtime) and time.monotonic() < end:
        crowd.workers = [crowd.nursery.start("worker")]
        while waiting(runtime) and time.monotonic() < end:
            time.sleep(0.2)
        crowd.retire()
        settle(runtime)


def waiting(runtime: Runtime) -> int:
    """How many texts are due and have not left."""
    due = OutboundText.status == "queued", OutboundText.not_before <= datetime.now(UTC)
    with runtime.sessions() as session:
        return session.scalar(select(func.count()).select_from(OutboundText).where(*due)) or 0


def settle(runtime: Runtime) -> None:
    """Ask the carrier about all texts in doubt, as workers would within a quarter of an hour, until it has said all."""
    clock = MovableClock(datetime.now(UTC) + LEASE + timedelta(seconds=5))
    later = replace(runtime, clock=clock)
    asked = select(func.count()).select_from(OutboundText).where(OutboundText.status == "unknown")
    asked = asked.where(func.coalesce(OutboundText.reason, "") != NOT_FOUND)
    settle_unknown(later)
    clock.advance(seconds=KEEN.total_seconds() * 5)
    for _ in range(400):
        with runtime.sessions() as session:
            if not session.scalar(asked):
                return
        settle_unknown(later)
        clock.advance(seconds=15)


def wrong_inbound(connection: Connection, accepted: Iterable[str]) -> Iterator[str]:
    """Every accepted text is stored once, was read, and had one turn."""
    rows = connection.execute(select(InboundText.id, InboundText.carrier_id, InboundText.status)).all()
    stored = Counter(row.carrier_id for row in rows)
    yield from (f"lost: {sid} was accepted and is stored {stored[sid]} times" for sid in accepted if stored[sid] != 1)
    yield from (f"parked: {row.carrier_id}" for row in rows if row.status != "received")
    given = connection.scalars(select(Consent.inbound_id).where(Consent.inbound_id.is_not(None)))
    yield from (f"two turns: text {row} gave leave {count} times" for row, count in Counter(given).items() if count > 1)
    texts = connection.execute(select(OutboundText.intent, OutboundText.conversation_id, OutboundText.body)).all()
    said = Counter((cause(text), text.conversation_id, text.body) for text in texts if cause(text))
    yield from (f"two turns: {key[0]} led to the same words {count} times" for key, count in said.items() if count > 1)


def wrong_outbound(connection: Connection, messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Every text that was due left once or is unknown, and the carrier has nothing else."""
    handed = Counter(message["row"] for message in messages)
    yield from (f"doubled: row {row} was handed over {count} times" for row, count in handed.items() if count > 1)
    columns = (OutboundText.id, OutboundText.status, OutboundText.body, OutboundText.not_before, Conversation.address)
    joined = select(*columns).join(Conversation, Conversation.id == OutboundText.conversation_id)
    rows, now = connection.execute(joined).all(), datetime.now(UTC)
    yield from (
        f"strange: row {row} was handed over and does not exist" for row in handed.keys() - {r.id for r in rows}
    )
    stuck = [row for row in rows if row.status in {"queued", "sending"} and row.not_before <= now]
    yield from (f"lost: row {row.id} is {row.status} for ever" for row in stuck)
    yield from (f"refused: row {row.id}" for row in rows if row.status == "failed")
    # By words: of two rows with the same words to one number the carrier's list cannot tell which it has.
    sent = Counter((row.address, row.body) for row in rows if row.status in LEFT)
    held = Counter((message["to"], message["body"]) for message in messages)
    for key in sent.keys() | held.keys():
        if sent[key] != held[key]:
            yield f"lost: {sent[key]} rows with the same words count as sent, the carrier has {held[key]}"


@dataclass
class Log:
    """What the carrier saw, in order, as the invariants read it."""

    entries: list[Entry]
    away: None = None


def log_of(phones: Phones, messages: Sequence[Mapping[str, Any]]) -> Log:
    sent = [
        Entry("sent", datetime.fromtimestamp(each["at"], UTC), each["to"], each["body"], each["sid"], each["row"])
        for each in messages
    ]
    return Log(sorted([*phones.entries, *sent], key=lambda entry: entry.at))


def judge(runtime: Runtime, crowd: Crowd, phones: Phones, messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Everything that is not as it must be."""
    accepted = [each.carrier_id for each in phones.entries if each.kind == "answer" and each.status == ACCEPTED]
    refused = [each.carrier_id for each in phones.entries if each.kind == "answer" and each.status != ACCEPTED]
    with runtime.engine.connect() as connection:
        found = [*wrong_inbound(connection, accepted), *wrong_outbound(connection, messages)]
    found += [f"never accepted: {sid}" for sid in refused]
    found += [f"{crowd.done[what]} workers: {what}" for what in FAILURES if crowd.done[what]]
    ledger = Ledger(runtime, log_of(phones, messages))  # type: ignore[arg-type]
    return found + violations(ledger, INVARIANTS)


# All of it -----------------------------------------------------------------------------------------------------------


def zone_at_noon(now: datetime) -> str:
    """A zone where it is noon: what nobody asked for leaves by day."""
    ahead = NOON - now.hour
    return f"Etc/GMT{'-' if ahead >= 0 else '+'}{abs(ahead)}"


def lay_out(runtime: Runtime, families: int) -> None:
    """A school with families, none of whom was asked."""
    schema.upgrade(runtime.engine)
    seed(runtime, families, asked=False)
    with runtime.writing() as session:
        settings = {"segments_per_second": "10000", "segments_per_day": "0", "text_days": "mon,tue,wed,thu,fri,sat,sun"}
        session.execute(update(Program).values(settings=settings))
        session.execute(update(School).values(zone=zone_at_noon(datetime.now(UTC))))


@contextmanager
def processes(url: str, carrier: str, port: int, folder: Path, given: argparse.Namespace) -> Iterator[Crowd]:
    """Web and workers, for as long as the context lasts."""
    nursery = Nursery(environment(url, carrier, port), folder / "processes.log")
    try:
        crowd = Crowd(nursery, random.Random(given.seed), is_long=given.minutes * 60 > 3 * LONG_STOP_S)
        crowd.web = nursery.start("web")
        crowd.workers = [nursery.start("worker") for _ in range(given.workers)]
        while not answers(port):
            time.sleep(0.05)
        yield crowd
    finally:
        nursery.close()


def run(url: str, given: argparse.Namespace, folder: Path) -> list[str]:
    """Everything once; what is wrong."""
    port = postgres.free_port()
    with witnessing(LATENCY_S) as carrier:
        channel = TwilioChannel(settings_for(url, twilio_api_url=carrier))
        runtime = runtime_for(url, channel, WallClock(), twilio_api_url=carrier)
        lay_out(runtime, given.families)
        phones = Phones(f"http://127.0.0.1:{port}", given.families, given.rate, given.seed)
        with processes(url, carrier, port, folder, given) as crowd:
            phones.start()
            start_round(runtime, 1)
            seconds = rage(crowd, given)
            crowd.wake(float("inf"))
            phones.stop()
            drain(runtime, crowd)
            messages = witnessed(carrier)
            found = judge(runtime, crowd, phones, messages)
        report(runtime, crowd, phones, messages, seconds)
        runtime.engine.dispose()
    return found


def report(runtime: Runtime, crowd: Crowd, phones: Phones, messages: Sequence[Any], seconds: float) -> None:
    """Print what happened."""
    with runtime.sessions() as session:
        rows = session.execute(
            select(OutboundText.status, func.count().label("texts")).group_by(OutboundText.status)
        ).all()
    statuses = {row.status: row.texts for row in rows}
    print(f"{crowd.kills} kills in {seconds:.0f} s, {crowd.kills / seconds * 60:.0f} a minute: {dict(crowd.done)}")
    taken = sum(entry.kind == "answer" for entry in phones.entries)
    print(f"in: {taken} texts, posted again {phones.again} times {dict(phones.refused)}")
    print(f"out: {len(messages)} at the carrier, {statuses.get('unknown', 0)} unknown; rows {statuses}")


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.25, help="seconds between blows, on average")
    parser.add_argument("--rate", type=float, default=20, help="texts a second that come in")
    parser.add_argument("--families", type=int, default=2000)
    parser.add_argument("--smoke", action="store_true", help="twenty kills, to see that everything works")
    given = parser.parse_args(words)
    if given.smoke:
        given.minutes, given.kills, given.families = 0.4, 20, 80
    print(f"seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as name, postgres.server() as base, postgres.database(base, "kills") as url:
        found = run(url, given, Path(name))
    for each in found[:50]:
        print(each)
    print(f"{len(found)} violations" + (f" with --seed {given.seed}" if found else ""))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
