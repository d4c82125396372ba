"""When an educator cannot go: somebody who fits is asked before the family is troubled. And what became of a visit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from hvbot.conversation import messages
from hvbot.conversation.effects import Tell, To
from hvbot.conversation.state import Open, Option, Step
from hvbot.models import Busy, Conversation, Educator, Invitation, SubstituteRequest, Visit
from hvbot.scheduling.offers import choose_three
from hvbot.scheduling.slots import quarters
from hvbot.services.attention import settle_visit
from hvbot.services.calendars import able, calendars_of, open_times
from hvbot.services.exchange import Exchange
from hvbot.services.facts import round_end
from hvbot.services.recipients import Recipient, with_number
from hvbot.services.telling import tell, tell_one
from hvbot.services.visits import close_visit, drop_reminders, lock_visit, plan_reminders, visit_of

VISITS: Any = Visit.__table__
REQUESTS: Any = SubstituteRequest.__table__
INVITATIONS: Any = Invitation.__table__
BUSY: Any = Busy.__table__
LIVE = ("booked", "confirmed")
ASK_HOURS = 4
LATEST_HOURS_BEFORE = 6
# Whoever cannot go at five cannot go at a quarter past either.
HALF_A_DAY = timedelta(hours=12)
SEATS = ("first_id", "second_id", "interpreter_id")


def cannot_go(exchange: Exchange, visit_id: int) -> None:
    """Free the educator, tell a coordinator, and ask the first colleague who fits; with none, the family.

    The educator hears that we look for somebody only where somebody was asked; else that a person does.
    """
    visit = lock_visit(exchange.session, visit_id)
    leaving = exchange.staff_id
    if visit is None or visit.status not in LIVE or leaving is None or leaving not in seats(visit):
        exchange.say(messages.EDUCATOR_NOT_NEEDED, {}, "staff")
        return
    exchange.visit = visit
    found = is_sought(exchange.session, visit, leaving) or seek(exchange, visit, leaving)
    exchange.say(messages.EDUCATOR_CANT if found else messages.PERSON_ANSWERS, {}, "staff")


def is_sought(session: Session, visit: Any, leaving: int) -> bool:
    """Tell whether a colleague is being asked already: who says twice that they cannot go is not sought twice."""
    found = select(REQUESTS.c.id).where(
        REQUESTS.c.visit_id == visit.id,
        REQUESTS.c.version == visit.version,
        REQUESTS.c.leaving_id == leaving,
        REQUESTS.c.status == "asked",
    )
    return session.execute(found).first() is not None


def seek(exchange: Exchange, visit: Any, leaving: int) -> bool:
    """Free an educator and ask a colleague; false when nobody is left to ask."""
    exchange.attend("educator_cannot", visit_id=visit.id)
    exchange.audit("visit.educator_cannot", "visit", visit.id, before=visit.version, detail={"educator": leaving})
    free(exchange.session, visit.id, leaving)
    return ask_next(exchange, visit, leaving)


def seats(visit: Any) -> tuple[int | None, ...]:
    """Who goes: first, second, interpreter."""
    return tuple(getattr(visit, seat) for seat in SEATS)


def free(session: Session, visit_id: int, person: int) -> None:
    """Give one person's time back."""
    session.execute(delete(BUSY).where(BUSY.c.visit_id == visit_id, BUSY.c.educator_id == person))


def ask_next(exchange: Exchange, visit: Any, leaving: int) -> bool:
    """Ask the next colleague; when nobody is left, or it is too late, offer the family other times. Tells which."""
    deadline = min(exchange.now + timedelta(hours=ASK_HOURS), visit.starts_at - timedelta(hours=LATEST_HOURS_BEFORE))
    person = next(iter(candidates(exchange, visit, leaving)), None) if deadline > exchange.now else None
    if person is None:
        nobody_left(exchange, visit, leaving)
        return False
    values = {"visit_id": visit.id, "version": visit.version, "leaving_id": leaving, "asked_id": person.educator_id}
    exchange.session.execute(
        insert(REQUESTS).values(**values, asked_at=exchange.now, deadline=deadline, status="asked")
    )
    question = Open(Step.STAFF_ASKED, exchange.now, (), visit.id, visit.version)
    partner = next((name for name in staying_names(exchange.session, visit, leaving)), "")
    tell_one(exchange, person, messages.EDUCATOR_ASK, "staff", params={"partner": partner}, question=question)
    return True


def staying_names(session: Session, visit: Any, leaving: int) -> Sequence[str]:
    """Who still goes."""
    ids = [person for person in (visit.first_id, visit.second_id) if person != leaving]
    return session.scalars(select(Educator.name).where(Educator.id.in_(ids))).all()


def candidates(exchange: Exchange, visit: Any, leaving: int) -> list[Recipient]:
    """Colleagues of the school who are willing, trained, free at that time and not asked yet; speakers first."""
    role = exchange.session.scalar(select(Educator.role).where(Educator.id == leaving))
    asked = select(REQUESTS.c.asked_id).where(REQUESTS.c.visit_id == visit.id, REQUESTS.c.version == visit.version)
    found = (
        select(Educator.conversation_id, Conversation.language, Conversation.consent, Educator.id, Educator.languages)
        .join(Conversation, Conversation.id == Educator.conversation_id)
        .where(
            Educator.role == role,
            Educator.id.not_in([person for person in seats(visit) if person]),
            Educator.id.not_in(asked),
            Conversation.consent != "revoked",
        )
        .order_by(Educator.id)
    )
    same = found.where(Educator.school_id == visit.school_id, *able(Educator)) if role == "educator" else found
    rows = exchange.session.execute(same, {"today": exchange.now.date()}).all()
    language = family_language(exchange.session, visit)
    rows = [row for row in rows if role == "educator" or language in row.languages]
    free_ones = free_at(exchange, visit, [row.id for row in rows])
    ranked = sorted(
        (row for row in rows if row.id in free_ones), key=lambda row: (language not in row.languages, row.id)
    )
    return [
        Recipient(row.conversation_id, row.language, row.consent, None, row.id, role or "educator") for row in ranked
    ]


def family_language(session: Session, visit: Any) -> str:
    """The language of the family's invitation."""
    return session.scalar(select(INVITATIONS.c.language).where(INVITATIONS.c.id == visit.invitation_id)) or "en"


def own_pair_of(session: Session, visit: Any) -> int | None:
    """The pair whose times the family's answer will be compared with."""
    return session.scalar(select(INVITATIONS.c.pair_id).where(INVITATIONS.c.id == visit.invitation_id))


def free_at(exchange: Exchange, visit: Any, people: Sequence[int]) -> set[int]:
    """Who gave this time and has nothing else in it."""
    if not people or exchange.site is None:
        return set()
    rules = exchange.site.rules
    held_until = visit.starts_at + timedelta(minutes=rules.held)
    calendars = calendars_of(exchange.session, people, exchange.now, held_until)
    needed = set(quarters(visit.starts_at, rules))
    return {
        person
        for person, calendar in calendars.items()
        if not needed & calendar.busy
        and any(time.starts_at <= visit.starts_at and held_until <= time.ends_at for time in calendar.available)
    }


def take(exchange: Exchange, visit_id: int) -> None:
    """A colleague goes: the seat, the time and everybody's knowledge change together."""
    visit = lock_visit(exchange.session, visit_id)
    request = open_request(exchange, visit)
    if visit is None or request is None or exchange.site is None:
        exchange.say(messages.EDUCATOR_NOT_NEEDED, {}, "staff")
        return
    answer_request(exchange.session, request.id, "yes")
    seat = next(name for name in SEATS if getattr(visit, name) == request.leaving_id)
    values = {seat: exchange.staff_id, "version": visit.version + 1, "changed_at": exchange.now}
    exchange.session.execute(update(VISITS).where(VISITS.c.id == visit.id).values(**values))
    exchange.visit = visit_of(exchange.session, visit.id)
    rows = [
        {"educator_id": exchange.staff_id, "quarter": quarter, "visit_id": visit.id}
        for quarter in quarters(visit.starts_at, exchange.site.rules)
    ]
    exchange.session.execute(insert(BUSY), rows)
    drop_reminders(exchange.session, visit.id, "changed", exchange.now)
    plan_reminders(exchange, exchange.visit, exchange.site.rules)
    settle_visit(exchange.session, exchange.now, visit.id, "educator_cannot")
    exchange.audit("visit.substitute", "visit", visit.id, before=visit.version, after=visit.version + 1)
    tell_change(exchange, seat)


def tell_change(exchange: Exchange, seat: str) -> None:
    """Tell the new colleague, the one who stays, and the family, who were all told other names."""
    me = Recipient(exchange.contact.id, exchange.language, exchange.contact.consent, None, exchange.staff_id)
    tell_one(exchange, me, messages.EDUCATOR_TAKES, "staff", Step.STAFF_SET)
    tell(exchange, Tell(To.PARTNER, messages.EDUCATOR_NEW_PARTNER, "staff"))
    family = messages.INTERPRETER_FOUND if seat == "interpreter_id" else messages.SAME_TIME_NEW_NAMES
    tell(exchange, Tell(To.HOME, family, "told"))


def refuse(exchange: Exchange, visit_id: int) -> None:
    """The colleague cannot either: ask the next."""
    visit = lock_visit(exchange.session, visit_id)
    request = open_request(exchange, visit)
    if visit is None or request is None:
        return
    answer_request(exchange.session, request.id, "no")
    exchange.visit = visit
    ask_next(exchange, visit, request.leaving_id)
    exchange.visit = None


def open_request(exchange: Exchange, visit: Any) -> Any:
    """The request this colleague was sent, while it is open and the visit is as it was."""
    if visit is None or visit.status not in LIVE:
        return None
    found = select(REQUESTS).where(
        REQUESTS.c.visit_id == visit.id,
        REQUESTS.c.version == visit.version,
        REQUESTS.c.asked_id == exchange.staff_id,
        REQUESTS.c.status == "asked",
    )
    return exchange.session.execute(found).one_or_none()


def answer_request(session: Session, request_id: int, status: str) -> None:
    """Keep what was answered."""
    session.execute(update(REQUESTS).where(REQUESTS.c.id == request_id).values(status=status))


def nobody_left(exchange: Exchange, visit: Any, leaving: int) -> None:
    """An interpreter can be found by a person; without one of the pair the visit cannot be, and the family hears it."""
    exchange.visit = visit
    exchange.attend("substitute_missing", visit_id=visit.id)
    if leaving == visit.interpreter_id:
        exchange.session.execute(update(VISITS).where(VISITS.c.id == visit.id).values(interpreter_id=None))
        return
    school_cannot(exchange, visit, leaving)


def school_cannot(exchange: Exchange, visit: Any, leaving: int | None) -> None:
    """End the visit from the school's side: apologize, and show other times at once."""
    close_visit(exchange, visit, "canceled")
    exchange.audit("visit.canceled", "visit", visit.id, before=visit.version, after=visit.version)
    exchange.session.execute(
        update(INVITATIONS).where(INVITATIONS.c.id == visit.invitation_id).values(status="talking", booked_at=None)
    )
    for person in with_number(exchange.going(visit)):
        if person.educator_id != leaving:
            tell_one(exchange, person, messages.EDUCATOR_OFF, "staff")
    for number in exchange.at_home(visit.household_id):
        if number.consent == "granted":
            offer_again(exchange, visit, number)
        else:
            tell_one(exchange, number, messages.OTHERS_OFF, "told")


def offer_again(exchange: Exchange, visit: Any, number: Recipient) -> None:
    """Show one adult of the home new times, in words that blame nobody."""
    times = times_for(exchange, visit, number.language)
    other_days = [slot for slot in times if abs(slot.starts_at - visit.starts_at) >= HALF_A_DAY]
    slots = choose_three(other_days, rules_of(exchange), visit.invitation_id)
    if not slots:
        tell_one(exchange, number, messages.SCHOOL_OFF, "off")
        return
    options = tuple(Option(slot.starts_at, slot.pair_id, slot.interpreter_id) for slot in slots)
    question = Open(Step.OFFER, exchange.now, options)
    times = tuple(option.starts_at for option in options)
    tell_one(exchange, number, messages.SCHOOL_MOVES, "off", params={"times": times}, question=question)


def rules_of(exchange: Exchange) -> Any:
    """The rules of the exchange's school."""
    return exchange.site.rules if exchange.site else None


def times_for(exchange: Exchange, visit: Any, language: str) -> Any:
    """Other open times for a family."""
    site = exchange.site
    if site is None:
        return ()
    return open_times(
        exchange.session,
        program_id=exchange.program.id,
        school_id=site.id,
        school_language=site.language,
        preferred_pair=own_pair_of(exchange.session, visit),
        language=language,
        rules=site.rules,
        now=exchange.now,
        until=round_end(exchange.session, visit.round_id, site),
    ).slots


def record_outcome(exchange: Exchange, visit_id: int, outcome: str) -> None:
    """Keep what an educator says became of the visit; the first answer counts, a different second one needs a person."""
    visit = lock_visit(exchange.session, visit_id)
    if visit is None or exchange.staff_id not in seats(visit):
        return
    if visit.status not in LIVE:
        if visit.status != {"done": "done"}.get(outcome, "missed"):
            exchange.attend("visit_not_held", visit_id=visit.id)
        return
    exchange.visit = visit
    status = "done" if outcome == "done" else "missed"
    exchange.session.execute(
        update(VISITS).where(VISITS.c.id == visit.id).values(status=status, changed_at=exchange.now)
    )
    exchange.audit(f"visit.{outcome}", "visit", visit.id, before=visit.version, after=visit.version)
    after_visit(exchange, visit, outcome)


def after_visit(exchange: Exchange, visit: Any, outcome: str) -> None:
    """A visit that took place is counted; one that did not is offered again, without blame."""
    done: dict[str, Any] = {"status": "done", "done_at": exchange.now}
    values = done if outcome == "done" else {"status": "talking", "booked_at": None}
    exchange.session.execute(update(INVITATIONS).where(INVITATIONS.c.id == visit.invitation_id).values(**values))
    if outcome == "done":
        return
    drop_reminders(exchange.session, visit.id, outcome, exchange.now)
    if outcome == "missed":
        tell(exchange, Tell(To.WILLING, messages.MISSED, "told", Step.MISSED))
    else:
        exchange.attend("visit_not_held", visit_id=visit.id)


def pass_deadline(exchange: Exchange, request: Any) -> None:
    """Nobody answered in time: ask the next."""
    visit = lock_visit(exchange.session, request.visit_id)
    answer_request(exchange.session, request.id, "late")
    if visit is None or visit.status not in LIVE or visit.version != request.version:
        return
    exchange.visit = visit
    ask_next(exchange, visit, request.leaving_id)
