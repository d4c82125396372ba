"""How the program goes, in figures for machines that watch. They are read from the tables when asked for, so every process
tells the same; labels are kinds and codes of ours, never a person, a number or a name.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal_column, select
from sqlalchemy.orm import Session

from hvbot.models import Attention, OutboundText, Program, Tick
from hvbot.models.attention import OPEN
from hvbot.services.health import seconds_since
from hvbot.settings import Settings

TEXTS: Any = OutboundText.__table__
QUEUED: Any = TEXTS.c.status == literal_column("'queued'")
PAGE_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STATUSES = ("queued", "sending", "sent", "delivered", "failed", "unknown", "dropped")
ENDED_BADLY = ("failed", "dropped")

Label = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a family of figures."""

    family: str
    value: float
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """Figures of one name: what they mean, which labels they have, and whether they only grow."""

    meaning: str
    labels: tuple[str, ...] = ()
    grows: bool = False


FAMILIES: dict[str, Family] = {
    "hvbot_queue_texts": Family("Texts that wait in the outbox; due: their time has come", ("purpose", "due")),
    "hvbot_queue_age_seconds": Family("How long the oldest due text has been waiting", ("purpose",)),
    "hvbot_texts": Family("Texts by where they stand now", ("status",)),
    "hvbot_texts_not_carried_total": Family(
        "Texts that failed at the carrier or that the last gate dropped, by reason", ("status", "reason"), grows=True
    ),
    "hvbot_texts_in_doubt": Family("Texts of which it is not known whether they left"),
    "hvbot_attentions_open": Family("Matters that wait for a person", ("reason",)),
    "hvbot_tick_timestamp_seconds": Family("When a periodic task last ran to its end", ("task",)),
    "hvbot_programs_paused": Family("Programs whose texts are all held back"),
}


def may_read(settings: Settings, header: str) -> bool:
    """Tell whether a request's `Authorization` carries the token; nobody may where none is set."""
    token = settings.metrics_token.get_secret_value()
    return bool(token) and hmac.compare_digest(header.encode(), f"Bearer {token}".encode())


def figures(session: Session, now: datetime) -> Iterator[Figure]:
    """Every figure, with one query a table."""
    for part in PARTS:
        yield from part(session, now)


def queue_figures(session: Session, now: datetime) -> Iterator[Figure]:
    """What waits, by purpose."""
    is_due = TEXTS.c.not_before <= now
    oldest = func.min(case((is_due, TEXTS.c.not_before)))
    due = func.sum(case((is_due, 1), else_=0))
    waiting = select(TEXTS.c.purpose, func.count(), due, oldest).where(QUEUED).group_by(TEXTS.c.purpose)
    for purpose, count, ready, since in session.execute(waiting.order_by(TEXTS.c.purpose)):
        mine = ("purpose", purpose)
        yield Figure("hvbot_queue_texts", ready, (mine, ("due", "yes")))
        yield Figure("hvbot_queue_texts", count - ready, (mine, ("due", "no")))
        yield Figure("hvbot_queue_age_seconds", seconds_since(since, now) or 0, (mine,))


def text_figures(session: Session, _now: datetime) -> Iterator[Figure]:
    """All texts by status; those that were not carried also by reason."""
    reason = case((TEXTS.c.status.in_(ENDED_BADLY), func.coalesce(TEXTS.c.reason, "")), else_=None)
    counted = select(TEXTS.c.status, reason.label("why"), func.count()).group_by("status", "why")
    totals = dict.fromkeys(STATUSES, 0)
    for status, why, count in session.execute(counted):
        totals[status] = totals.get(status, 0) + count
        if why is not None:
            yield Figure("hvbot_texts_not_carried_total", count, (("status", status), ("reason", why)))
    for status, count in totals.items():
        yield Figure("hvbot_texts", count, (("status", status),))
    yield Figure("hvbot_texts_in_doubt", totals["unknown"])


def matter_figures(session: Session, _now: datetime) -> Iterator[Figure]:
    """What waits for a person."""
    counted = select(Attention.reason, func.count()).where(OPEN).group_by(Attention.reason).order_by(Attention.reason)
    for reason, count in session.execute(counted):
        yield Figure("hvbot_attentions_open", count, (("reason", reason),))


def tick_figures(session: Session, _now: datetime) -> Iterator[Figure]:
    """When each task last ran."""
    for name, last in session.execute(select(Tick.name, Tick.last_at).order_by(Tick.name)):
        yield Figure("hvbot_tick_timestamp_seconds", last.timestamp(), (("task", name),))


def program_figures(session: Session, _now: datetime) -> Iterator[Figure]:
    """Whether a person or the carrier stopped all texts."""
    stopped = select(func.count()).select_from(Program).where(Program.sending_paused.is_(True))
    yield Figure("hvbot_programs_paused", session.scalar(stopped) or 0)


PARTS: tuple[Callable[[Session, datetime], Iterator[Figure]], ...] = (
    queue_figures,
    text_figures,
    matter_figures,
    tick_figures,
    program_figures,
)
