"""Texts of which nobody knows whether they left: the carrier is asked, and never sent again what it may have."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, case, exists, literal_column, or_, select, update
from sqlalchemy.orm import Session

from hvbot.channels.port import CONNECTIONS, Listed, SendError
from hvbot.models import Attention, Conversation, OutboundText
from hvbot.models.attention import OPEN
from hvbot.models.prepared import Prepared
from hvbot.runtime import Runtime
from hvbot.services.attention import raise_attention
from hvbot.services.callbacks import take_report

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
PATIENCE = timedelta(minutes=15)
# Asked at every tick at first, then once a minute.
KEEN = timedelta(minutes=3)
EVERY_S, TICK_S = 60, 15
# The carrier's clock and ours may differ by so much.
CLOCKS_DIFFER = timedelta(minutes=10)
BATCH = 200
NOT_FOUND, TOLD = "not found", "person told"

TEXTS: Any = OutboundText.__table__
CONVERSATIONS: Any = Conversation.__table__
NOW: Any = bindparam("now")
# A lease further off than a lease can be was given before the clock jumped back.
FURTHEST = bindparam("furthest", type_=TEXTS.c.lease_until.type)
EXPIRED = or_(TEXTS.c.lease_until < NOW, TEXTS.c.lease_until > FURTHEST)
LAPSE = (
    update(TEXTS)
    .where(TEXTS.c.status == "sending", EXPIRED)
    .values(status="unknown", lease_until=case((TEXTS.c.lease_until > FURTHEST, FURTHEST), else_=TEXTS.c.lease_until))
)
UNSETTLED = or_(TEXTS.c.reason.is_(None), TEXTS.c.reason != NOT_FOUND)
# Statuses as literals, so that the databases use the index of what is on its way.
IN_DOUBT = Prepared(
    select(
        exists().where(TEXTS.c.status == literal_column("'sending'"), EXPIRED).label("lapsed"),
        exists().where(TEXTS.c.status == literal_column("'unknown'"), UNSETTLED).label("unknown"),
        exists().where(Attention.reason == "send_unknown", OPEN).label("matters"),
    )
)
WAITING = (
    select(TEXTS.c.id, TEXTS.c.body, TEXTS.c.lease_until, CONVERSATIONS.c.address, CONVERSATIONS.c.channel)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == TEXTS.c.conversation_id)
    .where(TEXTS.c.status == "unknown", UNSETTLED)
    .order_by(TEXTS.c.id)
    .limit(BATCH)
)
CLAIMED = select(TEXTS.c.carrier_id).where(TEXTS.c.carrier_id.in_(bindparam("ids", expanding=True)))
OVERDUE = (
    select(TEXTS.c.id, TEXTS.c.program_id, TEXTS.c.conversation_id, TEXTS.c.invitation_id, TEXTS.c.reason)
    .where(TEXTS.c.status == "unknown", TEXTS.c.id.in_(bindparam("ids", expanding=True)))
    .with_for_update()
)
NOTE = update(TEXTS).where(TEXTS.c.id == bindparam("at"), TEXTS.c.status == "unknown").values(reason=bindparam("why"))


def settle_unknown(runtime: Runtime) -> int:
    """Ask the carrier about texts in doubt; how many were settled.

    One that the carrier holds is sent; one that it does not is a person's matter after fifteen minutes. Reports that
    come meanwhile settle a text by themselves.
    """
    now = runtime.clock.now()
    leases = {"now": now, "furthest": now + LEASE}
    with runtime.sessions() as session:
        there = IN_DOUBT.rows(session, leases)[0]
    settled = settle(runtime, now, leases, lapsed=there.lapsed) if there.lapsed or there.unknown else 0
    if settled or there.matters:
        close_matters(runtime)
    return settled


def settle(runtime: Runtime, now: datetime, leases: Mapping[str, datetime], *, lapsed: bool) -> int:
    """Ask about those whose turn it is, and about those whose lease is over."""
    if lapsed:
        with runtime.writing() as session:
            session.execute(LAPSE, leases)
    with runtime.sessions() as session:
        rows = [row for row in session.execute(WAITING) if is_turn(row, now)]
    answers = ask_carrier(runtime, rows)
    found = match(runtime, rows, answers)
    for row, text in found:
        take_report(runtime, row.id, text.status or "sent", text.carrier_id, text.error_code)
    give_up(runtime, rows, {row.id for row, _ in found}, answers)
    return len(found)


def is_turn(row: Any, now: datetime) -> bool:
    """Ask keenly at first, then once a minute."""
    age = now - handed_over(row)
    return age < KEEN or age.total_seconds() % EVERY_S < TICK_S


def handed_over(row: Any) -> datetime:
    """When a text was claimed."""
    claimed: datetime = row.lease_until - LEASE
    return claimed


def address(row: Any) -> str:
    return row.address if row.channel == "sms" else f"{row.channel}:{row.address}"


def ask_carrier(runtime: Runtime, rows: Sequence[Any]) -> dict[str, Sequence[Listed] | None]:
    """What the carrier holds for each number in doubt; None where it did not answer. No transaction is open."""
    since: dict[str, datetime] = {}
    for row in rows:
        moment = handed_over(row) - CLOCKS_DIFFER
        since[address(row)] = min(moment, since.get(address(row), moment))
    if not since:
        return {}

    def ask(to: str) -> Sequence[Listed] | None:
        try:
            return runtime.channel.sent_to(to, since[to])
        except SendError as problem:
            log.info("carrier does not list", fault=problem.fault.value, code=problem.code)
            return None

    with ThreadPoolExecutor(max_workers=min(CONNECTIONS, len(since))) as threads:
        return dict(zip(since, threads.map(ask, since), strict=True))


def match(
    runtime: Runtime, rows: Sequence[Any], answers: dict[str, Sequence[Listed] | None]
) -> list[tuple[Any, Listed]]:
    """Pair texts in doubt with texts the carrier holds: same number, same words, no other row's."""
    held = [text for texts in answers.values() for text in texts or ()]
    with runtime.sessions() as session:
        taken = set(session.scalars(CLAIMED, {"ids": [text.carrier_id for text in held]})) if held else set()
    pairs = []
    for row in rows:
        text = oldest_like(row, answers.get(address(row)) or (), taken)
        if text is not None:
            taken.add(text.carrier_id)
            pairs.append((row, text))
    return pairs


def oldest_like(row: Any, texts: Sequence[Listed], taken: set[str]) -> Listed | None:
    """The oldest text of the carrier's that may be this one; the carrier lists the newest first."""
    earliest = handed_over(row) - CLOCKS_DIFFER
    for text in reversed(texts):
        same = text.body.strip() == (row.body or "").strip() and text.carrier_id not in taken
        if same and (text.created_at is None or text.created_at >= earliest):
            return text
    return None


def give_up(
    runtime: Runtime, rows: Sequence[Any], settled: set[int], answers: dict[str, Sequence[Listed] | None]
) -> None:
    """Tell a person about what is in doubt for too long; stop asking where the carrier has answered."""
    now = runtime.clock.now()
    late = [row for row in rows if row.id not in settled and now - handed_over(row) >= PATIENCE]
    if not late:
        return
    silent = {row.id for row in late if answers.get(address(row)) is None}
    with runtime.writing() as session:
        for row in session.execute(OVERDUE, {"ids": [row.id for row in late]}).all():
            if row.reason is None:
                tell_person(session, row, now)
            session.execute(NOTE, {"at": row.id, "why": TOLD if row.id in silent else NOT_FOUND})


def tell_person(session: Session, row: Any, now: datetime) -> None:
    raise_attention(
        session,
        program_id=row.program_id,
        reason="send_unknown",
        now=now,
        key=str(row.id),
        conversation_id=row.conversation_id,
        invitation_id=row.invitation_id,
    )


def close_matters(runtime: Runtime) -> None:
    """Close the matters of texts that were settled after all."""
    with runtime.sessions() as session:
        keys: Iterable[str] = session.scalars(
            select(Attention.key).where(Attention.reason == "send_unknown", OPEN)
        ).all()
    by_text: dict[int, str] = defaultdict(str)
    for key in keys:
        by_text[int(key.partition(":")[2])] = key
    if not by_text:
        return
    with runtime.writing() as session:
        settled = session.scalars(select(TEXTS.c.id).where(TEXTS.c.id.in_(by_text), TEXTS.c.status != "unknown")).all()
        if settled:
            closed = update(Attention).where(Attention.key.in_([by_text[each] for each in settled]), OPEN)
            session.execute(closed.values(status="resolved", resolved_at=runtime.clock.now()))
