"""What falls due without anybody writing: reminders, nudges, and questions to colleagues that nobody answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hvbot.conversation import messages
from hvbot.conversation.messages import NAMES, Message
from hvbot.conversation.state import Open, Option, Step
from hvbot.models import Conversation, Guardian, Invitation, Reminder, School, SubstituteRequest, Visit
from hvbot.runtime import Runtime
from hvbot.scheduling.nudges import nudge_ladder
from hvbot.scheduling.offers import choose_three
from hvbot.scheduling.quiet import other_hour
from hvbot.scheduling.reminders import ReminderKind
from hvbot.services.attention import raise_attention
from hvbot.services.calendars import open_times
from hvbot.services.exchange import CONVERSATIONS, Exchange
from hvbot.services.facts import Site, round_end, school_site
from hvbot.services.programs import the_program
from hvbot.services.questions import push_question
from hvbot.services.recipients import Recipient, home_numbers, site_params, staff_of, visit_params
from hvbot.services.substitutes import pass_deadline
from hvbot.services.texts import Letter, queue_letter

BATCH = 100
REMINDERS: Any = Reminder.__table__
INVITATIONS: Any = Invitation.__table__
REQUESTS: Any = SubstituteRequest.__table__
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


def sites_by_id(session: Session, now: datetime, ids: set[int]) -> dict[int, Site]:
    """Schools with their rules."""
    program = the_program(session, now)
    return {
        school.id: school_site(session, program, school)
        for school in session.scalars(select(School).where(School.id.in_(ids)))
    }


def remind(runtime: Runtime, session: Session, row: Any, site: Site, now: datetime) -> str:
    """Queue one reminder, if it is still true and in time; what became of it."""
    if row.version != row.reminder_version or row.status not in STILL_TRUE.get(row.kind, LIVE):
        return f"visit {row.status}"
    if now > row.not_after:
        return "too late"
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


def queue_due_nudges(runtime: Runtime) -> int:
    """Take the next rung of the ladder for homes that were silent long enough, at most one batch."""
    with runtime.writing() as session:
        now = runtime.clock.now()
        found = (
            select(INVITATIONS)
            .where(INVITATIONS.c.nudge_due_at.is_not(None), INVITATIONS.c.nudge_due_at <= now)
            .order_by(INVITATIONS.c.nudge_due_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows = session.execute(found).all()
        sites = sites_by_id(session, now, {row.school_id for row in rows})
        for row in rows:
            nudge(runtime, session, row, sites[row.school_id], now)
        return len(rows)


def nudge(runtime: Runtime, session: Session, row: Any, site: Site, now: datetime) -> None:
    """One rung for one home: words of its own for a home that said yes but picked no time."""
    over = row.status == "talking" and round_end(session, row.round_id, site) <= now
    if over or is_held(session, row.household_id):
        set_nudge(session, row.id, row.nudges, None)
    elif row.status == "waiting":
        climb(runtime, session, row, site, now)
    elif row.status == "talking":
        offer_once_more(runtime, session, row, site, now)
    else:
        set_nudge(session, row.id, row.nudges, None)


def is_held(session: Session, household_id: int) -> bool:
    """Tell whether a person has one of the home's conversations: hvbot does not talk into it."""
    found = select(Guardian.id).join(Conversation, Conversation.id == Guardian.conversation_id)
    held = found.where(Guardian.household_id == household_id, Conversation.held_by_person.is_(True))
    return session.execute(held.limit(1)).first() is not None


def climb(runtime: Runtime, session: Session, row: Any, site: Site, now: datetime) -> None:
    """A second text at another hour, a task for a person to phone, a last text; then silence."""
    ladder = nudge_ladder(row.asked_at, site.rules, row.household_id)
    if row.nudges >= len(ladder):
        set_nudge(session, row.id, row.nudges, None)
        return
    rung = ladder[row.nudges][0].value
    if rung == "call_task":
        attend_home(runtime, session, row, now, "call_task")
    else:
        words, purpose = (messages.NUDGE, "nudge") if rung == "nudge" else (messages.LAST_TEXT, "last")
        for number in home_numbers(session, row.household_id):
            ask_again(runtime, session, row, site, number, words, purpose, now)
    following = ladder[row.nudges + 1][1] if row.nudges + 1 < len(ladder) else None
    set_nudge(session, row.id, row.nudges + 1, following)


def ask_again(
    runtime: Runtime,
    session: Session,
    row: Any,
    site: Site,
    number: Recipient,
    words: Message,
    purpose: str,
    now: datetime,
) -> None:
    """Queue a nudge and open the question of leave again."""
    letter = home_letter(row, site, number, words, {}, purpose, now)
    if queue_letter(session, runtime.catalogue, letter, now) is not None and number.consent != "granted":
        push_question(session, number.conversation_id, Open(Step.CONSENT, now))


def home_letter(
    row: Any, site: Site, number: Recipient, words: Message, params: Mapping[str, Any], purpose: str, now: datetime
) -> Letter:
    """An unprompted text to one number of a home."""
    return Letter(
        program_id=row.program_id,
        conversation_id=number.conversation_id,
        message=words,
        params={**site_params(site), **params},
        language=number.language,
        zone=site.zone,
        purpose=purpose,
        intent=f"{purpose}-{NAMES[words].lower()}:invitation{row.id}:{row.nudges + 1}:{number.conversation_id}",
        not_before=now,
        not_after=now + timedelta(days=2),
        invitation_id=row.id,
        unprompted=True,
    )


def offer_once_more(runtime: Runtime, session: Session, row: Any, site: Site, now: datetime) -> None:
    """Show a willing home times again, once; after that a person phones."""
    if row.nudges:
        attend_home(runtime, session, row, now, "call_task")
        set_nudge(session, row.id, row.nudges + 1, None)
        return
    numbers = [number for number in home_numbers(session, row.household_id) if number.consent == "granted"]
    shown = [show_times(runtime, session, row, site, number, now) for number in numbers]
    again = None if not numbers else other_hour(now, 2 if any(shown) else 1, site.rules, row.household_id)
    set_nudge(session, row.id, int(any(shown)), again)


def show_times(runtime: Runtime, session: Session, row: Any, site: Site, number: Recipient, now: datetime) -> bool:
    """Queue an offer of open times to one number; false when none is open."""
    times = open_times(
        session,
        program_id=row.program_id,
        school_id=site.id,
        school_language=site.language,
        preferred_pair=row.pair_id,
        language=number.language,
        rules=site.rules,
        now=now,
        until=round_end(session, row.round_id, site),
    )
    slots = choose_three(times.slots, site.rules, number.conversation_id)
    if not slots:
        return False
    moments = tuple(slot.starts_at for slot in slots)
    letter = home_letter(row, site, number, messages.NUDGE_OFFER, {"times": moments}, "nudge", now)
    if queue_letter(session, runtime.catalogue, letter, now) is None:
        return False
    options = tuple(Option(slot.starts_at, slot.pair_id, slot.interpreter_id) for slot in slots)
    push_question(session, number.conversation_id, Open(Step.OFFER, now, options))
    return True


def attend_home(runtime: Runtime, session: Session, row: Any, now: datetime, reason: str) -> None:
    """A person phones the home."""
    numbers = home_numbers(session, row.household_id)
    raise_attention(
        session,
        program_id=row.program_id,
        reason=reason,
        now=now,
        key=f"invitation{row.id}",
        school_id=row.school_id,
        conversation_id=numbers[0].conversation_id if numbers else None,
        invitation_id=row.id,
    )


def set_nudge(session: Session, invitation_id: int, nudges: int, due_at: datetime | None) -> None:
    """Keep the rung and when the next is due."""
    changed = update(INVITATIONS).where(INVITATIONS.c.id == invitation_id)
    session.execute(changed.values(nudges=nudges, nudge_due_at=due_at))


def pass_deadlines(runtime: Runtime) -> int:
    """Ask the next colleague where nobody answered in time."""
    with runtime.writing() as session:
        now = runtime.clock.now()
        found = (
            select(REQUESTS)
            .where(REQUESTS.c.status == "asked", REQUESTS.c.deadline <= now)
            .order_by(REQUESTS.c.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows = session.execute(found).all()
        for row in rows:
            exchange = exchange_about(runtime, session, row.visit_id, now)
            pass_deadline(exchange, row)
            exchange.finish()
        return len(rows)


def exchange_about(runtime: Runtime, session: Session, visit_id: int, now: datetime) -> Exchange:
    """An exchange that the worker begins: about a visit, at the number of one who goes or of the home."""
    program = the_program(session, now)
    visit = session.execute(select(VISITS).where(VISITS.c.id == visit_id)).one()
    school = session.get_one(School, visit.school_id)
    numbers = [*home_numbers(session, visit.household_id), *staff_of(session, visit)]
    contact_id = next(person.conversation_id for person in numbers if person.conversation_id)
    contact = session.execute(select(CONVERSATIONS).where(CONVERSATIONS.c.id == contact_id)).one()
    exchange = Exchange(runtime, session, program, contact, now, f"tick{int(now.timestamp())}", "worker")
    exchange.site = school_site(session, program, school)
    return exchange
