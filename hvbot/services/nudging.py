"""Homes that are silent: the rungs of the ladder, and times shown once more to who said yes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from hvbot.conversation import messages
from hvbot.conversation.messages import NAMES, Message
from hvbot.conversation.state import Open, Option, Step
from hvbot.models import Conversation, Guardian, Invitation
from hvbot.models.prepared import Prepared
from hvbot.runtime import Runtime
from hvbot.scheduling.nudges import nudge_ladder
from hvbot.scheduling.offers import choose_three
from hvbot.scheduling.quiet import other_hour
from hvbot.services.attention import raise_attention
from hvbot.services.calendars import open_times
from hvbot.services.facts import Site, round_end, sites_by_id
from hvbot.services.questions import push_question
from hvbot.services.recipients import Recipient, home_numbers, site_params
from hvbot.services.texts import Letter, queue_letter

BATCH = 100
INVITATIONS: Any = Invitation.__table__
DUE = Prepared(
    select(INVITATIONS)
    .where(INVITATIONS.c.nudge_due_at.is_not(None), INVITATIONS.c.nudge_due_at <= bindparam("now"))
    .order_by(INVITATIONS.c.nudge_due_at)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
STILL_OPEN = ("waiting", "talking")
SHOWN_AGAIN_DAYS = 2


def queue_due_nudges(runtime: Runtime) -> int:
    """Take the next rung of the ladder for homes that were silent long enough, at most one batch."""
    with runtime.writing() as session:
        now = runtime.clock.now()
        rows = DUE.rows(session, {"now": now})
        if not rows:
            return 0
        sites = sites_by_id(session, now, {row.school_id for row in rows})
        for row in rows:
            nudge(runtime, session, row, sites[row.school_id], now)
        return len(rows)


def nudge(runtime: Runtime, session: Session, row: Any, site: Site, now: datetime) -> None:
    """One rung for one home: times for one that said yes but picked none, else a step of the ladder."""
    over = row.consented_at and round_end(session, row.round_id, site) <= now
    if over or row.status not in STILL_OPEN or is_held(session, row.household_id):
        set_nudge(session, row.id, row.nudges, None)
    elif row.consented_at:
        offer_once_more(runtime, session, row, site, now)
    else:
        climb(runtime, session, row, site, now)


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
        for number in unrefusing(session, row.household_id):
            ask_again(runtime, session, row, site, number, words, purpose, now)
    following = ladder[row.nudges + 1][1] if row.nudges + 1 < len(ladder) else None
    set_nudge(session, row.id, row.nudges + 1, following)


def unrefusing(session: Session, household_id: int) -> list[Recipient]:
    """The adults of a home who may still say yes."""
    return [number for number in home_numbers(session, household_id) if number.consent != "declined"]


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
        school_id=site.id,
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
    if not show_home(runtime, session, row, site, "nudge", now):
        wanted = update(INVITATIONS).where(INVITATIONS.c.id == row.id)
        session.execute(wanted.values(times_wanted_at=now, nudge_due_at=None))
        return
    set_nudge(session, row.id, 1, other_hour(now, SHOWN_AGAIN_DAYS, site.rules, row.household_id))


def show_home(runtime: Runtime, session: Session, row: Any, site: Site, purpose: str, now: datetime) -> bool:
    """Queue an offer of open times to everybody of a home who said yes; false when nobody was shown any."""
    numbers = [number for number in home_numbers(session, row.household_id) if number.consent == "granted"]
    shown = [show_times(runtime, session, row, site, number, purpose, now) for number in numbers]
    return any(shown)


def show_times(
    runtime: Runtime, session: Session, row: Any, site: Site, number: Recipient, purpose: str, now: datetime
) -> bool:
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
    letter = home_letter(row, site, number, messages.NUDGE_OFFER, {"times": moments}, purpose, now)
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
