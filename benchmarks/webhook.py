"""The whole turn over HTTP beside a bare Flask route with the same signature check, in turns, in one run.

    .venv/bin/python -m benchmarks.webhook [rounds]

Prints, for PostgreSQL and SQLite, the rates, their ratio (goal: at least 0.22 on PostgreSQL with one worker of eight
threads) and p99 over p50 at 16 connections (goal: at most 4).
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from benchmarks.seed import number, seed
from hvbot.bootstrap import build_runtime
from hvbot.models import Base, Visit
from hvbot.settings import load_settings
from tests.support import postgres

FAMILIES_A_ROUND = 100
CONNECTIONS = 16
URL = "http://127.0.0.1:8000"
# Leave given, a time chosen, thanks: the three texts of most families. One after the other, each a third of a round.
TEXTS = ("1", "2", "thank you so much")
BARE = """
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator
app = Flask(__name__)
validator = RequestValidator({token!r})
@app.post("/twilio/inbound")
def inbound():
    if not validator.validate({url!r} + request.path, request.form, request.headers.get("X-Twilio-Signature", "")):
        return Response(status=403)
    return Response("<Response/>", content_type="text/xml")
"""
PRODUCT = """
from flask import Flask
from hvbot.bootstrap import build_runtime
from hvbot.web.webhooks import make_webhooks
app = Flask(__name__)
app.register_blueprint(make_webhooks(build_runtime()))
"""


def signed(token: str, family: int, body: str) -> dict[str, object]:
    """A request with the fields that Twilio sends."""
    index = family * len(TEXTS) + TEXTS.index(body)
    form = {
        "MessageSid": f"SM{index:032d}", "SmsSid": f"SM{index:032d}", "AccountSid": "AC" + "0" * 32, "From": number(family),
        "To": "+12025550100", "Body": body, "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01",
        "FromCity": "", "FromState": "DC", "FromZip": "", "FromCountry": "US", "ToCity": "", "ToState": "DC", "ToZip": "", "ToCountry": "US",
    }  # fmt: skip
    signature = RequestValidator(token).compute_signature(f"{URL}/twilio/inbound", form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return {"path": "/twilio/inbound", "body": urlencode(form), "headers": headers}


class Server:
    """gunicorn with one worker of eight threads."""

    def __init__(self, folder: Path, name: str, source: str, port: int, environment: dict[str, str]) -> None:
        (folder / f"{name}.py").write_text(source)
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-k",
            "gthread",
            "--threads",
            "8",
            "-w",
            "1",
            "-b",
            f"127.0.0.1:{port}",
            "--no-control-socket",
            f"{name}:app",
        ]
        paths = {**os.environ, "PYTHONPATH": f"{folder}:{Path.cwd()}", **environment}
        self.port = port
        self.process = subprocess.Popen(command, env=paths, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            time.sleep(0.1)
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/none", timeout=1)
            except urllib.error.HTTPError:
                return
            except OSError:
                continue
        raise RuntimeError(f"{name} did not start")

    def memory(self) -> float:
        """Resident MiB of the worker."""
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        status = Path(f"/proc/{children[0]}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def measure(port: int, requests: list[dict[str, object]], folder: Path) -> dict[str, float]:
    file = folder / "requests.json"
    file.write_text(json.dumps(requests))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", str(port), str(file), str(CONNECTIONS)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def compare(url: str, rounds: int, folder: Path) -> None:
    settings = load_settings(database_url=url, secret_key="bench")
    runtime = build_runtime(settings, channel=object())  # type: ignore[arg-type]
    Base.metadata.create_all(runtime.engine)
    seed(runtime, FAMILIES_A_ROUND * (rounds + 1))
    token = settings.derive("simulator").hex()
    bare = Server(folder, "bare_app", BARE.format(token=token, url=URL), 8091, {})
    product = Server(folder, "product_app", PRODUCT, 8092, {"DATABASE_URL": url, "SECRET_KEY": "bench"})
    try:
        ratios, spreads, rates = [], [], []
        for round_ in range(rounds + 1):
            families = range(1 + round_ * FAMILIES_A_ROUND, 1 + (round_ + 1) * FAMILIES_A_ROUND)
            requests = [signed(token, family, body) for body in TEXTS for family in families]
            plain, whole = measure(bare.port, requests, folder), measure(product.port, requests, folder)
            if round_ == 0:
                continue
            assert plain["bad"] + whole["bad"] == 0, (plain, whole)
            ratios.append(whole["rate"] / plain["rate"])
            spreads.append(whole["p99"] / whole["p50"])
            rates.append(whole["rate"])
        with runtime.sessions() as session:
            visits = session.scalar(select(func.count()).select_from(Visit)) or 0
        assert visits >= 0.95 * FAMILIES_A_ROUND * (rounds + 1), visits
        name = url.split(":", maxsplit=1)[0].split("+", maxsplit=1)[0]
        print(
            f"{name}: turn {statistics.median(rates):.0f}/s, ratio to bare {statistics.median(ratios):.3f}, p99/p50 {statistics.median(spreads):.1f}, worker {product.memory():.0f} MiB"
        )
    finally:
        bare.stop()
        product.stop()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as name, postgres.server() as base, postgres.database(base, "bench") as url:
        compare(url, rounds, Path(name))
        compare(f"sqlite:///{name}/bench.db", rounds, Path(name))


if __name__ == "__main__":
    main()
