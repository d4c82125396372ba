"""`hvbot demo`: a sample school on this machine, with simulated phones, a clock moved by hand, and the real services."""

import logging
import secrets
import signal
import sys
import threading
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from flask import Flask
from werkzeug.test import Client

from hvbot.bootstrap import build_runtime
from hvbot.channels.simulator import SimulatorChannel
from hvbot.clock import MovableClock
from hvbot.demo_data import SHOWN_FIRST, WEEKS, ZONE, write_roster
from hvbot.demo_season import play
from hvbot.logs import set_up_logs
from hvbot.models import schema
from hvbot.runtime import Runtime
from hvbot.services.programs import the_program
from hvbot.services.roster import apply_import
from hvbot.services.rounds import create_round, start_round
from hvbot.services.users import add_user
from hvbot.settings import load_settings
from hvbot.web.app import create_app
from hvbot.web.demo.stage import Stage
from hvbot.web.demo.views import DEMO_POLICIES, DEMO_USER, make_demo
from hvbot.worker import TASKS, beat, start_ticks

# A Monday morning in term, when texts may leave.
BEGINS = datetime(2026, 9, 14, 10, 0, tzinfo=ZoneInfo(ZONE))
THREADS = 8
MOST_TICKS = 200


def run_demo(port: int, once: bool) -> None:
    """Serve the demo until it is stopped, or, with `once`, play it through and end."""
    set_up_logs(logging.WARNING)
    if once:
        with demo_stage(port) as (stage, _app):
            problems = play(stage, sys.stdout)
        if problems:
            sys.exit(1)
        return
    with demo_stage(port) as (stage, app):
        serve(app, stage.runtime, stage.runtime.settings.port)


@contextmanager
def demo_stage(port: int) -> Iterator[tuple[Stage, Flask]]:
    """The sample school with its round just started, and the app around it; gone afterwards."""
    with TemporaryDirectory(prefix="hvbot-demo-", ignore_cleanup_errors=True) as folder:
        clock = MovableClock(BEGINS)
        runtime = demo_runtime(Path(folder), clock, port)
        try:
            yield set_the_stage(runtime, clock, Path(folder))
        finally:
            runtime.engine.dispose()


def demo_runtime(folder: Path, clock: MovableClock, port: int) -> Runtime:
    """A runtime that has nothing to do with what the environment configures."""
    settings = load_settings(
        database_url=f"sqlite:///{folder}/demo.db",
        secret_key=secrets.token_urlsafe(32),
        public_url="",
        port=port or free_port(),
        HVBOT_CHANNEL="simulator",
        twilio_account_sid="",
        # A sign of life is for the real worker alone.
        heartbeat_url="",
    )
    return build_runtime(settings, channel=SimulatorChannel(clock), clock=clock, connections=2 * THREADS)


def free_port() -> int:
    """Any port that nobody uses."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def set_the_stage(runtime: Runtime, clock: MovableClock, folder: Path) -> tuple[Stage, Flask]:
    """Tables, roster, round, app."""
    schema.upgrade(runtime.engine)
    write_roster(folder / "roster", clock.now().date())
    report = apply_import(runtime, folder / "roster")
    if blocked := [section.file for section in report.sections if section.blocked]:
        raise RuntimeError(f"the sample roster was not taken whole: {', '.join(blocked)}")
    add_user(runtime, DEMO_USER, "coordinator")
    stage = Stage(runtime, clock, lambda: run_ticks(runtime), lambda *_: 0)
    app = create_app(runtime, more=make_demo(stage, SHOWN_FIRST), more_policies=DEMO_POLICIES)
    stage.post = lambda path, form, headers: post(app, path, form, headers)
    ask_everybody(runtime)
    stage.tick()
    return stage, app


def post(app: Flask, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> int:
    """Post a form through the whole web app, as a request of its own."""
    answer = Client(app).post(path, data=dict(form), headers=dict(headers))
    return answer.status_code


def ask_everybody(runtime: Runtime) -> None:
    """Create a round and start it."""
    now = runtime.clock.now()
    today = now.astimezone(ZoneInfo(ZONE)).date()
    with runtime.writing() as session:
        program_id = the_program(session, now).id
        until = today + timedelta(days=WEEKS * 7)
        made = create_round(
            session, program_id=program_id, name="Fall visits", starts_on=today, ends_on=until, seed=7, now=now
        )
        round_id = made.id
    start_round(runtime, round_id)


def run_ticks(runtime: Runtime) -> None:
    """Do what is due until nothing is."""
    for _ in range(MOST_TICKS):
        done = sum(task.do(runtime) for task in TASKS if task.until_done)
        if not done:
            break
    for task in TASKS:
        if not task.until_done:
            task.do(runtime)
        beat(runtime, task.name)


def serve(app: Flask, runtime: Runtime, port: int) -> None:
    """Serve on this machine alone, with the worker's ticks beside it."""
    from waitress import create_server

    try:
        server = create_server(app, host="127.0.0.1", port=port, threads=THREADS, ident=None)
    except OSError as problem:
        sys.exit(f"Port {port} cannot be used ({problem.strerror}): try hvbot demo --port 0, which takes a free one.")
    # So that the temporary folder goes away however the demo ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ticks = start_ticks(runtime)
    url = f"{runtime.settings.base_url}/demo"
    print(f"The demo is at {url}\nNothing is sent anywhere and nothing is kept. Ctrl-C ends it.", flush=True)
    threading.Thread(target=open_browser, args=(url,), daemon=True).start()
    try:
        server.run()
    finally:
        ticks.shutdown(wait=True)
        server.close()


def open_browser(url: str) -> None:
    """Show it, where there is something to show it on."""
    with suppress(webbrowser.Error):
        if not isinstance(webbrowser.get(), webbrowser.GenericBrowser):
            webbrowser.open(url)
