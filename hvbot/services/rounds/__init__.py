"""Rounds of outreach: created, looked at before anything is sent, started."""

from hvbot.services.rounds.making import RoundProblem, create_round, list_rounds
from hvbot.services.rounds.plan import Preview, describe_preview, preview
from hvbot.services.rounds.start import Started, start_round

__all__ = [
    "Preview",
    "RoundProblem",
    "Started",
    "create_round",
    "describe_preview",
    "list_rounds",
    "preview",
    "start_round",
]
