"""A carrier that answers as fast as Python can, in a process of its own, and real processes of ours that use it.

It reads of a request its length and its `Body`, waits the latency, and accepts. `GET /seen` tells what it accepted.
`tests/support/fake_twilio.py` can do far more and costs a thread a connection.
"""

import asyncio
import json
import multiprocessing
import os
import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, ClassVar

from tests.support.carrier import ACCOUNT, SERVICE, TOKEN

ROOT = Path(__file__).parents[1]
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
HEAD_END, LENGTH = b"\r\n\r\n", b"content-length:"
BODY = re.compile(rb"(?:^|&)Body=([^&]*)")


class Standing(asyncio.Protocol):
    """One connection. What was accepted is kept by its words, with the moment of each."""

    latency = 0.0
    bodies: ClassVar[Counter[bytes]] = Counter()
    moments: ClassVar[list[float]] = []

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(HEAD_END)) >= 0:
            head, rest = self.buffer[:end].lower(), self.buffer[end + 4 :]
            at = head.find(LENGTH)
            length = int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            if head.startswith(b"get"):
                self.write(b"200 OK", seen())
            elif self.latency:
                asyncio.get_running_loop().call_later(self.latency, self.accept, rest[:length])
            else:
                self.accept(rest[:length])

    def accept(self, form: bytes) -> None:
        found = BODY.search(form)
        Standing.bodies[found[1] if found else b""] += 1
        Standing.moments.append(time.time())
        self.write(
            b"201 Created",
            {
                "sid": f"SM{len(Standing.moments):032x}",
                "status": "queued",
                "to": "+12025550123",
                "body": "x",
                "num_segments": "1",
                "date_created": format_datetime(datetime.now(UTC)),
                "account_sid": ACCOUNT,
            },
        )

    def write(self, status: bytes, answer: Any) -> None:
        body = json.dumps(answer).encode()
        head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
        self.transport.write(head + body)


def seen() -> dict[str, Any]:
    """What was accepted so far: how many, how many of the same words again, and when each."""
    total = len(Standing.moments)
    return {"total": total, "doubled": total - len(Standing.bodies), "moments": Standing.moments}


def stand(latency: float, certificate: str | None, port: Any) -> None:
    """Answer until the process is ended."""
    Standing.latency = latency
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Standing, "127.0.0.1", 0, ssl=context)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def standing(latency: float = 0.0, certificate: Path | None = None) -> Iterator[str]:
    """A carrier for as long as the context lasts; its address."""
    port = multiprocessing.Value("i", 0)
    process = multiprocessing.Process(
        target=stand, args=(latency, str(certificate) if certificate else None, port), daemon=True
    )
    process.start()
    while not port.value:
        time.sleep(0.01)
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{port.value}"
    finally:
        process.terminate()
        process.join(10)


def seen_by(address: str, certificate: Path | None = None) -> dict[str, Any]:
    """What a carrier accepted."""
    context = ssl.create_default_context(cafile=certificate) if certificate else None
    with urllib.request.urlopen(f"{address}/seen", timeout=30, context=context) as answer:
        return dict(json.load(answer))


def make_certificate(folder: Path) -> Path:
    """A key and a certificate for loopback that no one else trusts, in one file."""
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    both.write_text(key.read_text() + certificate.read_text())
    return both


def environment(database_url: str, carrier_url: str, port: int = 8000) -> dict[str, str]:
    """The settings of a process that sends through a stand-in."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "SECRET_KEY": "test-secret",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "HVBOT_CHANNEL": "twilio",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_MESSAGING_SERVICE_SID": SERVICE,
        "TWILIO_API_URL": carrier_url,
    }


def run_hvbot(command: str, around: dict[str, str]) -> "subprocess.Popen[bytes]":
    """One of the Procfile's processes, in a group of its own."""
    silent = subprocess.DEVNULL
    call = [sys.executable, "-m", "hvbot", command]
    return subprocess.Popen(call, cwd=ROOT, env=around, stdout=silent, stderr=silent, start_new_session=True)


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a process and its children at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
