"""Everything a season left behind, read once: the rows of the database and the carrier's log, with what oracles ask of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from hvbot.conversation import messages
from hvbot.conversation.messages import all_messages
from hvbot.i18n.formats import moment
from hvbot.i18n.segments import normalise
from hvbot.models import (
    Attention,
    AuditEvent,
    Availability,
    Busy,
    CarrierEvent,
    ClosedDay,
    Consent,
    Conversation,
    Educator,
    Guardian,
    InboundText,
    Invitation,
    OutboundText,
    Reminder,
    School,
    Visit,
)
from tests.support.season import Entry, Season

LIVE = ("booked", "confirmed")
ENDS = {messages.CALLED_OFF, messages.OTHERS_OFF, messages.SCHOOL_MOVES, messages.SCHOOL_OFF, messages.EDUCATOR_OFF}
ASKS = {messages.READ_BACK, messages.EDUCATOR_ASK, messages.EDUCATOR_HAPPENED}
TELLS = {words for words in all_messages().values() if "{when}" in words.text} - ENDS - ASKS
UNTOLD = {"language_not_ready", "number_unreachable", "text_refused", "send_unknown"}
NAME_OF = {words: name for name, words in all_messages().items()}
TELLING = {NAME_OF[words] for words in TELLS}
ENDING = {NAME_OF[words] for words in ENDS}


@dataclass
class Ledger:
    """`entries` is the carrier's log in order."""

    season: Season
    entries: list[Entry]

    def all(self, table: Any) -> list[Any]:
        found = select(table).order_by(*table.__table__.primary_key.columns)
        return self.season.rows(found)

    @cached_property
    def conversations(self) -> dict[int, Any]:
        return {row.id: row for row in self.all(Conversation)}

    @cached_property
    def texts(self) -> dict[int, Any]:
        return {row.id: row for row in self.all(OutboundText)}

    @cached_property
    def inbound(self) -> list[Any]:
        return self.all(InboundText)

    @cached_property
    def visits(self) -> list[Any]:
        return self.all(Visit)

    @cached_property
    def consents(self) -> list[Any]:
        return self.all(Consent)

    @cached_property
    def matters(self) -> list[Any]:
        return self.all(Attention)

    @cached_property
    def audits(self) -> list[Any]:
        return self.all(AuditEvent)

    @cached_property
    def busy(self) -> list[Any]:
        return self.all(Busy)

    @cached_property
    def reminders(self) -> list[Any]:
        return self.all(Reminder)

    @cached_property
    def events(self) -> list[Any]:
        return self.all(CarrierEvent)

    @cached_property
    def available(self) -> list[Any]:
        return self.all(Availability)

    @cached_property
    def guardians(self) -> list[Any]:
        return self.all(Guardian)

    @cached_property
    def educators(self) -> dict[int, Any]:
        return {row.id: row for row in self.all(Educator)}

    @cached_property
    def schools(self) -> dict[int, Any]:
        return {row.id: row for row in self.all(School)}

    @cached_property
    def closed(self) -> set[tuple[int, Any]]:
        return {(row.school_id, row.day) for row in self.all(ClosedDay)}

    @cached_property
    def invitations(self) -> dict[int, Any]:
        return {row.id: row for row in self.all(Invitation)}

    @cached_property
    def sent(self) -> list[tuple[int, Entry, Any]]:
        """What the carrier accepted: its place in the log, the entry, our row."""
        return [
            (place, entry, self.texts[entry.outbound_id])
            for place, entry in enumerate(self.entries)
            if entry.kind == "sent" and entry.outbound_id in self.texts
        ]

    @cached_property
    def visits_of_invitation(self) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for visit in self.visits:
            found[visit.invitation_id].append(visit)
        return found

    @cached_property
    def news(self) -> dict[tuple[int, int], list[Any]]:
        """By invitation and number: what told, or will tell, when a visit is, or that it is off; in order."""
        left = {entry.outbound_id for _, entry, _ in self.sent}
        found: dict[tuple[int, int], list[Any]] = defaultdict(list)
        for text in self.texts.values():
            if wording(text) in TELLING | ENDING and (text.id in left or text.status in {"queued", "sending"}):
                found[text.invitation_id, text.conversation_id].append(text)
        return found

    def answered_at(self, inbound_id: int) -> int:
        """The place in the log at which our 2xx to a text stands: from there on its turn is committed."""
        sid = next(text.carrier_id for text in self.inbound if text.id == inbound_id)
        places = [n for n, entry in enumerate(self.entries) if entry.kind == "answer" and entry.carrier_id == sid]
        return places[0] if places else len(self.entries)

    def place_after(self, at: datetime) -> int:
        """The place in the log of the first entry after a moment."""
        return next((n for n, entry in enumerate(self.entries) if entry.at > at), len(self.entries))

    def when(self, visit: Any, language: str) -> str:
        """The visit's day and time as a text in a language has it."""
        catalogue = self.season.runtime.catalogue
        if not catalogue.ready(language):
            return "in no language"
        form = catalogue.format_of(language)
        return normalise(moment(form, "when", visit.starts_at, self.season.zone))

    def tells(self, text: Any, visit: Any) -> bool:
        """Tell whether a text names the visit's time."""
        return self.when(visit, text.language) in (text.body or "")

    def readers(self, visit: Any) -> Iterator[int]:
        """The numbers that must know of a live visit: of the home's adults who may be texted, and of all who go."""
        for guardian in self.guardians:
            if guardian.household_id == visit.household_id and guardian.contact_allowed and guardian.gone_at is None:
                contact = self.conversations.get(guardian.conversation_id)
                if contact and contact.consent in {"asked", "granted", "declined"} and contact.reach != "wrong":
                    yield contact.id
        for person in filter(None, (visit.first_id, visit.second_id, visit.interpreter_id)):
            contact = self.conversations.get(self.educators[person].conversation_id)
            if contact and contact.consent != "revoked":
                yield contact.id

    def is_a_matter(self, conversation_id: int) -> bool:
        """Tell whether a person was asked to tell a number of a visit that hvbot could not tell it of."""
        return any(
            matter.status != "resolved" and matter.reason in UNTOLD and matter.conversation_id == conversation_id
            for matter in self.matters
        )


def wording(text: Any) -> str:
    """The name of the message a text is."""
    return str(text.wording).partition("@")[0]


def cause(text: Any) -> str:
    """What made a text: `in5` for the fifth incoming one."""
    found = [part for part in text.intent.replace(":", ".").split(".") if part.startswith("in") and part[2:].isdigit()]
    return found[0] if found else ""


def is_answer(ledger: Ledger, text: Any) -> bool:
    """Tell whether a text answers its own reader."""
    return any(cause(text) == f"in{row.id}" and row.conversation_id == text.conversation_id for row in ledger.inbound)
