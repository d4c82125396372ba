"""What every view needs of its process and its request: the runtime, one reading session, and who is looking."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from flask import Flask, abort, current_app, g
from sqlalchemy.orm import Session

from hvbot.runtime import Runtime

NOT_FOUND = 404
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking. `schools` are row ids; None means all of the program's."""

    user_id: int
    program_id: int
    email: str
    role: str
    schools: frozenset[int] | None

    @property
    def is_coordinator(self) -> bool:
        """Coordinators alone see numbers, names in full and texts."""
        return self.role == "coordinator"


def set_up_context(app: Flask, runtime: Runtime) -> None:
    """Keep the runtime with the app, and close what a request opened."""
    app.extensions["hvbot"] = runtime
    app.teardown_request(close_session)


def the_runtime() -> Runtime:
    """The runtime of this process."""
    return cast(Runtime, current_app.extensions["hvbot"])


def now() -> datetime:
    """The moment of this request: the same for everything it does."""
    if "now" not in g:
        g.now = the_runtime().clock.now()
    return cast(datetime, g.now)


def reading() -> Session:
    """The session a request reads with. Changes go through `the_runtime().writing()` instead."""
    if "session" not in g:
        g.session = the_runtime().sessions()
    return cast(Session, g.session)


def close_session(_problem: BaseException | None) -> None:
    """Give the connection back."""
    session = g.pop("session", None)
    if session is not None:
        session.close()


def the_viewer() -> Viewer:
    """Who is looking; the policy has let only signed-in people come here."""
    return cast(Viewer, g.viewer)


def found(row: Row | None) -> Row:
    """The row, or 404: what belongs to somebody else looks the same as what does not exist."""
    if row is None:
        abort(NOT_FOUND)
    return row
