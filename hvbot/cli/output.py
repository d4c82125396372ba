"""Rows on standard output: a table for people, CSV for spreadsheets, one JSON list for programs."""

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

FORMATS = ("table", "csv", "json")
WIDEST = 60

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How rows are printed.",
)


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], form: str) -> None:
    """Print rows as they come; only a table must wait for the last one, to know its widths."""
    from hvbot.reports.export import csv_lines, json_lines

    writers = {"table": table_lines, "csv": csv_lines, "json": json_lines}
    for piece in writers[form](columns, rows):
        click.echo(piece, nl=False)


def tell_progress(done: int, total: int) -> None:
    """Progress for a person who waits; nothing where standard error is a file."""
    if sys.stderr.isatty():
        click.echo(f"\r{100 * done // max(total, 1):3d} %", nl=done >= total, err=True)


def table_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Aligned columns with a header."""
    cells = [[cell(value) for value in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(columns, *cells, strict=True)]
    for line in ([*columns], ["-" * size for size in widths], *cells):
        yield (
            "  ".join(text + " " * (size - width(text)) for text, size in zip(line, widths, strict=True)).rstrip()
            + "\n"
        )


def cell(value: Any) -> str:
    """A value on one line, shortened where it would push the others off the screen."""
    text = "" if value is None else " ".join(str(value).split())
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cc")
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def width(text: str) -> int:
    """Columns a terminal needs: two for a wide letter, none for an accent that combines."""
    return sum(
        2 if unicodedata.east_asian_width(letter) in "WF" else not unicodedata.combining(letter) for letter in text
    )
