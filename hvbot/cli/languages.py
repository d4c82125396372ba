"""`hvbot languages`: what families can be texted in, how well, and how a reviewer signs it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from hvbot.cli.output import format_option, print_rows
from hvbot.cli.problems import NotReady, UsedWrongly, example

COLUMNS = (
    *("code", "name", "english_name", "direction", "complete", "review"),
    *("longest", "median", "alphabet", "examples", "wrong"),
)


@click.group(
    invoke_without_command=True,
    short_help="The languages: complete, signed, how dear, how well read.",
    epilog=example(
        "hvbot languages",
        "hvbot languages --gaps",
        "hvbot languages export vi > vi.csv",
        'hvbot languages import vi vi.csv --reviewer "Name of the reader"',
        "hvbot languages corrections --language vi",
    ),
)
@click.option("--gaps", is_flag=True, help="Print what is missing and every example that is read wrong, instead.")
@format_option
@click.pass_context
def languages(context: click.Context, gaps: bool, form: str) -> None:
    """List the languages: complete or not, who has signed the wording, the segments of the longest and the median text
    with long names filled in, the SMS alphabet, and how many example replies there are and are read wrong.
    """
    if context.invoked_subcommand:
        return
    from hvbot.i18n.catalogue import load_catalogue
    from hvbot.i18n.summary import summaries

    found = summaries(load_catalogue())
    if gaps:
        print_rows(("code", "gap"), (row for it in found for row in gaps_of(it)), form)
    else:
        print_rows(COLUMNS, map(row_of, found), form)


def row_of(it: Any) -> tuple[Any, ...]:
    """One language in one line."""
    language = it.language
    about = (language.code, language.name, language.english_name, language.direction)
    complete = f"no: {len(language.missing)} gaps" if language.missing else "yes"
    return (*about, complete, language.review, it.longest, it.median, it.alphabet, it.examples, len(it.wrong))


def gaps_of(it: Any) -> Iterator[tuple[str, str]]:
    """What is missing or read wrong in one language."""
    yield from ((it.language.code, gap) for gap in it.language.missing)
    yield from ((it.language.code, f"example {wrong}") for wrong in it.wrong)


@languages.command(
    name="export",
    short_help="Write a sheet for a reviewer.",
    epilog=example("hvbot languages export vi > vi.csv"),
)
@click.argument("code")
def export(code: str) -> None:
    """Write all texts of a language as CSV: English, the occasion, the translation, and an empty column in which the
    reviewer says in English what the translation says. Open it in any spreadsheet program.
    """
    from hvbot.i18n.catalogue import load_catalogue
    from hvbot.i18n.sheets import write_sheet

    catalogue = load_catalogue()
    if code not in catalogue.languages:
        raise NotReady(f"there is no language {code}: see hvbot languages")
    write_sheet(catalogue, code, sys.stdout)


@languages.command(
    name="import",
    short_help="Take a reviewer's sheet back.",
    epilog=example('hvbot languages import vi vi.csv --reviewer "Name of the reader"'),
)
@click.argument("code")
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reviewer", default="", help="Who has read every text and signs the language with today's date.")
def take(code: str, sheet: Path, reviewer: str) -> None:
    """Write the translations of a sheet into the language's messages.po. Every placeholder is checked first; when a row
    is wrong it is named, and nothing is written. Without --reviewer a changed language is a draft again.
    """
    from hvbot.clock import WallClock
    from hvbot.i18n.catalogue import LOCALES
    from hvbot.i18n.sheets import SheetProblem, take_sheet

    try:
        words = sheet.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsedWrongly(f"{sheet.name} is not UTF-8: save it as CSV UTF-8") from None
    try:
        taken = take_sheet(LOCALES, code, words, reviewer, WallClock().now().date())
    except SheetProblem as problem:
        raise NotReady("\n".join(["nothing was written:", *problem.lines])) from None
    changed = f"{len(taken.changed)} texts changed" if taken.changed else "no text changed"
    click.echo(f"{code}: {changed}{f'; {taken.review}' if taken.review else ''}")


@languages.command(
    short_help="Replies that people said were read wrong.",
    epilog=example("hvbot languages corrections --language es --format csv"),
)
@click.option("--language", help="Only this language.")
@format_option
def corrections(language: str | None, form: str) -> None:
    """List the replies that coordinators corrected in the conversation view: what was written, how it was read, what it
    means. They are examples for whoever owns the language's keywords.toml; nothing is changed by them.
    """
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.corrections import COLUMNS as KEPT
    from hvbot.services.corrections import corrections as kept
    from hvbot.services.programs import the_program

    runtime = open_runtime()
    with runtime.sessions() as session:
        print_rows(KEPT, kept(session, the_program(session, runtime.clock.now()).id, language), form)
