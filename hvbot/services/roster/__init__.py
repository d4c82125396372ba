"""Rosters: reading a school's files and bringing the program up to date with them."""

from hvbot.services.roster.describe import as_rows, describe
from hvbot.services.roster.importing import apply_import, plan_import
from hvbot.services.roster.rows import Options, Problem, RosterError
from hvbot.services.roster.source import open_source
from hvbot.services.roster.tally import Report, Section

__all__ = [
    "Options",
    "Problem",
    "Report",
    "RosterError",
    "Section",
    "apply_import",
    "as_rows",
    "describe",
    "open_source",
    "plan_import",
]
