"""The watch: after each day the invariants are asked about everything that was touched."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from hvbot.models import Attention, Consent, Conversation, Guardian, InboundText, Invitation, OutboundText, Visit
from hvbot.runtime import Runtime
from hvbot.simulation.carrier import LoggingCarrier
from hvbot.simulation.invariants import INVARIANTS, OF_ALL, OF_HOMES, violations
from hvbot.simulation.ledger import Ledger, Scope

HOMES_AT_ONCE = 300
TOLD = 20


@dataclass
class Watch:
    """What was found so far: how often each invariant was broken, and the first findings with their day."""

    since: datetime
    counts: Counter[str] = field(default_factory=Counter)
    first: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def look(self, runtime: Runtime, carrier: LoggingCarrier) -> None:
        """Check everything that changed since the last look."""
        now = runtime.clock.now()
        self.note(violations(Ledger(runtime, carrier), OF_ALL), now)
        for scope in scopes(runtime, self.since):
            self.note(violations(Ledger(runtime, carrier, scope), OF_HOMES), now)
        self.since = now

    def note(self, found: list[str], now: datetime) -> None:
        """Count each violation once, on the day it was first seen."""
        for text in found:
            if text not in self.known:
                self.known.add(text)
                self.counts[text.partition(":")[0]] += 1
                self.first += [f"{now:%Y-%m-%d} {text}"] if len(self.first) < TOLD else []

    @property
    def total(self) -> int:
        return self.counts.total()

    def table(self) -> list[tuple[str, int]]:
        """Every invariant with its number of violations."""
        return [(name, self.counts[name]) for name in sorted(INVARIANTS, key=lambda name: int(name[1:].split()[0]))]


def scopes(runtime: Runtime, since: datetime) -> Iterator[Scope]:
    """The homes and numbers that were touched since a moment, in portions."""
    numbers = touched_numbers(runtime, since)
    homes_of, numbers_of = ties(runtime)
    homes = {home for number in numbers for home in homes_of.get(number, ())}
    invitations = touched_invitations(runtime, since, homes)
    found = sorted(invitations.items())
    for first in range(0, len(found), HOMES_AT_ONCE):
        portion = dict(found[first : first + HOMES_AT_ONCE])
        mine = {number for home in portion.values() for number in numbers_of.get(home, ())}
        yield Scope(frozenset(portion), frozenset(mine), since)
    others = numbers - homes_of.keys()
    if others:
        yield Scope(frozenset(), frozenset(others), since)


def touched_numbers(runtime: Runtime, since: datetime) -> set[int]:
    """The numbers to or from which anything went, or about which anything was noted."""
    found = (
        select(OutboundText.conversation_id).where(or_(OutboundText.created_at > since, OutboundText.sent_at > since)),
        select(InboundText.conversation_id).where(InboundText.received_at > since),
        select(Consent.conversation_id).where(Consent.at > since),
        select(Attention.conversation_id).where(Attention.since > since),
        select(Conversation.id).where(Conversation.created_at > since),
    )
    with runtime.sessions() as session:
        return {number for each in found for number in session.scalars(each.distinct()) if number}


def touched_invitations(runtime: Runtime, since: datetime, homes: set[int]) -> dict[int, int]:
    """The invitations of some homes, and of visits that changed; each with its home."""
    everybody = select(Invitation.id, Invitation.household_id)
    changed = select(Visit.invitation_id).where(Visit.changed_at > since)
    with runtime.sessions() as session:
        visited = set(session.scalars(changed))
        return {
            row.id: row.household_id
            for row in session.execute(everybody)
            if row.household_id in homes or row.id in visited
        }


def ties(runtime: Runtime) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Which homes stand behind a number, and which numbers reach a home."""
    homes: dict[int, set[int]] = {}
    numbers: dict[int, set[int]] = {}
    found: Any = select(Guardian.conversation_id, Guardian.household_id).where(Guardian.conversation_id.is_not(None))
    with runtime.sessions() as session:
        for number, home in session.execute(found):
            homes.setdefault(number, set()).add(home)
            numbers.setdefault(home, set()).add(number)
    return homes, numbers
