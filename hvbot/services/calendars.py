"""Which times are open: who is willing, trained and free, travel and the interpreter included."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    String,
    bindparam,
    cast,
    extract,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from hvbot.models import Availability, Busy, Educator, Pair
from hvbot.models.database import Executor
from hvbot.models.prepared import Prepared, among
from hvbot.scheduling.offers import PLENTY
from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.slots import QUARTER, Calendar, Interval, Slot, open_slots

DAYS_AHEAD = 60
# Nearly every family finds a time in three weeks; only where these hold too few is the rest looked at.
NEAR_DAYS = 21
ENOUGH = 12
# Quarter hours: no visit with its travel is longer.
A_DAY = 96

First, Second = aliased(Educator), aliased(Educator)


@dataclass(frozen=True, slots=True)
class PairFacts:
    """Two educators who may go, and the languages they speak."""

    id: int
    first_id: int
    second_id: int
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpenTimes:
    """A family's open times, and whether somebody must interpret."""

    slots: tuple[Slot, ...]
    needs_interpreter: bool = False


def able(person: type[Educator]) -> tuple[ColumnElement[bool], ...]:
    """The rule of the field: only who is willing and trained visits."""
    today: ColumnElement[date] = bindparam("today", type_=Date)
    return (
        person.willing.is_(True),
        person.gone_at.is_(None),
        person.trained_on <= today,
        or_(person.certified_until.is_(None), person.certified_until >= today),
    )


PAIRS = (
    select(Pair.id, Pair.first_id, Pair.second_id, First.languages, Second.languages)
    .join(First, First.id == Pair.first_id)
    .join(Second, Second.id == Pair.second_id)
    .where(Pair.active.is_(True), *able(First), *able(Second))
    .order_by(Pair.id)
)
OF_SCHOOL = PAIRS.where(Pair.school_id == bindparam("school_id"))
ONE_PAIR = PAIRS.where(Pair.id == bindparam("pair_id"))
INTERPRETERS = (
    select(Educator.id, Educator.languages)
    .where(
        Educator.program_id == bindparam("program_id"),
        Educator.role == "interpreter",
        Educator.willing.is_(True),
        Educator.gone_at.is_(None),
    )
    .order_by(Educator.id)
)
FREE: Any = Availability.__table__
TAKEN: Any = Busy.__table__


def seconds(moment: Any) -> Any:
    """A moment as text: its seconds since 1970."""
    return cast(cast(extract("epoch", moment), BigInteger), String)


# What was given and what is taken in one round trip, each as one text a person: rows cost more than their figures.
DIARY = Prepared(
    union_all(
        select(
            FREE.c.educator_id,
            func.aggregate_strings(seconds(FREE.c.starts_at) + " " + seconds(FREE.c.ends_at), ",").label("given"),
            cast(null(), String).label("taken"),
        )
        .where(
            among(FREE.c.educator_id, "ids"), FREE.c.ends_at > bindparam("now"), FREE.c.starts_at <= bindparam("until")
        )
        .group_by(FREE.c.educator_id),
        select(
            TAKEN.c.educator_id,
            cast(null(), String),
            func.aggregate_strings(cast(TAKEN.c.quarter, String), ","),
        )
        .where(
            among(TAKEN.c.educator_id, "ids"),
            TAKEN.c.quarter.between(bindparam("from_quarter"), bindparam("until_quarter")),
        )
        .group_by(TAKEN.c.educator_id),
    )
)


def pairs_of(session: Executor, school_id: int, now: datetime) -> list[PairFacts]:
    """The pairs of a school who may visit."""
    return pair_facts(session.execute(OF_SCHOOL, {"school_id": school_id, "today": now.date()}))


def own_pair(session: Executor, pair_id: int | None, now: datetime) -> list[PairFacts]:
    """The pair a family was given, if both may still visit."""
    if pair_id is None:
        return []
    return pair_facts(session.execute(ONE_PAIR, {"pair_id": pair_id, "today": now.date()}))


def pair_facts(rows: Iterable[Any]) -> list[PairFacts]:
    return [
        PairFacts(pair_id, first_id, second_id, frozenset((*first, *second)))
        for pair_id, first_id, second_id, first, second in rows
    ]


def interpreters_of(session: Executor, program_id: int, language: str) -> list[int]:
    """Who interprets a language, in a fixed order."""
    rows = session.execute(INTERPRETERS, {"program_id": program_id})
    return [educator_id for educator_id, languages in rows if language in languages]


def calendars_of(session: Executor, ids: Sequence[int], now: datetime, until: datetime) -> dict[int, Calendar]:
    """The time each person gave and has taken, as far as it bears on visits that begin until then."""
    given: dict[int, tuple[Interval, ...]] = {}
    taken: dict[int, frozenset[int]] = {}
    limits = {
        "from_quarter": int(now.timestamp()) // QUARTER,
        "until_quarter": int(until.timestamp()) // QUARTER + A_DAY,
    }
    for person, stretches, quarters in DIARY.rows(session, {"ids": ids, "now": now, "until": until, **limits}):
        if quarters is None:
            given[person] = intervals_of(stretches)
        else:
            taken[person] = frozenset(map(int, quarters.split(",")))
    return {person: Calendar(given.get(person, ()), taken.get(person, frozenset())) for person in ids}


@lru_cache(maxsize=2048)
def intervals_of(stretches: str) -> tuple[Interval, ...]:
    """The stretches of time in a text of the diary; a person's change seldom."""
    return tuple(Interval(*map(moment, stretch.split())) for stretch in stretches.split(","))


def moment(text: str) -> datetime:
    """A moment from its seconds since 1970."""
    return datetime.fromtimestamp(int(text), UTC)


def open_times(
    session: Executor,
    *,
    program_id: int,
    school_id: int,
    school_language: str,
    preferred_pair: int | None,
    language: str,
    rules: TimeRules,
    now: datetime,
    until: datetime,
    far: bool = False,
    easy: bool = False,
    own: Sequence[PairFacts] | None = None,
) -> OpenTimes:
    """A family's open times: of its own pair, or, when that has none, of the school's other pairs.

    Everybody at a school speaks the school's language. Where no interpreter gives a time the pair's times are open
    all the same, and a person looks for one: a family must not wait for want of a word. `far` looks beyond the first
    weeks at once, for a family that names a day. `easy` is content with times on the half hour where these abound.
    `own` is the preferred pair where it has been read.
    """
    own = own_pair(session, preferred_pair, now) if own is None else own
    horizon = min(until, now + timedelta(days=DAYS_AHEAD))
    near = min(until, now + timedelta(days=NEAR_DAYS))
    if easy:
        found = times_of_group(session, program_id, own, language, school_language, half_hours(rules), now, near)
        if len(found.slots) >= PLENTY:
            return found
    found = times_of_group(session, program_id, own, language, school_language, rules, now, near)
    if len(found.slots) >= ENOUGH and not far:
        return found
    if (
        own
        and (found := times_of_group(session, program_id, own, language, school_language, rules, now, horizon)).slots
    ):
        return found
    others = [pair for pair in pairs_of(session, school_id, now) if pair.id != preferred_pair]
    return times_of_group(session, program_id, others, language, school_language, rules, now, horizon)


@lru_cache(maxsize=512)
def half_hours(rules: TimeRules) -> TimeRules:
    """The same rules for visits that begin on the hour or half past."""
    return replace(rules, step=30)


def still_open(
    session: Executor,
    at: datetime,
    *,
    program_id: int,
    pair: PairFacts,
    school_language: str,
    language: str,
    rules: TimeRules,
    now: datetime,
) -> OpenTimes:
    """One time of one pair, if it is open; nothing else is looked at.

    Where the pair speaks another language an interpreter's time may decide, and that is seen only among all times.
    """
    if not speaks(pair, language, school_language) or at > now + timedelta(days=DAYS_AHEAD):
        return OpenTimes(())
    notice = timedelta(hours=rules.notice_hours)
    return times_of(session, program_id, [pair], False, language, rules, max(now, at - notice), at)


def times_of_group(
    session: Executor,
    program_id: int,
    pairs: Sequence[PairFacts],
    language: str,
    school_language: str,
    rules: TimeRules,
    now: datetime,
    until: datetime,
) -> OpenTimes:
    """The open times of some pairs: of those who speak the family's language, else with an interpreter."""
    if not pairs:
        return OpenTimes(())
    spoken = [pair for pair in pairs if speaks(pair, language, school_language)]
    return times_of(session, program_id, spoken or pairs, not spoken, language, rules, now, until)


def speaks(pair: PairFacts, language: str, school_language: str) -> bool:
    """Tell whether one of the pair speaks the family's language."""
    return language == school_language or language in pair.languages


def times_of(
    session: Executor,
    program_id: int,
    pairs: Iterable[PairFacts],
    needs_interpreter: bool,
    language: str,
    rules: TimeRules,
    now: datetime,
    until: datetime,
) -> OpenTimes:
    """The open times of some pairs, with an interpreter where one is needed and free."""
    pairs = list(pairs)
    interpreters = interpreters_of(session, program_id, language) if needs_interpreter else []
    people = [*{person for pair in pairs for person in (pair.first_id, pair.second_id)}, *interpreters]
    calendars = calendars_of(session, people, now, until)
    helpers = [(person, calendars[person]) for person in interpreters]
    slots = slots_of(pairs, calendars, rules, now, until, helpers)
    if not slots and helpers:
        slots = slots_of(pairs, calendars, rules, now, until, [])
    return OpenTimes(tuple(slots), needs_interpreter)


def slots_of(
    pairs: Iterable[PairFacts],
    calendars: dict[int, Calendar],
    rules: TimeRules,
    now: datetime,
    until: datetime,
    helpers: Sequence[tuple[int, Calendar]],
) -> list[Slot]:
    found: list[Slot] = []
    for pair in pairs:
        both = (calendars[pair.first_id], calendars[pair.second_id])
        found.extend(open_slots(pair.id, both, rules, now, until, helpers))
    return found
