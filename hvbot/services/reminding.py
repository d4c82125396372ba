"""Reminders that fall due: each becomes a text, if it is still true and in time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hvbot.conversation import messages
from hvbot.conversation.messages import Message
from hvbot.conversation.state import Open, Step
from hvbot.models import Reminder, Visit
from hvbot.runtime import Runtime
from hvbot.scheduling.reminders import ReminderKind
from hvbot.services.exchange import CONVERSATIONS
from hvbot.services.facts import Site, sites_by_id
from hvbot.services.questions import push_question
from hvbot.services.recipients import staff_of, visit_params
from hvbot.services.texts import Letter, queue_letter
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


def queue_due_reminders(runtime: Runtime) -> int:
    """Turn due reminders into texts, at most one batch; how many were looked at.

    Any number of workers may do this at once: rows are claimed, and the key of the reminder and the intent of the text
    allow each only once.
    """
    with runtime.writing() as session:
        now = runtime.clock.now()
        rows = due_rows(session, now)
        sites = sites_by_id(session, now, {row.school_id for row in rows})
        for row in rows:
            outcome = remind(runtime, session, row, sites[row.school_id], now)
            changed = update(REMINDERS).where(REMINDERS.c.id == row.reminder_id)
            session.execute(changed.values(queued_at=now, outcome=outcome))
        return len(rows)


def due_rows(session: Session, now: datetime) -> Sequence[Any]:
    """Reminders whose time has come, claimed, with their visit and reader; not while a reader may have meant to stop."""
    found = (
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
        .where(REMINDERS.c.queued_at.is_(None), REMINDERS.c.due_at <= now, CONVERSATIONS.c.stop_due_at.is_(None))
        .order_by(REMINDERS.c.due_at, REMINDERS.c.id)
        .limit(BATCH)
        .with_for_update(of=REMINDERS, skip_locked=True)
    )
    return session.execute(found).all()


def remind(runtime: Runtime, session: Session, row: Any, site: Site, now: datetime) -> str:
    """Queue one reminder, if it is still true and in time; what became of it."""
    if row.version != row.reminder_version or row.status not in STILL_TRUE.get(row.kind, LIVE):
        return f"visit {row.status}"
    if now > row.not_after:
        return "too late"
    if row.kind in FAMILY_KINDS and row.consent != "granted":
        return "never said yes"
    people = staff_of(session, row)
    me = next((person for person in people if person.conversation_id == row.conversation_id), None)
    if me and me.role == "interpreter" and row.kind in NOT_BY_INTERPRETERS:
        return "not for interpreters"
    words, on_shared, purpose, step = FAMILY[row.kind]
    letter = Letter(
        program_id=row.program_id,
        conversation_id=row.conversation_id,
        message=on_shared if row.shared else words,
        params={"language": row.language, **visit_params(row, people, site, me)},
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
    if queue_letter(session, runtime.catalogue, letter, now) is None:
        return "not queued"
    if step:
        push_question(session, row.conversation_id, Open(step, now, (), row.id, row.version))
    return "queued"
