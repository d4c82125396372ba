"""`hvbot check`: what is wrong, and how to mend it."""

import click

from hvbot.cli.problems import example


@click.command(short_help="What is wrong, and how to mend it.", epilog=example("hvbot check"))
@click.pass_context
def check(ctx: click.Context) -> None:
    """Look at the settings, the database, the worker, the languages, the schools and the carrier's webhooks.

    Prints what is wrong and how to mend it; exits 1 when something is. Texts nobody.
    """
    from hvbot.bootstrap import build_runtime
    from hvbot.cli.runtime import close_at_end, the_settings
    from hvbot.services.check import check as look

    runtime = build_runtime(the_settings(), connections=2)
    close_at_end(runtime.engine)
    found = look(runtime)
    for finding in sorted(found, key=lambda it: not it.serious):
        click.echo(f"{'wrong' if finding.serious else 'note '}  {finding.what}\n       mend: {finding.remedy}")
    serious = sum(finding.serious for finding in found)
    click.echo(f"{serious} wrong, {len(found) - serious} to know." if found else "All is well.")
    ctx.exit(1 if serious else 0)
