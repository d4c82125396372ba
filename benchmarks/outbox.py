"""How fast the outbox drains, beside Twilio's client as it comes, sending alone, against a stand-in on loopback.

    .venv/bin/python -m benchmarks.outbox [--texts 1500] [--rounds 5] [--latency-ms 0] [--tls] [--database URL]
    .venv/bin/python -m benchmarks.outbox --paced 60 [--rate 225] [--latency-ms 100] [--tls]

Both take turns in every round; the ratio is the median of the rounds' ratios. Goals: 0.65 without latency, 0.85 at 100 ms.
With `--paced` texts fall due evenly for so many seconds and a real worker process sends them: goals 0.99 of the rate, and at
most 55 % of a core. That worker cannot be told to trust a certificate of ours, so there `--tls` uses one in this process.
Without --database a SQLite file in a temporary folder is used. Only loopback is loaded.
"""

import argparse
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter
from sqlalchemy import delete, insert
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from benchmarks.seed import number
from benchmarks.standin import cpu_seconds, end, environment, make_certificate, run_hvbot, seen_by, standing
from hvbot.channels.port import CONNECTIONS, Parcel, Receipt
from hvbot.channels.transport import at_address
from hvbot.channels.twilio import TIMEOUT_S, TwilioChannel
from hvbot.clock import WallClock
from hvbot.models import Conversation, OutboundText, Program, lookup_hash, schema
from hvbot.runtime import Runtime
from hvbot.services.outbox import send_due
from hvbot.worker import TASKS, start_ticks
from tests.support.carrier import ACCOUNT, TOKEN, Place, lay_out, runtime_for, settings_for


def stock_client(carrier: str, certificate: Path | None) -> Client:
    """Twilio's client as it comes, with its own transport; only as many connections, no log, and the address are ours."""

    class Transport(TwilioHttpClient):  # type: ignore[misc]  # it comes without types
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
            return super().request(method, at_address(url, carrier), *args, **kwargs)

    quiet = logging.getLogger("stock")
    quiet.setLevel(logging.WARNING)
    transport = Transport(timeout=TIMEOUT_S, logger=quiet)
    # Read at every request otherwise, a fifth of a send's cost.
    transport.session.trust_env = False
    transport.session.verify = str(certificate) if certificate else True
    for scheme in ("https://", "http://"):
        transport.session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
    return Client(ACCOUNT, TOKEN, http_client=transport, environment={})


def bare(client: Client, texts: int) -> float:
    """Texts a second of the client alone, in as many threads."""
    callback = "http://127.0.0.1:8000/twilio/status/" + "x" * 24

    def send(n: int) -> Any:
        return client.messages.create(
            to="+12025550123",
            body=f"text {n} " + "x" * 100,
            status_callback=callback,
            messaging_service_sid="MG" + "b" * 32,
        )

    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(send, range(texts)))
    return texts / (time.perf_counter() - began)


def drain(place: Place, conversations: list[int], texts: int) -> float:
    """Texts a second through the outbox, in as many lines as a worker that is at it for more than a second."""
    queue(place, conversations, texts)
    lines = next(task.lines for task in TASKS if task.name == "outbox")
    began = time.perf_counter()
    with ThreadPoolExecutor(lines) as threads:
        moved = sum(threads.map(empty, [place.runtime] * lines))
    if moved != texts:
        raise SystemExit(f"{moved} of {texts} left")
    return texts / (time.perf_counter() - began)


def empty(runtime: Runtime) -> int:
    """Send until nothing is left; how many texts."""
    moved = 0
    while batch := send_due(runtime):
        moved += batch
    return moved


def queue(
    place: Place, conversations: list[int], texts: int, due_at: datetime | None = None, apart: timedelta = timedelta()
) -> None:
    """Queue texts that are due now, at one moment, or one after the other from then on."""
    now = place.runtime.clock.now()
    rows = [
        {
            "program_id": place.program,
            "conversation_id": conversations[n % len(conversations)],
            "invitation_id": place.invitation,
            "intent": f"ask:bench{now.timestamp()}.{n}:1",
            "purpose": "answer",
            "wording": "TEST@1",
            "language": "en",
            "body": f"text {n} " + "x" * 100,
            "segments": 1,
            "priority": 3,
            "not_before": (due_at or now) + n * apart,
            "created_at": now,
        }
        for n in range(texts)
    ]
    with place.runtime.writing() as session:
        session.execute(delete(OutboundText))
        session.execute(insert(OutboundText), rows)


def numbers(place: Place, count: int) -> list[int]:
    now = place.runtime.clock.now()
    rows = [
        {
            "program_id": place.program,
            "address": number(n),
            "address_hash": lookup_hash(place.runtime.settings.lookup_key, number(n)),
            "consent": "granted",
            "state": {},
            "created_at": now,
        }
        for n in range(count)
    ]
    with place.runtime.writing() as session:
        return list(session.scalars(insert(Conversation).returning(Conversation.id), rows))


def claims_a_second(place: Place, conversations: list[int], texts: int) -> float:
    """Claim and record alone, with a channel that accepts at once."""

    class Nothing:
        name = "nothing"

        def send(self, parcel: Parcel) -> Receipt:
            return Receipt(f"SM{parcel.outbound_id}", "queued")

    queue(place, conversations, texts)
    runtime = replace(place.runtime, channel=Nothing())  # type: ignore[arg-type]
    began, cpu = time.perf_counter(), time.process_time()
    while send_due(runtime):
        pass
    took = time.perf_counter() - began
    print(
        f"claim, gate and record alone: {texts / took:.0f}/s, CPU {(time.process_time() - cpu) / texts * 1000:.3f} ms a text"
    )
    return texts / took


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency-ms", type=float)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--paced", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--rate", type=float, default=225)
    parser.add_argument("--database")
    given = parser.parse_args()
    latency = (given.latency_ms if given.latency_ms is not None else 100 if given.paced else 0) / 1000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = given.database or f"sqlite:///{folder}/bench.db"
        certificate = make_certificate(folder) if given.tls else None
        with standing(latency, certificate) as carrier:
            channel = TwilioChannel(settings_for(url, twilio_api_url=carrier))
            if certificate:
                channel.client.http_client.pool.connection_pool_kw["ca_certs"] = str(certificate)
            runtime = runtime_for(url, channel, WallClock(), connections=CONNECTIONS + 4, twilio_api_url=carrier)
            schema.upgrade(runtime.engine)  # real processes refuse a database without a version
            place = lay_out(runtime)
            place.change(Program, place.program, settings={"segments_per_second": "10000"})
            if given.paced:
                paced(place, url, carrier, certificate, given)
            else:
                client = stock_client(carrier, certificate)
                measure(place, client, numbers(place, given.texts), given, 0.85 if latency else 0.65)
            runtime.engine.dispose()


def measure(place: Place, client: Client, conversations: list[int], given: argparse.Namespace, goal: float) -> None:
    """Compare the drain with the client alone."""
    bare(client, 100)
    drain(place, conversations, 100)
    ratios = []
    for n in range(given.rounds):
        measured = {}
        for name in ("bare", "drain") if n % 2 else ("drain", "bare"):
            measured[name] = bare(client, given.texts) if name == "bare" else drain(place, conversations, given.texts)
        ratios.append(measured["drain"] / measured["bare"])
        print(f"bare client {measured['bare']:.0f}/s, outbox {measured['drain']:.0f}/s, ratio {ratios[-1]:.2f}")
    ratio = statistics.median(ratios)
    print(f"median ratio {ratio:.2f} (goal {goal}: {'met' if ratio >= goal else 'MISSED'})")
    claims_a_second(place, conversations, given.texts)


WARM_S = 3.0


def paced(place: Place, url: str, carrier: str, certificate: Path | None, given: argparse.Namespace) -> None:
    """Let texts fall due at a rate, and look at a stretch from the middle: what left, and what it cost."""
    count = int(given.rate * (given.paced + 2 * WARM_S))
    conversations = numbers(place, count)
    due_at = place.runtime.clock.now() + timedelta(seconds=4 + count / 5000)
    queue(place, conversations, count, due_at, timedelta(seconds=1 / given.rate))
    with sending(place, url, carrier, is_inside=bool(certificate)) as cpu:
        begins = due_at.timestamp() + WARM_S
        time.sleep(max(0.0, begins - time.time()))
        before = cpu()
        time.sleep(max(0.0, begins + given.paced - time.time()))
        spent = cpu() - before
        time.sleep(0.2)
    moments = seen_by(carrier, certificate)["moments"]
    left = sum(begins <= moment < begins + given.paced for moment in moments)
    achieved, core = left / (given.rate * given.paced), spent / given.paced
    print(
        f"paced to {given.rate:.0f}/s for {given.paced:.0f} s: achieved {achieved:.3f} (goal 0.99:"
        f" {'met' if achieved >= 0.99 else 'MISSED'}), CPU {core:.0%} of a core (goal 55 %: {'met' if core <= 0.55 else 'MISSED'})"
    )


@contextmanager
def sending(place: Place, url: str, carrier: str, *, is_inside: bool) -> Iterator[Callable[[], float]]:
    """A worker process, or the same ticks in this process; what tells its CPU time so far."""
    if is_inside:
        ticks = start_ticks(place.runtime)
        yield time.process_time
        ticks.shutdown(wait=True)
        return
    worker = run_hvbot("worker", environment(url, carrier))
    yield lambda: cpu_seconds(worker.pid)
    end(worker)


if __name__ == "__main__":
    main()
