"""`hvbot languages`: what families can be texted in."""

import click

from hvbot.cli.output import format_option, print_rows
from hvbot.cli.problems import example


@click.command(
    short_help="The languages and who signed their wording.",
    epilog=example("hvbot languages", "hvbot languages --format json"),
)
@format_option
def languages(form: str) -> None:
    """List the languages, whether each is complete, and who has signed its wording."""
    from hvbot.i18n.catalogue import load_catalogue

    found = sorted(load_catalogue().languages.items())
    rows = [
        (
            code,
            it.name,
            it.english_name,
            it.direction,
            "no" if it.missing else "yes",
            len(it.missing),
            it.review,
        )
        for code, it in found
    ]
    print_rows(("code", "name", "english_name", "direction", "complete", "gaps", "review"), rows, form)
