"""The version of the tables: where a database is, where it should be, and how it gets there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

CHECKOUT = Path(__file__).resolve().parents[2]


def migrations_folder() -> Path:
    """Find the migrations beside the package, or, for an installed package, under the current folder.

    Raises:
        FileNotFoundError: neither has them.
    """
    for base in (CHECKOUT, Path.cwd()):
        if (base / "migrations" / "env.py").is_file():
            return base / "migrations"
    raise FileNotFoundError("no migrations folder: run hvbot from its checkout")


def alembic_config(engine: Engine) -> Config:
    """Configure Alembic without an ini file; `migrations/env.py` takes the engine from the attributes."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the tables up to date; nothing happens when they are."""
    command.upgrade(alembic_config(engine), to)


def downgrade(engine: Engine, to: str) -> None:
    """Go back to an older version of the tables."""
    command.downgrade(alembic_config(engine), to)


def current(engine: Engine) -> str | None:
    """Name the migration the database is at; None before the first."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head(engine: Engine) -> str | None:
    """Name the newest migration this code knows."""
    return ScriptDirectory.from_config(alembic_config(engine)).get_current_head()


def is_behind(engine: Engine) -> bool:
    """Tell whether migrations are still to be run.

    A database that is ahead is not behind: during a deployment the old code goes on working on the new tables.
    """
    at, scripts = current(engine), ScriptDirectory.from_config(alembic_config(engine))
    known = {script.revision for script in scripts.walk_revisions()}
    return at is None or (at in known and at != scripts.get_current_head())
