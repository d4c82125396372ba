"""Rows as they were written at each migration: every migration is run over the data of the one before it.

A new migration adds its function to SAMPLES, with the tables as they are then, without hvbot's classes: those change.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, MetaData, Table, insert

NOW = datetime(2026, 9, 15, 16, 0, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]

FIRST: Rows = {
    "program": [
        {
            "id": 1,
            "name": "Visits",
            "settings": {"notice_hours": "48"},
            "sending_paused": False,
            "created_at": NOW,
        }
    ],
    "school": [
        {
            "id": 1,
            "program_id": 1,
            "ref": "lincoln",
            "name": "Lincoln",
            "zone": "America/New_York",
            "language": "en",
            "visit_from": NOW.time(),
            "visit_until": NOW.time(),
        }
    ],
    "conversation": [
        {
            "id": 1,
            "program_id": 1,
            "channel": "sms",
            "address": "+12025550123",
            "address_hash": "a" * 64,
            "language": "es",
            "language_chosen": False,
            "consent": "granted",
            "reach": "unknown",
            "state": {"open": []},
            "held_by_person": False,
            "created_at": NOW,
        }
    ],
    "inbound_text": [
        {
            "id": 1,
            "program_id": 1,
            "conversation_id": 1,
            "carrier_id": "SM1",
            "body": "sí",
            "media": 0,
            "segments": 1,
            "language": "es",
            "status": "received",
            "received_at": NOW,
        }
    ],
    "consent": [
        {
            "id": 1,
            "program_id": 1,
            "conversation_id": 1,
            "kind": "granted",
            "channel": "sms",
            "source": "reply",
            "language": "es",
            "text": "sí",
            "inbound_id": 1,
            "at": NOW,
        }
    ],
    "audit_event": [
        {
            "id": 1,
            "program_id": 1,
            "at": NOW,
            "actor": "command",
            "action": "consent.granted",
            "subject": "conversation",
            "subject_id": 1,
        }
    ],
    "outbound_text": [
        {
            "id": 1,
            "program_id": 1,
            "conversation_id": 1,
            "intent": "ask:invitation1:1:1",
            "purpose": "ask",
            "wording": "ASK_LEAVE@1",
            "language": "es",
            "body": "¿Podemos?",
            "segments": 1,
            "priority": 3,
            "unprompted": True,
            "status": "queued",
            "attempts": 0,
            "not_before": NOW,
            "created_at": NOW,
        }
    ],
}
SILENCE: Rows = {
    "program": FIRST["program"],
    "conversation": [{**FIRST["conversation"][0], "stop_due_at": NOW}],
}
TIMES_WANTED: Rows = {
    "program": FIRST["program"],
    "school": FIRST["school"],
    "household": [{"id": 1, "program_id": 1, "ref": "home"}],
    "round": [
        {
            "id": 1,
            "program_id": 1,
            "name": "Fall",
            "starts_on": NOW.date(),
            "ends_on": NOW.date(),
            "seed": 1,
            "created_at": NOW,
        }
    ],
    "invitation": [
        {
            "id": 1,
            "program_id": 1,
            "round_id": 1,
            "household_id": 1,
            "school_id": 1,
            "language": "en",
            "status": "talking",
            "nudges": 0,
            "times_wanted_at": NOW,
        }
    ],
}
PACE: Rows = {
    **TIMES_WANTED,
    "sender": [{"name": "twilio MG1", "free_at": NOW, "day": NOW.date(), "segments": 12}],
    "conversation": FIRST["conversation"],
    "outbound_text": [{**FIRST["outbound_text"][0], "school_id": 1}],
}
FIGURES: Rows = {
    **PACE,
    "invitation": [{**TIMES_WANTED["invitation"][0], "asked_at": NOW, "delivered_at": NOW, "replied_at": NOW}],
}

CLOSED: Rows = {
    "program": FIRST["program"],
    "school": FIRST["school"],
    "closed_day": [{"school_id": 1, "day": NOW.date(), "reason": "Snow", "by_person": True}],
}

SAMPLES: dict[str, Rows] = {
    "0001": FIRST,
    "0002": SILENCE,
    "0003": TIMES_WANTED,
    "0004": PACE,
    "0005": FIGURES,
    "0006": CLOSED,
}


def write(connection: Connection, rows: Rows) -> None:
    """Write rows into the tables as they are now."""
    metadata = MetaData()
    for table, values in rows.items():
        connection.execute(insert(Table(table, metadata, autoload_with=connection)), values)


def count(connection: Connection, rows: Rows) -> dict[str, int]:
    return {table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in rows}
