"""gunicorn without its command line and without a configuration file."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from hvbot.bootstrap import build_runtime
from hvbot.settings import Settings
from hvbot.web.app import create_app
from hvbot.web.watching import watch_worker


class OurLogs(Logger):  # type: ignore[misc]
    """gunicorn's own lines go with ours; no access log, whose addresses hold sign-in tokens."""

    def setup(self, cfg: Any) -> None:
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.access_log.handlers.clear()
        self.access_log.propagate = False


class Web(BaseApplication):  # type: ignore[misc]
    """The web process. Each worker builds its own runtime after the fork, since database connections cannot be shared."""

    def __init__(self, settings: Settings, threads: int) -> None:
        self.settings = settings
        self.threads = threads
        super().__init__(prog="hvbot web")

    def load_config(self) -> None:
        for key, value in gunicorn_settings(self.settings, self.threads).items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        runtime = build_runtime(self.settings, connections=self.threads)
        watch_worker(runtime)
        return create_app(runtime)


def gunicorn_settings(settings: Settings, threads: int) -> dict[str, Any]:
    """SQLite has one writer, and its queue is inside one process: more processes would only wait for each other."""
    usual = 1 if settings.database_url.startswith("sqlite") else 2
    return {
        "bind": f"0.0.0.0:{settings.port}",
        "worker_class": "gthread",
        "workers": settings.web_concurrency or usual,
        "threads": threads,
        "preload_app": False,
        "control_socket_disable": True,  # two deployments on one machine would share it
        "logger_class": OurLogs,
        "timeout": 30,
        "graceful_timeout": 20,
    }


def run_web(settings: Settings, threads: int) -> None:
    """Serve until told to stop."""
    Web(settings, threads).run()
