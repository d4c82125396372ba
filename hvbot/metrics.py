"""Prometheus: the figures of the tables and the durations of this process as one page. Imported only where metrics are on."""

import os
import threading
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from hvbot.runtime import Runtime
from hvbot.services.figures import FAMILIES, PAGE_TYPE, Figure, figures, may_read

DURATIONS: dict[str, tuple[str, str, tuple[float, ...]]] = {
    "turn": (
        "hvbot_turn_seconds",
        "From a text that came in to the commit of its answers",
        (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    ),
    "hand_over": (
        "hvbot_hand_over_seconds",
        "From the moment at which a text was due to its acceptance by the carrier",
        (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600),
    ),
}


class PrometheusMeter:
    """The histograms of one process. Their label `process` keeps apart what several processes behind one address count."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.histograms = {what: self.histogram(*made) for what, made in DURATIONS.items()}

    def histogram(self, name: str, meaning: str, buckets: tuple[float, ...]) -> Histogram:
        family = Histogram(name, meaning, ["process"], buckets=buckets, registry=self.registry)
        return family.labels(str(os.getpid()))

    def took(self, what: str, seconds: float) -> None:
        """Count one duration; none below zero, since a clock may have been set back."""
        self.histograms[what].observe(max(0.0, seconds))

    def page(self, runtime: Runtime) -> bytes:
        """The figures of the tables, read now, and the durations of this process."""
        with runtime.sessions() as session:
            found = list(figures(session, runtime.clock.now()))
        read = CollectorRegistry(auto_describe=False)
        read.register(Read(found))
        return generate_latest(read) + generate_latest(self.registry)


class Read(Collector):
    """Figures as Prometheus' client takes them."""

    def __init__(self, found: Iterable[Figure]) -> None:
        self.found = list(found)

    def collect(self) -> Iterator[Metric]:
        for name, family in FAMILIES.items():
            kind = CounterMetricFamily if family.grows else GaugeMetricFamily
            metric = kind(name, family.meaning, labels=family.labels)
            for each in self.found:
                if each.family == name:
                    metric.add_metric([value for _, value in each.labels], each.value)
            yield metric


def serve_figures(runtime: Runtime, port: int) -> ThreadingHTTPServer:
    """Answer `GET /metrics` in a process that has no web side; with the token, as the web does."""
    server = ThreadingHTTPServer(("0.0.0.0", port), handler_of(runtime))  # noqa: S104 - Prometheus is elsewhere
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def handler_of(runtime: Runtime) -> type[BaseHTTPRequestHandler]:
    """What answers one request."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            status, page = answer(runtime, self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", PAGE_TYPE)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """The requests of a machine every few seconds are no news."""

    return Handler


def answer(runtime: Runtime, path: str, header: str) -> tuple[HTTPStatus, bytes]:
    """The page, for who asks for it with the token."""
    if runtime.meter is None or path != "/metrics" or not may_read(runtime.settings, header):
        return HTTPStatus.NOT_FOUND, b""
    try:
        return HTTPStatus.OK, runtime.meter.page(runtime)
    except SQLAlchemyError:
        return HTTPStatus.SERVICE_UNAVAILABLE, b""
