"""Who is asked in a round, by whom they would be visited, and who is not asked and why."""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.models import (
    Conversation,
    EducatorStudent,
    Guardian,
    Household,
    HouseholdStudent,
    Invitation,
    Round,
    RoundSchool,
    Student,
)
from hvbot.services.calendars import PairFacts, pairs_of

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


@dataclass(frozen=True, slots=True)
class Audience:
    """The homes that are asked and those that are not, with the reason."""

    asked: tuple[Home, ...]
    not_asked: tuple[tuple[Home, str], ...]


def audience_of(session: Session, languages: Ready, the_round: Round, now: datetime) -> Audience:
    """Decide who is asked; `languages` tells whether one may be used. Nothing about behavior, attendance or grades is looked at: none is stored."""
    homes = homes_of(session, the_round)
    add_numbers(session, languages, the_round.program_id, homes)
    give_pairs(session, homes.values(), now)
    one_home_a_number(homes.values())
    invited = invited_already(session, the_round.id)
    drawn = draw(homes.values(), invited, the_round.sample, the_round.seed)
    visited = visited_already(session, the_round)
    verdicts = [(home, verdict(home, invited, visited, drawn)) for home in homes.values()]
    asked = tuple(home for home, why_not in verdicts if why_not is None)
    return Audience(asked, tuple((home, why_not) for home, why_not in verdicts if why_not))


def verdict(home: Home, invited: set[int], visited: set[int], drawn: set[int]) -> str | None:
    """Why a home is not asked now; None when it is."""
    if home.id in invited:
        return "already_invited"
    if home.id in visited:
        return "already_visited"
    return home.why_not or (None if home.id in drawn else "not_drawn")


def homes_of(session: Session, the_round: Round) -> dict[int, Home]:
    """Every home with a child at one of the round's schools, siblings together."""
    rows = session.execute(
        select(Household.id, Household.ref, Student.school_id, Student.id)
        .join(HouseholdStudent, HouseholdStudent.household_id == Household.id)
        .join(Student, Student.id == HouseholdStudent.student_id)
        .join(RoundSchool, RoundSchool.school_id == Student.school_id)
        .where(RoundSchool.round_id == the_round.id, Student.gone_at.is_(None), Household.gone_at.is_(None))
        .order_by(Household.ref, Student.id)
    )
    homes: dict[int, Home] = {}
    for household_id, ref, school_id, student_id in rows:
        homes.setdefault(household_id, Home(household_id, ref, school_id)).students.append(student_id)
    return homes


def add_numbers(session: Session, languages: Ready, program_id: int, homes: Mapping[int, Home]) -> None:
    """Give each home the numbers that may be texted, once a number, and note why others may not."""
    found = (
        select(
            Guardian.household_id,
            Guardian.contact_allowed,
            Conversation.id,
            Conversation.language,
            Conversation.consent,
            Conversation.reach,
            Conversation.state,
        )
        .outerjoin(Conversation, Conversation.id == Guardian.conversation_id)
        .where(Guardian.program_id == program_id, Guardian.gone_at.is_(None))
        .order_by(Guardian.id)
    )
    for household_id, allowed, conversation_id, language, consent, reach, state in session.execute(found):
        home = homes.get(household_id)
        if home is None:
            continue
        if reason := why_not_text(languages, allowed, conversation_id, language, consent, reach):
            home.reasons.append(reason)
            if reason == "language_not_ready":
                home.unreadable.append((conversation_id, language))
        else:
            home.numbers[conversation_id] = Number(conversation_id, language, consent, state or {})


def why_not_text(
    is_ready: Ready,
    allowed: bool,
    conversation_id: int | None,
    language: str | None,
    consent: str | None,
    reach: str | None,
) -> str | None:
    """Why a number is not texted."""
    if not allowed:
        return "contact_forbidden"
    if conversation_id is None:
        return "no_number"
    if consent in REFUSED:
        return "opted_out"
    if reach in UNREACHABLE:
        return "wrong_number"
    return None if is_ready(language or "") else "language_not_ready"


def invited_already(session: Session, round_id: int) -> set[int]:
    """The homes that have an invitation in this round."""
    return set(session.scalars(select(Invitation.household_id).where(Invitation.round_id == round_id)))


def visited_already(session: Session, the_round: Round) -> set[int]:
    """The homes that had their visit in another round of the same time."""
    found = (
        select(Invitation.household_id)
        .join(Round, Round.id == Invitation.round_id)
        .where(
            Invitation.program_id == the_round.program_id,
            Invitation.status.in_(("done", "booked")),
            Round.id != the_round.id,
            Round.ends_on >= the_round.starts_on,
            Round.starts_on <= the_round.ends_on,
        )
    )
    return set(session.scalars(found))


def one_home_a_number(homes: Iterable[Home]) -> None:
    """A number is asked for one home at a time: two open questions on one phone would be answered into each other."""
    taken: set[int] = set()
    for home in homes:
        for conversation_id in list(home.numbers):
            if conversation_id in taken:
                del home.numbers[conversation_id]
                home.reasons.append("number_busy")
            taken.add(conversation_id)


def give_pairs(session: Session, homes: Iterable[Home], now: datetime) -> None:
    """Give each home a pair: one that teaches a child of it, else one that speaks its language, else the least busy."""
    waiting = [home for home in homes if home.numbers]
    by_school = {school: pairs_of(session, school, now) for school in {home.school_id for home in waiting}}
    teachers = teachers_of(session)
    load = {pair.id: 0 for pairs in by_school.values() for pair in pairs}

    @cache
    def fitting(school_id: int, taught: frozenset[int], language: str) -> list[int]:
        return [pair.id for pair in best_of(by_school[school_id], taught, language)]

    for home in waiting:
        taught = frozenset(teacher for student in home.students for teacher in teachers.get(student, ()))
        if pairs := fitting(home.school_id, taught, home.language):
            home.pair_id = min(pairs, key=load.__getitem__)
            load[home.pair_id] += 1


def best_of(pairs: Sequence[PairFacts], taught: Collection[int], language: str) -> Sequence[PairFacts]:
    """Who teaches a child of the home; of these, or of all, who speaks its language; in the order of their ids."""
    teaching = [pair for pair in pairs if pair.first_id in taught or pair.second_id in taught] if taught else []
    fitting = teaching or pairs
    speaking = [pair for pair in fitting if language in pair.languages]
    return speaking or fitting


def teachers_of(session: Session) -> dict[int, set[int]]:
    """Who teaches whom."""
    found: dict[int, set[int]] = defaultdict(set)
    for educator_id, student_id in session.execute(select(EducatorStudent.educator_id, EducatorStudent.student_id)):
        found[student_id].add(educator_id)
    return found


def draw(homes: Iterable[Home], invited: set[int], sample: int | None, seed: int) -> set[int]:
    """Everybody, or a seeded random sample. The same seed draws the same homes, and a second start draws no others."""
    ordered = sorted(homes, key=lambda home: home.ref)
    random.Random(seed).shuffle(ordered)  # noqa: S311 - a fair draw, no secret
    able = [home.id for home in ordered if home.id in invited or home.why_not is None]
    return set(able[:sample])
