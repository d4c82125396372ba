"""What must be true at every moment of every season, as predicates over the database and the carrier's log."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.ledger import ENDING, LIVE, TELLING, Ledger, cause, is_answer, wording
from tests.support.season import Season

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


def violations(season: Season) -> list[str]:
    """Everything that is not as it must be."""
    ledger = Ledger(season, list(season.carrier.entries))
    return [f"{name}: {found}" for name, check in INVARIANTS.items() for found in check(ledger)]


def nothing_after_stop(ledger: Ledger) -> Iterator[str]:
    """I1. After the end of texts nothing leaves to the number but one farewell, and none where the carrier says it."""
    for row in ledger.consents:
        if row.kind not in FAREWELL:
            continue
        start, end = committed(ledger, row), next_leave(ledger, row)
        number = ledger.conversations[row.conversation_id].address
        after = [text for place, entry, text in ledger.sent if entry.number == number and start < place < end]
        farewells = [text for text in after if text.purpose == FAREWELL[row.kind]]
        if len(farewells) > (row.source != "carrier") or len(after) > len(farewells):
            yield f"{len(after)} texts left after consent {row.id} ended ({[text.purpose for text in after]})"


def committed(ledger: Ledger, row: Any) -> int:
    """The place in the log from which an end counts; silence ends texts later than the word that led to it came."""
    by_text = row.inbound_id and row.source != "silence"
    return ledger.answered_at(row.inbound_id) if by_text else ledger.place_after(row.at)


def next_leave(ledger: Ledger, row: Any) -> int:
    """The place in the log at which the same number gave leave again: when it wrote so."""
    later = [it for it in ledger.consents if it.conversation_id == row.conversation_id and it.id > row.id]
    again = next((it for it in later if it.kind in {"resumed", "granted"} and it.inbound_id), None)
    if again is None:
        return len(ledger.entries)
    sid = next(text.carrier_id for text in ledger.inbound if text.id == again.inbound_id)
    return next(n for n, entry in enumerate(ledger.entries) if entry.kind == "heard" and entry.carrier_id == sid)


def nobody_in_two_places(ledger: Ledger) -> Iterator[str]:
    """I2. Visits of one person never overlap, the way to the next one included; ended visits hold nobody's time."""
    of_person: dict[int, list[Any]] = defaultdict(list)
    for visit in ledger.visits:
        if visit.status in LIVE:
            for person in filter(None, (visit.first_id, visit.second_id, visit.interpreter_id)):
                of_person[person].append(visit)
    for person, visits in of_person.items():
        for one, other in pairwise(sorted(visits, key=lambda visit: visit.starts_at)):
            if other.starts_at < one.starts_at + HELD_AND_TRAVEL:
                yield f"educator {person} is at visits {one.id} and {other.id} at once"
    over = {visit.id for visit in ledger.visits if visit.status in {"moved", "canceled"}}
    yield from (f"visit {row.visit_id} is off and holds time" for row in ledger.busy if row.visit_id in over)


def one_visit_a_home(ledger: Ledger) -> Iterator[str]:
    """I3. A home has at most one live visit a child in a round."""
    live = Counter(
        (visit.round_id, visit.household_id, visit.student_id) for visit in ledger.visits if visit.status in LIVE
    )
    yield from (f"home {key[1]} has {count} live visits" for key, count in live.items() if count > 1)


def one_turn_a_text(ledger: Ledger) -> Iterator[str]:
    """I4. Each text we answered with 2xx is stored once, and read or parked."""
    accepted = {entry.carrier_id for entry in ledger.entries if entry.kind == "answer" and entry.status == 200}
    stored = Counter(row.carrier_id for row in ledger.inbound)
    yield from (f"text {sid} was accepted and is stored {stored[sid]} times" for sid in accepted if stored[sid] != 1)
    yield from (f"text {sid} was never accepted" for sid in stored if sid not in accepted)
    unread = [row for row in ledger.inbound if row.reading is None and row.status != "parked"]
    yield from (f"incoming {row.id} was neither read nor parked" for row in unread)


def no_silent_loss(ledger: Ledger) -> Iterator[str]:
    """I5. Each text that came in led to an answer, a task for a person, evidence of leave, or a reason for silence."""
    answered = {cause(text) for text in ledger.texts.values()}
    explained = {event.subject_id for event in ledger.audits if event.action == "text.no_reply"}
    evident = {row.inbound_id for row in ledger.consents}
    for row in ledger.inbound:
        led = f"in{row.id}" in answered or row.id in explained | evident
        if not led and not any(is_open_at(matter, row) for matter in ledger.matters):
            yield f"incoming {row.id} led to nothing"


def is_open_at(matter: Any, row: Any) -> bool:
    """Tell whether a person was to look at a number when a text came in."""
    was_open = matter.since <= row.received_at and (matter.resolved_at or row.received_at) >= row.received_at
    return matter.conversation_id == row.conversation_id and was_open


def one_send_a_text(ledger: Ledger) -> Iterator[str]:
    """I6. The carrier accepted each text of ours at most once."""
    accepted = Counter(entry.outbound_id for entry in ledger.entries if entry.kind == "sent")
    yield from (f"text {number} was accepted {count} times" for number, count in accepted.items() if count > 1)


def reminders_are_true(ledger: Ledger) -> Iterator[str]:
    """I7. At most one reminder a visit, version, kind and person; when it left the visit was live at that version."""
    kinds = Counter[tuple[Any, ...]]()
    visits = {visit.id: visit for visit in ledger.visits}
    for _, entry, text in ledger.sent:
        kind = text.intent.partition(":")[0]
        if kind not in KINDS:
            continue
        kinds[text.visit_id, text.visit_version, kind, text.conversation_id] += 1
        visit = visits[text.visit_id]
        if kind in REMINDING and entry.at >= visit.starts_at:
            yield f"text {text.id} reminds of visit {visit.id} after its start"
        if visit.status in {"moved", "canceled"} and entry.at > visit.changed_at:
            yield f"text {text.id} reminds of visit {visit.id}, which was {visit.status}"
        if was_changed(ledger, visit, text.visit_version, entry.at):
            yield f"text {text.id} reminds of an old version of visit {visit.id}"
    yield from (f"reminder {key} left {count} times" for key, count in kinds.items() if count > 1)


def was_changed(ledger: Ledger, visit: Any, version: int, at: Any) -> bool:
    """Tell whether a visit had a newer version before a moment."""
    return any(
        event.subject == "visit"
        and event.subject_id == visit.id
        and event.before == version < event.after
        and event.at < at
        for event in ledger.audits
        if event.before is not None and event.after is not None
    )


def confirmations_are_true(ledger: Ledger) -> Iterator[str]:
    """I8. A text names a time only while a visit is set for it; when it is off, everybody who was told hears that."""
    for _, _, text in ledger.sent:
        if wording(text) in TELLING:
            visits = ledger.visits_of_invitation[text.invitation_id]
            if not any(was_live(visit, text.created_at) and ledger.tells(text, visit) for visit in visits):
                yield f"text {text.id} ({wording(text)}) names a time at which no visit was set"
    for visit in ledger.visits:
        if visit.status == "canceled":
            yield from untold_of_the_end(ledger, visit)


def was_live(visit: Any, at: Any) -> bool:
    ended = visit.status not in LIVE and visit.changed_at < at
    return visit.created_at <= at and not ended


def untold_of_the_end(ledger: Ledger, visit: Any) -> Iterator[str]:
    for (invitation_id, conversation_id), news in ledger.news.items():
        if invitation_id != visit.invitation_id or ledger.conversations[conversation_id].consent == "revoked":
            continue
        told = [text for text in news if wording(text) in TELLING and ledger.tells(text, visit)]
        later = [text for text in news if told and text.id > told[0].id and text not in told]
        left = any(event.action == "visit.educator_cannot" for event in events_by(ledger, visit, conversation_id))
        if told and not later and not left:
            yield f"number {conversation_id} was told visit {visit.id} and not that it is off"
        if sum(wording(text) in ENDING and ledger.tells(text, visit) for text in news) > 1:
            yield f"number {conversation_id} was told twice that visit {visit.id} is off"


def events_by(ledger: Ledger, visit: Any, conversation_id: int) -> list[Any]:
    """What somebody did to a visit."""
    return [
        event
        for event in ledger.audits
        if (event.subject, event.subject_id, event.actor) == ("visit", visit.id, f"conversation:{conversation_id}")
    ]


def everybody_knows(ledger: Ledger) -> Iterator[str]:
    """I9. Each live visit: the home's adults and all who go were last told its time, or a person must look."""
    for visit in ledger.visits:
        if visit.status not in LIVE:
            continue
        for conversation_id in ledger.readers(visit):
            news = ledger.news[visit.invitation_id, conversation_id]
            knows = bool(news) and wording(news[-1]) in TELLING and ledger.tells(news[-1], visit)
            if not knows and not ledger.is_a_matter(conversation_id):
                yield f"number {conversation_id} does not know visit {visit.id}"


def leave_is_proved(ledger: Ledger) -> Iterator[str]:
    """I10. Leave and its end have wording, language, source and the person's own text; the fold is what we act on."""
    last: dict[int, Any] = {}
    for row in ledger.consents:
        last[row.conversation_id] = row
        proof = (row.wording, row.wording_text, row.language, row.source, row.inbound_id)
        if row.kind == "granted" and not all(proof):
            yield f"consent {row.id} lacks its evidence"
    for contact in ledger.conversations.values():
        row = last.get(contact.id)
        expected = {FOLD[row.kind]} if row else {"none", "asked"}
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
            given = (row for row in ledger.available if row.educator_id == person)
            if not any(row.starts_at <= visit.starts_at and visit.starts_at + HELD <= row.ends_at for row in given):
                yield f"visit {visit.id} is at a time that educator {person} did not give"


def quiet_at_night(ledger: Ledger) -> Iterator[str]:
    """I13. What nobody asked for leaves between nine and eight, and not on Sundays or closed days, near visits excepted."""
    visits = {visit.id: visit for visit in ledger.visits}
    for _, entry, text in ledger.sent:
        if text.purpose == "person" or is_answer(ledger, text):
            continue
        school = school_of(ledger, text)
        local = entry.at.astimezone(ZoneInfo(school.zone))
        about = visits.get(text.visit_id) or newest_visit(ledger, text)
        starts = about.starts_at.astimezone(local.tzinfo).date() if about else None
        near = starts is not None and starts - local.date() in (timedelta(0), timedelta(days=1))
        off = local.weekday() == SUNDAY or (school.id, local.date()) in ledger.closed
        if not FIRST_HOUR <= local.hour < LAST_HOUR or (off and not near):
            yield f"text {text.id} ({text.purpose}) left on {local:%a %H:%M}"


def newest_visit(ledger: Ledger, text: Any) -> Any:
    """The visit a text without one is about: that it is off."""
    told = [visit for visit in ledger.visits_of_invitation[text.invitation_id] if ledger.tells(text, visit)]
    return told[-1] if told else None


def school_of(ledger: Ledger, text: Any) -> Any:
    invitation = ledger.invitations.get(text.invitation_id)
    if invitation:
        return ledger.schools[invitation.school_id]
    staff = (person for person in ledger.educators.values() if person.conversation_id == text.conversation_id)
    person = next(staff, None)
    return ledger.schools[person.school_id] if person else next(iter(ledger.schools.values()))


def right_family(ledger: Ledger) -> Iterator[str]:
    """I14. A number changes only visits of its own home, or those it goes to or was asked to go to."""
    visits = {visit.id: visit for visit in ledger.visits}
    for event in ledger.audits:
        kind, _, number = event.actor.partition(":")
        if event.subject != "visit" or kind != "conversation":
            continue
        homes = {row.household_id for row in ledger.guardians if row.conversation_id == int(number)}
        is_staff = any(row.conversation_id == int(number) for row in ledger.educators.values())
        if visits[event.subject_id].household_id not in homes and not is_staff:
            yield f"number {number} changed visit {event.subject_id} of another home"


def complete_in_language(ledger: Ledger) -> Iterator[str]:
    """I19. No placeholder leaves, and nothing in a language that is not ready."""
    for _, entry, text in ledger.sent:
        if text.purpose != "person" and ("{" in entry.body or "None" in entry.body):
            yield f"text {text.id} left with a gap"
        if not ledger.season.runtime.catalogue.ready(text.language):
            yield f"text {text.id} left in {text.language}, which is not ready"


INVARIANTS: dict[str, Callable[[Ledger], Iterator[str]]] = {
    "I1 stop": nothing_after_stop,
    "I2 two places": nobody_in_two_places,
    "I3 one visit": one_visit_a_home,
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
    "I19 language": complete_in_language,
}
