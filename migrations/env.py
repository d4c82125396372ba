"""How Alembic runs our migrations, on both databases, in one transaction that holds or leaves nothing."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from hvbot.models import Base
from hvbot.models.base import Personal, UtcDateTime
from hvbot.models.database import make_engine
from hvbot.settings import load_settings

# A migration that waits for a lock makes everybody wait behind it; better it gives up and is run again.
LOCK_TIMEOUT = "5s"
ONE_AT_A_TIME = 7301_0001


def the_engine() -> Engine:
    """Use the engine we were handed, or, under the `alembic` command, the environment's."""
    handed: Engine | None = context.config.attributes.get("engine")
    return handed or make_engine(load_settings().database_url)


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types as the plain ones they are, so that a migration never changes with the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Personal):
        return "sa.Text()"
    return False


def number_the_revision(
    _context: MigrationContext,
    _revision: str | Iterable[str | None] | Iterable[str],
    scripts: list[MigrationScript],
) -> None:
    """Count migrations up, so that two branches that add one collide in git and not in production."""
    known = [int(script.revision) for script in ScriptDirectory.from_config(context.config).walk_revisions()]
    scripts[0].rev_id = f"{max(known, default=0) + 1:04d}"


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by copying it, which its foreign keys would refuse; they are checked at the end.

    The pragma works outside a transaction only, hence past SQLAlchemy.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run(connection: Connection) -> None:
    """Run what was asked for."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
        compare_server_default=True,
        render_item=render_item,
        process_revision_directives=number_the_revision,
    )
    with context.begin_transaction():
        prepare(connection)
        context.run_migrations()
        check_references(connection)


def prepare(connection: Connection) -> None:
    """Let one upgrade run at a time, and let it not wait for long."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")


def check_references(connection: Connection) -> None:
    """Refuse to commit a SQLite copy that lost a row somebody points at."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration breaks {len(broken)} references, first in table {broken[0][0]}")


def main() -> None:
    """Migrate."""
    with the_engine().connect() as connection:
        if connection.dialect.name == "sqlite":
            with without_foreign_keys(connection):
                run(connection.execution_options(writes=True))
        else:
            run(connection)


main()
