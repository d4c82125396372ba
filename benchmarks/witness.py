"""A carrier in a process of its own that keeps every message it accepted, by our row, and lists them by number.

It accepts also when the one who asked is gone before the answer, as a carrier does. `GET /seen` gives all of it.
"""

import asyncio
import json
import multiprocessing
import random
import re
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.support.carrier import ACCOUNT

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
ROW = re.compile(r"/twilio/status/(\d+)-")
LIST = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
NOT_FOUND = {"code": 20404, "message": "not found", "status": 404}


class Witness(asyncio.Protocol):
    """One connection. An answer takes up to `latency` seconds."""

    latency = 0.0
    messages: ClassVar[list[dict[str, Any]]] = []
    by_number: ClassVar[dict[str, list[dict[str, Any]]]] = defaultdict(list)
    chance = random.Random(1)

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(HEAD_END)) >= 0:
            head, rest = self.buffer[:end], self.buffer[end + len(HEAD_END) :]
            found = LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
            if method == "POST":
                wait = self.chance.random() * self.latency
                asyncio.get_running_loop().call_later(wait, self.accept, rest[:length].decode())
            else:
                self.write(*self.found(target))

    def accept(self, encoded: str) -> None:
        form = dict(parse_qsl(encoded))
        row = ROW.search(form["StatusCallback"])
        message = {
            "sid": f"SM{len(self.messages) + 1:032x}", "status": "queued", "to": form["To"], "body": form["Body"],
            "num_segments": "1", "num_media": "0", "account_sid": ACCOUNT, "direction": "outbound-api", "error_code": None,
            "date_created": format_datetime(datetime.now(UTC)), "at": time.time(), "row": int(row[1]) if row else 0,
        }  # fmt: skip
        self.messages.append(message)
        self.by_number[form["To"]].append(message)
        self.write(201, message)

    def found(self, target: str) -> tuple[int, Any]:
        parts = urlsplit(target)
        if parts.path == "/seen":
            return 200, self.messages
        if parts.path != LIST:
            return 404, NOT_FOUND
        theirs = self.by_number[dict(parse_qsl(parts.query)).get("To", "")]
        return 200, {"messages": theirs[::-1], "next_page_uri": None, "page": 0, "page_size": 1000}

    def write(self, status: int, answer: Any) -> None:
        body = json.dumps(answer).encode()
        head = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
        if not self.transport.is_closing():
            self.transport.write(head + body)


def witness(latency: float, port: Any) -> None:
    """Answer until the process is ended."""
    Witness.latency = latency

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Witness, "127.0.0.1", 0, backlog=512)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def witnessing(latency: float) -> Iterator[str]:
    """A carrier for as long as the context lasts; its address."""
    port = multiprocessing.Value("i", 0)
    process = multiprocessing.Process(target=witness, args=(latency, port), daemon=True)
    process.start()
    while not port.value:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port.value}"
    finally:
        process.terminate()
        process.join(10)


def witnessed(address: str) -> list[dict[str, Any]]:
    """What the carrier accepted, in order."""
    with urllib.request.urlopen(f"{address}/seen", timeout=60) as answer:
        return list(json.load(answer))
