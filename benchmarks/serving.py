"""What the benchmarks of the inbound side share: gunicorn, signed texts, databases to throw away, medians of rounds in turn."""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from twilio.request_validator import RequestValidator

from benchmarks.seed import number
from hvbot.bootstrap import build_runtime
from hvbot.models import Base
from hvbot.runtime import Runtime
from hvbot.settings import load_settings
from tests.support import postgres

URL = "http://127.0.0.1:8000"
SECRET = "bench"
# A commit that is not on the disk is not what the product promises: fsync stays on where its cost is part of the figure.
DURABLE = ("shared_buffers=1GB", "max_connections=200")
# Leave given, a time chosen, thanks: the three texts of most families. One after the other, each a third of a round.
TEXTS = ("1", "2", "thank you so much")
PRODUCT = """
from flask import Flask
from hvbot.bootstrap import build_runtime
from hvbot.web.webhooks import make_webhooks
app = Flask(__name__)
app.register_blueprint(make_webhooks(build_runtime()))
"""
Request = dict[str, Any]


def signed(token: str, sid: str, sender: str, body: str, url: str = URL) -> Request:
    """A request with the fields that Twilio sends."""
    form = {
        "MessageSid": sid, "SmsSid": sid, "AccountSid": "AC" + "0" * 32, "From": sender,
        "To": "+12025550100", "Body": body, "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01",
        "FromCity": "", "FromState": "DC", "FromZip": "", "FromCountry": "US", "ToCity": "", "ToState": "DC", "ToZip": "", "ToCountry": "US",
    }  # fmt: skip
    signature = RequestValidator(token).compute_signature(f"{url}/twilio/inbound", form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return {"path": "/twilio/inbound", "body": urlencode(form), "headers": headers}


def family_text(family: int, body: str) -> tuple[str, str, str]:
    """One of a family's three texts: its id, the number and the words."""
    return f"SM{family * len(TEXTS) + TEXTS.index(body):032d}", number(family), body


def conversations(families: Sequence[int], block: int | None = None) -> Iterator[tuple[str, str, str]]:
    """The three texts of all families, in blocks in which everybody writes once before anybody writes again."""
    size = block or len(families)
    for first in range(0, len(families), size):
        for body in TEXTS:
            for family in families[first : first + size]:
                yield family_text(family, body)


def token_of(url: str) -> str:
    """What signs the simulated carrier's requests."""
    return load_settings(database_url=url, secret_key=SECRET).derive("simulator").hex()


def environment(url: str) -> dict[str, str]:
    """What a process of the product needs to know."""
    return {"DATABASE_URL": url, "SECRET_KEY": SECRET}


@contextmanager
def runtime_on(url: str) -> Iterator[Runtime]:
    """The product's ports on a database, whose tables are made where there are none."""
    settings = load_settings(database_url=url, secret_key=SECRET)
    runtime = build_runtime(settings, channel=object())  # type: ignore[arg-type]
    try:
        Base.metadata.create_all(runtime.engine)
        yield runtime
    finally:
        runtime.engine.dispose()


def upgrade(url: str) -> None:
    """Make the tables as an installation does; the product's own processes ask for that."""
    command = [sys.executable, "-m", "hvbot", "db", "upgrade"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment(url)})


def by_socket(url: str) -> str:
    """The same database by the server's socket, as an installation on one machine reaches it."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row: Any = connection.execute(
            "SELECT current_setting('unix_socket_directories'), current_setting('port')"
        ).fetchone()
    place, name = url.rpartition("/")[::2]
    user = place.rpartition("//")[2].partition("@")[0]
    return f"postgresql+psycopg://{user}@/{name}?host={row[0].partition(',')[0]}&port={row[1]}"


class Server:
    """gunicorn with some workers of eight threads; what it says goes to a file."""

    def __init__(
        self,
        folder: Path,
        name: str,
        source: str,
        port: int,
        given: Mapping[str, str],
        workers: int = 1,
        python: str = sys.executable,
    ) -> None:
        (folder / f"{name}.py").write_text(source)
        options = f"-k gthread --threads 8 -w {workers} -b 127.0.0.1:{port} --no-control-socket"
        paths = {**os.environ, "PYTHONPATH": f"{folder}:{Path.cwd()}", **given}
        self.run([python, "-m", "gunicorn", *options.split(), f"{name}:app"], paths, port, folder / f"{name}.log")

    def run(self, command: list[str], around: Mapping[str, str], port: int, log: Path) -> None:
        """Start a command and wait until it answers."""
        self.port, self.log = port, log
        with log.open("wb") as said:
            self.process = subprocess.Popen(command, env=dict(around), stdout=said, stderr=said)
        for _ in range(300):
            time.sleep(0.1)
            if self.process.poll() is not None:
                break
            if answers(port):
                return
        self.stop()
        raise RuntimeError(f"{log.stem} did not start: {log.read_text()[-2000:]}")

    def memory(self) -> float:
        """Resident MiB of the first worker."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        status = Path(f"/proc/{children[0]}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def locked(self) -> int:
        """How often a database was locked, as far as the server said."""
        return len(re.findall("database is locked|OperationalError", self.log.read_text()))

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Web(Server):
    """The product's own web command."""

    def __init__(self, folder: Path, url: str, port: int, workers: int) -> None:
        given = {"PORT": str(port), "WEB_CONCURRENCY": str(workers), **environment(url)}
        around = {**os.environ, "PYTHONPATH": str(Path.cwd()), **given}
        self.run([sys.executable, "-m", "hvbot", "web"], around, port, folder / "web.log")


def answers(port: int) -> bool:
    """Tell whether a server answers, whatever it answers."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/none", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@contextmanager
def serving(*servers: Callable[[], Server]) -> Iterator[list[Server]]:
    """Run servers for as long as the context lasts."""
    running: list[Server] = []
    try:
        for start in servers:
            running.append(start())  # noqa: PERF401 - the ones that did start must be stopped
        yield running
    finally:
        for server in running:
            server.stop()


def measure(port: int, requests: list[Request], folder: Path, connections: int) -> dict[str, float]:
    """Post requests as fast as they are answered."""
    file = folder / "requests.json"
    file.write_text(json.dumps(requests))
    command = [sys.executable, "-m", "benchmarks.load", str(port), str(file), str(connections)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def in_turn(round_: int, cases: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Run the cases of a round one after the other; in every other round the last comes first."""
    names = list(cases) if round_ % 2 else list(reversed(list(cases)))
    return {name: cases[name]() for name in names}


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies."""
    return sorted(values)[int(len(values) * share)]


def verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def fork(url: str, name: str, folder: Path) -> Iterator[str]:
    """A copy of a database that nobody uses at the moment."""
    if url.startswith("sqlite"):
        copy = folder / f"{name}.db"
        shutil.copyfile(url.removeprefix("sqlite:///"), copy)
        yield f"sqlite:///{copy}"
        for file in folder.glob(f"{name}.db*"):
            file.unlink()
    else:
        base, _, template = url.rpartition("/")
        with postgres.database(base, name, template) as fresh:
            yield fresh


copied = contextmanager(fork)


@contextmanager
def databases(which: str, folder: Path) -> Iterator[Iterator[str]]:
    """The empty databases to measure: of a PostgreSQL that writes to the disk, and a SQLite file."""
    if which == "sqlite":
        yield iter([f"sqlite:///{folder}/bench.db"])
        return
    with postgres.server(DURABLE) as base, postgres.database(base, "bench") as url:
        yield iter([url] if which == "postgresql" else [url, f"sqlite:///{folder}/bench.db"])


def kind_of(url: str) -> str:
    """The database's name."""
    return re.split(r"[+:]", url, maxsplit=1)[0]


def plain(url: str) -> str:
    """The address as the driver takes it."""
    return url.replace("postgresql+psycopg", "postgresql").removeprefix("sqlite:///")


def settle(url: str) -> None:
    """Let a bulk load come to rest: planned for, and out of the log."""
    if url.startswith("sqlite"):
        import sqlite3

        with sqlite3.connect(plain(url)) as file:
            file.execute("ANALYZE")
            file.commit()
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.close()
    else:
        with psycopg.connect(plain(url), autocommit=True) as admin:
            admin.execute("VACUUM ANALYZE")
            admin.execute("CHECKPOINT")
