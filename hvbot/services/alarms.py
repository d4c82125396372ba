"""Alarms: what goes wrong with the machine rather than with a family comes before a person, once, and settles itself.

Each alarm says how near it is to what nobody should bear: at 1 it is raised, below `OVER` it is settled, and between the
two it stays as it is. What it is called and what to do about it stands with all other matters (`services.attention.REASONS`
and `web.words.NEXT_STEP`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import and_, case, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from hvbot.models import Attention, Invitation, OutboundText, Program, School
from hvbot.models.attention import OPEN
from hvbot.runtime import Runtime
from hvbot.services.attention import raise_attention
from hvbot.services.health import LAST_TICK, WAITING_SINCE
from hvbot.services.programs import setting

log = structlog.get_logger()

OVER = 0.8
# A round that starts puts thousands in line at once; who wrote to us waits for an answer.
ANSWERS_LATE, ROUND_LATE = (timedelta(minutes=10), "answers"), (timedelta(hours=1), "unprompted")
WORKER_LATE = timedelta(minutes=3)
UNKNOWN_WITHIN, MOST_UNKNOWN = timedelta(hours=1), 10
FAILS_WITHIN, FEWEST_TEXTS, MOST_FAIL = timedelta(days=1), 20, 0.2
BUDGET_NEAR = 0.8
# What a person has settled although it goes on is known; it is not brought up again for so long.
LET_BE = timedelta(hours=1)

TEXTS: Any = OutboundText.__table__
INVITATIONS: Any = Invitation.__table__
ATTENTIONS: Any = Attention.__table__
# As a literal, so that the databases use the index of what is queued.
QUEUED: Any = TEXTS.c.status == literal_column("'queued'")


@dataclass(frozen=True, slots=True)
class Sign:
    """How near one alarm is: at 1 it is raised. `about` tells alarms of one reason apart."""

    program_id: int
    level: float
    detail: str
    about: str = ""
    school_id: int | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A reason, and how to see it."""

    reason: str
    look: Callable[[Session, datetime], Iterator[Sign]]


def sound(runtime: Runtime, alarms: Sequence[Alarm] | None = None) -> int:
    """Raise what has begun and settle what is over; how many changed. Any number of processes may do this."""
    watched = ALARMS if alarms is None else alarms
    now = runtime.clock.now()
    with runtime.sessions() as session:
        signs = {
            f"{alarm.reason}:{key_of(sign)}": (alarm.reason, sign)
            for alarm in watched
            for sign in alarm.look(session, now)
        }
        there = known(session, watched, now)
    begun = [found for key, found in signs.items() if found[1].level >= 1 and key not in there]
    over = [key for key, status in there.items() if status != "resolved" and level_of(signs, key) < OVER]
    if begun or over:
        with runtime.writing() as session:
            change(session, begun, over, now)
    return len(begun) + len(over)


def key_of(sign: Sign) -> str:
    return f"{sign.program_id}:{sign.about}" if sign.about else str(sign.program_id)


def level_of(signs: Mapping[str, tuple[str, Sign]], key: str) -> float:
    """How near an alarm is; one that nothing is seen of is over."""
    return signs[key][1].level if key in signs else 0.0


def known(session: Session, alarms: Sequence[Alarm], now: datetime) -> dict[str, str]:
    """The status of what is open, and of what a person has settled lately."""
    lately = and_(Attention.taken_by.is_not(None), Attention.resolved_at > now - LET_BE)
    wanted = select(Attention.key, Attention.status).where(
        Attention.reason.in_([alarm.reason for alarm in alarms]), or_(OPEN, lately)
    )
    found = session.execute(wanted.order_by(case((OPEN, 1), else_=0)))
    return {row.key: row.status for row in found}


def change(session: Session, begun: Sequence[tuple[str, Sign]], over: Sequence[str], now: datetime) -> None:
    """Write what has begun and what is over."""
    for reason, sign in begun:
        log.error("alarm", reason=reason, about=sign.about)
        raise_attention(
            session,
            program_id=sign.program_id,
            reason=reason,
            now=now,
            key=key_of(sign),
            detail=sign.detail,
            school_id=sign.school_id,
        )
    if over:
        ended = update(ATTENTIONS).where(ATTENTIONS.c.key.in_(over), OPEN)
        session.execute(ended.values(status="resolved", resolved_at=now))


def queue_late(session: Session, now: datetime) -> Iterator[Sign]:
    """The oldest text that is due. What a person or the carrier holds back has a matter of its own."""
    refuses = select(Attention.program_id).where(Attention.reason == "carrier_refuses", OPEN)
    oldest = (
        select(TEXTS.c.program_id, TEXTS.c.unprompted, func.min(WAITING_SINCE).label("since"))
        .join(Program, Program.id == TEXTS.c.program_id)
        .where(QUEUED, Program.sending_paused.is_(False), TEXTS.c.program_id.not_in(refuses))
        .group_by(TEXTS.c.program_id, TEXTS.c.unprompted)
    )
    for row in session.execute(oldest):
        age, patience, kind = now - row.since, *(ROUND_LATE if row.unprompted else ANSWERS_LATE)
        yield Sign(row.program_id, age / patience, f"{kind}: the oldest has been due for {minutes(age)} minutes", kind)


def worker_late(session: Session, now: datetime) -> Iterator[Sign]:
    """The outbox's heartbeat: seen by the web, or by a worker that still does other things."""
    last = session.scalar(LAST_TICK)
    if last is None:
        return
    for program_id in session.scalars(select(Program.id)):
        yield Sign(program_id, (now - last) / WORKER_LATE, f"It last ran {minutes(now - last)} minutes ago")


def many_unknown(session: Session, now: datetime) -> Iterator[Sign]:
    """Texts in doubt, of the last hour."""
    counted = (
        select(TEXTS.c.program_id, func.count())
        .where(TEXTS.c.status == literal_column("'unknown'"), TEXTS.c.lease_until > now - UNKNOWN_WITHIN)
        .group_by(TEXTS.c.program_id)
    )
    for program_id, count in session.execute(counted):
        yield Sign(program_id, count / MOST_UNKNOWN, f"{count} texts in an hour")


def many_fail(session: Session, now: datetime) -> Iterator[Sign]:
    """The share of a day's texts that did not arrive, by school and by language. Who ended texts is no failure."""
    left = func.coalesce(TEXTS.c.sent_at, TEXTS.c.not_before)
    failed = func.sum(case((TEXTS.c.status == "failed", 1), else_=0))
    counted = (
        select(TEXTS.c.program_id, INVITATIONS.c.school_id, TEXTS.c.language, func.count(), failed)
        .outerjoin(INVITATIONS, INVITATIONS.c.id == TEXTS.c.invitation_id)
        .where(TEXTS.c.status.in_(("delivered", "failed")), left > now - FAILS_WITHIN)
        .where(func.coalesce(TEXTS.c.reason, "") != "opted_out")
        .group_by(TEXTS.c.program_id, INVITATIONS.c.school_id, TEXTS.c.language)
    )
    totals, fails = Counter[tuple[int, str, Any]](), Counter[tuple[int, str, Any]]()
    for program_id, school_id, language, count, bad in session.execute(counted):
        for group in ((program_id, "school", school_id), (program_id, "language", language)):
            totals[group] += count
            fails[group] += bad
    names: dict[int, str] = dict(session.execute(select(School.id, School.ref)).all())
    for (program_id, kind, which), total in totals.items():
        if which is None or total < FEWEST_TEXTS:
            continue
        bad = fails[program_id, kind, which]
        name, school = (names.get(which, which), which) if kind == "school" else (which, None)
        detail = f"{kind} {name}: {bad} of {total} texts in a day"
        yield Sign(program_id, bad / total / MOST_FAIL, detail, f"{kind}{which}", school)


def spend_near(session: Session, now: datetime) -> Iterator[Sign]:
    """What the month's texts cost beside the budget a program has set."""
    for program in session.scalars(select(Program)):
        budget = setting(program, "month_budget")
        if budget:
            zone = ZoneInfo(setting(program, "timezone"))
            month = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            sent = select(func.sum(TEXTS.c.segments)).where(TEXTS.c.program_id == program.id, TEXTS.c.sent_at >= month)
            spent = (session.scalar(sent) or 0) * setting(program, "segment_cents") / 100
            yield Sign(program.id, spent / (budget * BUDGET_NEAR), f"${spent:.2f} of ${budget:.2f}", f"{month:%Y-%m}")


def minutes(age: timedelta) -> int:
    return int(age.total_seconds() // 60)


# Those that show that the worker itself is the matter: the web processes look too.
OF_THE_WORKER = (Alarm("worker_late", worker_late), Alarm("queue_late", queue_late))
QUICK = (*OF_THE_WORKER, Alarm("many_unknown", many_unknown))
# These look at all texts of a day or a month.
SLOW = (Alarm("many_fail", many_fail), Alarm("spend_near", spend_near))
ALARMS = (*QUICK, *SLOW)
