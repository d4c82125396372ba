"""Two schools, two rounds, three homes: Rosa's visit is booked, Amina has stopped, Ben never answers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from hvbot.models import (
    Attention,
    Base,
    Consent,
    Conversation,
    Educator,
    Guardian,
    Household,
    HouseholdStudent,
    InboundText,
    Invitation,
    OutboundText,
    Program,
    Round,
    School,
    Student,
    Visit,
)
from hvbot.models.database import make_engine

NOON = datetime(2026, 9, 15, 16, 0, tzinfo=UTC)
PROGRAM = 1


def later(**delta: float) -> datetime:
    return NOON + timedelta(**delta)


def number(session: Session, row: int, language: str = "en") -> Conversation:
    made = Conversation(
        id=row,
        program_id=PROGRAM,
        address=f"+1202555010{row}",
        address_hash=str(row),
        language=language,
        created_at=NOON,
    )
    session.add(made)
    session.flush()
    return made


def family(session: Session, row: int, ref: str, school: int, language: str) -> None:
    session.add_all(
        [
            Student(id=row, program_id=PROGRAM, ref=f"s{ref}", school_id=school, first_name="A", last_name="B"),
            Household(id=row, program_id=PROGRAM, ref=f"h{ref}"),
        ]
    )
    session.flush()
    session.add_all([HouseholdStudent(household_id=row, student_id=row), guardian(row, ref, row, row, language)])


def guardian(row: int, ref: str, household: int, conversation: int | None, language: str, **more: Any) -> Guardian:
    return Guardian(
        id=row,
        program_id=PROGRAM,
        ref=ref,
        household_id=household,
        conversation_id=conversation,
        name="Name",
        language=language,
        **more,
    )


def out(row: int, conversation: int, **more: Any) -> OutboundText:
    values: dict[str, Any] = {
        "program_id": PROGRAM,
        "intent": f"ask:{row}",
        "purpose": "ask",
        "wording": "W@1",
        "language": "en",
        "body": "words nobody may see",
        "segments": 1,
        "not_before": NOON,
        "created_at": later(minutes=row),
    }
    return OutboundText(id=row, conversation_id=conversation, **{**values, **more})


def said(row: int, conversation: int, at: datetime, **more: Any) -> InboundText:
    values: dict[str, Any] = {"program_id": PROGRAM, "carrier_id": f"SM{row}", "language": "en", "body": "hm"}
    return InboundText(id=row, conversation_id=conversation, received_at=at, **{**values, **more})


def leave(conversation: int, kind: str, at: datetime, **more: Any) -> Consent:
    values: dict[str, Any] = {"program_id": PROGRAM, "channel": "sms", "source": "reply", "language": "es"}
    return Consent(conversation_id=conversation, kind=kind, at=at, **{**values, **more})


def invitation(row: int, round_id: int, school: int, language: str, status: str, **more: Any) -> Invitation:
    values: dict[str, Any] = {"program_id": PROGRAM, "asked_at": NOON, "household_id": row}
    return Invitation(round_id=round_id, school_id=school, language=language, status=status, **{**values, **more})


def fill(session: Session) -> None:
    session.add(Program(id=PROGRAM, name="P", settings={}, created_at=NOON))
    session.flush()
    for row, ref in ((1, "lincoln"), (2, "grant")):
        hours = {"visit_from": time(8), "visit_until": time(20)}
        session.add(School(id=row, program_id=PROGRAM, ref=ref, name=ref, zone="America/New_York", **hours))
        days = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 12, 1)}
        session.add(Round(id=row, program_id=PROGRAM, name=f"R{row}", seed=1, created_at=NOON, **days))
    for row in range(1, 7):
        number(session, row, "es" if row == 1 else "en")
    family(session, 1, "rosa", 1, "es")
    family(session, 2, "amina", 2, "so")
    family(session, 3, "ben", 1, "es")
    # The same adult again, for a second home; and one who has left and had Amina's number before her.
    session.add(guardian(4, "rosa", 2, 1, "es"))
    session.add(guardian(0, "former", 2, 2, "so", gone_at=NOON))
    for row in (1, 2):
        educator = Educator(
            id=row, program_id=PROGRAM, ref=f"e{row}", school_id=1, name="Okafor", conversation_id=3 + row
        )
        session.add(educator)
    session.flush()
    session.add_all(
        [
            invitation(1, 1, 1, "es", "booked", delivered_at=NOON, replied_at=NOON),
            invitation(2, 1, 2, "so", "opted_out", delivered_at=NOON, replied_at=NOON),
            invitation(3, 1, 1, "es", "waiting", delivered_at=NOON),
            invitation(3, 2, 1, "es", "done", delivered_at=NOON, replied_at=NOON),
        ]
    )
    session.flush()
    moved = visit(1, later(days=10), "moved", 1)
    session.add(moved)
    session.flush()
    session.add(visit(2, later(days=60), "booked", 2, moved_from_id=1))
    session.add_all(
        [
            said(1, 1, later(minutes=2), status="received"),
            said(2, 6, later(minutes=9), status="parked"),
            said(3, 4, later(minutes=10)),
            out(1, 1, status="delivered", carrier_id="SMout", invitation_id=1, sent_at=later(minutes=1)),
            out(2, 3, invitation_id=4, intent="ask:2nd"),
            out(3, 2),
            leave(1, "asked", NOON),
            leave(1, "granted", later(minutes=2), wording="ASK@1", text="sí"),
            leave(2, "granted", later(minutes=3), text="haa"),
            leave(2, "revoked", later(minutes=5), text="STOP"),
            Attention(
                program_id=PROGRAM,
                key="a",
                reason="call",
                conversation_id=2,
                since=later(minutes=5),
                status="open",
            ),
            Attention(
                program_id=PROGRAM,
                key="b",
                reason="unknown_number",
                conversation_id=6,
                since=NOON,
                status="resolved",
            ),
            Attention(
                program_id=PROGRAM,
                key="c",
                reason="no_pair",
                school_id=2,
                since=later(hours=1),
                status="open",
            ),
        ]
    )


def visit(row: int, at: datetime, status: str, version: int, **more: Any) -> Visit:
    return Visit(
        id=row,
        program_id=PROGRAM,
        invitation_id=1,
        round_id=1,
        household_id=1,
        student_id=1,
        school_id=1,
        guardian_id=1,
        first_id=1,
        second_id=2,
        starts_at=at,
        ends_at=at + timedelta(minutes=30),
        wall="2026-09-25T12:00",
        zone="America/New_York",
        status=status,
        version=version,
        created_at=NOON,
        changed_at=NOON,
        **more,
    )


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = make_engine(database_url)
    Base.metadata.create_all(engine)
    with sessionmaker(engine, expire_on_commit=False).begin() as filled:
        fill(filled)
    with sessionmaker(engine)() as reading:
        yield reading
    engine.dispose()
