"""`hvbot chat`: one family's phone in the terminal, answered by the real services."""

import sys
from collections.abc import Iterator, Sequence

import click

from hvbot.cli.problems import NotReady, example


@click.command(
    short_help="Talk with the bot in the terminal.",
    epilog=example(
        "hvbot chat --language es",
        "printf 'yes\\n2\\n' | hvbot chat",
        title="Examples; /later 24 lets a day pass, /quit ends",
    ),
)
@click.option("--language", default="en", show_default=True, metavar="CODE", help="The language the family speaks.")
def chat(language: str) -> None:
    """Be a family that is asked for a home visit. What the two educators are told is shown too.

    Nothing is kept and nothing leaves this machine. The clock stands on a working day at ten.
    """
    from hvbot.cli.rehearsal import rehearsal

    set_up_quietly()
    with rehearsal(ready_language(language)) as family:
        tell(family.heard())
        for line in lines():
            family.says(line)
            tell(family.heard())


def ready_language(asked: str) -> str:
    """The language meant, if all its texts can be written."""
    from hvbot.bootstrap import shipped_catalogue

    catalogue = shipped_catalogue()
    code = catalogue.resolve(asked)
    if code is None or not catalogue.ready(code):
        ready = ", ".join(code for code in sorted(catalogue.languages) if catalogue.ready(code))
        raise NotReady(f"no texts in '{asked}' yet: choose one of {ready or 'none'} (see hvbot languages)")
    return code


def set_up_quietly() -> None:
    """Keep logs out of a conversation, but for what went wrong."""
    import logging

    from hvbot.logs import set_up_logs

    set_up_logs(logging.ERROR)


def lines() -> Iterator[str]:
    """What a person types, until the end of input or /quit."""
    prompt = "you> " if sys.stdin.isatty() else ""
    while True:
        if prompt:
            click.echo(prompt, nl=False)
        line = sys.stdin.readline()
        if not line or line.strip() == "/quit":
            return
        if line.strip():
            if not prompt:
                click.echo(f"you> {line.strip()}")
            yield line.strip()


def tell(texts: Sequence[tuple[str, str, str]]) -> None:
    """Show what arrived on the phones."""
    if not texts:
        click.echo("  (nothing arrives)")
    for when, name, body in texts:
        click.echo(f"\n[{when}] {name}:")
        click.echo("\n".join(f"  {line}" for line in body.split("\n")))
    click.echo("")
