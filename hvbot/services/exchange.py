"""One exchange in the making: the facts of the number that wrote, and what is to be written when it is over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from hvbot.conversation import messages
from hvbot.conversation.messages import Message
from hvbot.conversation.state import Open, State, to_json
from hvbot.models import Conversation, Invitation
from hvbot.models.batch import Batch, Write
from hvbot.models.database import Executor
from hvbot.models.prepared import connection_of
from hvbot.runtime import Runtime
from hvbot.services.attention import raise_attention, settle_number
from hvbot.services.audit import AUDIT, audit_row
from hvbot.services.facts import Home, Site
from hvbot.services.programs import Settled, setting
from hvbot.services.questions import push_questions
from hvbot.services.recipients import Recipient, everybody, home_numbers, site_params, staff_of, visit_params
from hvbot.services.texts import TEXT, Letter, written

CONVERSATIONS: Any = Conversation.__table__
INVITATIONS: Any = Invitation.__table__
CONTACT = Write(CONVERSATIONS, changes=True)
INVITATION = Write(INVITATIONS, changes=True)
# "See you ..." must not come once the visit has begun, however late the carrier takes it.
UNTIL_THE_VISIT = {
    messages.BOOKED,
    messages.BOOKED_INTERPRETER,
    messages.BOOKED_SEEKING,
    messages.BOOKED_SHARED,
    messages.MOVED,
    messages.PLACE_SET,
    messages.STILL_ON,
}


@dataclass(slots=True)
class Exchange:
    """What one turn reads and writes.

    `contact` is the conversation's row, locked. `actor` is who causes the changes: a guardian's or educator's number, a
    user, or the worker. `cause` names the text or tick. Most of what is written is gathered in `batch`
    and written at once by `finish`. `executor` is the session or the connection of its transaction.
    """

    runtime: Runtime
    executor: Executor
    program: Settled
    contact: Any
    now: datetime
    cause: str
    actor: str
    site: Site | None = None
    home: Home | None = None
    staff_id: int | None = None
    visit: Any = None
    language: str = "en"
    said: int = 0
    contact_changes: dict[str, Any] = field(default_factory=dict)
    invitation_changes: dict[str, Any] = field(default_factory=dict)
    known: dict[tuple[Any, ...], list[Recipient]] = field(default_factory=dict)
    batch: Batch = field(default_factory=Batch)
    questions: list[tuple[str, int, Open]] = field(default_factory=list)
    connection: Connection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = connection_of(self.executor)

    @property
    def session(self) -> Session:
        """A session in the same transaction, made when it is asked for: most texts need none."""
        if isinstance(self.executor, Connection):
            self.executor = self.runtime.sessions(bind=self.connection)
        return self.executor

    def going(self, visit: Any) -> list[Recipient]:
        """Who goes to a visit, read once for as long as the same people go."""
        key = ("staff", visit.first_id, visit.second_id, visit.interpreter_id)
        if key not in self.known:
            self.known[key] = staff_of(self.connection, visit)
        return self.known[key]

    def at_home(self, household_id: int) -> list[Recipient]:
        """The adults of a home who were asked, read once."""
        key = ("home", household_id)
        if key not in self.known:
            self.known[key] = home_numbers(self.connection, household_id)
        return self.known[key]

    def meet(self, visit: Any) -> None:
        """Read at once who goes to a visit and who is at home."""
        home, going = everybody(self.connection, visit)
        self.known["home", visit.household_id] = home
        self.known["staff", visit.first_id, visit.second_id, visit.interpreter_id] = going

    @property
    def invitation_id(self) -> int | None:
        """The invitation the exchange is about."""
        return self.home.row.invitation_id if self.home else None

    def keep(self, state: State) -> None:
        """Keep the conversation's new state, and when silence will count as the end of all texts."""
        asked = state.stop_asked
        due_at = asked.asked_at + timedelta(hours=setting(self.program, "stop_after_hours")) if asked else None
        self.contact_changes |= {"state": to_json(state), "stop_due_at": due_at}

    def audit(self, action: str, subject: str, subject_id: int, **more: Any) -> None:
        """Add one audit event."""
        row = audit_row(self.program.id, self.now, self.actor, action, subject, subject_id, cause=self.cause, **more)
        self.batch.add(AUDIT, row)

    def attend(self, reason: str, detail: str | None = None, visit_id: int | None = None) -> None:
        """Raise a matter about this number."""
        visit = visit_id or (self.visit.id if self.visit else None)
        raise_attention(
            self.connection,
            program_id=self.program.id,
            reason=reason,
            now=self.now,
            key=f"{self.contact.id}:{visit or ''}",
            detail=detail,
            school_id=self.site.id if self.site else None,
            conversation_id=self.contact.id,
            invitation_id=self.invitation_id,
            visit_id=visit,
        )

    def settle(self, reason: str) -> None:
        """Close the matters of a kind about this number."""
        settle_number(self.connection, self.now, self.contact.id, reason)

    def say(self, message: Message, params: Mapping[str, Any], purpose: str) -> None:
        """Queue an answer to the number that wrote."""
        if self.site is None:
            return
        self.said += 1
        if purpose == "stranger":
            self.contact_changes["answered_stranger_at"] = self.now
        params = {"language": self.language, **standard_params(self, message), **params}
        letter = Letter(
            program_id=self.program.id,
            conversation_id=self.contact.id,
            message=message,
            params=params,
            language=self.language,
            zone=self.site.zone,
            school_id=self.site.id,
            purpose=purpose,
            intent=f"{purpose}:{self.cause}.{self.said}:0:{self.contact.id}",
            not_before=self.now,
            not_after=self.visit.starts_at if self.visit and message in UNTIL_THE_VISIT else None,
            invitation_id=self.invitation_id,
        )
        self.queue(letter)

    def queue(self, letter: Letter, question: Open | None = None) -> None:
        """Gather a text, and the question that it opens in its reader's conversation."""
        row = written(self.connection, self.runtime.catalogue, letter, self.now)
        if row is None:
            return
        self.batch.add(TEXT, row)
        if question:
            self.questions.append((letter.intent, letter.conversation_id, question))

    def finish(self) -> None:
        """Write what was gathered. A question is opened only by a text that was not queued before."""
        if self.contact_changes:
            self.batch.add(CONTACT, {"id": self.contact.id, **self.contact_changes})
        if self.invitation_changes and self.invitation_id:
            self.batch.add(INVITATION, {"id": self.invitation_id, **self.invitation_changes})
        new = self.batch.run(self.connection)
        push_questions(self.connection, [(reader, asked) for intent, reader, asked in self.questions if intent in new])


def standard_params(exchange: Exchange, message: Message) -> dict[str, Any]:
    """What the school and the visit know; the names are read only for a text that has them."""
    if exchange.site is None:
        return {}
    if exchange.visit is None:
        return site_params(exchange.site)
    named = any(f"{{{name}}}" in message.text for name in ("first", "second", "partner"))
    people = exchange.going(exchange.visit) if named else []
    return visit_params(exchange.visit, people, exchange.site)
