"""`hvbot report`: the rows that the dashboard shows."""

from datetime import datetime
from typing import Any

import click

from hvbot.cli.output import format_option, print_rows
from hvbot.cli.problems import NotReady, example

NAMES = ("visits", "responses", "consents", "texts", "attention")


@click.command(
    short_help="Print the rows that the dashboard shows.",
    epilog=example(
        "hvbot report visits --round 1",
        "hvbot report responses --format csv > responses.csv",
        "hvbot report consents --at 2026-09-01T12:00",
    ),
)
@click.argument("name", type=click.Choice(NAMES))
@click.option("--round", "round_id", type=int, help="Only what belongs to this round; see hvbot round list.")
@click.option(
    "--at",
    metavar="MOMENT",
    help="consents only: the state at a moment, in the program's zone unless it has one.",
)
@format_option
def report(name: str, round_id: int | None, at: str | None, form: str) -> None:
    """Print a report. Ids are the roster's; without --round it covers everything."""
    if at and name != "consents":
        raise click.UsageError("--at goes with the report consents alone")
    from hvbot.cli.runtime import open_runtime
    from hvbot.reports import REPORTS
    from hvbot.services.programs import the_program

    runtime, chosen = open_runtime(), REPORTS[name]
    with runtime.sessions() as session:
        program = the_program(session, runtime.clock.now())
        if round_id is not None:
            known_round(session, round_id)
        extra = {"at": moment(at, program)} if at else {}
        print_rows(chosen.columns, chosen.rows(session, program.id, round_id, **extra), form)


def known_round(session: Any, round_id: int) -> None:
    """Refuse a round that does not exist: an empty report would look like nothing done."""
    from hvbot.models import Round

    if session.get(Round, round_id) is None:
        raise NotReady(f"no round {round_id}: see hvbot round list")


def moment(text: str, program: Any) -> datetime:
    """Read a moment; one without a zone is meant as the program's clock shows it."""
    from zoneinfo import ZoneInfo

    from hvbot.services.programs import setting

    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"'{text}' is no moment; write 2026-09-01T12:00", param_hint="--at") from None
    return given if given.tzinfo else given.replace(tzinfo=ZoneInfo(setting(program, "timezone")))
