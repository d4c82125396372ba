"""`hvbot db`: the tables."""

import click

from hvbot.cli.problems import NotReady, example


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


@database.command(epilog=example("SECRET_KEY=new SECRET_KEY_PREVIOUS=old hvbot db rekey"))
def rekey() -> None:
    """Store the numbers under a new SECRET_KEY; the old one is in SECRET_KEY_PREVIOUS.

    Stop web and worker before and start them after: what writes with one key does not find what the other wrote.
    """
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.keys import UnknownKey
    from hvbot.services.keys import rekey as change

    runtime = open_runtime(connections=1, any_key=True)
    try:
        changed = change(runtime)
    except UnknownKey:
        raise NotReady(
            "a number was stored with another key: set SECRET_KEY_PREVIOUS to the key this database was made with"
        ) from None
    click.echo(f"{changed} numbers are stored under the new key." if changed else "All numbers had this key already.")
