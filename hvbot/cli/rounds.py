"""`hvbot round`: rounds of outreach."""

from datetime import datetime

import click

from hvbot.cli.output import format_option, print_rows, tell_progress
from hvbot.cli.problems import example

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("round", short_help="Ask families for home visits.")
def rounds() -> None:
    """Ask families for a home visit, one round of outreach at a time."""


@rounds.command(
    epilog=example(
        'hvbot round create --name "Fall 2026" --from 2026-09-01 --to 2026-10-30',
        "hvbot round create --name Pilot --from 2026-09-01 --to 2026-09-30 --school lincoln --sample 40 --seed 7",
    )
)
@click.option("--name", required=True, help="What people call the round.")
@click.option("--from", "starts_on", type=DAY, required=True, help="First day of visits, 2026-09-01.")
@click.option("--to", "ends_on", type=DAY, required=True, help="Last day of visits.")
@click.option("--school", "schools", multiple=True, help="A school's id in the roster; may be repeated. Default: all.")
@click.option("--sample", type=click.IntRange(min=1), help="Draw so many families at random instead of asking all.")
@click.option("--seed", type=int, help="Draw the same families again.")
def create(
    name: str,
    starts_on: datetime,
    ends_on: datetime,
    schools: tuple[str, ...],
    sample: int | None,
    seed: int | None,
) -> None:
    """Create a round. Nobody is texted yet; the last line printed is the round's id."""
    if ends_on < starts_on:
        raise click.BadParameter("the last day is before the first", param_hint="--to")
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.programs import the_program
    from hvbot.services.rounds import create_round

    runtime = open_runtime()
    now = runtime.clock.now()
    with runtime.writing() as session:
        made = create_round(
            session,
            program_id=the_program(session, now).id,
            name=name,
            starts_on=starts_on.date(),
            ends_on=ends_on.date(),
            school_refs=schools,
            sample=sample,
            seed=seed,
            now=now,
        )
        round_id, drawn_by = made.id, made.seed
    drawn = f"{sample} families drawn with seed {drawn_by}" if sample else "all families"
    click.echo(f"Created: {name}, {starts_on:%Y-%m-%d} to {ends_on:%Y-%m-%d}, {drawn}.")
    click.echo(f"See what a start would do: hvbot round start {round_id} --dry-run")
    click.echo(round_id)


@rounds.command(epilog=example("hvbot round start 1 --dry-run", "hvbot round start 1"))
@click.argument("round_id", metavar="ID", type=int)
@click.option("--dry-run", is_flag=True, help="Only tell who would be asked, in which languages, and the cost.")
def start(round_id: int, dry_run: bool) -> None:
    """Tell who is asked, in which languages and at what cost, then queue the first texts.

    Started again it sends nothing to those who were asked already.
    """
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.rounds import describe_preview, preview, start_round

    runtime = open_runtime()
    click.echo(describe_preview(preview(runtime, round_id)))
    if dry_run:
        click.echo("Dry run: nothing is queued.")
        return
    done = start_round(runtime, round_id, progress=tell_progress)
    click.echo(f"Queued {done.texts} texts to {done.homes} homes.")


@rounds.command("list", epilog=example("hvbot round list --format json"))
@format_option
def list_command(form: str) -> None:
    """List the rounds."""
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.rounds import list_rounds

    runtime = open_runtime()
    with runtime.sessions() as session:
        found = list_rounds(session)
    columns = ("id", "name", "from", "to", "sample", "seed", "started_at", "asked")
    print_rows(columns, [[row[column] for column in columns] for row in found], form)
