"""The database itself refuses to change evidence, however it is asked."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from hvbot.models import schema
from tests.migrations.samples import FIRST, write


@pytest.fixture
def filled(engine: Engine) -> Engine:
    schema.upgrade(engine)
    with engine.begin() as connection:
        write(connection, FIRST)
    return engine


REFUSED = (
    "UPDATE consent SET kind = 'revoked'",
    "UPDATE consent SET at = at",
    "DELETE FROM consent",
    "UPDATE audit_event SET actor = 'nobody'",
    "DELETE FROM audit_event WHERE id = 1",
    "DELETE FROM inbound_text",
    "UPDATE inbound_text SET body = 'no'",
    "UPDATE inbound_text SET carrier_id = 'SM2'",
    "UPDATE inbound_text SET language = 'en'",
    "UPDATE inbound_text SET opt_out_type = 'STOP'",
    "UPDATE inbound_text SET received_at = '2020-01-01 00:00:00'",
    "UPDATE inbound_text SET segments = 2",
    "UPDATE inbound_text SET media = 1",
    "UPDATE inbound_text SET id = 2",
    "UPDATE inbound_text SET program_id = 2",
)
ALLOWED = (
    "UPDATE inbound_text SET body = NULL, reading = NULL",
    "UPDATE inbound_text SET status = 'parked'",
    "UPDATE inbound_text SET reading = '{\"meaning\": \"yes\"}', answers = 'consent'",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_evidence_cannot_be_changed(filled: Engine, statement: str) -> None:
    with pytest.raises(IntegrityError, match="is refused"), filled.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("statement", ALLOWED)
def test_a_text_that_came_in_may_be_read_parked_and_redacted(filled: Engine, statement: str) -> None:
    with filled.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1


def test_a_redacted_text_stays_redacted(filled: Engine) -> None:
    with filled.begin() as connection:
        connection.execute(text("UPDATE inbound_text SET body = NULL"))
    with pytest.raises(IntegrityError, match="is refused"), filled.begin() as connection:
        connection.execute(text("UPDATE inbound_text SET body = 'sí'"))


def test_the_question_a_text_was_read_against_is_told_once(filled: Engine) -> None:
    with filled.begin() as connection:
        connection.execute(text("UPDATE inbound_text SET answers = 'offer'"))
    with pytest.raises(IntegrityError, match="is refused"), filled.begin() as connection:
        connection.execute(text("UPDATE inbound_text SET answers = 'consent'"))


@pytest.mark.parametrize("table", ["consent", "audit_event", "inbound_text"])
def test_evidence_cannot_be_truncated(postgres_url: str, table: str) -> None:
    from hvbot.models.database import make_engine

    engine = make_engine(postgres_url)
    schema.upgrade(engine)
    with pytest.raises(IntegrityError, match="is refused"), engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {table} CASCADE")
    engine.dispose()
