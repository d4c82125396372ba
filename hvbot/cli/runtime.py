"""What a command needs before it can begin: logs, settings, a database at this version."""

import click
from sqlalchemy import Engine

from hvbot.cli.problems import NotReady
from hvbot.logs import set_up_logs
from hvbot.models import schema
from hvbot.runtime import Runtime
from hvbot.settings import Settings, load_settings, with_secret_key


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


def open_runtime(connections: int = 8) -> Runtime:
    """Build the runtime on a database that has this version's tables.

    Raises:
        NotReady: the migrations have not been run.
        SettingsError: a setting is missing or wrong.
    """
    from hvbot.bootstrap import build_runtime

    runtime = build_runtime(the_settings(), connections=connections)
    close_at_end(runtime.engine)
    if schema.is_behind(runtime.engine):
        raise NotReady("the database does not have this version's tables: run hvbot db upgrade")
    return runtime
