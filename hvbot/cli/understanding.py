"""`hvbot understand`: what texts mean, line by line."""

import sys

import click

from hvbot.cli.problems import example


@click.command(
    short_help="What texts mean, JSON line by JSON line.",
    epilog=example(
        """echo '{"id": "1", "language": "es", "question": "offer", "now": "2026-09-01T17:00:00-04:00",""",
        """       "timezone": "America/New_York", "options": ["2026-09-03T16:00:00-04:00"],""",
        """       "text": "la primera"}' | tr -d '\\n' | hvbot understand""",
    ),
)
def understand() -> None:
    """Read one JSON object a line, write one JSON object a line: the meaning of a text and the words that decided."""
    from hvbot.i18n.catalogue import load_catalogue
    from hvbot.understanding.lines import answer_line

    lexicons = load_catalogue().lexicons
    for line in iter(sys.stdin.buffer.readline, b""):
        if line.strip():
            answer = answer_line(line.decode("utf-8", errors="replace"), lexicons)
            sys.stdout.buffer.write(answer.rstrip("\n").encode() + b"\n")
            sys.stdout.buffer.flush()
