"""What a command needs before it can begin: logs, settings, a database at this version."""

import click
from sqlalchemy import Engine

from hvbot.cli.problems import NotReady
from hvbot.logs import set_up_logs
from hvbot.models import schema
from hvbot.runtime import Runtime
from hvbot.settings import Settings, load_settings, with_secret_key

OTHER_KEY = (
    "SECRET_KEY is not the one with which this database's numbers were stored: every family would be a stranger. "
    "Set the right one, or, if it is to be changed, put the old one into SECRET_KEY_PREVIOUS and run hvbot db rekey"
)


def the_settings() -> Settings:
    """Read the settings, with logs already going where they belong."""
    set_up_logs()
    return with_secret_key(load_settings())


def close_at_end(engine: Engine) -> Engine:
    """Close a database's connections when the command is over: a process may run several."""
    context = click.get_current_context(silent=True)
    if context:
        context.call_on_close(engine.dispose)
    return engine


def open_runtime(connections: int = 8, *, any_key: bool = False) -> Runtime:
    """Build the runtime on a database that has this version's tables and, unless any will do, our key.

    Raises:
        NotReady: the migrations have not been run, or the numbers were stored with another key.
        SettingsError: a setting is missing or wrong.
    """
    from hvbot.bootstrap import build_runtime

    runtime = build_runtime(the_settings(), connections=connections)
    close_at_end(runtime.engine)
    if schema.is_behind(runtime.engine):
        raise NotReady("the database does not have this version's tables: run hvbot db upgrade")
    if not any_key:
        refuse_other_key(runtime)
    return runtime


def refuse_other_key(runtime: Runtime) -> None:
    """Stop before every family is taken for a stranger.

    Raises:
        NotReady: the numbers were stored with another key.
    """
    from hvbot.services.keys import fits

    with runtime.sessions() as session:
        if not fits(session, runtime.settings):
            raise NotReady(OTHER_KEY)
