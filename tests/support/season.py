"""A school season in virtual time: phones, the carrier's log, the webhook, the worker, and a clock that is moved by hand."""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select

from hvbot.bootstrap import build_runtime
from hvbot.channels.simulator import NO_FAULTS, Faults, SimulatorChannel
from hvbot.clock import Clock, MovableClock
from hvbot.conversation.state import from_json, to_json
from hvbot.models import Base, Conversation
from hvbot.runtime import Runtime
from hvbot.services.upcoming import next_due
from hvbot.settings import load_settings
from hvbot.simulation.carrier import Entry, LoggingCarrier
from hvbot.web.webhooks import make_webhooks, sign
from hvbot.worker import TASKS

ZONE = ZoneInfo("America/New_York")
INBOUND = "/twilio/inbound"
# Tuesday at ten in New York.
OPENING = datetime(2026, 12, 1, 10, 0, tzinfo=ZONE).astimezone(UTC)
MOST_STOPS = 3000
OFTEN = [task for task in TASKS if task.every_s < 60]
RARE = [task for task in TASKS if task.every_s >= 60]
# CPython 3.11 loses count ("AST constructor recursion depth mismatch") where two threads build syntax trees at once,
# as Werkzeug does for each rule of a new application. hvbot makes its own before any thread starts.
BUILDING = threading.Lock()


@dataclass
class Season:
    """One program on one database. `people` are names with their numbers; `runtime` may be replaced at any time."""

    database_url: str
    clock: MovableClock
    carrier: LoggingCarrier
    runtime: Runtime
    people: dict[str, str] = field(default_factory=dict)
    zone: ZoneInfo = ZONE
    program_id: int = 0
    school_id: int = 0
    round_id: int = 0
    sids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(101))

    def text(self, who: str, body: str = "", **more: str) -> str:
        """Somebody texts: signed as the carrier signs, posted where the carrier posts. Gives back the carrier's id."""
        return self.post(form_of(f"SM{next(self.sids):032x}", self.people.get(who, who), body, **more))

    def post(self, form: Mapping[str, str], raw: bytes | None = None) -> str:
        """Post a form to the webhook, and keep what it answered. `raw` replaces the encoded form."""
        self.carrier.note(Entry("heard", self.clock.now(), form["From"], form["Body"], form["MessageSid"]))
        headers = sign(self.runtime.settings, INBOUND, form)
        data: Any = form if raw is None else raw
        kind = "application/x-www-form-urlencoded"
        answer = webhook_of(self.runtime).test_client().post(INBOUND, data=data, headers=headers, content_type=kind)
        self.carrier.note(
            Entry("answer", self.clock.now(), form["From"], form["Body"], form["MessageSid"], status=answer.status_code)
        )
        assert answer.status_code == 200, answer.status
        return form["MessageSid"]

    def restart(self) -> None:
        """Go on as another process would: with nothing but what the database keeps, every state through JSON."""
        self.runtime.engine.dispose()
        self.runtime = open_runtime(self.database_url, self.carrier, self.clock)
        with self.runtime.sessions() as session:
            for kept in session.scalars(select(Conversation.state)):
                assert to_json(from_json(kept)) == kept or kept == {}, "a state does not survive JSON"

    def tick(self) -> None:
        """Do everything that is due now; the rare tasks when the frequent ones are through, as it is in a worker."""
        while sum(task.do(self.runtime) for task in OFTEN) or sum(task.do(self.runtime) for task in RARE):
            pass

    def next_due(self, until: datetime) -> datetime | None:
        """The next moment at which something falls due."""
        with self.runtime.sessions() as session:
            return next_due(session, self.clock.now(), until)

    def run_until(self, moment: datetime) -> None:
        """Let time pass, stopping wherever something falls due."""
        for _ in range(MOST_STOPS):
            due = self.next_due(moment)
            if due is None:
                break
            self.clock.move_to(due)
            self.tick()
        self.clock.move_to(moment)
        self.tick()

    def rows(self, statement: Any) -> list[Any]:
        """Rows of the database as they are now."""
        with self.runtime.sessions() as session:
            found = session.execute(statement)
            return [row[0] if len(row) == 1 else row for row in found.all()]

    def one(self, statement: Any) -> Any:
        """The only row, or value, that is so."""
        (row,) = self.rows(statement)
        return row

    def add(self, row: Any) -> int:
        """Store a row; its id."""
        with self.runtime.writing() as session:
            session.add(row)
            session.flush()
            return int(row.id)

    def local(self, moment: datetime) -> str:
        """A moment as the school's clock shows it: `Thu Dec 3 15:00`."""
        return moment.astimezone(self.zone).strftime("%a %b %-d %H:%M")

    def bodies(self, who: str) -> list[str]:
        """What arrived on somebody's phone, oldest first."""
        return [entry.body for entry in self.carrier.sent if entry.number == self.people.get(who, who)]


def form_of(sid: str, number: str, body: str, **more: str) -> dict[str, str]:
    """The fields that Twilio posts."""
    form = {"MessageSid": sid, "From": number, "To": "+12025550100", "Body": body, "NumMedia": "0", "NumSegments": "1"}
    return {**form, **more}


def webhook_of(runtime: Runtime) -> Flask:
    """The webhook alone."""
    with BUILDING:
        app = Flask("season")
        app.register_blueprint(make_webhooks(runtime))
        return app


def open_runtime(database_url: str, carrier: SimulatorChannel, clock: Clock, connections: int = 8) -> Runtime:
    """A process's runtime on the season's database."""
    settings = load_settings(database_url=database_url, secret_key="season", HVBOT_CHANNEL="simulator")
    return build_runtime(settings, channel=carrier, clock=clock, connections=connections)


def open_season(database_url: str, at: datetime = OPENING, faults: Faults = NO_FAULTS) -> Season:
    """Fresh tables, a clock, a carrier."""
    clock = MovableClock(at)
    carrier = LoggingCarrier(clock, faults=faults)
    runtime = open_runtime(database_url, carrier, clock)
    Base.metadata.create_all(runtime.engine)
    return Season(database_url, clock, carrier, runtime)
