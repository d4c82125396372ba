"""What went wrong, as one line that names the remedy; a traceback only for what nobody foresaw."""

from typing import Any

import click

TOLD = {"SettingsError", "RoundProblem", "SettingProblem", "RosterError", "UserProblem", "NotReady"}
# The caller gave something that can never work, as with a bad option.
WRONG_USE = {"RosterError", "SettingProblem"}
NO_TABLES = ("no such table", "UndefinedTable")


def example(*lines: str, title: str = "Example") -> str:
    """Lines for a command's help that click must leave as they are."""
    return "\n".join(["\b", f"{title}:", *(f"  {line}" for line in lines)])


class UsedWrongly(click.ClickException):
    """What was given can never work."""

    exit_code = 2


class Commands(click.Group):
    """A group of commands whose foreseen errors are told and not traced."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as problem:
            remedy = explain(problem)
            if remedy is None:
                raise
            told = UsedWrongly if type(problem).__name__ in WRONG_USE else click.ClickException
            raise told(remedy) from problem


def explain(problem: Exception) -> str | None:
    """Say in one line what is wrong and how to mend it; None for what nobody foresaw.

    The classes are compared by name, so that `--help` need not import what raises them.
    """
    names = {kind.__name__ for kind in type(problem).__mro__}
    if names & TOLD:
        return str(problem)
    if any(words in str(problem) for words in NO_TABLES):
        return "the database has no tables for this version: run hvbot db upgrade"
    if names & {"OperationalError", "InterfaceError"}:
        return f"the database does not answer ({first_line(problem)}): is DATABASE_URL right and the server running?"
    return None


def first_line(problem: Exception) -> str:
    """The driver's own words, without SQL and parameters."""
    cause = getattr(problem, "orig", None) or problem
    return (str(cause).strip() or type(cause).__name__).splitlines()[0]


class NotReady(Exception):
    """A command needs something to be done first; the message says what."""
