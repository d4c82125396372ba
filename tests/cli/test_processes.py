"""The commands that stay, as real processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hvbot.cli.webserver import gunicorn_settings
from hvbot.models import schema
from hvbot.models.database import make_engine
from hvbot.settings import load_settings

pytestmark = pytest.mark.processes


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def process(name: str, database_url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(schema.CHECKOUT),
        "DATABASE_URL": database_url,
        "SECRET_KEY": "k" * 32,
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "hvbot", name]
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(command, env=environment, cwd=folder, stderr=log, text=True)
        try:
            yield running, port
        finally:
            running.kill()
            running.wait()


def answer(port: int) -> dict[str, Any]:
    """What `/healthz` says, as soon as it says something."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
                found: dict[str, Any] = json.load(response)
                return found
        except OSError:
            time.sleep(0.1)
    raise AssertionError("nothing answers")


def ended(running: subprocess.Popen[str]) -> int:
    running.send_signal(signal.SIGTERM)
    return running.wait(timeout=30)


@pytest.fixture
def migrated(database_url: str) -> str:
    engine = make_engine(database_url)
    schema.upgrade(engine)
    engine.dispose()
    return database_url


@pytest.mark.fault(51)
def test_web_answers_and_ends_when_told(migrated: str, tmp_path: Path) -> None:
    with process("web", migrated, tmp_path) as (running, port):
        assert answer(port) == {"database": "ok", "worker": "never", "last_tick_s": None, "oldest_due_s": None}
        assert ended(running) == 0

    lines = (tmp_path / "log").read_text().splitlines()
    assert all(json.loads(line)["event"] for line in lines)


def test_serve_is_web_and_worker_in_one(migrated: str, tmp_path: Path) -> None:
    with process("serve", migrated, tmp_path) as (running, port):
        for _ in range(50):
            if answer(port)["worker"] == "ok":
                break
            time.sleep(0.1)
        assert answer(port)["worker"] == "ok"
        assert ended(running) == 0


@pytest.mark.parametrize("name", ["web", "serve", "worker"])
def test_a_process_does_not_start_on_an_empty_database(name: str, sqlite_url: str, tmp_path: Path) -> None:
    with process(name, sqlite_url, tmp_path) as (running, _):
        assert running.wait(timeout=30) == 1

    assert "hvbot db upgrade" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("database", "asked", "workers"),
    [("sqlite:///x.db", None, 1), ("postgresql://localhost/x", None, 2), ("postgresql://localhost/x", 5, 5)],
)
def test_sqlite_has_one_web_process_unless_asked(database: str, asked: int | None, workers: int) -> None:
    settings = load_settings(database_url=database, web_concurrency=asked, port=8080)
    found = gunicorn_settings(settings, 8)

    assert (found["workers"], found["threads"], found["worker_class"]) == (workers, 8, "gthread")
    assert found["bind"] == "0.0.0.0:8080"
    assert found["preload_app"] is False
