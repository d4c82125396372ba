"""What a process needs to do its work, handed in as one value."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from hvbot.channels.port import Channel
from hvbot.clock import Clock
from hvbot.i18n.catalogue import Catalogue
from hvbot.settings import Settings

Connected = Callable[[], AbstractContextManager[Connection]]


class Meter(Protocol):
    """Keeps how long things took in this process, and writes all figures as a page; there is one where metrics are on."""

    def took(self, what: str, seconds: float) -> None:
        """Count one duration."""
        ...

    def page(self, runtime: "Runtime") -> bytes:
        """All figures, in Prometheus' text format."""
        ...


@dataclass(frozen=True, slots=True)
class Runtime:
    """The ports of one process.

    `connected()` opens a write transaction, commits at the end and rolls back on an exception: on SQLite it takes the
    in-process lock and begins with BEGIN IMMEDIATE, so that writers wait in line instead of failing.
    """

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    connected: Connected
    channel: Channel
    clock: Clock
    catalogue: Catalogue
    meter: Meter | None = None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in a write transaction."""
        with self.connected() as connection, self.sessions(bind=connection) as session:
            yield session
            session.flush()

    def took(self, what: str, seconds: float) -> None:
        """Count a duration, where somebody wants to know."""
        if self.meter is not None:
            self.meter.took(what, seconds)
