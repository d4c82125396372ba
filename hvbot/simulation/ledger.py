"""What a season left behind: rows of the database and the carrier's log, with what the invariants ask of them.

A ledger covers everything, or, with a scope, some homes and what concerns them: after each day only what was touched is
looked at again, so that a long season is checked in the time of a short one.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, or_, select

from hvbot.conversation import messages
from hvbot.conversation.messages import all_messages
from hvbot.i18n.formats import moment
from hvbot.i18n.segments import normalise
from hvbot.models import (
    Attention,
    AuditEvent,
    Availability,
    CarrierEvent,
    ClosedDay,
    Consent,
    Conversation,
    Educator,
    Guardian,
    InboundText,
    Invitation,
    OutboundText,
    School,
    Visit,
)
from hvbot.runtime import Runtime
from hvbot.services.settling import PATIENCE
from hvbot.simulation.carrier import Entry, LoggingCarrier

LIVE = ("booked", "confirmed")
ENDS = {messages.CALLED_OFF, messages.OTHERS_OFF, messages.SCHOOL_MOVES, messages.SCHOOL_OFF, messages.EDUCATOR_OFF}
ASKS = {messages.READ_BACK, messages.EDUCATOR_ASK, messages.EDUCATOR_HAPPENED}
TELLS = {words for words in all_messages().values() if "{when}" in words.text} - ENDS - ASKS
UNTOLD = {"language_not_ready", "number_unreachable", "text_refused", "send_unknown"}
NAME_OF = {words: name for name, words in all_messages().items()}
TELLING = {NAME_OF[words] for words in TELLS}
ENDING = {NAME_OF[words] for words in ENDS}
MOST = 2000
LIST_OF_TIMES = re.compile(r"\n\W*1\)")


@dataclass(frozen=True)
class Scope:
    """Some invitations with the numbers of their homes; `since` bounds what staff wrote."""

    invitations: frozenset[int]
    numbers: frozenset[int]
    since: datetime


@dataclass
class Ledger:
    """Rows are read when they are first asked for. Without a scope it covers the whole database."""

    runtime: Runtime
    carrier: LoggingCarrier
    scope: Scope | None = None

    def rows(self, table: Any, *conditions: Any) -> list[Any]:
        """Rows of a table for which one of the conditions holds; all without any."""
        found = select(table.__table__).order_by(*table.__table__.primary_key.columns)
        with self.runtime.sessions() as session:
            return list(session.execute(found.where(or_(*conditions)) if conditions else found))

    def values(self, statement: Any) -> list[Any]:
        """The first column of what is found."""
        with self.runtime.sessions() as session:
            return list(session.scalars(statement))

    def mine(self, table: Any, **keys: Iterable[int]) -> list[Any]:
        """Rows of a table in the scope: those where one of the columns has one of its values."""
        if self.scope is None:
            return self.rows(table)
        columns: Table = table.__table__
        wanted = {name: sorted(set(values)) for name, values in keys.items()}
        found = {
            row.id: row
            for name, values in wanted.items()
            for first in range(0, len(values), MOST)
            for row in self.rows(table, columns.c[name].in_(values[first : first + MOST]))
        }
        return [found[key] for key in sorted(found)]

    @property
    def numbers(self) -> frozenset[int]:
        return self.scope.numbers if self.scope else frozenset()

    def covers(self, conversation_id: int) -> bool:
        """Tell whether everything about a number is in this ledger."""
        return self.scope is None or conversation_id in self.scope.numbers

    @property
    def asked(self) -> frozenset[int]:
        return self.scope.invitations if self.scope else frozenset()

    @cached_property
    def texts(self) -> dict[int, Any]:
        found = self.mine(OutboundText, invitation_id=self.asked, conversation_id=self.numbers)
        return {row.id: row for row in found}

    @cached_property
    def inbound(self) -> list[Any]:
        causes = {int(cause(text)[2:]) for text in self.texts.values() if cause(text)} if self.scope else set()
        return self.mine(InboundText, conversation_id=self.numbers, id=causes)

    @cached_property
    def inbound_by_id(self) -> dict[int, Any]:
        return {row.id: row for row in self.inbound}

    @cached_property
    def visits(self) -> list[Any]:
        named = {text.visit_id for text in self.texts.values() if text.visit_id} if self.scope else ()
        return self.mine(Visit, invitation_id=self.asked, id=named)

    @cached_property
    def visit_by_id(self) -> dict[int, Any]:
        return {visit.id: visit for visit in self.visits}

    @cached_property
    def going(self) -> set[int]:
        """Everybody who goes to a visit of these."""
        return {person for it in self.visits for person in (it.first_id, it.second_id, it.interpreter_id) if person}

    @cached_property
    def consents(self) -> dict[int, list[Any]]:
        """By number, in order."""
        return grouped(self.mine(Consent, conversation_id=self.numbers), "conversation_id")

    @cached_property
    def matters(self) -> dict[int, list[Any]]:
        """By number."""
        return grouped(self.mine(Attention, conversation_id=self.conversations), "conversation_id")

    @cached_property
    def silences(self) -> set[int]:
        """The incoming texts to which nothing was said, with a reason."""
        found = self.mine(AuditEvent, subject_id=[row.id for row in self.inbound])
        return {row.subject_id for row in found if row.action == "text.no_reply"}

    @cached_property
    def visit_events(self) -> dict[int, list[Any]]:
        """What was done to each visit, in order."""
        found = self.mine(AuditEvent, subject_id=[visit.id for visit in self.visits])
        return grouped([row for row in found if row.subject == "visit"], "subject_id")

    @cached_property
    def events(self) -> list[Any]:
        return self.mine(CarrierEvent, outbound_id=self.texts)

    @cached_property
    def available(self) -> dict[int, list[Any]]:
        return grouped(self.mine(Availability, educator_id=self.going), "educator_id")

    @cached_property
    def guardians(self) -> list[Any]:
        homes = [row.household_id for row in self.invitations.values()]
        actors = self.actors if self.scope else ()
        return self.mine(Guardian, household_id=homes, conversation_id=[*self.numbers, *actors])

    @cached_property
    def homes_of(self) -> dict[int, set[int]]:
        """The homes for which a number stands."""
        found: dict[int, set[int]] = defaultdict(set)
        for row in self.guardians:
            if row.conversation_id:
                found[row.conversation_id].add(row.household_id)
        return found

    @cached_property
    def actors(self) -> set[int]:
        """The numbers that did something to a visit."""
        found = {event.actor for events in self.visit_events.values() for event in events}
        return {int(actor.partition(":")[2]) for actor in found if actor.startswith("conversation:")}

    @cached_property
    def educators(self) -> dict[int, Any]:
        found = self.mine(Educator, id=self.going, conversation_id=[*self.numbers, *self.actors])
        return {row.id: row for row in found}

    @cached_property
    def staff_at(self) -> dict[int, Any]:
        """Educators by number."""
        return {row.conversation_id: row for row in self.educators.values() if row.conversation_id}

    @cached_property
    def conversations(self) -> dict[int, Any]:
        homes = {row.conversation_id for row in self.guardians if row.conversation_id}
        found = self.mine(Conversation, id=[*self.numbers, *homes, *self.staff_at])
        return {row.id: row for row in found}

    @cached_property
    def schools(self) -> dict[int, Any]:
        return {row.id: row for row in self.rows(School)}

    @cached_property
    def closed(self) -> set[tuple[int, Any]]:
        return {(row.school_id, row.day) for row in self.rows(ClosedDay)}

    @cached_property
    def invitations(self) -> dict[int, Any]:
        return {row.id: row for row in self.mine(Invitation, id=self.asked)}

    @cached_property
    def places(self) -> Sequence[int]:
        """The places in the carrier's log that concern these numbers, in order."""
        if self.scope is None:
            return range(len(self.carrier.entries))
        numbers = {row.address for row in self.conversations.values()}
        return sorted(place for number in numbers for place in self.carrier.places.get(number, ()))

    @cached_property
    def entries(self) -> list[tuple[int, Entry]]:
        return [(place, self.carrier.entries[place]) for place in self.places]

    @cached_property
    def sent(self) -> list[tuple[int, Entry, Any]]:
        """What the carrier accepted: its place in the log, the entry, our row."""
        return [
            (place, entry, self.texts[entry.outbound_id])
            for place, entry in self.entries
            if entry.kind == "sent" and entry.outbound_id in self.texts
        ]

    @cached_property
    def sent_here(self) -> list[tuple[int, Entry, Any]]:
        """The same without texts about homes of another scope, which are looked at there, and without older ones."""
        if self.scope is None:
            return self.sent
        return [row for row in self.sent if row[2].invitation_id in self.asked_or_none and row[1].at > self.scope.since]

    @cached_property
    def asked_or_none(self) -> frozenset[int | None]:
        return frozenset({*self.asked, None})

    @cached_property
    def sent_to(self) -> dict[str, list[tuple[int, Any]]]:
        """By number: the places at which our texts left to it, with their rows."""
        found: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        for place, entry, text in self.sent:
            found[entry.number].append((place, text))
        return found

    @cached_property
    def heard_at(self) -> dict[str, int]:
        return {entry.carrier_id: place for place, entry in reversed(self.entries) if entry.kind == "heard"}

    @cached_property
    def replied_at(self) -> dict[str, int]:
        return {entry.carrier_id: place for place, entry in reversed(self.entries) if entry.kind == "answer"}

    @cached_property
    def visits_of_invitation(self) -> dict[int, list[Any]]:
        return grouped(self.visits, "invitation_id")

    @cached_property
    def news(self) -> dict[tuple[int, int], list[Any]]:
        """By invitation and number: what told, or will tell, when a visit is, or that it is off; in order."""
        left = {entry.outbound_id for _, entry, _ in self.sent}
        found: dict[tuple[int, int], list[Any]] = defaultdict(list)
        for text in self.texts.values():
            if wording(text) in TELLING | ENDING and (text.id in left or self.is_on_its_way(text)):
                found[text.invitation_id, text.conversation_id].append(text)
        return found

    def is_on_its_way(self, text: Any) -> bool:
        """Tell whether a text is still to leave, or so lately in doubt that nobody need look yet."""
        is_asked_about = text.status == "unknown" and self.runtime.clock.now() < text.lease_until + PATIENCE
        return text.status in {"queued", "sending"} or is_asked_about

    def answered_at(self, inbound_id: int) -> int:
        """The place in the log at which our 2xx to a text stands: from there on its turn is committed."""
        text = self.inbound_by_id.get(inbound_id)
        return self.replied_at.get(text.carrier_id, self.end) if text else self.end

    @property
    def end(self) -> int:
        return len(self.carrier.entries)

    def place_after(self, at: datetime) -> int:
        """The place in the log of the first entry after a moment."""
        found = bisect_right(self.entries, at, key=lambda row: row[1].at)
        return self.places[found] if found < len(self.places) else self.end

    def when(self, visit: Any, language: str) -> str:
        """The visit's day and time as a text in a language has it."""
        catalogue = self.runtime.catalogue
        if not catalogue.ready(language):
            return "in no language"
        form = catalogue.format_of(language)
        return normalise(moment(form, "when", visit.starts_at, ZoneInfo(visit.zone)))

    def tells(self, text: Any, visit: Any) -> bool:
        """Tell whether a text names the visit's time; not where that only stands among new ones to choose from."""
        return self.when(visit, text.language) in LIST_OF_TIMES.split(text.body or "", maxsplit=1)[0]

    def readers(self, visit: Any) -> Iterator[int]:
        """The numbers that must know of a live visit: of the home's adults who may be texted, and of all who go."""
        for guardian in self.guardians:
            if guardian.household_id == visit.household_id and guardian.contact_allowed and guardian.gone_at is None:
                contact = self.conversations.get(guardian.conversation_id)
                if contact and self.may_be_told(contact):
                    yield contact.id
        for person in filter(None, (visit.first_id, visit.second_id, visit.interpreter_id)):
            contact = self.conversations.get(self.educators[person].conversation_id)
            if contact and contact.consent != "revoked":
                yield contact.id

    def may_be_told(self, contact: Any) -> bool:
        """Tell whether an adult may be texted of a visit unasked: not one who has stopped, came back, and has not said yes yet."""
        came_back = any(row.kind == "resumed" for row in self.consents.get(contact.id, [])[-1:])
        return contact.consent in {"asked", "granted", "declined"} and contact.reach != "wrong" and not came_back

    def is_a_matter(self, conversation_id: int) -> bool:
        """Tell whether a person was asked to tell a number of a visit that hvbot could not tell it of."""
        return any(matter.reason in UNTOLD for matter in self.matters.get(conversation_id, ()))


def grouped(rows: Iterable[Any], column: str) -> dict[int, list[Any]]:
    """Rows by the value of a column, in order."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def wording(text: Any) -> str:
    """The name of the message a text is."""
    return str(text.wording).partition("@")[0]


def cause(text: Any) -> str:
    """What made a text: `in5` for the fifth incoming one."""
    found = [part for part in text.intent.replace(":", ".").split(".") if part.startswith("in") and part[2:].isdigit()]
    return found[0] if found else ""


def is_answer(ledger: Ledger, text: Any) -> bool:
    """Tell whether a text answers its own reader."""
    made_by = cause(text)
    row = ledger.inbound_by_id.get(int(made_by[2:])) if made_by else None
    return row is not None and row.conversation_id == text.conversation_id
