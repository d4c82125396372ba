"""A season played through: what each family writes, what should come of it, and the conversations as they went."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TextIO
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hvbot.conversation.state import Open, Step, from_json
from hvbot.demo_data import EDUCATORS, FAMILIES, HELPER
from hvbot.models import (
    Attention,
    Consent,
    Conversation,
    Educator,
    Guardian,
    InboundText,
    Invitation,
    OutboundText,
    SubstituteRequest,
    Visit,
)
from hvbot.reports import REPORTS
from hvbot.services.attention import REASONS
from hvbot.services.programs import the_program
from hvbot.web.demo.stage import Stage, zone_of

DAYS = 43


@dataclass(frozen=True, slots=True)
class Scene:
    """A family's first texts, where it should stand in the end, and matters it should have raised."""

    family: str
    writes: tuple[str, ...]
    ends: str
    about: str
    matters: tuple[str, ...] = ()


SCENES = (
    Scene("marquez", ("1", "2", "quiero cambiar la hora", "1"), "done", "says yes, picks a time, moves the visit"),
    Scene("haddad", ("نعم", "2"), "done", "says yes in words, picks a time"),
    Scene("tran", ("1", "1"), "done", "says yes, picks the first time"),
    Scene("lopez", ("si claro", "el jueves despues de las 4", "1"), "done", "names a time in its own words"),
    Scene("nasser", ("1", "اتصلوا بي"), "talking", "asks for a person", ("call",)),
    Scene("okoye", ("yes", "2"), "done", "picks a time; an educator cannot come and a colleague steps in"),
    Scene("ramos", ("1", "0", "1"), "done", "none of the times suit; takes one of the others"),
    Scene("karam", ("لا",), "declined", "says no"),
    Scene("stone", (), "waiting", "never answers", ("call_task",)),
    Scene("park", ("STOP",), "opted_out", "ends all texts"),
    Scene("reed", ("wrong number",), "unreachable", "is not the one meant", ("wrong_number",)),
    Scene("cruz", ("español por favor", "1", "1"), "done", "goes on in another language"),
    Scene(
        "silva",
        ("1", "les puedo preguntar algo de la escuela", "es que mi esposo anda malo"),
        "talking",
        "is not understood; a person takes over",
        ("not_understood",),
    ),
    Scene("farid", ("1", "الثاني"), "done", "picks the second time in words"),
)
# What people answer to the questions that come later.
LATER: Mapping[Step, str] = {Step.REMINDER: "1", Step.THANKS: "1", Step.STAFF_HAPPENED: "1"}
CANNOT_GO = ("okoye", "2")


def play(stage: Stage, out: TextIO) -> list[str]:
    """Play the season, print it, and give back what went otherwise than it should."""
    for scene in SCENES:
        for words in scene.writes:
            stage.writes(phone_of(scene.family), words)
    somebody_cannot_go(stage)
    live(stage)
    with stage.runtime.sessions() as session:
        tell(session, out)
        problems = list(what_went_wrong(session))
        sum_up(session, stage, out, problems)
    return problems


def phone_of(family: str) -> str:
    """A family's number."""
    return next(phone for ref, _, phone, *_ in FAMILIES if ref == family)


def somebody_cannot_go(stage: Stage) -> None:
    """An educator says that they cannot go; the colleague who is asked says yes."""
    with stage.runtime.sessions() as session:
        address = session.scalar(
            select(Conversation.address)
            .join(Educator, Educator.conversation_id == Conversation.id)
            .join(Visit, Visit.second_id == Educator.id)
            .join(Guardian, Guardian.id == Visit.guardian_id)
            .where(Guardian.ref == f"g-{CANNOT_GO[0]}", Visit.status == "booked")
        )
    if address:
        stage.writes(address, CANNOT_GO[1])
    with stage.runtime.sessions() as session:
        asked = session.scalar(
            select(Conversation.address)
            .join(Educator, Educator.conversation_id == Conversation.id)
            .join(SubstituteRequest, SubstituteRequest.asked_id == Educator.id)
            .where(SubstituteRequest.status == "asked")
        )
    if asked:
        stage.writes(asked, "1")


def live(stage: Stage) -> None:
    """Let the weeks pass; people answer reminders and questions soon after they get them."""
    end = stage.clock.now() + timedelta(days=DAYS)
    answered: set[tuple[str, datetime]] = set()
    while due := stage.next_due(end):
        stage.wait_until(due)
        while asked := next(iter(open_questions(stage, answered)), None):
            address, question = asked
            answered.add((address, question.asked_at))
            stage.writes(address, LATER[question.step])
    stage.wait_until(end)


def open_questions(stage: Stage, answered: set[tuple[str, datetime]]) -> Iterable[tuple[str, Open]]:
    """Who has just read a question that the season answers, and has not answered it yet."""
    with stage.runtime.sessions() as session:
        last = select(OutboundText.conversation_id, func.max(OutboundText.sent_at).label("at"))
        last_text = last.group_by(OutboundText.conversation_id).subquery()
        threads = session.execute(
            select(Conversation.address, Conversation.state, last_text.c.at)
            .join(last_text, last_text.c.conversation_id == Conversation.id)
            .order_by(Conversation.id)
        ).all()
    for address, state, at in threads:
        question = from_json(state).newest(stage.clock.now())
        if not question or question.step not in LATER or at is None or at < question.asked_at:
            continue
        if (address, question.asked_at) not in answered:
            yield address, question


def tell(session: Session, out: TextIO) -> None:
    """Print every conversation."""
    zone = zone_of(session)
    for scene in SCENES:
        guardian = session.scalars(select(Guardian).where(Guardian.ref == f"g-{scene.family}")).one()
        out.write(f"\n── {guardian.name} ({guardian.language}): {scene.about}\n")
        out.writelines(lines_of(session, guardian.conversation_id, guardian.name, zone))
    for ref, name, *_ in (*EDUCATORS, HELPER):
        educator = session.scalars(select(Educator).where(Educator.ref == ref)).one()
        out.write(f"\n── {name}, educator\n")
        out.writelines(lines_of(session, educator.conversation_id, name, zone))


def lines_of(session: Session, conversation_id: int | None, name: str, zone: ZoneInfo) -> Iterable[str]:
    """The texts of one number in order, both ways."""
    came = session.scalars(select(InboundText).where(InboundText.conversation_id == conversation_id))
    left = session.scalars(select(OutboundText).where(OutboundText.conversation_id == conversation_id))
    lines = [(each.received_at, 0, each.id, f"{name.rsplit(maxsplit=1)[-1]} >", each.body or "") for each in came]
    for each in left:
        mark = "hvbot <" if each.sent_at else f"hvbot ({each.status}: {each.reason or 'not due'})"
        lines.append((each.sent_at or each.created_at, 1, each.id, mark, each.body or ""))
    for at, _, _, who, words in sorted(lines, key=lambda line: line[:3]):
        local = at.astimezone(zone)
        body = words.replace("\n", "\n" + " " * 32)
        yield f"   {local:%a %b %d %H:%M}  {who:>11} {body}\n"


def what_went_wrong(session: Session) -> Iterable[str]:
    """Everything that is not as the scenes have it, or as it must always be."""
    for scene in SCENES:
        yield from compare(session, scene)
    for check in CHECKS:
        yield from check(session)


def compare(session: Session, scene: Scene) -> Iterable[str]:
    """One family's end against its scene."""
    guardian = session.scalars(select(Guardian).where(Guardian.ref == f"g-{scene.family}")).one()
    invitation = session.scalars(select(Invitation).where(Invitation.household_id == guardian.household_id)).one()
    if invitation.status != scene.ends:
        yield f"{scene.family} should end as {scene.ends}, and is {invitation.status}"
    about = select(Attention.reason).where(
        (Attention.conversation_id == guardian.conversation_id) | (Attention.invitation_id == invitation.id)
    )
    raised = set(session.scalars(about))
    for reason in scene.matters:
        if reason not in raised:
            yield f"{scene.family} should have come before a person: {REASONS[reason]}"


def no_visit(session: Session) -> Iterable[str]:
    held = session.scalar(select(func.count(Visit.id)).where(Visit.status == "done")) or 0
    expected = sum(scene.ends == "done" for scene in SCENES)
    if held != expected:
        yield f"{expected} visits should have been held, and {held} were"


def nothing_moved(session: Session) -> Iterable[str]:
    if not session.scalar(select(func.count(Visit.id)).where(Visit.status == "moved")):
        yield "a visit should have been moved"


def nobody_stepped_in(session: Session) -> Iterable[str]:
    if not session.scalar(select(func.count(SubstituteRequest.id)).where(SubstituteRequest.status == "yes")):
        yield "a colleague should have stepped in"


def text_left_behind(session: Session) -> Iterable[str]:
    stuck = select(OutboundText.status, func.count()).where(OutboundText.status.in_(("sending", "unknown", "failed")))
    for status, count in session.execute(stuck.group_by(OutboundText.status)):
        yield f"{count} texts are {status}"
    parked = session.scalar(select(func.count(InboundText.id)).where(InboundText.status == "parked"))
    if parked:
        yield f"{parked} texts could not be worked on"


def texted_after_stop(session: Session) -> Iterable[str]:
    after = (
        select(OutboundText.id)
        .join(Consent, Consent.conversation_id == OutboundText.conversation_id)
        .where(Consent.kind == "revoked", OutboundText.sent_at > Consent.at)
    )
    for number in session.scalars(after):
        yield f"text {number} left after its reader had ended all texts"


CHECKS: tuple[Callable[[Session], Iterable[str]], ...] = (
    no_visit,
    nothing_moved,
    nobody_stepped_in,
    text_left_behind,
    texted_after_stop,
)


def sum_up(session: Session, stage: Stage, out: TextIO, problems: list[str]) -> None:
    """Print the figures, what waits for a person, and whether all went as it should."""
    report = REPORTS["responses"]
    rows = list(report.rows(session, the_program(session, stage.clock.now()).id))
    out.write("\n── How families answered\n")
    out.writelines(
        "   " + "".join(f"{'' if cell is None else cell!s:>13}" for cell in row) + "\n"
        for row in (report.columns, *rows)
    )
    totals = [sum(int(row[index] or 0) for row in rows) for index in range(2, len(report.columns))]
    out.write("   " + "".join(f"{cell!s:>13}" for cell in ("all", "", *totals)) + "\n")
    out.write("\n── Waits for a person\n")
    waiting = select(Attention).where(Attention.status != "resolved").order_by(Attention.since)
    out.writelines(f"   {REASONS.get(each.reason, each.reason)}\n" for each in session.scalars(waiting))
    sent = session.scalar(select(func.count(OutboundText.id)).where(OutboundText.sent_at.is_not(None)))
    came = session.scalar(select(func.count(InboundText.id)))
    out.write(f"\n{len(SCENES)} families, {sent} texts out, {came} texts in, {DAYS} days.\n")
    out.writelines(f"WRONG: {problem}\n" for problem in problems)
    out.write("The season ended wrong.\n" if problems else "The season ended as it should.\n")
