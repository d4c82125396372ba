"""A small program with a family, a visit and texts, on either database, for tests of sending."""

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import sessionmaker

from hvbot.channels.port import Channel
from hvbot.clock import MovableClock
from hvbot.i18n.catalogue import Catalogue, load_catalogue
from hvbot.models import (
    Attention,
    Base,
    Conversation,
    Educator,
    Guardian,
    Household,
    Invitation,
    OutboundText,
    Program,
    Round,
    School,
    Student,
    Visit,
    lookup_hash,
)
from hvbot.models.database import make_connected, make_engine
from hvbot.runtime import Runtime
from hvbot.settings import Settings

# A Tuesday, noon in New York.
NOON = datetime(2026, 9, 15, 16, 0, tzinfo=UTC)
ACCOUNT = "AC" + "a" * 32
SERVICE = "MG" + "b" * 32
TOKEN = "t" * 32


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return load_catalogue()


def settings_for(url: str, **more: Any) -> Settings:
    given = {
        "database_url": url,
        "secret_key": "test-secret",
        "public_url": "http://127.0.0.1:8000",
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_messaging_service_sid": SERVICE,
    }
    return Settings(**{**given, **more})


def runtime_for(url: str, channel: Channel, clock: Any = None, *, connections: int = 8, **more: Any) -> Runtime:
    settings = settings_for(url, **more)
    engine = make_engine(settings.database_url, connections=connections)
    sessions = sessionmaker(engine, expire_on_commit=False)
    return Runtime(
        settings, engine, sessions, make_connected(engine), channel, clock or MovableClock(NOON), catalogue()
    )


def with_channel(runtime: Runtime, channel: Any) -> Runtime:
    return replace(runtime, channel=channel)


@dataclass
class Place:
    """The ids of what `lay_out` made, and a way to queue texts."""

    runtime: Runtime
    program: int = 0
    school: int = 0
    round: int = 0
    invitation: int = 0
    household: int = 0
    educators: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self.numbers = itertools.count(100)
        self.texts = itertools.count(1)

    def add(self, table: Any, **values: Any) -> int:
        with self.runtime.writing() as session:
            row = session.execute(insert(table).values(**values).returning(table.id))
            return int(row.scalar_one())

    def number(
        self, *, consent: str = "granted", guardian: bool = True, household: int | None = None, **more: Any
    ) -> int:
        address = f"+1202555{next(self.numbers):04d}"
        key = lookup_hash(self.runtime.settings.lookup_key, address)
        created = self.runtime.clock.now()
        values = {"program_id": self.program, "address": address, "address_hash": key, "state": {}, **more}
        conversation = self.add(Conversation, consent=consent, created_at=created, **values)
        if guardian:
            home = household or self.household
            self.add(
                Guardian,
                program_id=self.program,
                ref=f"g{conversation}",
                household_id=home,
                conversation_id=conversation,
                name="Rosa",
                language="en",
            )
        return conversation

    def text(self, conversation: int, purpose: str = "answer", **more: Any) -> int:
        n = next(self.texts)
        now = self.runtime.clock.now()
        values = {
            "program_id": self.program,
            "conversation_id": conversation,
            "intent": f"{purpose}:test{n}:1:{conversation}",
            "purpose": purpose,
            "wording": "TEST@1",
            "language": "en",
            "body": f"text {n}",
            "segments": 1,
            "priority": 0,
            "status": "queued",
            "attempts": 0,
            "unprompted": False,
            "not_before": now,
            "created_at": now,
        }
        return self.add(OutboundText, **{**values, **more})

    def visit(self, **more: Any) -> int:
        starts = self.runtime.clock.now() + timedelta(days=1)
        student = self.add(
            Student,
            program_id=self.program,
            ref=f"s{next(self.texts)}",
            school_id=self.school,
            first_name="A",
            last_name="B",
        )
        values = {
            "program_id": self.program,
            "invitation_id": self.invitation,
            "round_id": self.round,
            "household_id": self.household,
            "student_id": student,
            "school_id": self.school,
            "first_id": self.educators[0],
            "second_id": self.educators[1],
            "starts_at": starts,
            "ends_at": starts + timedelta(minutes=30),
            "wall": "2026-09-16T12:00",
            "zone": "America/New_York",
            "created_at": self.runtime.clock.now(),
            "changed_at": self.runtime.clock.now(),
        }
        return self.add(Visit, **{**values, **more})

    def row(self, text: int) -> OutboundText:
        with self.runtime.sessions() as session:
            return session.get_one(OutboundText, text)

    def rows(self) -> list[OutboundText]:
        with self.runtime.sessions() as session:
            return list(session.scalars(select(OutboundText).order_by(OutboundText.id)))

    def get(self, table: Any, key: int) -> Any:
        with self.runtime.sessions() as session:
            return session.get_one(table, key)

    def matters(self) -> list[tuple[str, str]]:
        with self.runtime.sessions() as session:
            return [(each.reason, each.status) for each in session.scalars(select(Attention).order_by(Attention.id))]

    def change(self, table: Any, key: int, **values: Any) -> None:
        with self.runtime.writing() as session:
            row = session.get_one(table, key)
            for name, value in values.items():
                setattr(row, name, value)


def lay_out(runtime: Runtime) -> Place:
    """Tables, a program, a school, a round, one invited home, two educators."""
    Base.metadata.create_all(runtime.engine)
    now = runtime.clock.now()
    place = Place(runtime)
    place.program = place.add(Program, name="Home visits", settings={}, created_at=now)
    mine = {"program_id": place.program}
    place.school = place.add(
        School, **mine, ref="s1", name="Elm", zone="America/New_York", visit_from=time(8), visit_until=time(20)
    )
    place.round = place.add(
        Round, **mine, name="fall", starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 30), seed=1, created_at=now
    )
    place.household = place.add(Household, **mine, ref="h1")
    place.invitation = place.add(
        Invitation,
        **mine,
        round_id=place.round,
        household_id=place.household,
        school_id=place.school,
        language="en",
        asked_at=now,
    )
    first, second = (
        place.add(Educator, **mine, ref=f"e{n}", school_id=place.school, name="Okafor", languages=["en"])
        for n in (1, 2)
    )
    place.educators = (first, second)
    return place
