"""What a turn writes at once, on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from hvbot.models import AuditEvent, CarrierEvent, Conversation
from hvbot.models.batch import Batch, Write, alone, few, together
from hvbot.models.prepared import Prepared, among, driver_text, insert_all, new_ids
from hvbot.services.audit import AUDIT, audit_row
from tests.support.season import Season

NUMBERS: Any = Conversation.__table__
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def an_event(at: datetime) -> dict[str, Any]:
    return audit_row(1, at, "test", "test.done", "program", 1, detail={"who": "Zoë \N{GRINNING FACE}"})


def test_a_batch_writes_moments_and_json_as_the_models_read_them(season: Season) -> None:
    batch = Batch()
    batch.add(AUDIT, an_event(NOON))

    with season.runtime.writing() as session:
        batch.run(session.connection())
        event = session.scalars(select(AuditEvent).where(AuditEvent.actor == "test")).one()

        assert (event.at, event.detail) == (NOON, {"who": "Zoë \N{GRINNING FACE}"})


def test_a_batch_changes_only_the_rows_it_names(season: Season) -> None:
    batch = Batch()
    with season.runtime.writing() as session:
        first = session.scalar(select(func.min(NUMBERS.c.id)))
        batch.add(Write(NUMBERS, changes=True), {"id": first, "language": "so"})
        batch.run(session.connection())

        assert session.scalars(select(NUMBERS.c.id).where(NUMBERS.c.language == "so")).all() == [first]


def test_a_batch_refuses_a_moment_without_a_zone(season: Season) -> None:
    batch = Batch()
    batch.add(AUDIT, an_event(NOON.replace(tzinfo=None)))

    with season.runtime.writing() as session, pytest.raises(ValueError, match="without a zone"):
        batch.run(session.connection())


def test_a_list_of_ids_is_one_parameter(season: Season) -> None:
    found = Prepared(select(NUMBERS.c.id).where(among(NUMBERS.c.id, "ids")).order_by(NUMBERS.c.id))
    with season.runtime.sessions() as session:
        everybody = session.scalars(select(NUMBERS.c.id).order_by(NUMBERS.c.id)).all()

        assert [row.id for row in found.rows(session, {"ids": everybody})] == everybody
        assert found.rows(session, {"ids": []}) == []


def test_rows_of_many_ids_are_found_by_index_on_sqlite(season: Season) -> None:
    found = driver_text(
        select(NUMBERS.c.id).where(among(NUMBERS.c.id, "ids"), NUMBERS.c.reach == "wrong"), sqlite.dialect()
    )

    assert ") = 1" not in found.sql, "compared with a number, a condition uses no index"
    assert found.sql.endswith("IN (SELECT value FROM json_each(?)) AND conversation.reach = ?")


def test_rows_are_written_under_ids_that_were_taken_before(season: Season) -> None:
    events: Any = CarrierEvent.__table__
    strange = "a\ttab, a \\N, a\nline\r and Zo\u00eb"
    given = [{"carrier_id": word, "status": "sent", "error_code": None, "at": NOON} for word in (strange, "", None)]
    with season.runtime.writing() as session:
        for rows in (given, given[:1]):
            ids = new_ids(session, events, len(rows))
            insert_all(session, events, [{"id": each, **row} for each, row in zip(ids, rows, strict=True)])
        written = session.scalars(select(CarrierEvent).order_by(CarrierEvent.id)).all()

        assert [event.carrier_id for event in written] == [strange, "", None, strange]
        assert {(event.status, event.error_code, event.at) for event in written} == {("sent", None, NOON)}


@pytest.mark.parametrize("count", [1, 2, 4, 5, 16, 17, 60])
def test_a_batch_changes_every_row_however_many_there_are(season: Season, count: int) -> None:
    change = Write(NUMBERS, changes=True)
    with season.runtime.writing() as session:
        ids = add_numbers(session, count)
        batch = Batch()
        for number in ids:
            batch.add(change, {"id": number, "language": "so"})
        batch.run(session.connection())

        assert (
            session.scalars(select(NUMBERS.c.id).where(NUMBERS.c.language == "so").order_by(NUMBERS.c.id)).all() == ids
        )


@pytest.mark.parametrize("count", [1, 3])
def test_few_rows_are_looked_up_and_no_table_is_read_for_them(season: Season, count: int) -> None:
    part = Write(NUMBERS, changes=True), ("id", "language")
    with season.runtime.writing() as session:
        add_numbers(session, 3000)
        session.execute(text("ANALYZE conversation"))
        if season.runtime.engine.dialect.name == "postgresql":
            sql, looked_up = f"EXPLAIN {together(((*part, few([{}] * count)),))}", "Index Scan using pk_conversation"
        else:
            sql, looked_up = f"EXPLAIN QUERY PLAN {alone(part)}", "SEARCH conversation USING INTEGER PRIMARY KEY"
        plan = "\n".join(str(row) for row in session.connection().exec_driver_sql(sql, ("[]",)))

    assert looked_up in plan
    assert "Seq Scan on conversation" not in plan


def add_numbers(session: Session, count: int) -> list[int]:
    """So many new conversations; their ids."""
    row = {"program_id": 1, "channel": "sms", "created_at": NOON, "state": {}}
    rows = [{**row, "address": f"+1{n}", "address_hash": f"hash {n}"} for n in range(count)]
    return sorted(session.scalars(insert(NUMBERS).returning(NUMBERS.c.id), rows))
