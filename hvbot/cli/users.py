"""`hvbot user`: who signs in to the dashboard."""

import click

from hvbot.cli.problems import example

ROLES = ("coordinator", "school_lead", "educator", "partner")


@click.group("user")
def user() -> None:
    """Let people sign in to the dashboard."""


@user.command(
    epilog=example(
        "hvbot user add dana@example.org --role coordinator",
        "hvbot user add eli@example.org --role school_lead --school lincoln",
    )
)
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="partner sees totals only.")
@click.option("--school", "schools", multiple=True, help="A school's id in the roster; may be repeated. Default: all.")
def add(email: str, role: str, schools: tuple[str, ...]) -> None:
    """Add a person, or give a known one another link; prints a sign-in link that works once."""
    from hvbot.cli.runtime import open_runtime
    from hvbot.services.users import add_user

    added = add_user(open_runtime(), email, role, schools)
    told = "is added" if added.is_new else "was there already and gets a fresh link"
    click.echo(f"{added.email} {told}; it works once, until {added.expires_at:%Y-%m-%d %H:%M} UTC:", err=True)
    click.echo(added.url)
