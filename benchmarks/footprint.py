"""What the processes cost before they do anything: memory, and the time their imports take.

    .venv/bin/python -m benchmarks.footprint [rounds]

Goals: a web worker that has answered a text at most 90 MiB resident, the worker process at most 110; importing the web
application at most 1.5 times as long as its libraries alone; `hvbot --help` at most half of that.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import packages_distributions
from pathlib import Path

LIBRARIES = "import flask, flask_wtf, flask_security, sqlalchemy.orm, psycopg, twilio.request_validator, structlog, phonenumbers, rapidfuzz, pydantic_settings"
WEB = "import hvbot.web.app, hvbot.bootstrap"
HELP = "from hvbot.cli import main; main(['--help'], standalone_mode=False)"
RESIDENT = "print(int(open('/proc/self/status').read().split('VmRSS:')[1].split()[0]) / 1024)"
RUN = Path("requirements/run.txt")
# As in the Procfile.
LEAN = "-OO"
# The families are written by a process of its own: what that imports is no part of a web worker.
SEED = """
from hvbot.bootstrap import build_runtime
from hvbot.models import Base
from benchmarks.seed import seed
runtime = build_runtime()
Base.metadata.create_all(runtime.engine)
seed(runtime, 200)
"""
WEB_AT_WORK = """
from hvbot.bootstrap import build_runtime
from hvbot.web.app import create_app
from hvbot.services.inbound import Incoming, receive
runtime = build_runtime()
app = create_app(runtime)
for index in range(1, 200):
    receive(runtime, Incoming(f"SM{index}", f"+1{200 + index // 100:03d}55501{index % 100:02d}", ("1", "2", "hola que tal", "thanks")[index % 4]))
"""
WORKER_AT_WORK = """
from hvbot.bootstrap import build_runtime
import hvbot.worker, hvbot.channels.twilio, twilio.rest
from hvbot.services.reminding import queue_due_reminders
from hvbot.services.outbox import send_due
runtime = build_runtime()
queue_due_reminders(runtime)
send_due(runtime)
"""


def run(code: str, *flags: str, **environment: str) -> tuple[float, str]:
    """Seconds of a fresh process, and what it printed last."""
    began = time.perf_counter()
    around = {**os.environ, **environment}
    done = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True, env=around)
    return time.perf_counter() - began, done.stdout.strip().rpartition("\n")[2]


def as_installed() -> str:
    """What hides the packages of the tests and linters: structlog takes rich, and SQLAlchemy greenlet, where they are."""
    listed = {line.partition("==")[0].lower() for line in RUN.read_text().splitlines() if "==" in line}
    found = packages_distributions().items()
    hidden = [
        name for name, origins in found if not any(origin.lower().replace("_", "-") in listed for origin in origins)
    ]
    return f"import sys; sys.modules |= dict.fromkeys({sorted(set(hidden) - {'hvbot', 'benchmarks'})!r})\n"


def seconds(codes: list[str], rounds: int) -> list[float]:
    """The median of each, taken in turns, without the interpreter's own start."""
    found = [[run(code)[0] for code in ("pass", *codes)] for _ in range(rounds)]
    nothing, *taken = (statistics.median(times) for times in zip(*found, strict=True))
    return [each - nothing for each in taken]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    libraries, web, shown = seconds([LIBRARIES, WEB, HELP], rounds)
    print(
        f"import: libraries {libraries * 1000:.0f} ms, web application {web * 1000:.0f} ms, ratio {web / libraries:.2f} (goal 1.5)"
    )
    print(f"hvbot --help: {shown * 1000:.0f} ms, {shown / libraries:.2f} of the libraries' import (goal 0.5)")
    with tempfile.TemporaryDirectory() as folder:
        school = {"DATABASE_URL": f"sqlite:///{folder}/b.db", "SECRET_KEY": "bench"}
        run(SEED, **school)
        print(f"web worker: {float(run(as_installed() + WEB_AT_WORK + RESIDENT, LEAN, **school)[1]):.0f} MiB (goal 90)")
        print(f"worker: {float(run(as_installed() + WORKER_AT_WORK + RESIDENT, LEAN, **school)[1]):.0f} MiB (goal 110)")


if __name__ == "__main__":
    main()
