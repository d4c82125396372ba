"""The migrations make what the models say, go both ways, and keep what is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from hvbot.models import Base, schema
from tests.migrations.catalog import catalog
from tests.migrations.samples import FIRST, SAMPLES, TIMES_WANTED, count, write

FOLDER = schema.migrations_folder()
REVISIONS = sorted(re.match(r"\d{4}", file.name)[0] for file in (FOLDER / "versions").glob("[0-9]*.py"))


def forget(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")


@pytest.mark.fault(52)
def test_models_equal_the_newest_migration(engine: Engine) -> None:
    schema.upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_conditions_checks_and_triggers_equal_the_models(engine: Engine) -> None:
    schema.upgrade(engine)
    migrated = catalog(engine)
    schema.downgrade(engine, "base")
    forget(engine)
    Base.metadata.create_all(engine)

    assert catalog(engine) == migrated
    names = str(migrated)
    assert "uq_visit_live" in names
    assert "consent_no_update" in names


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_migration_goes_up_down_and_up(engine: Engine, revision: str) -> None:
    schema.upgrade(engine, revision)
    there = catalog(engine)
    schema.downgrade(engine, "-1")
    back = catalog(engine)
    schema.upgrade(engine, revision)

    assert catalog(engine) == there
    assert back != there
    assert revision != REVISIONS[0] or not any(back.values())


@pytest.mark.fault(52)
@pytest.mark.parametrize("revision", REVISIONS)
def test_each_migration_keeps_the_data_of_the_ones_before(engine: Engine, revision: str) -> None:
    rows = SAMPLES[revision]
    schema.upgrade(engine, revision)
    with engine.begin() as connection:
        write(connection, rows)
    schema.upgrade(engine)

    with engine.connect() as connection:
        assert count(connection, rows) == {table: len(values) for table, values in rows.items()}
    schema.downgrade(engine, "base")
    assert schema.current(engine) is None


def test_every_migration_has_a_data_sample() -> None:
    assert sorted(SAMPLES) == REVISIONS


def test_an_upgrade_without_migrations_does_nothing(engine: Engine) -> None:
    schema.upgrade(engine)
    before = catalog(engine)
    schema.upgrade(engine)

    assert catalog(engine) == before
    assert schema.current(engine) == REVISIONS[-1]


def test_the_database_knows_whether_it_is_behind(engine: Engine) -> None:
    assert schema.is_behind(engine)
    schema.upgrade(engine)
    assert not schema.is_behind(engine)

    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert not schema.is_behind(engine), "old code goes on working on newer tables"


def test_foreign_keys_are_on_again_after_an_upgrade(sqlite_url: str) -> None:
    from hvbot.models.database import make_engine

    engine = make_engine(sqlite_url, connections=1)
    schema.upgrade(engine)

    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


@pytest.mark.fault(52)
def test_a_migration_gives_up_rather_than_wait_for_a_lock(postgres_url: str) -> None:
    from hvbot.models.database import make_engine

    engine = make_engine(postgres_url)
    schema.upgrade(engine)
    with engine.connect() as turn:
        turn.execute(text("SELECT * FROM program"))
        with pytest.raises(OperationalError, match="lock timeout"):
            schema.downgrade(engine, "base")

    assert schema.current(engine) == REVISIONS[-1]
    engine.dispose()


@pytest.mark.processes
def test_two_upgrades_at_once_both_succeed(database_url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hvbot", "db", "upgrade"]
    environment = {"DATABASE_URL": database_url, "PATH": "", "PYTHONPATH": str(schema.CHECKOUT)}
    both = [
        subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=60) for process in both]

    assert [process.returncode for process in both] == [0, 0], answers


def test_migrations_are_numbered_in_one_line_and_the_head_file_names_the_last() -> None:
    scripts = list(ScriptDirectory(str(FOLDER)).walk_revisions())

    assert sorted(script.revision for script in scripts) == [f"{n:04d}" for n in range(1, len(scripts) + 1)]
    newest = Path(scripts[0].path).stem
    assert (FOLDER / "HEAD").read_text().strip() == newest, "two branches with a migration each must meet in git"


def test_what_waits_in_the_outbox_is_given_its_school(engine: Engine) -> None:
    text_of = FIRST["outbound_text"][0]
    of_home = {**text_of, "id": 2, "intent": "ask:invitation1:1:2", "invitation_id": 1}
    sent = {**of_home, "id": 3, "intent": "ask:invitation1:1:3", "status": "sent"}
    schema.upgrade(engine, "0003")
    with engine.begin() as connection:
        write(connection, {**TIMES_WANTED, "conversation": FIRST["conversation"]})
        write(connection, {"outbound_text": [{**text_of, "invitation_id": None, "status": "queued"}, of_home, sent]})
    schema.upgrade(engine)

    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT school_id FROM outbound_text ORDER BY id").scalars().all()
    assert found == [0, TIMES_WANTED["invitation"][0]["school_id"], 0]
