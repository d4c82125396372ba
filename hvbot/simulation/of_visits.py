"""What must be true of visits: I2, I3, I8, I9, I12, I14, I18."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from hvbot.models import Busy, Visit
from hvbot.simulation.ledger import ENDING, LIVE, TELLING, Ledger, wording

HELD_AND_TRAVEL = timedelta(minutes=60)
HELD = timedelta(minutes=45)
NOTICE = timedelta(hours=24)
BECOMES = {
    "visit.booked": "booked",
    "visit.moved": "booked",
    "visit.confirmed": "confirmed",
    "visit.canceled": "canceled",
    "visit.done": "done",
}
NO_STATE = {"visit.educator_cannot", "visit.substitute", "visit.place", "visit.zone_changed"}


def nobody_in_two_places(ledger: Ledger) -> Iterator[str]:
    """I2. Visits of one person never overlap, the way to the next one included; ended visits hold nobody's time."""
    of_person: dict[int, list[Any]] = defaultdict(list)
    for visit in ledger.rows(Visit, Visit.status.in_(LIVE)):
        for person in filter(None, (visit.first_id, visit.second_id, visit.interpreter_id)):
            of_person[person].append(visit)
    for person, visits in of_person.items():
        for one, other in pairwise(sorted(visits, key=lambda visit: visit.starts_at)):
            if other.starts_at < one.starts_at + HELD_AND_TRAVEL:
                yield f"educator {person} is at visits {one.id} and {other.id} at once"
    over = select(Busy.visit_id).join(Visit, Visit.id == Busy.visit_id).where(Visit.status.in_(("moved", "canceled")))
    yield from (f"visit {number} is off and holds time" for number in ledger.values(over.distinct()))


def one_visit_a_home(ledger: Ledger) -> Iterator[str]:
    """I3. A home has at most one live visit a child in a round."""
    key = (Visit.round_id, Visit.household_id, Visit.student_id)
    twice = select(func.min(Visit.id)).where(Visit.status.in_(LIVE)).group_by(*key).having(func.count() > 1)
    yield from (f"the home of visit {number} has several live visits" for number in ledger.values(twice))


def confirmations_are_true(ledger: Ledger) -> Iterator[str]:
    """I8. A text names a time only while a visit is set for it; when it is off, everybody who was told hears that."""
    for _, _, text in ledger.sent_here:
        if wording(text) in TELLING:
            visits = ledger.visits_of_invitation.get(text.invitation_id, ())
            if not any(was_live(visit, text.created_at) and ledger.tells(text, visit) for visit in visits):
                yield f"text {text.id} ({wording(text)}) names a time at which no visit was set"
    for visit in ledger.visits:
        if visit.status == "canceled" and (not ledger.scope or visit.invitation_id in ledger.asked):
            yield from untold_of_the_end(ledger, visit)


def was_live(visit: Any, at: datetime) -> bool:
    ended = visit.status not in LIVE and visit.changed_at < at
    return visit.created_at <= at and not ended


def untold_of_the_end(ledger: Ledger, visit: Any) -> Iterator[str]:
    for (invitation_id, conversation_id), everything in ledger.news.items():
        contact = ledger.conversations.get(conversation_id)
        if invitation_id != visit.invitation_id or contact is None or contact.consent == "revoked":
            continue
        news = until_twin(ledger, visit, everything)
        told = [text for text in news if wording(text) in TELLING and ledger.tells(text, visit)]
        later = [text for text in news if told and text.id > told[0].id and text not in told]
        left = any(event.action == "visit.educator_cannot" for event in events_by(ledger, visit, conversation_id))
        if told and not later and not left and not ledger.is_a_matter(conversation_id):
            yield f"number {conversation_id} was told visit {visit.id} and not that it is off"
        if sum(wording(text) in ENDING and ledger.tells(text, visit) for text in news) > 1:
            yield f"number {conversation_id} was told twice that visit {visit.id} is off"


def until_twin(ledger: Ledger, visit: Any, news: list[Any]) -> list[Any]:
    """The news of a visit; when another is set for the same hour later on, what comes after its end is of that one."""
    same = (other for other in ledger.visits_of_invitation[visit.invitation_id] if other.starts_at == visit.starts_at)
    if not any(other.id > visit.id for other in same):
        return [text for text in news if text.created_at >= visit.created_at]
    return [text for text in news if visit.created_at <= text.created_at <= visit.changed_at]


def events_by(ledger: Ledger, visit: Any, conversation_id: int) -> list[Any]:
    """What somebody did to a visit."""
    return [it for it in ledger.visit_events.get(visit.id, ()) if it.actor == f"conversation:{conversation_id}"]


def everybody_knows(ledger: Ledger) -> Iterator[str]:
    """I9. Each live visit: the home's adults and all who go were last told its time, or a person must look."""
    for visit in ledger.visits:
        if visit.status not in LIVE or (ledger.scope and visit.invitation_id not in ledger.asked):
            continue
        for conversation_id in ledger.readers(visit):
            news = ledger.news.get((visit.invitation_id, conversation_id), [])
            knows = bool(news) and wording(news[-1]) in TELLING and ledger.tells(news[-1], visit)
            if not knows and not ledger.is_a_matter(conversation_id):
                yield f"number {conversation_id} does not know visit {visit.id}"


def expired_is_expired(ledger: Ledger) -> Iterator[str]:
    """I12. No visit was set for a time without notice, or one that its people did not give."""
    for visit in ledger.visits:
        if visit.starts_at < visit.created_at + NOTICE:
            yield f"visit {visit.id} was set with too little notice"
        for person in (visit.first_id, visit.second_id):
            given = ledger.available.get(person, ())
            if not any(row.starts_at <= visit.starts_at and visit.starts_at + HELD <= row.ends_at for row in given):
                yield f"visit {visit.id} is at a time that educator {person} did not give"


def right_family(ledger: Ledger) -> Iterator[str]:
    """I14. A number changes only visits of its own home, or those it goes to or was asked to go to."""
    for number, events in ledger.visit_events.items():
        visit = ledger.visit_by_id[number]
        for event in events:
            kind, _, actor = event.actor.partition(":")
            if kind != "conversation" or int(actor) in ledger.staff_at:
                continue
            if visit.household_id not in ledger.homes_of.get(int(actor), ()):
                yield f"number {actor} changed visit {number} of another home"


def audit_tells_all(ledger: Ledger) -> Iterator[str]:
    """I18. Each visit is what its audit says: the last event gives its state and its version."""
    moved = {visit.moved_from_id for visit in ledger.visits}
    for visit in ledger.visits:
        if ledger.scope and visit.invitation_id not in ledger.asked:
            continue
        events = ledger.visit_events.get(visit.id, ())
        states = [BECOMES.get(event.action, "missed") for event in events if event.action not in NO_STATE]
        versions = [event.after for event in events if event.after is not None]
        expected = "moved" if visit.id in moved else (states[-1] if states else "nothing")
        if visit.status != expected or not versions or versions[-1] != visit.version:
            yield f"visit {visit.id} is {visit.status} at version {visit.version}, its audit says {expected}"
