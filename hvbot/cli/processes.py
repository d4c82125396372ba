"""The commands that stay: `hvbot demo`, `serve`, `web`, `worker`."""

import signal
import sys
from types import FrameType

import click

from hvbot.cli.problems import example

THREADS = 8


@click.command(
    short_help="Try it in the browser, without any account.",
    epilog=example("hvbot demo", "hvbot demo --port 9000", "hvbot demo --once"),
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Where the browser finds it.",
)
@click.option("--once", is_flag=True, help="Play it through in virtual time, print the conversations, and end.")
def demo(port: int, once: bool) -> None:
    """Show a sample school with simulated phones and the dashboard. Needs no account and keeps nothing."""
    from hvbot.demo import run_demo

    run_demo(port, once)


@click.command(
    short_help="Web and worker in one process, for one school.",
    epilog=example("PORT=8080 hvbot serve", "PUBLIC_URL=https://visits.example.org hvbot serve"),
)
@click.option(
    "--host",
    help="Address to listen on. Default: this machine alone, or every address when PUBLIC_URL is set.",
)
def serve(host: str | None) -> None:
    """Run web and worker in one process, for one school."""
    from waitress import serve as serve_http

    from hvbot.cli.runtime import open_runtime
    from hvbot.web.app import create_app
    from hvbot.worker import LINES, start_ticks

    runtime = open_runtime(connections=THREADS + LINES)
    address = host or ("0.0.0.0" if runtime.settings.public_url else "127.0.0.1")  # noqa: S104 - it is asked for
    app = create_app(runtime)
    ticks = start_ticks(runtime)
    signal.signal(signal.SIGTERM, leave)
    click.echo(f"hvbot listens on {runtime.settings.base_url}", err=True)
    try:
        serve_http(app, host=address, port=runtime.settings.port, threads=THREADS, ident=None)
    finally:
        ticks.shutdown(wait=True)


def leave(_signal: int, _frame: FrameType | None) -> None:
    """End as a person's Ctrl-C would, so that what is under way is finished."""
    sys.exit(0)


@click.command(short_help="The web process of a Procfile.", epilog=example("PORT=8000 WEB_CONCURRENCY=2 hvbot web"))
def web() -> None:
    """Run the web process under gunicorn; workers from WEB_CONCURRENCY, else 2, on SQLite 1."""
    from hvbot.cli.runtime import open_runtime
    from hvbot.cli.webserver import run_web

    runtime = open_runtime()
    runtime.engine.dispose()  # connections do not survive the fork
    run_web(runtime.settings, THREADS)


@click.command(short_help="The worker process of a Procfile.", epilog=example("hvbot worker"))
def worker() -> None:
    """Run the worker process: sends what is queued, reminds, nudges, settles. Any number may run."""
    from hvbot.cli.runtime import open_runtime
    from hvbot.worker import LINES, run_worker

    run_worker(open_runtime(connections=LINES + 2))
