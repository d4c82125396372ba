"""Triggers by which the database itself refuses to change evidence, for both databases.

Consent and audit rows are only ever added. An inbound text keeps everything but its reading and its status; the
retention service may empty its body. Migrations carry a frozen copy of these statements; a test compares the two.
"""

from typing import Any

from sqlalchemy import Connection, MetaData, event

from hvbot.models.base import Base
from hvbot.models.evidence import APPEND_ONLY

NEVER_REMOVED = (*APPEND_ONLY, "inbound_text")
KEPT_OF_INBOUND = (
    "id",
    "program_id",
    "conversation_id",
    "carrier_id",
    "media",
    "segments",
    "language",
    "opt_out_type",
    "received_at",
)
DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}

# 23001 is restrict_violation, so that both drivers report an IntegrityError.
REFUSE = """\
CREATE FUNCTION hvbot_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_OP || ' on ' || TG_TABLE_NAME || ' is refused', ERRCODE = '23001';
END
$$"""


def create_statements(dialect: str) -> tuple[str, ...]:
    """Give the DDL that makes the triggers, in order."""
    if dialect == "postgresql":
        return (REFUSE, *postgresql_triggers())
    return sqlite_triggers()


def drop_statements(dialect: str) -> tuple[str, ...]:
    """Give the DDL that removes the triggers, for a downgrade."""
    if dialect == "postgresql":
        return ("DROP FUNCTION hvbot_refuse() CASCADE",)
    names = [f"{table}_no_{verb}" for table in NEVER_REMOVED for verb in ("update", "delete")]
    return tuple(f"DROP TRIGGER {name}" for name in names)


def postgresql_triggers() -> tuple[str, ...]:
    """Refuse by row, and TRUNCATE, which fires no row trigger, by statement."""
    refuse = "EXECUTE FUNCTION hvbot_refuse()"
    changes = [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW\n{refuse}" for table in APPEND_ONLY
    ]
    redaction = (
        "CREATE TRIGGER inbound_text_no_update BEFORE UPDATE ON inbound_text FOR EACH ROW\n"
        f"WHEN ({rewrites_inbound('postgresql')})\n{refuse}"
    )
    removals = [
        statement
        for table in NEVER_REMOVED
        for statement in (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW\n{refuse}",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT\n{refuse}",
        )
    ]
    return (*changes, redaction, *removals)


def sqlite_triggers() -> tuple[str, ...]:
    """Refuse by row; SQLite has no TRUNCATE."""
    changes = [sqlite_trigger(table, "UPDATE") for table in APPEND_ONLY]
    redaction = sqlite_trigger("inbound_text", "UPDATE", f"WHEN {rewrites_inbound('sqlite')}\n")
    removals = [sqlite_trigger(table, "DELETE") for table in NEVER_REMOVED]
    return (*changes, redaction, *removals)


def sqlite_trigger(table: str, verb: str, when: str = "") -> str:
    return (
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW\n{when}"
        f"BEGIN\n    SELECT RAISE(ABORT, '{verb} on {table} is refused');\nEND"
    )


def rewrites_inbound(dialect: str) -> str:
    """Tell a rewriting of what came in from a reading, a parking or a redaction."""
    differs = DIFFERS[dialect]
    changed = [f"NEW.{column} {differs} OLD.{column}" for column in KEPT_OF_INBOUND]
    changed.append(f"(NEW.body IS NOT NULL AND NEW.body {differs} OLD.body)")
    changed.append(f"(OLD.answers IS NOT NULL AND NEW.answers {differs} OLD.answers)")
    return "\n    OR ".join(changed)


@event.listens_for(Base.metadata, "after_create")
def create_triggers(_metadata: MetaData, connection: Connection, **details: Any) -> None:
    """Give tables made without migrations, as in tests, the same guard."""
    if {table.name for table in details["tables"]}.issuperset(NEVER_REMOVED):
        for statement in create_statements(connection.dialect.name):
            connection.exec_driver_sql(statement)


@event.listens_for(Base.metadata, "after_drop")
def drop_function(_metadata: MetaData, connection: Connection, **_details: Any) -> None:
    """Tables take their triggers with them; PostgreSQL's function stays."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS hvbot_refuse() CASCADE")
