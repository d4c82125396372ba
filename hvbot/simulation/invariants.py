"""What must be true at every moment of every season, as predicates over the database and the carrier's log.

`OF_HOMES` are asked of a ledger of some homes, `OF_ALL` of the whole database by one query each.
"""

from collections.abc import Callable, Iterator, Mapping

from hvbot.simulation import of_texts, of_visits
from hvbot.simulation.ledger import Ledger

Check = Callable[[Ledger], Iterator[str]]

OF_ALL: dict[str, Check] = {
    "I2 two places": of_visits.nobody_in_two_places,
    "I3 one visit": of_visits.one_visit_a_home,
    "I4 one turn": of_texts.one_turn_a_text,
    "I17 liveness": of_texts.what_is_due_moves,
}
OF_HOMES: dict[str, Check] = {
    "I1 stop": of_texts.nothing_after_stop,
    "I5 silent loss": of_texts.no_silent_loss,
    "I6 one send": of_texts.one_send_a_text,
    "I7 reminders": of_texts.reminders_are_true,
    "I8 confirmations": of_visits.confirmations_are_true,
    "I9 everybody knows": of_visits.everybody_knows,
    "I10 leave": of_texts.leave_is_proved,
    "I11 status": of_texts.status_stays,
    "I12 expired": of_visits.expired_is_expired,
    "I13 quiet": of_texts.quiet_at_night,
    "I14 right family": of_visits.right_family,
    "I18 audit": of_visits.audit_tells_all,
    "I19 language": of_texts.complete_in_language,
    "I20 spend": of_texts.not_too_many,
}
INVARIANTS = OF_ALL | OF_HOMES


def violations(ledger: Ledger, checks: Mapping[str, Check] = INVARIANTS) -> list[str]:
    """Everything that is not as it must be, each with the name of its invariant."""
    return [f"{name}: {found}" for name, check in checks.items() for found in check(ledger)]
