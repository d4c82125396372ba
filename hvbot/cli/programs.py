"""`hvbot program`: the program's settings."""

import click

from hvbot.cli.output import format_option, print_rows
from hvbot.cli.problems import example


@click.group("program")
def program() -> None:
    """Look at the program's settings and change them."""


@program.command(epilog=example("hvbot program show"))
@format_option
def show(form: str) -> None:
    """Print each setting with what it means."""
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.programs import show_settings

    runtime = open_runtime()
    with runtime.sessions() as session:
        print_rows(("setting", "value", "meaning"), show_settings(session, runtime.clock.now()), form)


@program.command("set", epilog=example("hvbot program set notice_hours=48 text_until=19:00"))
@click.argument("assignments", metavar="KEY=VALUE...", nargs=-1, required=True)
def set_command(assignments: tuple[str, ...]) -> None:
    """Change settings, all of those named or none."""
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.programs import SettingProblem, set_setting

    runtime = open_runtime()
    now = runtime.clock.now()
    try:
        with runtime.writing() as session:
            done = [set_setting(session, assignment, now) for assignment in assignments]
    except SettingProblem as problem:
        raise click.UsageError(str(problem)) from None
    for key, value in done:
        click.echo(f"{key} is now {value}")
