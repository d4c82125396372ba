"""`hvbot roster`: families, staff and schools."""

import json
from pathlib import Path

import click

from hvbot.cli.output import tell_progress
from hvbot.cli.problems import example


@click.group("roster", short_help="Import schools, families and staff.")
def roster() -> None:
    """Bring the program up to date with a school's roster."""


@roster.command(
    "import",
    epilog=example(
        "hvbot roster import fall-2026/ --dry-run",
        "hvbot roster import oneroster.zip",
        "hvbot roster import fall-2026/",
    ),
)
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def import_command(ctx: click.Context, path: Path, dry_run: bool, form: str) -> None:
    """Import a OneRoster CSV zip or folder, or a plain folder of CSV files (README.md names the columns).

    Tells what was added, changed, gone and blocked, with row and reason. The same roster twice changes nothing.
    """
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.roster import apply_import, as_rows, describe

    report = apply_import(open_runtime(), path, dry_run=dry_run, progress=tell_progress)
    click.echo(json.dumps(as_rows(report), ensure_ascii=False) if form == "json" else describe(report))
    ctx.exit(0 if report.is_usable else 1)
