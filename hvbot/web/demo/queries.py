"""What a simulated phone shows: what arrived, what was written, and which answers lie near."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.conversation.state import Open, Step, from_json
from hvbot.models import AuditEvent, Conversation, Educator, Guardian, InboundText, Invitation, OutboundText, Visit
from hvbot.web import words

ARRIVED = ("sent", "delivered")
SHOWN = 40

# What people write in their own words, by the question that is open.
OWN_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "consent": ("yes please", "who is this?", "wrong number"),
        "offer": ("the second one", "thursday after 5", "none of these"),
        "booked": ("CHANGE", "PLACE"),
        "reminder": ("yes see you", "I need a new time"),
    },
    "es": {
        "consent": ("sí, claro", "¿quién es?", "número equivocado"),
        "offer": ("la segunda", "el jueves después de las 5", "ninguna me queda"),
        "booked": ("quiero cambiar la hora", "otro lugar"),
        "reminder": ("sí, los esperamos", "no puedo, otro día"),
    },
    "ar": {
        "consent": ("نعم", "من أنتم؟", "الرقم غلط"),
        "offer": ("الثاني", "الخميس بعد الساعة 5", "ولا واحد"),
        "booked": ("أريد تغيير الموعد", "مكان آخر"),
        "reminder": ("نعم", "أريد موعدا آخر"),
    },
}
ANYTIME: Mapping[str, tuple[str, ...]] = {
    "en": ("please call me", "español por favor", "STOP"),
    "es": ("llámeme por favor", "English please", "STOP"),
    "ar": ("اتصلوا بي", "English please", "STOP"),
}
STAFF = ("2", "1", "I will be late")
DIGITS: Mapping[Step, tuple[str, ...]] = {
    Step.CONSENT: ("1", "2", "3"),
    Step.READ_BACK: ("1", "2"),
    Step.PLACE: ("1", "2", "3", "4"),
    Step.REMINDER: ("1", "2", "3"),
    Step.SHARED_PHONE: ("1", "2"),
    Step.STOP_OR_CHANGE: ("1", "2"),
    Step.THANKS: ("1", "2", "3"),
    Step.MISSED: ("1", "2"),
    Step.STAFF_SET: ("2",),
    Step.STAFF_ASKED: ("1", "2"),
    Step.STAFF_HAPPENED: ("1", "2", "3"),
}
HAPPENED: Mapping[str, str] = {
    "consent.granted": "A family gave leave",
    "consent.declined": "A family said no",
    "consent.revoked": "Somebody ended all texts",
    "consent.wrong_number": "A number turned out to be wrong",
    "visit.booked": "A visit was set",
    "visit.moved": "A visit was moved",
    "visit.canceled": "A visit was called off",
    "visit.confirmed": "A family said the visit is still good",
    "visit.educator_cannot": "An educator cannot go",
    "visit.place": "A family chose where to meet",
    "conversation.language": "A family chose another language",
    "text.by_person": "A coordinator wrote",
    "attention.resolved": "A coordinator settled something",
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose phone it is, with where the family stands."""

    id: int
    name: str
    language: str
    kind: str
    stage: str


@dataclass(frozen=True, slots=True)
class Line:
    """One text on a phone's screen."""

    at: datetime
    mine: bool
    body: str
    language: str
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone: its owner, its screen, answers that lie near, and how many texts still wait to leave."""

    owner: Owner
    lines: tuple[Line, ...]
    quick: tuple[str, ...]
    waiting: int


def owners(session: Session) -> list[Owner]:
    """Every phone of the sample school: families first."""
    families = session.execute(
        select(Conversation.id, Guardian.name, Conversation.language, Invitation.status)
        .join(Guardian, Guardian.conversation_id == Conversation.id)
        .outerjoin(Invitation, Invitation.household_id == Guardian.household_id)
        .order_by(Guardian.id)
    )
    found = [
        Owner(number, name, language, "family", status or "not_asked") for number, name, language, status in families
    ]
    staff = session.execute(
        select(Conversation.id, Educator.name, Conversation.language, Educator.role)
        .join(Educator, Educator.conversation_id == Conversation.id)
        .order_by(Educator.id)
    )
    return found + [Owner(number, name, language, role, "") for number, name, language, role in staff]


def numbers_of(session: Session, refs: Sequence[str]) -> list[int]:
    """The numbers of people by the roster's ids, in that order."""
    families = select(Guardian.ref, Guardian.conversation_id).where(Guardian.ref.in_(refs))
    staff = select(Educator.ref, Educator.conversation_id).where(Educator.ref.in_(refs))
    known = dict([*session.execute(families).all(), *session.execute(staff).all()])
    return [number for ref in refs if (number := known.get(ref))]


def phone_of(session: Session, owner: Owner, now: datetime) -> Phone:
    """One phone as its owner sees it."""
    came = session.scalars(
        select(InboundText).where(InboundText.conversation_id == owner.id).order_by(InboundText.id.desc()).limit(SHOWN)
    )
    left = session.scalars(
        select(OutboundText)
        .where(OutboundText.conversation_id == owner.id)
        .order_by(OutboundText.id.desc())
        .limit(SHOWN)
    ).all()
    lines = [(each.received_at, 0, each.id, written(each)) for each in came]
    lines += [
        (each.sent_at, 1, each.id, Line(each.sent_at, False, each.body or "", each.language))
        for each in left
        if each.status in ARRIVED and each.sent_at
    ]
    waiting = sum(each.status == "queued" and each.not_before > now for each in left)
    ordered = tuple(line for *_, line in sorted(lines, key=lambda row: row[:3]))[-SHOWN:]
    return Phone(owner, ordered, quick_answers(session, owner, now), waiting)


def written(text: InboundText) -> Line:
    """A text the owner wrote, with our reading of it."""
    reading = text.reading or {}
    meaning = words.MEANINGS.get(str(reading.get("meaning")), "not read")
    return Line(text.received_at, True, text.body or "", text.language, meaning)


def quick_answers(session: Session, owner: Owner, now: datetime) -> tuple[str, ...]:
    """The numbers that answer the open question, then own words."""
    state = from_json(session.scalars(select(Conversation.state).where(Conversation.id == owner.id)).one())
    question = state.newest(now)
    numbers = digits_of(question)
    if owner.kind != "family":
        return numbers or STAFF
    own = OWN_WORDS.get(owner.language, OWN_WORDS["en"])
    more = own.get(question.step.value, ()) if question else own["booked"]
    return (*numbers, *more, *ANYTIME.get(owner.language, ANYTIME["en"]))


def digits_of(question: Open | None) -> tuple[str, ...]:
    """The numbers a question asks for."""
    if question is None:
        return ()
    if question.options and question.step in {Step.OFFER, Step.STAFF_WHICH}:
        numbers = tuple(str(number) for number in range(1, len(question.options) + 1))
        return (*numbers, "0") if question.step is Step.OFFER else numbers
    return DIGITS.get(question.step, ())


def happenings(session: Session, count: int = 8) -> Sequence[tuple[datetime, str]]:
    """What happened last, in words."""
    wanted = select(AuditEvent).where(AuditEvent.action.in_(HAPPENED)).order_by(AuditEvent.id.desc()).limit(count)
    return [(each.at, HAPPENED[each.action]) for each in session.scalars(wanted)]


def coming_visit(session: Session, now: datetime) -> Visit | None:
    """The next visit."""
    live = select(Visit).where(Visit.status.in_(("booked", "confirmed")), Visit.ends_at > now)
    return session.scalars(live.order_by(Visit.starts_at).limit(1)).first()
