"""`hvbot db`: the tables."""

import click

from hvbot.cli.problems import example


@click.group("db")
def database() -> None:
    """Look after the database's tables."""


@database.command(epilog=example("DATABASE_URL=postgresql://localhost/hvbot hvbot db upgrade"))
def upgrade() -> None:
    """Bring the tables up to date; nothing happens when they are."""
    from hvbot.cli.runtime import close_at_end
    from hvbot.logs import set_up_logs
    from hvbot.models import schema
    from hvbot.models.database import make_engine
    from hvbot.settings import load_settings

    set_up_logs()
    engine = close_at_end(make_engine(load_settings().database_url))
    before = schema.current(engine)
    schema.upgrade(engine)
    after = schema.current(engine)
    click.echo(
        f"The tables are at {after}." if before == after else f"The tables went from {before or 'nothing'} to {after}."
    )
