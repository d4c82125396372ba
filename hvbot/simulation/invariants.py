"""What must be true at every moment of every season, as predicates over the database and the carrier's log.

`OF_HOMES` are asked of a ledger of some homes, `OF_ALL` of the whole database by one query each.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from hvbot.models import Busy, OutboundText, Program, Reminder, Visit
from hvbot.services.known import CAPPED
from hvbot.services.programs import setting
from hvbot.simulation.ledger import ENDING, LIVE, TELLING, Ledger, cause, is_answer, wording

Check = Callable[[Ledger], Iterator[str]]

FOLD = {"asked": "asked", "granted": "granted", "declined": "declined", "revoked": "revoked"}
FOLD |= {"wrong_number": "revoked", "resumed": "asked"}
FAREWELL = {"revoked": "stopped", "wrong_number": "wrong_number"}
HELD_AND_TRAVEL = timedelta(minutes=60)
HELD = timedelta(minutes=45)
NOTICE = timedelta(hours=24)
FIRST_HOUR, LAST_HOUR, SUNDAY = 9, 20, 6
REMINDING = ("evening_before", "two_hours_before", "educator_evening_before")
KINDS = (*REMINDING, "after_visit", "did_it_happen")
FINAL = {"delivered": "delivered", "read": "delivered", "undelivered": "failed", "failed": "failed"}
PATIENCE = timedelta(minutes=20)
BECOMES = {
    "visit.booked": "booked",
    "visit.moved": "booked",
    "visit.confirmed": "confirmed",
    "visit.canceled": "canceled",
    "visit.done": "done",
}
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


def violations(ledger: Ledger, checks: Mapping[str, Check] | None = None) -> list[str]:
    """Everything that is not as it must be, each with the name of its invariant."""
    return [f"{name}: {found}" for name, check in (checks or INVARIANTS).items() for found in check(ledger)]


def nothing_after_stop(ledger: Ledger) -> Iterator[str]:
    """I1. After the end of texts nothing leaves to the number but one farewell, and none where the carrier says it."""
    for rows in ledger.consents.values():
        for place, row in enumerate(rows):
            if row.kind in FAREWELL:
                yield from after_the_end(ledger, row, rows[place + 1 :])


def after_the_end(ledger: Ledger, row: Any, later: list[Any]) -> Iterator[str]:
    start, end = committed(ledger, row), next_leave(ledger, later)
    number = ledger.conversations[row.conversation_id].address
    after = [text for place, text in ledger.sent_to.get(number, ()) if start < place < end]
    farewells = [text for text in after if text.purpose == FAREWELL[row.kind]]
    if len(farewells) > (row.source != "carrier") or len(after) > len(farewells):
        yield f"{len(after)} texts left after consent {row.id} ended ({[text.purpose for text in after]})"


def committed(ledger: Ledger, row: Any) -> int:
    """The place in the log from which an end counts; silence ends texts later than the word that led to it came."""
    by_text = row.inbound_id and row.source != "silence"
    return ledger.answered_at(row.inbound_id) if by_text else ledger.place_after(row.at)


def next_leave(ledger: Ledger, later: list[Any]) -> int:
    """The place in the log at which the same number gave leave again: when it wrote so."""
    again = next((it for it in later if it.kind in {"resumed", "granted"} and it.inbound_id), None)
    if again is None:
        return ledger.end
    return ledger.heard_at[ledger.inbound_by_id[again.inbound_id].carrier_id]


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
    yield from (f"visit {number} is off and holds time" for number in values(ledger, over.distinct()))


def values(ledger: Ledger, statement: Any) -> list[Any]:
    with ledger.runtime.sessions() as session:
        return list(session.scalars(statement))


def one_visit_a_home(ledger: Ledger) -> Iterator[str]:
    """I3. A home has at most one live visit a child in a round."""
    key = (Visit.round_id, Visit.household_id, Visit.student_id)
    twice = select(func.min(Visit.id)).where(Visit.status.in_(LIVE)).group_by(*key).having(func.count() > 1)
    yield from (f"the home of visit {number} has several live visits" for number in values(ledger, twice))


def one_turn_a_text(ledger: Ledger) -> Iterator[str]:
    """I4. Each text we answered with 2xx is stored once, and read or parked."""
    accepted = {entry.carrier_id for _, entry in ledger.entries if entry.kind == "answer" and entry.status == 200}
    stored = Counter(row.carrier_id for row in ledger.inbound)
    here = {row.address for row in ledger.conversations.values() if ledger.covers(row.id)}
    mine = {entry.carrier_id for _, entry in ledger.entries if not ledger.scope or entry.number in here}
    yield from (
        f"text {sid} was accepted and is stored {stored[sid]} times" for sid in accepted & mine if stored[sid] != 1
    )
    yield from (f"text {sid} was never accepted" for sid in stored if sid not in accepted)
    unread = [row for row in ledger.inbound if row.reading is None and row.status != "parked"]
    yield from (f"incoming {row.id} was neither read nor parked" for row in unread)


def no_silent_loss(ledger: Ledger) -> Iterator[str]:
    """I5. Each text that came in led to an answer, a task for a person, evidence of leave, or a reason for silence."""
    answered = {cause(text) for text in ledger.texts.values()}
    evident = {row.inbound_id for rows in ledger.consents.values() for row in rows}
    for row in ledger.inbound:
        led = f"in{row.id}" in answered or row.id in ledger.silences or row.id in evident
        if not led and not any(was_open(matter, row) for matter in ledger.matters.get(row.conversation_id, ())):
            yield f"incoming {row.id} led to nothing"


def was_open(matter: Any, row: Any) -> bool:
    """Tell whether a person was to look at a number when a text came in."""
    return bool(matter.since <= row.received_at <= (matter.resolved_at or row.received_at))


def one_send_a_text(ledger: Ledger) -> Iterator[str]:
    """I6. The carrier accepted each text of ours at most once."""
    accepted = Counter(entry.outbound_id for _, entry in ledger.entries if entry.kind == "sent")
    yield from (f"text {number} was accepted {count} times" for number, count in accepted.items() if count > 1)


def reminders_are_true(ledger: Ledger) -> Iterator[str]:
    """I7. At most one reminder a visit, version, kind and person; when it left the visit was live at that version."""
    kinds = Counter[tuple[Any, ...]]()
    for _, entry, text in ledger.sent:
        kind = text.intent.partition(":")[0]
        if kind not in KINDS:
            continue
        kinds[text.visit_id, text.visit_version, kind, text.conversation_id] += 1
        visit = ledger.visit_by_id[text.visit_id]
        if kind in REMINDING and entry.at >= visit.starts_at:
            yield f"text {text.id} reminds of visit {visit.id} after its start"
        if visit.status in {"moved", "canceled"} and entry.at > visit.changed_at:
            yield f"text {text.id} reminds of visit {visit.id}, which was {visit.status}"
        if was_changed(ledger, visit, text.visit_version, entry.at):
            yield f"text {text.id} reminds of an old version of visit {visit.id}"
    yield from (f"reminder {key} left {count} times" for key, count in kinds.items() if count > 1)


def was_changed(ledger: Ledger, visit: Any, version: int, at: datetime) -> bool:
    """Tell whether a visit had a newer version before a moment."""
    return any(
        event.before == version < event.after and event.at < at
        for event in ledger.visit_events.get(visit.id, ())
        if event.before is not None and event.after is not None
    )


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
    for (invitation_id, conversation_id), news in ledger.news.items():
        contact = ledger.conversations.get(conversation_id)
        if invitation_id != visit.invitation_id or contact is None or contact.consent == "revoked":
            continue
        told = [text for text in news if wording(text) in TELLING and ledger.tells(text, visit)]
        later = [text for text in news if told and text.id > told[0].id and text not in told]
        left = any(event.action == "visit.educator_cannot" for event in events_by(ledger, visit, conversation_id))
        if told and not later and not left and not ledger.is_a_matter(conversation_id):
            yield f"number {conversation_id} was told visit {visit.id} and not that it is off"
        if sum(wording(text) in ENDING and ledger.tells(text, visit) for text in news) > 1:
            yield f"number {conversation_id} was told twice that visit {visit.id} is off"


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


def leave_is_proved(ledger: Ledger) -> Iterator[str]:
    """I10. Leave and its end have wording, language, source and the person's own text; the fold is what we act on."""
    for rows in ledger.consents.values():
        for row in rows:
            proof = (row.wording, row.wording_text, row.language, row.source, row.inbound_id)
            if row.kind == "granted" and not all(proof):
                yield f"consent {row.id} lacks its evidence"
    for contact in filter(lambda contact: ledger.covers(contact.id), ledger.conversations.values()):
        rows = ledger.consents.get(contact.id, [])
        expected = {FOLD[rows[-1].kind]} if rows else {"none", "asked"}
        if contact.consent not in expected:
            yield f"number {contact.id} counts as {contact.consent}, its evidence says {sorted(expected)}"


def status_stays(ledger: Ledger) -> Iterator[str]:
    """I11. The first final word of the carrier about a text is what the text is."""
    first: dict[int, str] = {}
    for event in ledger.events:
        if event.outbound_id and event.status in FINAL:
            first.setdefault(event.outbound_id, FINAL[event.status])
    for number, status in first.items():
        if ledger.texts[number].status != status:
            yield f"text {number} is {ledger.texts[number].status}, the carrier said {status}"


def expired_is_expired(ledger: Ledger) -> Iterator[str]:
    """I12. No visit was set for a time without notice, or one that its people did not give."""
    for visit in ledger.visits:
        if visit.starts_at < visit.created_at + NOTICE:
            yield f"visit {visit.id} was set with too little notice"
        for person in (visit.first_id, visit.second_id):
            given = ledger.available.get(person, ())
            if not any(row.starts_at <= visit.starts_at and visit.starts_at + HELD <= row.ends_at for row in given):
                yield f"visit {visit.id} is at a time that educator {person} did not give"


def quiet_at_night(ledger: Ledger) -> Iterator[str]:
    """I13. What nobody asked for leaves between nine and eight, and not on Sundays or closed days, near visits excepted."""
    for _, entry, text in ledger.sent_here:
        if text.purpose == "person" or is_answer(ledger, text):
            continue
        school = school_of(ledger, text)
        local = entry.at.astimezone(ZoneInfo(school.zone))
        about = ledger.visit_by_id.get(text.visit_id) or newest_visit(ledger, text)
        starts = about.starts_at.astimezone(local.tzinfo).date() if about else None
        near = starts is not None and starts - local.date() in (timedelta(0), timedelta(days=1))
        off = local.weekday() == SUNDAY or (school.id, local.date()) in ledger.closed
        if not FIRST_HOUR <= local.hour < LAST_HOUR or (off and not near):
            yield f"text {text.id} ({text.purpose}) left on {local:%a %H:%M}"


def newest_visit(ledger: Ledger, text: Any) -> Any:
    """The visit a text without one is about: that it is off."""
    told = [visit for visit in ledger.visits_of_invitation.get(text.invitation_id, ()) if ledger.tells(text, visit)]
    return told[-1] if told else None


def school_of(ledger: Ledger, text: Any) -> Any:
    invitation = ledger.invitations.get(text.invitation_id)
    if invitation:
        return ledger.schools[invitation.school_id]
    person = ledger.staff_at.get(text.conversation_id)
    return ledger.schools[person.school_id] if person else next(iter(ledger.schools.values()))


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


def what_is_due_moves(ledger: Ledger) -> Iterator[str]:
    """I17. Nothing waits that could go on: no text long due, none forgotten on its way, no reminder left behind."""
    late = ledger.runtime.clock.now() - PATIENCE
    if ledger.carrier.away_until is not None and late < ledger.carrier.away_until + PATIENCE:
        return
    paused = select(Program.id).where(Program.sending_paused.is_(True))
    stuck = (
        ("due", select(OutboundText.id).where(OutboundText.status == "queued", OutboundText.not_before < late)),
        (
            "on its way",
            select(OutboundText.id).where(OutboundText.status == "sending", OutboundText.lease_until < late),
        ),
        ("to be queued as reminder", select(Reminder.id).where(Reminder.queued_at.is_(None), Reminder.due_at < late)),
    )
    if not values(ledger, paused):
        for what, found in stuck:
            yield from (f"{number} is {what} and nothing happens" for number in values(ledger, found.limit(20)))


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


NO_STATE = {"visit.educator_cannot", "visit.substitute", "visit.place"}


def complete_in_language(ledger: Ledger) -> Iterator[str]:
    """I19. No placeholder leaves, and nothing in a language that is not ready."""
    for _, entry, text in ledger.sent:
        if text.purpose != "person" and ("{" in entry.body or "None" in entry.body):
            yield f"text {text.id} left with a gap"
        if not ledger.runtime.catalogue.ready(text.language):
            yield f"text {text.id} left in {text.language}, which is not ready"


def not_too_many(ledger: Ledger) -> Iterator[str]:
    """I20. An invitation or nudge left only to a number that had not got its share of the week and the month."""
    with ledger.runtime.sessions() as session:
        program = session.scalars(select(Program).order_by(Program.id)).first()
    most = [(WEEK, setting(program, "texts_per_week")), (MONTH, setting(program, "texts_per_month"))] if program else []
    by_number: dict[int, list[tuple[datetime, Any]]] = defaultdict(list)
    for _, entry, text in ledger.sent:
        if text.unprompted:
            by_number[text.conversation_id].append((entry.at, text))
    for number, left in by_number.items():
        for place, (at, text) in enumerate(left):
            counts = [sum(before > at - span for before, _ in left[:place]) >= limit for span, limit in most]
            if text.purpose in CAPPED and any(counts):
                yield f"text {text.id} ({text.purpose}) was one too many for number {number}"


OF_ALL: dict[str, Check] = {
    "I2 two places": nobody_in_two_places,
    "I3 one visit": one_visit_a_home,
    "I17 liveness": what_is_due_moves,
}
OF_HOMES: dict[str, Check] = {
    "I1 stop": nothing_after_stop,
    "I4 one turn": one_turn_a_text,
    "I5 silent loss": no_silent_loss,
    "I6 one send": one_send_a_text,
    "I7 reminders": reminders_are_true,
    "I8 confirmations": confirmations_are_true,
    "I9 everybody knows": everybody_knows,
    "I10 leave": leave_is_proved,
    "I11 status": status_stays,
    "I12 expired": expired_is_expired,
    "I13 quiet": quiet_at_night,
    "I14 right family": right_family,
    "I18 audit": audit_tells_all,
    "I19 language": complete_in_language,
    "I20 spend": not_too_many,
}
INVARIANTS = OF_ALL | OF_HOMES
