"""How fast the outbox drains, beside the same Twilio client sending alone, against a stand-in that answers at once.

    python benchmarks/outbox.py [--texts 1500] [--rounds 5] [--latency-ms 0] [--database URL]

Both take turns in every round; the ratio is the median of the rounds' ratios. Goals: 0.65 without latency, 0.85 at 100 ms.
Without --database a SQLite file in a temporary folder is used. Only loopback is loaded.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from sqlalchemy import delete, insert

from hvbot.channels.port import CONNECTIONS, Parcel
from hvbot.channels.twilio import TwilioChannel
from hvbot.clock import WallClock
from hvbot.models import Conversation, OutboundText, Program
from hvbot.services.outbox import send_due
from tests.support.carrier import ACCOUNT, Place, lay_out, runtime_for, settings_for


class Answering(asyncio.Protocol):
    """Creates messages as fast as Python can: it reads a request's length and nothing else."""

    latency = 0.0
    count = 0

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            asyncio.get_running_loop().call_later(self.latency, self.answer) if self.latency else self.answer()

    def answer(self) -> None:
        Answering.count += 1
        body = json.dumps(
            {
                "sid": f"SM{Answering.count:032x}",
                "status": "queued",
                "to": "+12025550123",
                "body": "x",
                "num_segments": "1",
                "date_created": format_datetime(datetime.now(UTC)),
                "account_sid": ACCOUNT,
            }
        ).encode()
        self.transport.write(
            b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )


def answer_for_ever(latency: float, port: Any) -> None:
    Answering.latency = latency

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(run())


def bare(channel: TwilioChannel, texts: int) -> float:
    """Texts a second of the client alone, in as many threads."""
    client = channel.client
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
    """Texts a second through the outbox."""
    queue(place, conversations, texts)
    began = time.perf_counter()
    moved = 0
    while batch := send_due(place.runtime):
        moved += batch
    if moved != texts:
        raise SystemExit(f"{moved} of {texts} left")
    return texts / (time.perf_counter() - began)


def queue(place: Place, conversations: list[int], texts: int) -> None:
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
            "not_before": now,
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
            "address": f"+1202555{n % 10_000:04d}",
            "address_hash": f"{n:064d}",
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
    from dataclasses import replace

    from hvbot.channels.port import Receipt
    from hvbot.services import outbox

    class Nothing:
        name = "nothing"

        def send(self, parcel: Parcel) -> Receipt:
            return Receipt(f"SM{parcel.outbound_id}", "queued")

    queue(place, conversations, texts)
    runtime = replace(place.runtime, channel=Nothing())  # type: ignore[arg-type]
    began, cpu = time.perf_counter(), time.process_time()
    while outbox.send_due(runtime):
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
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--database")
    given = parser.parse_args()
    port = multiprocessing.Value("i", 0)
    carrier = multiprocessing.Process(target=answer_for_ever, args=(given.latency_ms / 1000, port), daemon=True)
    carrier.start()
    while not port.value:
        time.sleep(0.01)
    with tempfile.TemporaryDirectory() as folder:
        url = given.database or f"sqlite:///{folder}/bench.db"
        api = f"http://127.0.0.1:{port.value}"
        channel = TwilioChannel(settings_for(url, twilio_api_url=api))
        runtime = runtime_for(url, channel, WallClock(), connections=CONNECTIONS + 4, twilio_api_url=api)
        place = lay_out(runtime)
        place.change(Program, place.program, settings={"segments_per_second": "10000"})
        conversations = numbers(place, given.texts)
        measure(place, channel, conversations, given)
        runtime.engine.dispose()
    carrier.terminate()


def measure(place: Place, channel: TwilioChannel, conversations: list[int], given: argparse.Namespace) -> None:
    bare(channel, 100)
    drain(place, conversations, 100)
    ratios = []
    for n in range(given.rounds):
        measured = {}
        for name in ("bare", "drain") if n % 2 else ("drain", "bare"):
            measured[name] = bare(channel, given.texts) if name == "bare" else drain(place, conversations, given.texts)
        ratios.append(measured["drain"] / measured["bare"])
        print(f"bare client {measured['bare']:.0f}/s, outbox {measured['drain']:.0f}/s, ratio {ratios[-1]:.2f}")
    print(f"median ratio {statistics.median(ratios):.2f}")
    claims_a_second(place, conversations, given.texts)


if __name__ == "__main__":
    main()
