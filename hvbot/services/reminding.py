"""Reminders that fall due: each becomes a text, if it is still true and in time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from hvbot.conversation import messages
from hvbot.conversation.messages import Message
from hvbot.conversation.state import Open, Step
from hvbot.models import Reminder, Visit
from hvbot.models.batch import Batch, Write
from hvbot.models.prepared import Prepared, connection_of
from hvbot.runtime import Runtime
from hvbot.scheduling.reminders import ReminderKind
from hvbot.services.exchange import CONVERSATIONS
from hvbot.services.facts import Site, sites_by_id
from hvbot.services.questions import push_questions
from hvbot.services.recipients import Recipient, staff_of_many, visit_params
from hvbot.services.texts import Letter, queue_texts, written
from hvbot.services.visits import FAMILY_KINDS

BATCH = 100
REMINDERS: Any = Reminder.__table__
VISITS: Any = Visit.__table__

FAMILY: Mapping[str, tuple[Message, Message, str, Step | None]] = {
    ReminderKind.EVENING: (messages.REMIND_EVENING, messages.REMIND_EVENING_SHARED, "reminder", Step.REMINDER),
    ReminderKind.SOON: (messages.REMIND_SOON, messages.REMIND_SOON_SHARED, "reminder", Step.REMINDER),
    ReminderKind.THANKS: (messages.THANKS, messages.THANKS, "thanks", Step.THANKS),
    ReminderKind.EDUCATOR_EVENING: (messages.EDUCATOR_EVENING, messages.EDUCATOR_EVENING, "staff", Step.STAFF_SET),
    ReminderKind.HAPPENED: (messages.EDUCATOR_HAPPENED, messages.EDUCATOR_HAPPENED, "staff", Step.STAFF_HAPPENED),
}
LIVE = ("booked", "confirmed")
STILL_TRUE: Mapping[str, tuple[str, ...]] = {ReminderKind.THANKS: (*LIVE, "done")}
NOT_BY_INTERPRETERS = {ReminderKind.HAPPENED}
ASKED_TO_STOP = CONVERSATIONS.alias()
# Reminders whose time has come, claimed, with their visit and reader; not while a reader may have meant to stop.
# In the order of the index and no finer, and the stop apart from the reader: else each batch would look at all that are due
# (PostgreSQL sorts them) or at every number (SQLite makes a filter of them).
DUE = Prepared(
    select(
        REMINDERS.c.id.label("reminder_id"),
        REMINDERS.c.kind,
        REMINDERS.c.version.label("reminder_version"),
        REMINDERS.c.conversation_id,
        REMINDERS.c.not_after,
        CONVERSATIONS.c.language,
        CONVERSATIONS.c.consent,
        CONVERSATIONS.c.shared,
        *(column for column in VISITS.c if column.name not in {"created_at", "changed_at"}),
    )
    .join(VISITS, VISITS.c.id == REMINDERS.c.visit_id)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == REMINDERS.c.conversation_id)
    .where(
        REMINDERS.c.queued_at.is_(None),
        REMINDERS.c.due_at <= bindparam("now"),
        ~exists().where(ASKED_TO_STOP.c.id == REMINDERS.c.conversation_id, ASKED_TO_STOP.c.stop_due_at.is_not(None)),
    )
    .order_by(REMINDERS.c.due_at)
    .limit(BATCH)
    .with_for_update(of=REMINDERS, skip_locked=True)
)
LOOKED_AT = Write(REMINDERS, changes=True)


def queue_due_reminders(runtime: Runtime) -> int:
    """Turn due reminders into texts, at most one batch; how many were looked at.

    Any number of workers may do this at once: rows are claimed, and the key of the reminder and the intent of the text
    allow each only once.
    """
    with runtime.writing() as session:
        now = runtime.clock.now()
        rows = DUE.rows(session, {"now": now})
        if rows:
            remind(runtime, session, rows, now)
        return len(rows)


def remind(runtime: Runtime, session: Session, rows: Sequence[Any], now: datetime) -> None:
    """Queue the reminders that are still true and in time, open their questions, and note what became of each."""
    sites = sites_by_id(session, now, {row.school_id for row in rows})
    going = staff_of_many(session, rows)
    outcomes = {row.reminder_id: why_not(row, going[row.id], now) for row in rows}
    texts = {
        row.reminder_id: written(session, runtime.catalogue, letter(row, going[row.id], sites[row.school_id], now), now)
        for row in rows
        if outcomes[row.reminder_id] is None
    }
    new = queue_texts(session, [text for text in texts.values() if text])
    queued = {reminder for reminder, text in texts.items() if text and text["intent"] in new}
    push_questions(session, [question for row in rows if row.reminder_id in queued for question in asked(row, now)])
    batch = Batch()
    for row in rows:
        outcome = outcomes[row.reminder_id] or ("queued" if row.reminder_id in queued else "not queued")
        batch.add(LOOKED_AT, {"id": row.reminder_id, "queued_at": now, "outcome": outcome})
    batch.run(connection_of(session))


def why_not(row: Any, people: Sequence[Recipient], now: datetime) -> str | None:
    """Why a reminder is not sent; None when it is still true and in time."""
    if row.version != row.reminder_version or row.status not in STILL_TRUE.get(row.kind, LIVE):
        return f"visit {row.status}"
    if now > row.not_after:
        return "too late"
    if row.kind in FAMILY_KINDS and row.consent != "granted":
        return "never said yes"
    me = reader(row, people)
    return "not for interpreters" if me and me.role == "interpreter" and row.kind in NOT_BY_INTERPRETERS else None


def reader(row: Any, people: Sequence[Recipient]) -> Recipient | None:
    """The one of those who go who is reminded; None when it is the family."""
    return next((person for person in people if person.conversation_id == row.conversation_id), None)


def letter(row: Any, people: Sequence[Recipient], site: Site, now: datetime) -> Letter:
    """The text of a reminder."""
    words, on_shared, purpose, _step = FAMILY[row.kind]
    return Letter(
        program_id=row.program_id,
        conversation_id=row.conversation_id,
        message=on_shared if row.shared else words,
        params={"language": row.language, **visit_params(row, people, site, reader(row, people))},
        language=row.language,
        zone=site.zone,
        school_id=site.id,
        purpose=purpose,
        intent=f"{row.kind}:visit{row.id}:{row.version}:{row.conversation_id}",
        not_before=now,
        not_after=row.not_after,
        invitation_id=row.invitation_id,
        visit_id=row.id,
        visit_version=row.version,
        unprompted=True,
    )


def asked(row: Any, now: datetime) -> list[tuple[int, Open]]:
    """The question that a reminder puts to its reader, if any."""
    step = FAMILY[row.kind][3]
    return [(row.conversation_id, Open(step, now, (), row.id, row.version))] if step else []
