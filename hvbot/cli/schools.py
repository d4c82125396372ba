"""`hvbot school`: days on which a school is closed."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from hvbot.cli.output import format_option, print_rows, tell_progress
from hvbot.cli.problems import example
from hvbot.cli.rounds import DAY

if TYPE_CHECKING:
    from hvbot.services.closing import DayOff

ON = click.option("--on", "day", type=DAY, required=True, help="The day, 2026-12-04.")
REF = click.argument("school", metavar="SCHOOL_ID")


@click.group(short_help="Close a school for a day, and list schools.")
def school() -> None:
    """Close a school for a day of snow, say, and list the schools."""


@school.command(
    epilog=example(
        "hvbot school close lincoln --on 2026-12-04 --dry-run",
        'hvbot school close lincoln --on 2026-12-04 --reason "Snow"',
    )
)
@REF
@ON
@click.option("--reason", help="Why, for your colleagues. Families are not told.")
@click.option("--dry-run", is_flag=True, help="Only tell which visits would be moved.")
def close(school: str, day: datetime, reason: str | None, dry_run: bool) -> None:
    """Offer no visits on a day, and move those that are set on it.

    Each family gets one text with an apology and other times, its educators one that the visit is off; at night they wait for
    the morning. After an interruption the same command goes on where it stopped. SCHOOL_ID is the roster's.
    """
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.closing import UnknownSchool, close_school, day_off

    runtime = open_runtime()
    try:
        with runtime.sessions() as session:
            off = day_off(session, school, day.date(), runtime.clock.now())
        click.echo(described(off))
        if dry_run:
            click.echo("Dry run: nothing is changed, nobody is told.")
            return
        close_school(runtime, school, day.date(), reason, tell_progress)
    except UnknownSchool:
        raise click.ClickException(f"no school has the id {school}; see: hvbot school list") from None
    click.echo(f"Closed. {len(off.visits)} visits are off; their families are shown other times.")


def described(off: "DayOff") -> str:
    """What closing means, for the one who decides."""
    times = ", ".join(wall for _visit, wall in off.visits)
    set_then = (
        f"{len(off.visits)} visits are set on that day: {times}" if off.visits else "No visit is set on that day."
    )
    return f"{off.name}, {off.day:%A %Y-%m-%d}. {set_then}"


@school.command("open", epilog=example("hvbot school open lincoln --on 2026-12-04"))
@REF
@ON
def open_command(school: str, day: datetime) -> None:
    """Offer a closed day again. Visits that were moved do not come back."""
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.closing import UnknownSchool, open_school

    try:
        was_closed = open_school(open_runtime(), school, day.date())
    except UnknownSchool:
        raise click.ClickException(f"no school has the id {school}; see: hvbot school list") from None
    click.echo("Open: the day is offered again." if was_closed else "The school was not closed on that day.")


@school.command("list", epilog=example("hvbot school list --format json"))
@format_option
def list_command(form: str) -> None:
    """List the schools with their coming closed days."""
    from sqlalchemy import select

    from hvbot.cli.runtime import open_runtime
    from hvbot.models import ClosedDay, School

    runtime = open_runtime()
    with runtime.sessions() as session:
        today = runtime.clock.now().date()
        closed: dict[int, list[str]] = {}
        for row in session.scalars(select(ClosedDay).where(ClosedDay.day >= today).order_by(ClosedDay.day)):
            closed.setdefault(row.school_id, []).append(row.day.isoformat())
        schools = session.scalars(select(School).where(School.gone_at.is_(None)).order_by(School.name)).all()
        rows = [(row.ref, row.name, row.zone, " ".join(closed.get(row.id, ()))) for row in schools]
    print_rows(("id", "name", "zone", "closed"), rows, form)
