"""What became of a season: the funnel, texts and cost, the office's load, figures by language, the promises, a digest."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from sqlalchemy import case, distinct, func, select

from hvbot.models import Attention, Consent, Conversation, InboundText, Invitation, OutboundText, Program, Visit
from hvbot.runtime import Runtime
from hvbot.services.programs import setting
from hvbot.simulation.watch import Watch

FUNNEL = (
    "asked",
    "delivered",
    "replied",
    "agreed",
    "booked",
    "done",
    "declined",
    "opted_out",
    "unreachable",
    "waiting",
)
WILLING_ENDS = ("booked", "done")


@dataclass(frozen=True)
class Outcome:
    """Everything that is printed at the end. `cost` is in US dollars, `hours` how long matters were open."""

    seed: int
    digest: str
    funnel: dict[str, int]
    visits: dict[str, int]
    texts_out: int
    texts_in: int
    segments: int
    cost: float
    texts_until_booked: float
    matters: dict[str, int]
    matters_open_hours: float
    languages: list[dict[str, Any]]
    faults: dict[str, int]
    invariants: dict[str, int]
    first_violations: list[str]


def measure(runtime: Runtime, seed: int, watch: Watch, faults: dict[str, int]) -> Outcome:
    """Count what became of the season."""
    with runtime.sessions() as session:
        by_language = list(languages(session))
        funnel = {name: sum(row[name] for row in by_language) for name in FUNNEL}
        out, segments = session.execute(
            select(func.count(), func.sum(OutboundText.segments)).where(OutboundText.sent_at.is_not(None))
        ).one()
        matters = counts(session, Attention.reason)
        opened = session.execute(
            select(Attention.since, Attention.resolved_at).where(Attention.resolved_at.is_not(None))
        )
        hours = [(until - since).total_seconds() / 3600 for since, until in opened if until is not None]
        program = session.scalars(select(Program).order_by(Program.id)).one()
        return Outcome(
            seed=seed,
            digest=digest(session),
            funnel=funnel,
            visits=counts(session, Visit.status),
            texts_out=out,
            texts_in=session.scalar(select(func.count(InboundText.id))) or 0,
            segments=int(segments or 0),
            cost=round(int(segments or 0) * setting(program, "segment_cents") / 100, 2),
            texts_until_booked=until_booked(session),
            matters=dict(sorted(matters.items(), key=lambda item: -item[1])),
            matters_open_hours=round(median(hours), 1) if hours else 0.0,
            languages=by_language,
            faults=faults,
            invariants=dict(watch.table()),
            first_violations=watch.first,
        )


def counts(session: Any, column: Any) -> dict[str, int]:
    """How many rows there are of each kind."""
    return {row[0]: row[1] for row in session.execute(select(column, func.count()).group_by(column).order_by(column))}


def languages(session: Any) -> Iterator[dict[str, Any]]:
    """The funnel of each language, from the invitations."""
    moments = {
        "asked": Invitation.asked_at,
        "delivered": Invitation.delivered_at,
        "replied": Invitation.replied_at,
        "agreed": Invitation.consented_at,
    }
    columns = [func.count(column).label(name) for name, column in moments.items()]
    columns += [func.sum(case((Invitation.status == name, 1), else_=0)).label(name) for name in FUNNEL[4:]]
    found = select(Invitation.language, *columns).group_by(Invitation.language).order_by(Invitation.language)
    for row in session.execute(found).mappings():
        yield {name: value or 0 for name, value in row.items()}


def until_booked(session: Any) -> float:
    """How many texts a willing family wrote until its first visit was set: the median."""
    first = select(Visit.invitation_id, func.min(Visit.created_at).label("at")).group_by(Visit.invitation_id).subquery()
    granted = select(Consent.conversation_id).where(Consent.kind == "granted").distinct()
    wrote = (
        select(func.count(distinct(InboundText.id)))
        .join(OutboundText, OutboundText.conversation_id == InboundText.conversation_id)
        .join(first, first.c.invitation_id == OutboundText.invitation_id)
        .where(
            OutboundText.purpose == "ask",
            InboundText.conversation_id.in_(granted),
            InboundText.received_at <= first.c.at,
        )
        .group_by(InboundText.conversation_id)
    )
    return float(median(list(session.scalars(wrote)) or [0]))


def digest(session: Any) -> str:
    """A fingerprint of what happened: who got and wrote what, when, and what became of it. Ids are left out: they may
    differ where the same things happened in another order within a moment.
    """
    texts = select(
        Conversation.address, OutboundText.created_at, OutboundText.status, OutboundText.wording, OutboundText.body
    ).join(Conversation, Conversation.id == OutboundText.conversation_id)
    came = select(Conversation.address, InboundText.received_at, InboundText.body).join(
        Conversation, Conversation.id == InboundText.conversation_id
    )
    visits = select(Visit.wall, Visit.zone, Visit.status, Visit.version, Visit.created_at)
    found = hashlib.sha256()
    for rows in (texts, came, visits):
        for line in sorted(repr(tuple(row)) for row in session.execute(rows)):
            found.update(line.encode("utf-8", "surrogatepass"))
    return found.hexdigest()[:16]


def as_json(outcome: Outcome) -> dict[str, Any]:
    return asdict(outcome)


def describe(outcome: Outcome) -> Iterator[str]:
    """The outcome as a person reads it."""
    yield f"Season of seed {outcome.seed}, digest {outcome.digest}"
    yield ""
    yield "Funnel"
    yield from lines(list(outcome.funnel.items()))
    yield "Visits"
    yield from lines(sorted(outcome.visits.items()))
    yield "Texts"
    yield f"  {outcome.texts_out} out, {outcome.texts_in} in, {outcome.segments} segments, about ${outcome.cost:.2f}"
    yield f"  a willing family wrote {outcome.texts_until_booked:g} texts until its visit was set (median)"
    yield "Load on the office"
    yield f"  {sum(outcome.matters.values())} matters, open for {outcome.matters_open_hours:g} hours (median)"
    yield from lines(list(outcome.matters.items()))
    yield "By language"
    yield "  " + "".join(f"{name:>12}" for name in ("language", *FUNNEL))
    yield from ("  " + "".join(f"{row[name]!s:>12}" for name in ("language", *FUNNEL)) for row in outcome.languages)
    yield "Faults that happened"
    yield from lines(sorted(outcome.faults.items()))
    yield "Promises: violations"
    yield from lines(list(outcome.invariants.items()))
    yield from (f"VIOLATION {text}" for text in outcome.first_violations)


def lines(rows: Sequence[tuple[str, int]]) -> Iterator[str]:
    return (f"  {name:<28}{count:>10}" for name, count in rows)
