"""Who goes with whom: the pairs that the roster names, or, at a school where it names none, two by two.

Whether both are willing and trained is looked at when times are offered. A pair that is no more stays as a row that is
not active: visits point to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from hvbot.models import Educator, EducatorStudent, Pair
from hvbot.services.roster.job import Job, change_rows, write_rows
from hvbot.services.roster.rows import EducatorRow, Problem

PAIRS: Any = Pair.__table__
MOST_NAMED = 5
Two = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Person:
    """An educator who may be paired."""

    id: int
    ref: str
    school_id: int
    partner: str | None
    willing: bool
    trained: bool


def sync_pairs(job: Job) -> None:
    """Bring the pairs up to date, once educators and students are."""
    warn_of_partners(job)
    note_schools_without_partners(job)
    if job.writes:
        with job.transact() as session:
            people = people_of(job, session)
            write_pairs(job, session, wanted_pairs(session, people))


def warn_of_partners(job: Job) -> None:
    """Say which partner ids lead nowhere; the educators are imported without."""
    for row in job.stage.rows(EducatorRow):
        if row.partner and (row.partner == row.ref or row.partner not in job.educators):
            reason = (
                f"names {'itself' if row.partner == row.ref else f'the unknown educator {row.partner!r}'} as partner"
            )
            remedy = "write the educator_id of the colleague who comes along"
            job.problems.append(Problem(row.file, row.row, reason, remedy, "warning", "educators"))


def note_schools_without_partners(job: Job) -> None:
    """Say where pairs are made by the bot."""
    named: dict[str, bool] = {}
    for row in job.stage.rows(EducatorRow):
        if row.role == "educator" and row.school:
            named[row.school] = named.get(row.school, False) or bool(row.partner)
    alone = sorted(school for school, has_partners in named.items() if not has_partners)
    if alone:
        which = ", ".join(alone[:MOST_NAMED]) + (f" and {len(alone) - MOST_NAMED} more" if alone[MOST_NAMED:] else "")
        job.tally.notes.append(
            f"No partner_id at school {which}: willing educators are paired two by two,"
            " those who teach the same children first, then by id."
        )


def people_of(job: Job, session: Session) -> list[Person]:
    """The educators, without interpreters and those who are gone, by school."""
    found = session.execute(
        select(
            Educator.id,
            Educator.ref,
            Educator.school_id,
            Educator.partner_ref,
            Educator.willing,
            Educator.trained_on.is_not(None),
        )
        .where(Educator.program_id == job.program_id, Educator.role == "educator", Educator.gone_at.is_(None))
        .order_by(Educator.school_id, Educator.ref)
    )
    listed = [Person(*row) for row in found]
    if "educators" not in job.told:
        return listed
    # Who vanished is marked only after everything else; nobody is to be paired with them.
    staying = job.stage.listed(EducatorRow, [person.ref for person in listed])
    return [person for person in listed if person.ref in staying]


def wanted_pairs(session: Session, people: Sequence[Person]) -> dict[Two, int]:
    """Each pair that is to be active, with its school."""
    by_ref = {person.ref: person for person in people}
    wanted: dict[Two, int] = {}
    for school_id, group in groupby(people, key=lambda person: person.school_id):
        staff = list(group)
        named = [
            (person, by_ref[person.partner])
            for person in staff
            if person.partner in by_ref and person.partner != person.ref
        ]
        for one, other in named:
            wanted[ordered(one, other)] = school_id
        if not any(person.partner for person in staff):
            wanted.update(dict.fromkeys(two_by_two(session, school_id, staff, by_ref), school_id))
    return wanted


def ordered(one: Person, other: Person) -> Two:
    return min(one.id, other.id), max(one.id, other.id)


def two_by_two(session: Session, school_id: int, staff: Sequence[Person], by_ref: dict[str, Person]) -> Iterable[Two]:
    """Pair a school's willing educators: pairs there are stay, then teachers of the same children, then by id.

    Somebody whom a colleague at another school names as partner is taken already.
    """
    taken = {person.partner for person in by_ref.values()}
    free = {person.id: person for person in staff if person.willing and person.ref not in taken}
    pairs = [two for two in active_pairs(session, school_id) if set(two) <= free.keys()]
    pairs = keep_apart(pairs)
    for two in pairs:
        del free[two[0]], free[two[1]]
    pairs += keep_apart(two for two in teaching_together(session, free))
    left = [person for person in free.values() if person.id not in {key for two in pairs for key in two}]
    left.sort(key=lambda person: (not person.trained, person.ref))
    return [*pairs, *(ordered(one, other) for one, other in zip(left[::2], left[1::2], strict=False))]


def keep_apart(pairs: Iterable[Two]) -> list[Two]:
    """Of pairs that share somebody the first counts."""
    taken: set[int] = set()
    kept = []
    for two in pairs:
        if not taken & set(two):
            taken.update(two)
            kept.append(two)
    return kept


def active_pairs(session: Session, school_id: int) -> list[Two]:
    found = session.execute(
        select(Pair.first_id, Pair.second_id)
        .where(Pair.school_id == school_id, Pair.active.is_(True))
        .order_by(Pair.id)
    )
    return [(first, second) for first, second in found]


def teaching_together(session: Session, free: dict[int, Person]) -> list[Two]:
    """Educators by how many children they both teach, most first."""
    one, other = aliased(EducatorStudent), aliased(EducatorStudent)
    found = session.execute(
        select(one.educator_id, other.educator_id, func.count())
        .join(other, (other.student_id == one.student_id) & (other.educator_id > one.educator_id))
        .where(one.educator_id.in_(free), other.educator_id.in_(free))
        .group_by(one.educator_id, other.educator_id)
    ).all()
    by_children = sorted(found, key=lambda row: (-row[2], free[row[0]].ref, free[row[1]].ref))
    return [(first, second) for first, second, _children in by_children]


def write_pairs(job: Job, session: Session, wanted: dict[Two, int]) -> None:
    """Add pairs, wake those that are wanted again, and let the others rest."""
    found = session.execute(select(PAIRS).where(PAIRS.c.program_id == job.program_id)).all()
    old = {(row.first_id, row.second_id): row for row in found}
    new = [
        {
            "program_id": job.program_id,
            "first_id": two[0],
            "second_id": two[1],
            "school_id": school,
            "active": True,
        }
        for two, school in wanted.items()
        if two not in old
    ]
    changed = [
        {"id": row.id, "active": two in wanted, "school_id": wanted.get(two, row.school_id)}
        for two, row in old.items()
        if (row.active, row.school_id) != (two in wanted, wanted.get(two, row.school_id))
    ]
    write_rows(session, PAIRS, new)
    change_rows(session, PAIRS, changed)
    resting = sum(1 for row in changed if not row["active"])
    if new or changed:
        job.tally.notes.append(f"Pairs: {len(new)} new, {len(changed) - resting} again, {resting} no longer active.")
