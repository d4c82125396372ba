"""A sender's pace: segments a second and a day, kept by any number of workers together in one row of the database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hvbot.models import Sender
from hvbot.models.database import dialect_of
from hvbot.runtime import Runtime
from hvbot.services.attention import raise_attention
from hvbot.services.gate import PURPOSES
from hvbot.services.programs import ProgramFacts, setting

# What a sender did not carry for so long it may carry at once: two ticks, so that a late one costs nothing.
BURST = timedelta(seconds=2)
# No sender is taken for longer than that: then a clock was set back.
LONGEST = timedelta(seconds=60)
NEARLY_FULL = 0.8

SENDERS: Any = Sender.__table__
NAMED = SENDERS.c.name == bindparam("sender")
COUNTS = select(SENDERS.c.free_at, SENDERS.c.day, SENDERS.c.segments).where(NAMED).with_for_update()
KEEP = (
    update(SENDERS).where(NAMED).values(free_at=bindparam("free"), day=bindparam("today"), segments=bindparam("used"))
)
ADD = {
    "postgresql": postgresql.insert(SENDERS).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(SENDERS).on_conflict_do_nothing(),
}
GIVE_BACK = (
    update(SENDERS)
    .where(NAMED, SENDERS.c.segments >= bindparam("unused"))
    .values(segments=SENDERS.c.segments - bindparam("unused"))
)


@dataclass(frozen=True, slots=True)
class Load:
    """What a sender may carry in a second and on a day (0: any number), and what it has carried.

    `free_at`: when all of that has passed at its pace. `used`: segments of today, which ends at `tomorrow`.
    """

    a_second: int
    a_day: int
    free_at: datetime
    today: date
    tomorrow: datetime
    used: int = 0

    @property
    def is_full(self) -> bool:
        """Whether the day's segments are used up."""
        return bool(self.a_day) and self.used >= self.a_day


def sender_name(runtime: Runtime) -> str:
    """The name under which workers count what leaves through one sender."""
    settings = runtime.settings
    return f"{runtime.channel.name} {settings.twilio_messaging_service_sid or settings.twilio_from}".strip()


def load_of(program: ProgramFacts, counts: Any, now: datetime) -> Load:
    """Put a program's settings and a row of `COUNTS` together; None for a sender that has carried nothing yet."""
    zone = ZoneInfo(setting(program, "timezone"))
    today = now.astimezone(zone).date()
    tomorrow = datetime.combine(today + timedelta(days=1), time(), zone)
    empty = Load(setting(program, "segments_per_second"), setting(program, "segments_per_day"), now, today, tomorrow)
    if counts is None or counts.free_at is None:
        return replace(empty, free_at=now - BURST)
    return replace(empty, free_at=counts.free_at, used=counts.segments if counts.day == today else 0)


def begins(load: Load, now: datetime) -> datetime:
    """From when on the sender has room that is not used."""
    if load.free_at > now + LONGEST:
        return now - BURST
    return max(load.free_at, now - BURST)


def room(load: Load, now: datetime) -> int:
    """How many segments may leave now; the last text may go beyond, and is waited for afterwards."""
    return int((now - begins(load, now)).total_seconds() * load.a_second)


def fitting(load: Load, rows: Iterable[Any], now: datetime) -> Iterator[Any]:
    """The rows that fit into this second; those that can wait for another day only as long as this one has room."""
    left = room(load, now)
    today = load.a_day - load.used
    for row in rows:
        if left <= 0:
            return
        if load.a_day and today <= 0 and can_wait(row.purpose):
            continue
        left, today = left - row.segments, today - row.segments
        yield row


def can_wait(purpose: str) -> bool:
    """Tell whether a kind of text waits for another day: invitations and nudges do, answers and visits do not."""
    return purpose in PURPOSES and PURPOSES[purpose].capped


def carrying(load: Load, segments: int, now: datetime) -> Load:
    """The load with so many segments more."""
    took = timedelta(seconds=segments / load.a_second)
    return replace(load, free_at=begins(load, now) + took, used=load.used + segments)


def take_room(session: Session, name: str, program: ProgramFacts, rows: Iterable[Any], now: datetime) -> list[Any]:
    """Take room for as many rows as fit. Other workers that claim wait here until this transaction ends."""
    counts = session.execute(COUNTS, {"sender": name}).one_or_none()
    if counts is None:
        fresh = {"name": name, "free_at": now - BURST, "day": now.date(), "segments": 0}
        session.execute(ADD[dialect_of(session)], fresh)
        counts = session.execute(COUNTS, {"sender": name}).one()
    load = load_of(program, counts, now)
    fit = list(fitting(load, rows, now))
    after = carrying(load, sum(row.segments for row in fit), now)
    values = {"sender": name, "free": after.free_at, "today": after.today, "used": after.used}
    session.execute(KEEP, values)
    warn(session, program.id, load, after, now)
    return fit


def give_back(session: Session, name: str, segments: int) -> None:
    """Count off what was claimed and not handed over."""
    session.execute(GIVE_BACK, {"sender": name, "unused": segments})


def warn(session: Session, program_id: int, before: Load, after: Load, now: datetime) -> None:
    """Tell a person once a day that the day's segments are nearly used up."""
    nearly = before.a_day * NEARLY_FULL
    if not before.a_day or not before.used < nearly <= after.used:
        return
    detail = f"{after.used} of {after.a_day} segments on {after.today}"
    key = f"{program_id}:{after.today}"
    raise_attention(session, program_id=program_id, reason="day_nearly_full", now=now, key=key, detail=detail)
