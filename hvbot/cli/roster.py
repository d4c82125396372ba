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
@click.option("--timezone", help="Zone of schools that name none, such as America/Chicago; OneRoster has no zones.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def import_command(ctx: click.Context, path: Path, dry_run: bool, timezone: str | None, form: str) -> None:
    r"""Import a OneRoster CSV zip or folder, or a plain folder of CSV files.

    \b
    schools.csv       school_id,name,timezone,[language],[visit_from],[visit_until]
    students.csv      student_id,school_id,first_name,last_name,[grade],[teacher_ids separated by ;]
    guardians.csv     guardian_id,student_id,name,phone,language,[household],[relation],[contact],[address]
    educators.csv     educator_id,school_id,name,[phone],[email],[languages],[trained_on],[willing],[partner_id]
    availability.csv  educator_id,start,end      (local, 2026-08-18T16:00)
    interpreters.csv  interpreter_id,name,phone,languages,[school_id]      (may be left out)
    closed_days.csv   school_id,day,[reason]                               (may be left out)

    Tells what was added, changed, gone and blocked, with row and reason. The same roster twice changes nothing.
    """
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.roster import Options, apply_import, as_rows, describe

    options = Options(timezone=timezone)
    report = apply_import(open_runtime(), path, dry_run=dry_run, progress=tell_progress, options=options)
    click.echo(json.dumps(as_rows(report), ensure_ascii=False) if form == "json" else describe(report))
    ctx.exit(0 if report.is_usable else 1)
