"""`hvbot simulate`: a whole season in virtual time."""

import json
import sys
from typing import TYPE_CHECKING

import click

from hvbot.cli.problems import example

if TYPE_CHECKING:
    from hvbot.simulation.outcome import Outcome
    from hvbot.simulation.play import Wanted


@click.command(
    short_help="Play a whole season in virtual time and check every promise.",
    epilog=example(
        "hvbot simulate",
        "hvbot simulate --schools 10 --educators 70 --families 900 --seed 7 --faults",
        "hvbot simulate --faults --db postgresql://localhost/season --format json",
    ),
)
@click.option("--schools", type=click.IntRange(1, 5000), default=3, show_default=True, help="How many schools.")
@click.option("--educators", type=click.IntRange(2), default=18, show_default=True, help="At all schools together.")
@click.option(
    "--families", type=click.IntRange(1), default=120, show_default=True, help="Homes at all schools together."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same season.")
@click.option("--days", type=click.IntRange(7, 180), default=42, show_default=True, help="How long the round is.")
@click.option(
    "--faults",
    is_flag=True,
    help="Carrier and workers fail, lose, repeat and die, and schools close for snow, as the seed says.",
)
@click.option("--languages", help="Codes separated by commas, such as en,es,so. Default: every complete language.")
@click.option("--db", "url", default="", help="An empty database to play on. Default: SQLite in a temporary folder.")
@click.option(
    "--districts",
    type=click.IntRange(1, 500),
    default=1,
    show_default=True,
    help="Divide the schools into so many programs, each with tables of its own (on PostgreSQL a schema each).",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many districts are played at once. It does not change what happens.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def simulate(
    schools: int,
    educators: int,
    families: int,
    seed: int,
    days: int,
    faults: bool,
    languages: str | None,
    url: str,
    districts: int,
    workers: int,
    form: str,
) -> None:
    """Play a season with invented schools, educators and families through the real services and database.

    People answer as their temper is, in the words of their language's own examples; the office works its list. Nothing
    leaves this machine. After each day every promise is checked by query. Exit code 1 when one was broken: the seed
    and the first violations are printed, so that it can be played again.
    """
    import logging

    from hvbot.logs import set_up_logs
    from hvbot.simulation.districts import OneFile
    from hvbot.simulation.outcome import as_json, describe
    from hvbot.simulation.play import NotEmpty, Wanted

    set_up_logs(logging.ERROR)
    codes = tuple(filter(None, (languages or "").split(",")))
    refuse_unknown(codes)
    if districts > schools:
        raise click.BadParameter("there are fewer schools", param_hint="--districts")
    wanted = Wanted(schools, max(educators, 2 * schools), families, seed, days, faults, url, codes)
    try:
        outcome = played(wanted, districts, workers)
    except (NotEmpty, OneFile) as problem:
        raise click.UsageError(str(problem)) from problem
    click.echo(json.dumps(as_json(outcome), indent=2) if form == "json" else "\n".join(describe(outcome)))
    sys.exit(1 if sum(outcome.invariants.values()) else 0)


def played(wanted: "Wanted", districts: int, workers: int) -> "Outcome":
    """Play it with a bar on standard error: of days, or of districts where there are several."""
    from hvbot.simulation.districts import simulate_districts
    from hvbot.simulation.play import AFTERWARDS, simulate

    if districts == 1:
        with click.progressbar(length=wanted.days + AFTERWARDS, label="Days", file=sys.stderr, show_pos=True) as bar:
            return simulate(wanted, lambda _day, _days: bar.update(1))
    with click.progressbar(length=districts, label="Districts", file=sys.stderr, show_pos=True) as bar:
        return simulate_districts(wanted, districts, workers, lambda _place: bar.update(1))


def refuse_unknown(codes: tuple[str, ...]) -> None:
    """Each language must be one whose texts are complete."""
    from hvbot.bootstrap import shipped_catalogue

    catalogue = shipped_catalogue()
    for code in codes:
        if code not in catalogue.languages or not catalogue.ready(code):
            raise click.BadParameter(f"{code} is not complete: see hvbot languages", param_hint="--languages")
