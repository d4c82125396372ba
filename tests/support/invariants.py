"""The invariants of `hvbot simulate`, asked of a season of the tests."""

from hvbot.simulation import invariants
from hvbot.simulation.ledger import Ledger
from tests.support.season import Season

INVARIANTS = invariants.INVARIANTS


def violations(season: Season) -> list[str]:
    """Everything that is not as it must be."""
    return invariants.violations(Ledger(season.runtime, season.carrier))
