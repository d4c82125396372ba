"""Rounds of outreach: created, looked at before anything is sent, started."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from hvbot.conversation import messages
from hvbot.conversation.state import Open, State, Step, from_json, to_json
from hvbot.i18n.catalogue import Catalogue
from hvbot.models import (
    Conversation,
    Invitation,
    InvitationStudent,
    OutboundText,
    Program,
    Round,
    RoundSchool,
    School,
)
from hvbot.models.prepared import Prepared, insert_all
from hvbot.runtime import Runtime
from hvbot.scheduling.nudges import first_nudge
from hvbot.scheduling.quiet import next_moment
from hvbot.scheduling.rules import TimeRules
from hvbot.services.attention import raise_attention
from hvbot.services.audit import audit_row
from hvbot.services.audit import record as record_audit
from hvbot.services.facts import Site, school_site
from hvbot.services.outreach import NOT_ASKED, Audience, Home, audience_of
from hvbot.services.programs import ready_in, setting, the_program
from hvbot.services.recipients import site_params
from hvbot.services.texts import Letter, outbound_row

CHUNK = 500
INVITATIONS: Any = Invitation.__table__
TEXTS: Any = OutboundText.__table__
CONVERSATIONS: Any = Conversation.__table__
ASKED_NOW = ("none", "asked")


class RoundProblem(ValueError):
    """A round cannot be made or started as asked; the message names the remedy."""


CHILDREN: Any = InvitationStudent.__table__
ASK = Prepared(
    update(CONVERSATIONS)
    .where(CONVERSATIONS.c.id == bindparam("at_id"))
    .values(
        state=bindparam("new_state", type_=CONVERSATIONS.c.state.type),
        consent=bindparam("new_consent", type_=CONVERSATIONS.c.consent.type),
    )
)


@dataclass(frozen=True, slots=True)
class LanguageCost:
    """What a language's first texts come to. `cost` is in US dollars."""

    language: str
    texts: int
    segments: int
    cost: float
    review: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a start would do."""

    round_id: int
    name: str
    seed: int
    sample: int | None
    homes: int
    languages: tuple[LanguageCost, ...]
    not_asked: dict[str, int]
    not_asked_homes: tuple[tuple[str, str], ...]
    first_at: datetime | None


@dataclass(frozen=True, slots=True)
class Started:
    """What a start did."""

    homes: int
    texts: int


def create_round(
    session: Session,
    *,
    program_id: int,
    name: str,
    starts_on: date,
    ends_on: date,
    school_refs: Sequence[str] = (),
    sample: int | None = None,
    seed: int | None = None,
    now: datetime,
) -> Round:
    """Create a round for some schools, or for all.

    Raises:
        RoundProblem: the days are the wrong way round, a school is unknown, or there is none.
    """
    if ends_on < starts_on:
        raise RoundProblem(f"--to {ends_on} is before --from {starts_on}: give the last day of the round")
    if sample is not None and sample < 1:
        raise RoundProblem("--sample must be 1 or more: the number of families to draw")
    schools = chosen_schools(session, program_id, school_refs)
    drawn_by = secrets.randbelow(1_000_000) if seed is None else seed
    the_round = Round(
        program_id=program_id,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        sample=sample,
        seed=drawn_by,
        created_at=now,
    )
    session.add(the_round)
    session.flush()
    session.add_all(RoundSchool(round_id=the_round.id, school_id=school.id) for school in schools)
    record_audit(session, audit_row(program_id, now, "command", "round.created", "round", the_round.id))
    return the_round


def chosen_schools(session: Session, program_id: int, refs: Sequence[str]) -> Sequence[School]:
    """The schools named, or all."""
    found = select(School).where(School.program_id == program_id, School.gone_at.is_(None)).order_by(School.id)
    schools = session.scalars(found).all()
    if not schools:
        raise RoundProblem("no school yet: import a roster first (hvbot roster import PATH)")
    unknown = set(refs) - {school.ref for school in schools}
    if unknown:
        known = ", ".join(school.ref for school in schools[:20])
        raise RoundProblem(f"unknown school {', '.join(sorted(unknown))}: the roster has {known}")
    return [school for school in schools if not refs or school.ref in refs]


def list_rounds(session: Session) -> list[dict[str, Any]]:
    """Every round with its days, its draw and how many homes were asked."""
    asked = select(Invitation.round_id, func.count().label("homes")).group_by(Invitation.round_id).subquery()
    found = select(Round, asked.c.homes).outerjoin(asked, asked.c.round_id == Round.id).order_by(Round.id)
    return [
        {
            "id": the_round.id,
            "name": the_round.name,
            "from": the_round.starts_on.isoformat(),
            "to": the_round.ends_on.isoformat(),
            "sample": the_round.sample,
            "seed": the_round.seed,
            "started_at": the_round.started_at.isoformat() if the_round.started_at else None,
            "asked": homes or 0,
        }
        for the_round, homes in session.execute(found)
    ]


def the_round_of(session: Session, round_id: int) -> Round:
    """A round by its id."""
    the_round = session.get(Round, round_id)
    if the_round is None:
        raise RoundProblem(f"no round {round_id}: see hvbot round list")
    return the_round


def preview(runtime: Runtime, round_id: int) -> Preview:
    """What a start would do now: who, in which language, at what cost, and when. Nothing is written."""
    with runtime.sessions() as session:
        now = runtime.clock.now()
        the_round = the_round_of(session, round_id)
        program = the_program(session, now)
        audience = audience_of(session, ready_in(program, runtime.catalogue), the_round, now)
        sites = sites_of(session, program, the_round)
        rows = [
            row for home in audience.asked for row in letters(runtime, home, 0, sites[home.school_id], program.id, now)
        ]
        costs = language_costs(runtime, rows, setting(program, "segment_cents"))
        return Preview(
            the_round.id,
            the_round.name,
            the_round.seed,
            the_round.sample,
            len(audience.asked),
            costs,
            dict(Counter(reason for _, reason in audience.not_asked)),
            tuple((home.ref, reason) for home, reason in audience.not_asked),
            min((row["not_before"] for row in rows), default=None),
        )


def language_costs(runtime: Runtime, rows: Sequence[dict[str, Any]], cents: float) -> tuple[LanguageCost, ...]:
    """Texts, segments and cost of each language."""
    texts, segments = Counter[str](), Counter[str]()
    for row in rows:
        texts[row["language"]] += 1
        segments[row["language"]] += row["segments"]
    return tuple(
        LanguageCost(
            code, texts[code], segments[code], segments[code] * cents / 100, runtime.catalogue.languages[code].review
        )
        for code in sorted(texts)
    )


def describe_preview(found: Preview) -> str:
    """The preview as a person reads it."""
    lines = [
        f"Round {found.round_id}: {found.name}",
        f"Drawn: {'everybody' if found.sample is None else f'{found.sample} homes'}, seed {found.seed}",
        f"Homes to ask: {found.homes}",
        *(
            f"  {it.language}: {it.texts} texts, {it.segments} segments, about ${it.cost:.2f} ({it.review})"
            for it in found.languages
        ),
        f"Total: {sum(it.segments for it in found.languages)} segments, about ${sum(it.cost for it in found.languages):.2f}",
        f"First texts leave: {found.first_at.isoformat() if found.first_at else 'none'}",
        f"Homes not asked: {sum(found.not_asked.values())}",
        *(f"  {count} {NOT_ASKED[reason]}" for reason, count in sorted(found.not_asked.items())),
        *(
            f"    home of {ref.lstrip('~')}: {NOT_ASKED[reason]}"
            for ref, reason in found.not_asked_homes[:20]
            if reason != "not_drawn"
        ),
    ]
    return "\n".join(lines)


def sites_of(session: Session, program: Program, the_round: Round) -> dict[int, Site]:
    """The round's schools with their rules."""
    found = (
        select(School).join(RoundSchool, RoundSchool.school_id == School.id).where(RoundSchool.round_id == the_round.id)
    )
    return {school.id: school_site(session, program, school) for school in session.scalars(found)}


def start_round(runtime: Runtime, round_id: int, progress: Callable[[int, int], None] | None = None) -> Started:
    """Ask the homes of a round, in short transactions; started again it goes on where it stopped and asks nobody twice."""
    now = runtime.clock.now()
    with runtime.sessions() as session:
        the_round = the_round_of(session, round_id)
        program = the_program(session, now)
        audience = audience_of(session, ready_in(program, runtime.catalogue), the_round, now)
        sites = sites_of(session, program, the_round)
        session.expunge_all()
    texts = homes = 0
    for chunk in chunks(audience):
        with runtime.writing() as session:
            texts += ask_chunk(runtime, session, the_round, chunk, sites, now)
        homes += len(chunk)
        if progress:
            progress(homes, len(audience.asked))
    with runtime.writing() as session:
        note_start(session, the_round, audience, now)
        attend_unreadable(session, the_round, audience, now)
    return Started(homes, texts)


def chunks(audience: Audience) -> Iterator[tuple[Home, ...]]:
    """The homes in chunks: a long transaction would hold up every turn."""
    for first in range(0, len(audience.asked), CHUNK):
        yield audience.asked[first : first + CHUNK]


def ask_chunk(
    runtime: Runtime, session: Session, the_round: Round, homes: Sequence[Home], sites: dict[int, Site], now: datetime
) -> int:
    """Write one chunk: invitations, their children, the first texts, and the question each number is asked."""
    rows = [invitation_row(the_round, home, sites[home.school_id], now) for home in homes]
    ids = add_invitations(session, the_round.id, rows)
    students = [{"invitation_id": ids[home.id], "student_id": student} for home in homes for student in home.students]
    insert_all(session, CHILDREN, students)
    texts = [
        row
        for home in homes
        for row in letters(runtime, home, ids[home.id], sites[home.school_id], the_round.program_id, now)
    ]
    insert_all(session, TEXTS, texts)
    open_questions(session, homes, {row["conversation_id"]: row["not_before"] for row in texts})
    return len(texts)


def add_invitations(session: Session, round_id: int, rows: Sequence[dict[str, Any]]) -> dict[int, int]:
    """Write invitations; their ids by household.

    RETURNING would make one statement with thousands of parameters, which takes longer to read than the rows to write.
    """
    last = session.scalar(select(func.max(INVITATIONS.c.id))) or 0
    insert_all(session, INVITATIONS, rows)
    new = select(INVITATIONS.c.household_id, INVITATIONS.c.id)
    found = session.execute(new.where(INVITATIONS.c.round_id == round_id, INVITATIONS.c.id > last))
    return {row.household_id: row.id for row in found}


def invitation_row(the_round: Round, home: Home, site: Site, now: datetime) -> dict[str, Any]:
    """An invitation; its first nudge is due when the ladder says."""
    asked_at = first_moment(now, site.rules)
    return {
        "program_id": the_round.program_id,
        "round_id": the_round.id,
        "household_id": home.id,
        "school_id": home.school_id,
        "pair_id": home.pair_id,
        "language": home.language,
        "status": "waiting",
        "asked_at": asked_at,
        "nudges": 0,
        "nudge_due_at": first_nudge(asked_at, site.rules, home.id),
    }


def letters(
    runtime: Runtime, home: Home, invitation_id: int, site: Site, program_id: int, now: datetime
) -> list[dict[str, Any]]:
    """The first text to each number of a home. In one language it is the same at a whole school but for its address."""
    return [
        {
            **first_text(runtime.catalogue, number.language, site, program_id, now),
            "conversation_id": number.conversation_id,
            "invitation_id": invitation_id,
            "intent": f"ask:invitation{invitation_id}:1:{number.conversation_id}",
        }
        for number in home.numbers.values()
    ]


@lru_cache(maxsize=1024)
def first_text(catalogue: Catalogue, language: str, site: Site, program_id: int, now: datetime) -> dict[str, Any]:
    """Ask leave: who we are, what we want, the ways out; no child, no class, no address. Copy it before changing it."""
    letter = Letter(
        program_id=program_id,
        conversation_id=0,
        message=messages.ASK_LEAVE,
        params=site_params(site),
        language=language,
        zone=site.zone,
        school_id=site.id,
        purpose="ask",
        intent="",
        not_before=first_moment(now, site.rules),
        unprompted=True,
    )
    return outbound_row(catalogue, letter, now)


@lru_cache(maxsize=1024)
def first_moment(now: datetime, rules: TimeRules) -> datetime:
    """When the first texts of a school may leave."""
    return next_moment(now, rules)


def open_questions(session: Session, homes: Sequence[Home], asked_at: dict[int, datetime]) -> None:
    """Open the question of leave at every number."""
    changes = [
        {
            "at_id": number.conversation_id,
            "new_state": asked_state(number.state, asked_at[number.conversation_id]),
            "new_consent": "asked" if number.consent in ASKED_NOW else number.consent,
        }
        for home in homes
        for number in home.numbers.values()
    ]
    ASK.each(session, changes)


def asked_state(state: Mapping[str, Any], asked_at: datetime) -> dict[str, Any]:
    """A conversation's state with the question of leave; most have none yet, and then it is the same for a school."""
    if not state:
        return first_state(asked_at)
    return to_json(from_json(dict(state)).asking(Open(Step.CONSENT, asked_at)))


@lru_cache(maxsize=1024)
def first_state(asked_at: datetime) -> dict[str, Any]:
    """The state of a conversation that begins. Copy it before changing it."""
    return to_json(State().asking(Open(Step.CONSENT, asked_at)))


def note_start(session: Session, the_round: Round, audience: Audience, now: datetime) -> None:
    """Keep when the round was first started."""
    session.execute(update(Round).where(Round.id == the_round.id, Round.started_at.is_(None)).values(started_at=now))
    detail = {"asked": len(audience.asked), "not_asked": len(audience.not_asked)}
    record_audit(
        session, audit_row(the_round.program_id, now, "command", "round.started", "round", the_round.id, detail=detail)
    )


def attend_unreadable(session: Session, the_round: Round, audience: Audience, now: datetime) -> None:
    """A person must help the families whose language is not ready: they are not texted in another one."""
    homes = (*audience.asked, *(home for home, _ in audience.not_asked))
    for home in homes:
        for conversation_id, language in home.unreadable:
            raise_attention(
                session,
                program_id=the_round.program_id,
                reason="language_not_ready",
                now=now,
                key=str(conversation_id),
                detail=language,
                school_id=home.school_id,
                conversation_id=conversation_id,
            )
