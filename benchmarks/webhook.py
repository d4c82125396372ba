"""The whole turn over HTTP beside a bare Flask route with the same signature check, in turns, in one run.

    .venv/bin/python -m benchmarks.webhook [rounds]

Prints, for PostgreSQL over TCP and by its socket, and for SQLite, the rates, their ratio (goal: at least 0.22 on PostgreSQL with one worker of eight
threads) and p99 over p50 at 16 connections (goal: at most 4).
"""

import statistics
import sys
import tempfile
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.seed import seed
from benchmarks.serving import (
    PRODUCT,
    URL,
    Server,
    by_socket,
    conversations,
    environment,
    kind_of,
    measure,
    runtime_on,
    serving,
    signed,
    token_of,
)
from hvbot.models import Visit
from tests.support import postgres

FAMILIES_A_ROUND = 100
CONNECTIONS = 16
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


def compare(url: str, rounds: int, folder: Path) -> None:
    token = token_of(url)
    starts = (
        lambda: Server(folder, "bare_app", BARE.format(token=token, url=URL), 8091, {}),
        lambda: Server(folder, "product_app", PRODUCT, 8092, environment(url)),
    )
    with runtime_on(url) as runtime:
        seed(runtime, FAMILIES_A_ROUND * (rounds + 1))
    with serving(*starts) as (bare, product), runtime_on(url) as runtime:
        ratios, spreads, rates = [], [], []
        for round_ in range(rounds + 1):
            families = range(1 + round_ * FAMILIES_A_ROUND, 1 + (round_ + 1) * FAMILIES_A_ROUND)
            requests = [signed(token, *text) for text in conversations(families)]
            plain, whole = (measure(server.port, requests, folder, CONNECTIONS) for server in (bare, product))
            if round_ == 0:
                continue
            assert plain["bad"] + whole["bad"] == 0, (plain, whole)
            ratios.append(whole["rate"] / plain["rate"])
            spreads.append(whole["p99"] / whole["p50"])
            rates.append(whole["rate"])
        with runtime.sessions() as session:
            visits = session.scalar(select(func.count()).select_from(Visit)) or 0
        assert visits >= 0.95 * FAMILIES_A_ROUND * (rounds + 1), visits
        print(
            f"{kind_of(url)}{' by its socket' if 'host=' in url else ''}: turn {statistics.median(rates):.0f}/s, ratio to bare {statistics.median(ratios):.3f}, p99/p50 {statistics.median(spreads):.1f}, worker {product.memory():.0f} MiB"
        )


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as name, postgres.server() as base, postgres.database(base, "bench") as url:
        compare(url, rounds, Path(name))
        with postgres.database(base, "bench_by_socket") as other:
            compare(by_socket(other), rounds, Path(name))
        compare(f"sqlite:///{name}/bench.db", rounds, Path(name))


if __name__ == "__main__":
    main()
