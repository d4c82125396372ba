"""Who is asked in a round, by whom they would be visited, and who is not asked and why.

Homes are looked at some hundred at a time, school by school. What is kept of a whole round is eight bytes a home, so that
the memory of a start does not grow with the district.
"""

import heapq
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hvbot.i18n.catalogue import Catalogue
from hvbot.models import (
    Conversation,
    EducatorStudent,
    Guardian,
    Household,
    HouseholdStudent,
    Invitation,
    Program,
    Round,
    RoundSchool,
    School,
    Student,
)
from hvbot.models.prepared import Prepared, among, read_by_index
from hvbot.services.calendars import PairFacts, pairs_of
from hvbot.services.facts import Site, school_site
from hvbot.services.programs import ready_in

Ready = Callable[[str], bool]
# Where the adults of a home differ, the reason that stands first is told.
NOT_ASKED = {
    "language_not_ready": "texts in the family's language are not ready",
    "contact_forbidden": "the school forbids contact",
    "opted_out": "ended all texts, or said no before",
    "wrong_number": "the number belongs to somebody else or cannot be reached",
    "no_number": "no number that can be texted",
    "already_invited": "invited in this round already",
    "already_visited": "visited already in a round of the same time",
    "no_pair": "no pair of willing, trained educators at the school",
    "number_busy": "the number serves another home that is asked first",
    "not_drawn": "not drawn for the sample",
}
REFUSED = ("revoked", "declined")
UNREACHABLE = ("wrong", "invalid", "landline", "failed")
LOOK_AT = 500

HOUSEHOLDS: Any = Household.__table__
LIVES_WITH: Any = HouseholdStudent.__table__
STUDENTS: Any = Student.__table__
TAKES_PART: Any = RoundSchool.__table__
GUARDIANS: Any = Guardian.__table__
NUMBERS: Any = Conversation.__table__
TEACHES: Any = EducatorStudent.__table__
INVITATIONS: Any = Invitation.__table__
ROUNDS: Any = Round.__table__

WITH_CHILDREN = LIVES_WITH.join(HOUSEHOLDS, HOUSEHOLDS.c.id == LIVES_WITH.c.household_id).join(
    STUDENTS, STUDENTS.c.id == LIVES_WITH.c.student_id
)
STILL_THERE = (STUDENTS.c.gone_at.is_(None), HOUSEHOLDS.c.gone_at.is_(None))
SCHOOLS = select(TAKES_PART.c.school_id).where(TAKES_PART.c.round_id == bindparam("round_id"))
FIRST_CHILD = (
    select(LIVES_WITH.c.household_id, func.min(STUDENTS.c.id).label("student_id"))
    .select_from(WITH_CHILDREN)
    .where(*STILL_THERE, STUDENTS.c.school_id.in_(SCHOOLS))
    .group_by(LIVES_WITH.c.household_id)
    .subquery()
)
ROLL = (
    select(STUDENTS.c.school_id, FIRST_CHILD.c.household_id)
    .join_from(FIRST_CHILD, STUDENTS, STUDENTS.c.id == FIRST_CHILD.c.student_id)
    .order_by(STUDENTS.c.school_id, FIRST_CHILD.c.household_id)
)
# A number of several homes; the others need not be remembered.
SHARED = (
    select(GUARDIANS.c.conversation_id)
    .where(
        GUARDIANS.c.program_id == bindparam("program_id"),
        GUARDIANS.c.gone_at.is_(None),
        GUARDIANS.c.conversation_id.is_not(None),
    )
    .group_by(GUARDIANS.c.conversation_id)
    .having(func.min(GUARDIANS.c.household_id) < func.max(GUARDIANS.c.household_id))
)
CHILDREN = Prepared(
    select(LIVES_WITH.c.household_id, HOUSEHOLDS.c.ref, STUDENTS.c.id.label("student_id"), STUDENTS.c.school_id)
    .select_from(WITH_CHILDREN)
    .where(among(LIVES_WITH.c.household_id, "ids"), *STILL_THERE)
    .order_by(LIVES_WITH.c.household_id, STUDENTS.c.id)
)
ADULTS = Prepared(
    select(GUARDIANS.c.household_id, GUARDIANS.c.contact_allowed, GUARDIANS.c.conversation_id)
    .where(among(GUARDIANS.c.household_id, "ids"), GUARDIANS.c.gone_at.is_(None))
    .order_by(GUARDIANS.c.id)
)
THEIR_NUMBERS = (
    select(NUMBERS.c.id, NUMBERS.c.language, NUMBERS.c.consent, NUMBERS.c.reach, NUMBERS.c.state)
    .where(among(NUMBERS.c.id, "ids"))
    .order_by(NUMBERS.c.id)
)
READ_NUMBERS = Prepared(THEIR_NUMBERS)
# A turn waits for us or we for it: what is decided here rests on what is true when it is written.
LOCK_NUMBERS = Prepared(THEIR_NUMBERS.with_for_update(key_share=True))
TEACHERS = Prepared(select(TEACHES.c.educator_id, TEACHES.c.student_id).where(among(TEACHES.c.educator_id, "ids")))
# Of all rounds: with the round in it, a plan made for a young table would look at all who were asked so far, each time.
ASKED_BEFORE = Prepared(
    select(INVITATIONS.c.household_id, INVITATIONS.c.round_id, INVITATIONS.c.status).where(
        among(INVITATIONS.c.household_id, "ids")
    )
)
SAME_TIME = select(ROUNDS.c.id).where(
    ROUNDS.c.id != bindparam("round_id"),
    ROUNDS.c.program_id == bindparam("program_id"),
    ROUNDS.c.ends_on >= bindparam("starts_on", type_=ROUNDS.c.ends_on.type),
    ROUNDS.c.starts_on <= bindparam("ends_on", type_=ROUNDS.c.starts_on.type),
)
HAS_VISIT = ("done", "booked")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that would be texted."""

    conversation_id: int
    language: str
    consent: str
    state: Mapping[str, object]


@dataclass(slots=True)
class Home:
    """A home of the round: its children there, its numbers, and why it is not asked, if so.

    `unreadable` holds the numbers, with their language, whose texts are not ready.
    """

    id: int
    ref: str
    school_id: int
    students: list[int] = field(default_factory=list)
    numbers: dict[int, Number] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    pair_id: int | None = None

    @property
    def language(self) -> str:
        """The language of the home's first number."""
        return next(iter(self.numbers.values())).language

    @property
    def why_not(self) -> str | None:
        """Why nobody of this home is texted; None when somebody is."""
        if self.numbers:
            return None if self.pair_id else "no_pair"
        return min(self.reasons, key=list(NOT_ASKED).index, default="no_number")


Verdict = tuple[Home, str | None]


@dataclass(frozen=True, slots=True)
class Roll:
    """Every home of a round in the order in which they are asked, and the school of each; `taking_part` are all schools."""

    homes: "array[int]"
    schools: "array[int]"
    taking_part: frozenset[int]


@dataclass(slots=True)
class Team:
    """A school's rules, its pairs, who of them teaches which child, and how many homes each pair was given."""

    site: Site
    pairs: Sequence[PairFacts]
    teachers: Mapping[int, Collection[int]]
    load: dict[int, int]


@dataclass(slots=True)
class Pass:
    """One look at all homes of a round, from the first to the last: what it must know and what it has learned on the way.

    `shared` are the numbers of several homes, `taken` those of them that a home has; `same_time` are the other rounds of
    these days; `teams` those of the schools that are looked at. `drawn` is None where everybody is asked.
    """

    the_round: Round
    program: Program
    languages: Ready
    now: datetime
    roll: Roll
    shared: frozenset[int]
    same_time: frozenset[int]
    drawn: Collection[int] | None = None
    taken: set[int] = field(default_factory=set)
    teams: dict[int, Team] = field(default_factory=dict)


def open_pass(
    session: Session, the_round: Round, program: Program, catalogue: Catalogue, now: datetime, *, drawing: bool = True
) -> Pass:
    """Make ready to look at all homes of a round; where a sample is asked, that takes a pass of its own."""
    languages = cache(ready_in(program, catalogue))
    shared = frozenset(session.scalars(SHARED, {"program_id": the_round.program_id}))
    same_time = frozenset(session.scalars(SAME_TIME, facts_of(the_round)))
    made = Pass(the_round, program, languages, now, roll_of(session, the_round), shared, same_time)
    if drawing and the_round.sample is not None:
        made.drawn = draw(session, open_pass(session, the_round, program, catalogue, now, drawing=False))
    return made


def facts_of(the_round: Round) -> dict[str, Any]:
    """What the queries ask of a round."""
    names = ("program_id", "starts_on", "ends_on")
    return {"round_id": the_round.id, **{name: getattr(the_round, name) for name in names}}


def roll_of(session: Session, the_round: Round) -> Roll:
    """Every home with a child at one of the round's schools, siblings together at the school of the first."""
    roll = Roll(array("q"), array("q"), frozenset(session.scalars(SCHOOLS, {"round_id": the_round.id})))
    rows = session.execute(ROLL, {"round_id": the_round.id}, execution_options={"yield_per": 2000})
    for school_id, household_id in rows:
        roll.schools.append(school_id)
        roll.homes.append(household_id)
    return roll


def slices(roll: Roll, size: int) -> Iterator[slice]:
    """The roll in pieces."""
    for first in range(0, len(roll.homes), size):
        yield slice(first, first + size)


def draw(session: Session, this: Pass) -> frozenset[int]:
    """Draw a sample by lot: a home's lot is made of the seed and its ref, and the lowest are drawn.

    The same seed draws the same homes; who was asked before counts, so that a second start draws no others, also when
    homes have come or can no longer be texted.
    """
    invited = select(func.count()).where(INVITATIONS.c.round_id == this.the_round.id)
    wanted = max(0, (this.the_round.sample or 0) - (session.scalar(invited) or 0))
    able = (
        home
        for piece in slices(this.roll, LOOK_AT)
        for home, why_not in look_at(session, this, piece)
        if why_not is None
    )
    lots = ((lot(this.the_round.seed, home.ref), home.id) for home in able)
    return frozenset(household_id for _, household_id in heapq.nsmallest(wanted, lots))


def lot(seed: int, ref: str) -> bytes:
    """A home's lot."""
    return blake2b(f"{seed}:{ref}".encode(), digest_size=8).digest()


def look_at(session: Session, this: Pass, piece: slice, *, locking: bool = False) -> list[Verdict]:
    """Judge some homes of the roll: why each is not asked now, None when it is. Pieces are looked at in order.

    Nothing about behavior, attendance or grades is looked at: none is stored.
    """
    read_by_index(session)
    homes = homes_of(session, this, piece)
    add_numbers(session, this, homes, locking=locking)
    add_teams(session, this, homes.values())
    give_pairs(session, this, homes.values())
    one_home_a_number(this, homes.values())
    before = asked_before(session, this, homes)
    return [(home, verdict(home, before, this.drawn)) for home in homes.values()]


def verdict(home: Home, before: Mapping[int, str], drawn: Collection[int] | None) -> str | None:
    """Why a home is not asked now; None when it is."""
    return before.get(home.id) or home.why_not or (None if drawn is None or home.id in drawn else "not_drawn")


def homes_of(session: Session, this: Pass, piece: slice) -> dict[int, Home]:
    """Homes of the roll with their children at the round's schools."""
    schools = dict(zip(this.roll.homes[piece], this.roll.schools[piece], strict=True))
    found: dict[int, Home] = {}
    for row in CHILDREN.rows(session, {"ids": list(schools)}):
        if row.school_id in this.roll.taking_part:
            key = row.household_id
            home = found.get(key) or found.setdefault(key, Home(key, row.ref, schools[key]))
            home.students.append(row.student_id)
    return {household_id: found[household_id] for household_id in schools if household_id in found}


def add_numbers(session: Session, this: Pass, homes: Mapping[int, Home], *, locking: bool) -> None:
    """Give each home the numbers that may be texted, once a number, and note why others may not."""
    adults = ADULTS.rows(session, {"ids": list(homes)})
    ids = {"ids": [adult.conversation_id for adult in adults if adult.conversation_id is not None]}
    numbers = {row.id: row for row in (LOCK_NUMBERS if locking else READ_NUMBERS).rows(session, ids)}
    for adult in adults:
        home, number = homes[adult.household_id], numbers.get(adult.conversation_id)
        if reason := why_not_text(this.languages, adult.contact_allowed, number):
            home.reasons.append(reason)
            if reason == "language_not_ready":
                home.unreadable.append((number.id, number.language))  # type: ignore[union-attr]
        elif number is not None:
            home.numbers[number.id] = Number(number.id, number.language, number.consent, number.state or {})


def why_not_text(is_ready: Ready, allowed: bool, number: Any | None) -> str | None:
    """Why a number is not texted."""
    if not allowed:
        return "contact_forbidden"
    if number is None:
        return "no_number"
    if number.consent in REFUSED:
        return "opted_out"
    if number.reach in UNREACHABLE:
        return "wrong_number"
    return None if is_ready(number.language) else "language_not_ready"


def asked_before(session: Session, this: Pass, homes: Collection[int]) -> dict[int, str]:
    """The homes that have an invitation in this round, or had their visit in another round of the same time."""
    found: dict[int, str] = {}
    for row in ASKED_BEFORE.rows(session, {"ids": list(homes)}):
        if row.round_id == this.the_round.id:
            found[row.household_id] = "already_invited"
        elif row.round_id in this.same_time and row.status in HAS_VISIT:
            found.setdefault(row.household_id, "already_visited")
    return found


def one_home_a_number(this: Pass, homes: Iterable[Home]) -> None:
    """A number is asked for one home at a time: two open questions on one phone would be answered into each other."""
    for home in homes:
        for conversation_id in this.shared.intersection(home.numbers):
            if conversation_id in this.taken:
                del home.numbers[conversation_id]
                home.reasons.append("number_busy")
            this.taken.add(conversation_id)


def add_teams(session: Session, this: Pass, homes: Iterable[Home]) -> None:
    """Look up the schools of some homes; a school that is through is forgotten."""
    wanted = {home.school_id for home in homes}
    this.teams = {school_id: this.teams.get(school_id) or team_of(session, this, school_id) for school_id in wanted}


def team_of(session: Session, this: Pass, school_id: int) -> Team:
    """A school with its rules and pairs."""
    school = session.get_one(School, school_id)
    pairs = pairs_of(session, school_id, this.now)
    load = dict.fromkeys((pair.id for pair in pairs), 0)
    return Team(school_site(session, this.program, school), pairs, teachers_of(session, pairs), load)


def give_pairs(session: Session, this: Pass, homes: Iterable[Home]) -> None:
    """Give each home a pair: one that teaches a child of it, else one that speaks its language, else the least busy."""
    waiting = [home for home in homes if home.numbers]

    @cache
    def fitting(school_id: int, taught: frozenset[int], language: str) -> list[int]:
        return [pair.id for pair in best_of(this.teams[school_id].pairs, taught, language)]

    for school_id, theirs in groupby(waiting, key=attrgetter("school_id")):
        teachers, load = this.teams[school_id].teachers, this.teams[school_id].load
        for home in theirs:
            taught = frozenset(teacher for student in home.students for teacher in teachers.get(student, ()))
            if pairs := fitting(school_id, taught, home.language):
                home.pair_id = min(pairs, key=load.__getitem__)
                load[home.pair_id] += 1


def best_of(pairs: Sequence[PairFacts], taught: Collection[int], language: str) -> Sequence[PairFacts]:
    """Who teaches a child of the home; of these, or of all, who speaks its language; in the order of their ids."""
    teaching = [pair for pair in pairs if pair.first_id in taught or pair.second_id in taught] if taught else []
    fitting = teaching or pairs
    speaking = [pair for pair in fitting if language in pair.languages]
    return speaking or fitting


def teachers_of(session: Session, pairs: Iterable[PairFacts]) -> dict[int, set[int]]:
    """Who of some pairs teaches whom."""
    found: dict[int, set[int]] = defaultdict(set)
    people = {person for pair in pairs for person in (pair.first_id, pair.second_id)}
    for row in TEACHERS.rows(session, {"ids": sorted(people)}):
        found[row.student_id].add(row.educator_id)
    return found
