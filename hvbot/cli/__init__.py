"""The commands, thin: each module reads its options, calls a service and prints."""

import click

from hvbot.cli.chatting import chat
from hvbot.cli.checking import check
from hvbot.cli.database import database
from hvbot.cli.languages import languages
from hvbot.cli.problems import Commands, example
from hvbot.cli.processes import demo, serve, web, worker
from hvbot.cli.programs import program
from hvbot.cli.report import report
from hvbot.cli.roster import roster
from hvbot.cli.rounds import rounds
from hvbot.cli.schools import school
from hvbot.cli.simulation import simulate
from hvbot.cli.understanding import understand
from hvbot.cli.users import user

FIRST_STEPS = example(
    "hvbot demo                                      try it, without any account",
    "hvbot db upgrade                                set up a school on this machine",
    "hvbot roster import FOLDER",
    "hvbot user add YOU@EXAMPLE.ORG --role coordinator",
    "hvbot serve",
    "hvbot check                                     what is wrong, and how to mend it",
    title="First steps",
)


@click.group(cls=Commands, epilog=FIRST_STEPS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hvbot", message="%(prog)s %(version)s")
def main() -> None:
    """Arrange home visits by text message.

    Each command explains itself with --help. Data go to standard output, logs to standard error.
    Exit codes: 0 done, 1 something found wrong or nothing done, 2 wrong use.
    """


for command in (
    demo,
    serve,
    web,
    worker,
    database,
    check,
    roster,
    rounds,
    school,
    program,
    user,
    report,
    chat,
    understand,
    simulate,
    languages,
):
    main.add_command(command)
