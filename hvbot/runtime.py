"""What a process needs to do its work, handed in as one value."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from hvbot.channels.port import Channel
from hvbot.clock import Clock
from hvbot.i18n.catalogue import Catalogue
from hvbot.settings import Settings

Writing = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Runtime:
    """The ports of one process.

    `writing()` opens a session in a write transaction, commits at the end and rolls back on an exception: on SQLite it
    takes the in-process lock and begins with BEGIN IMMEDIATE, so that writers wait in line instead of failing.
    """

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    writing: Writing
    channel: Channel
    clock: Clock
    catalogue: Catalogue
