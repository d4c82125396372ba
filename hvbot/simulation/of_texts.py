"""What must be true of texts: I1, I4 to I7, I10, I11, I13, I17, I19, I20."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, or_, select

from hvbot.models import InboundText, OutboundText, Program, Reminder
from hvbot.services.known import CAPPED, MONTH, WEEK
from hvbot.services.programs import setting
from hvbot.simulation.ledger import Ledger, cause, is_answer

FOLD = {"asked": "asked", "granted": "granted", "declined": "declined", "revoked": "revoked"}
FOLD |= {"wrong_number": "revoked", "resumed": "asked"}
FAREWELL = {"revoked": "stopped", "wrong_number": "wrong_number"}
FIRST_HOUR, LAST_HOUR, SUNDAY = 9, 20, 6
REMINDING = ("evening_before", "two_hours_before", "educator_evening_before")
KINDS = (*REMINDING, "after_visit", "did_it_happen")
FINAL = {"delivered": "delivered", "read": "delivered", "undelivered": "failed", "failed": "failed"}
ACCEPTED = 200
PATIENCE = timedelta(minutes=20)


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


def one_turn_a_text(ledger: Ledger) -> Iterator[str]:
    """I4. Each text we answered with 2xx is stored once, and read or parked; a text of a number we do not know too."""
    accepted = {it.carrier_id for it in ledger.carrier.entries if it.kind == "answer" and it.status == ACCEPTED}
    stored = Counter(ledger.values(select(InboundText.carrier_id)))
    yield from (f"text {sid} was accepted and is stored {stored[sid]} times" for sid in accepted if stored[sid] != 1)
    yield from (f"text {sid} was never accepted" for sid in stored if sid not in accepted)
    words = cast(InboundText.reading, String)
    unread = select(InboundText.id).where(or_(words.is_(None), words == "null"), InboundText.status != "parked")
    yield from (f"incoming {number} was neither read nor parked" for number in ledger.values(unread))


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


def what_is_due_moves(ledger: Ledger) -> Iterator[str]:
    """I17. Nothing waits that could go on: no text long due, none forgotten on its way, no reminder left behind."""
    late = ledger.runtime.clock.now() - PATIENCE
    away = ledger.carrier.away
    if away and away[0] < ledger.runtime.clock.now() and late < away[1] + PATIENCE:
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
    if not ledger.values(paused):
        for what, found in stuck:
            yield from (f"{number} is {what} and nothing happens" for number in ledger.values(found.limit(20)))


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
