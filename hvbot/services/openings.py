"""Homes that said yes when no time was open: as soon as one is, they are shown it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hvbot.conversation.state import Step, from_json
from hvbot.models import Conversation, Guardian, Invitation, Round
from hvbot.models.prepared import Prepared
from hvbot.runtime import Runtime
from hvbot.scheduling.quiet import is_quiet, other_hour
from hvbot.services.attention import settle_home
from hvbot.services.calendars import open_times
from hvbot.services.facts import Site, round_end, sites_by_id
from hvbot.services.nudging import SHOWN_AGAIN_DAYS, is_held, show_home
from hvbot.services.programs import the_program

BATCH = 50
INVITATIONS: Any = Invitation.__table__
WANTED = (INVITATIONS.c.times_wanted_at.is_not(None), INVITATIONS.c.status == "talking")
# Apart from the rounds: joined to them, SQLite without statistics would look at every invitation.
PLACES = Prepared(select(INVITATIONS.c.school_id, INVITATIONS.c.round_id).where(*WANTED).distinct())


def offer_when_open(runtime: Runtime) -> int:
    """Show times to the homes that wait for them, at most one batch a school; how many were shown any."""
    now = runtime.clock.now()
    with runtime.sessions() as session:
        places = places_with_times(session, now)
    return sum(offer_at(runtime, site, round_id, now) for site, round_id in places)


def places_with_times(session: Session, now: datetime) -> Sequence[tuple[Site, int]]:
    """The schools and rounds in which homes wait, texts may leave now, and any time is open."""
    rows = PLACES.rows(session, {})
    if not rows:
        return ()
    going_on = set(session.scalars(select(Round.id).where(Round.ends_on >= now.date() - timedelta(days=1))))
    rows = [row for row in rows if row.round_id in going_on]
    sites = sites_by_id(session, now, {row.school_id for row in rows})
    awake = [(sites[row.school_id], row.round_id) for row in rows if not is_quiet(now, sites[row.school_id].rules)]
    return [place for place in awake if has_times(session, *place, now)]


def has_times(session: Session, site: Site, round_id: int, now: datetime) -> bool:
    """Tell whether any pair of a school has an open time in the round."""
    times = open_times(
        session,
        program_id=the_program(session, now).id,
        school_id=site.id,
        school_language=site.language,
        preferred_pair=None,
        language=site.language,
        rules=site.rules,
        now=now,
        until=round_end(session, round_id, site),
    )
    return bool(times.slots)


def offer_at(runtime: Runtime, site: Site, round_id: int, now: datetime) -> int:
    """Show times to the homes that wait at one school; one that a person talks with waits on."""
    with runtime.writing() as session:
        here = (INVITATIONS.c.school_id == site.id, INVITATIONS.c.round_id == round_id)
        found = select(INVITATIONS).where(*WANTED, *here).order_by(INVITATIONS.c.times_wanted_at).limit(BATCH)
        rows = session.execute(found.with_for_update(skip_locked=True)).all()
        return sum(offer(runtime, session, row, site, now) for row in rows)


def offer(runtime: Runtime, session: Session, row: Any, site: Site, now: datetime) -> bool:
    """Show one home times, unless it has found some by writing meanwhile."""
    if is_held(session, row.household_id):
        return False
    shown = was_shown(session, row.household_id) or show_home(runtime, session, row, site, "offer", now)
    if shown:
        again = other_hour(now, SHOWN_AGAIN_DAYS, site.rules, row.household_id)
        changed = update(INVITATIONS).where(INVITATIONS.c.id == row.id)
        session.execute(changed.values(times_wanted_at=None, nudge_due_at=again))
        settle_home(session, now, row.id, "no_times")
    return shown


def was_shown(session: Session, household_id: int) -> bool:
    """Tell whether an adult of the home has times before them."""
    found = select(Conversation.state).join(Guardian, Guardian.conversation_id == Conversation.id)
    states = map(from_json, session.scalars(found.where(Guardian.household_id == household_id)))
    return any(
        question.step is Step.OFFER and not question.answered for state in states for question in state.questions
    )
