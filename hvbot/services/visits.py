"""Setting, moving and ending visits. Every way to a visit goes through here, so that one constraint guards all."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from hvbot.conversation.state import Option
from hvbot.models import Busy, Pair, Reminder, Visit
from hvbot.models.batch import Batch, Write
from hvbot.models.database import Executor
from hvbot.models.prepared import Prepared
from hvbot.scheduling.reminders import ReminderKind, reminder_times
from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.slots import quarters
from hvbot.scheduling.walltime import local
from hvbot.services.exchange import Exchange
from hvbot.services.recipients import with_number

VISITS: Any = Visit.__table__
BUSY: Any = Busy.__table__
REMINDERS: Any = Reminder.__table__
PAIRS: Any = Pair.__table__
VISIT = Prepared(select(VISITS).where(VISITS.c.id == bindparam("visit_id")))
PAIR = select(PAIRS.c.first_id, PAIRS.c.second_id).where(PAIRS.c.id == bindparam("pair_id"))
NEW_VISIT: Any = {column: bindparam(column.name) for column in VISITS.c if column is not VISITS.c.id}
ADD_VISIT = Prepared(insert(VISITS).values(NEW_VISIT).returning(*VISITS.c))
TAKEN = Write(BUSY)
PLANNED = Write(REMINDERS)
FAMILY_KINDS = {ReminderKind.EVENING, ReminderKind.SOON, ReminderKind.THANKS}


class VisitGone(Exception):
    """The visit is no longer as it was."""


def book(exchange: Exchange, slot: Option) -> None:
    """Set a visit at an open time, or move the one that is set.

    Raises:
        IntegrityError: somebody else took the time; the whole turn is run again on fresh facts.
    """
    old = exchange.visit
    if old is not None:
        close_visit(exchange, old, "moved")
    values = visit_row(exchange, slot, old)
    exchange.visit = ADD_VISIT.first(exchange.connection, values)
    rules = rules_of(exchange)
    exchange.meet(exchange.visit)
    take_quarters(exchange.batch, exchange.visit, rules)
    plan_reminders(exchange, exchange.visit, rules)
    note_booked(exchange, slot, old)


def rules_of(exchange: Exchange) -> TimeRules:
    """The rules of the exchange's school."""
    if exchange.site is None:
        raise VisitGone("no school")
    return exchange.site.rules


def visit_row(exchange: Exchange, slot: Option, old: Any) -> dict[str, Any]:
    """A visit as a row: both people of the pair, the first child of the invitation, the local time that is told."""
    home = exchange.home
    if home is None:
        raise VisitGone("no invitation")
    rules = home.site.rules
    is_own = home.pair and home.pair.id == slot.pair_id
    pair: Any = home.pair if is_own else exchange.connection.execute(PAIR, {"pair_id": slot.pair_id}).one()
    return {
        "program_id": exchange.program.id,
        "invitation_id": home.row.invitation_id,
        "round_id": home.row.round_id,
        "household_id": home.row.household_id,
        "student_id": home.row.student_id,
        "school_id": home.site.id,
        "guardian_id": home.row.guardian_id,
        "first_id": pair.first_id,
        "second_id": pair.second_id,
        "interpreter_id": slot.interpreter_id,
        "starts_at": slot.starts_at,
        "ends_at": slot.starts_at + timedelta(minutes=rules.told),
        "wall": local(slot.starts_at, rules).strftime("%Y-%m-%dT%H:%M"),
        "zone": rules.zone.key,
        "place": old.place if old else "home",
        "place_words": old.place_words if old else None,
        "status": "booked",
        "version": old.version + 1 if old else 1,
        "moved_from_id": old.id if old else None,
        "created_at": exchange.now,
        "changed_at": exchange.now,
    }


def note_booked(exchange: Exchange, slot: Option, old: Any) -> None:
    """Keep the invitation and the audit true."""
    exchange.invitation_changes |= {
        "status": "booked",
        "booked_at": exchange.now,
        "pair_id": slot.pair_id,
        "nudge_due_at": None,
    }
    visit = exchange.visit
    before = old.version if old else None
    exchange.audit("visit.moved" if old else "visit.booked", "visit", visit.id, before=before, after=visit.version)


def visit_of(session: Executor, visit_id: int) -> Any:
    """A visit's row as it is now."""
    return VISIT.first(session, {"visit_id": visit_id})


def lock_visit(session: Session, visit_id: int) -> Any:
    """A visit's row, held until the commit."""
    return session.execute(select(VISITS).where(VISITS.c.id == visit_id).with_for_update(key_share=True)).one_or_none()


def take_quarters(batch: Batch, visit: Any, rules: TimeRules) -> None:
    """Take the time of everybody who goes; the key refuses what is taken already."""
    people = sorted({visit.first_id, visit.second_id, *filter(None, (visit.interpreter_id,))})
    for person in people:
        for quarter in quarters(visit.starts_at, rules):
            batch.add(TAKEN, {"educator_id": person, "quarter": quarter, "visit_id": visit.id})


def close_visit(exchange: Exchange, visit: Any, status: str) -> None:
    """End a live visit: its time is free again, its reminders die with it."""
    changed = update(VISITS).where(VISITS.c.id == visit.id, VISITS.c.status.in_(("booked", "confirmed")))
    done = exchange.session.execute(changed.values(status=status, changed_at=exchange.now))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise VisitGone(f"visit {visit.id}")
    exchange.session.execute(delete(BUSY).where(BUSY.c.visit_id == visit.id))
    drop_reminders(exchange.session, visit.id, status, exchange.now)


def drop_reminders(session: Session, visit_id: int, outcome: str, now: datetime) -> None:
    """Nothing more is said about this row of the visit."""
    waiting = update(REMINDERS).where(REMINDERS.c.visit_id == visit_id, REMINDERS.c.queued_at.is_(None))
    session.execute(waiting.values(queued_at=now, outcome=f"visit {outcome}"))


def plan_reminders(exchange: Exchange, visit: Any, rules: TimeRules) -> None:
    """Store when everybody is reminded of this version of the visit; at most one of each kind a person."""
    times = reminder_times(visit.starts_at, rules, exchange.now)
    family = [person.conversation_id for person in exchange.at_home(visit.household_id)]
    staff = with_number(exchange.going(visit))
    for reminder in times:
        for number in family if reminder.kind in FAMILY_KINDS else [person.conversation_id for person in staff]:
            exchange.batch.add(PLANNED, reminder_row(visit, reminder, number))


def reminder_row(visit: Any, reminder: Any, conversation_id: int) -> dict[str, Any]:
    return {
        "visit_id": visit.id,
        "version": visit.version,
        "kind": reminder.kind.value,
        "conversation_id": conversation_id,
        "due_at": reminder.due_at,
        "not_after": reminder.not_after,
    }


def call_off(exchange: Exchange, actor_status: str = "canceled") -> None:
    """The visit does not take place."""
    visit = exchange.visit
    if visit is None:
        return
    close_visit(exchange, visit, actor_status)
    exchange.audit("visit.canceled", "visit", visit.id, before=visit.version, after=visit.version)
    exchange.visit = None


def confirm(exchange: Exchange) -> None:
    """The family said that the visit is still good."""
    if exchange.visit is None:
        return
    changed = update(VISITS).where(VISITS.c.id == exchange.visit.id, VISITS.c.status == "booked")
    exchange.session.execute(changed.values(status="confirmed", changed_at=exchange.now))
    exchange.audit(
        "visit.confirmed", "visit", exchange.visit.id, before=exchange.visit.version, after=exchange.visit.version
    )


def set_place(exchange: Exchange, place: str, words: str | None) -> None:
    """Keep where to meet, with the visit and with the invitation."""
    if exchange.visit is not None:
        changed = update(VISITS).where(VISITS.c.id == exchange.visit.id)
        exchange.session.execute(changed.values(place=place, place_words=words, changed_at=exchange.now))
        exchange.visit = visit_of(exchange.session, exchange.visit.id)
        exchange.audit("visit.place", "visit", exchange.visit.id, detail={"place": place})
    exchange.invitation_changes["place"] = place
