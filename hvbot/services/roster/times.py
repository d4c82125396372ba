"""The time educators give, and the days schools are closed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hvbot.models import Availability, ClosedDay, Educator, School
from hvbot.scheduling.walltime import resolve
from hvbot.services.roster.job import CHUNK, Job, change_rows, write_rows
from hvbot.services.roster.rows import AvailabilityRow, ClosedDayRow, EducatorRow, Problem, SchoolRow
from hvbot.services.roster.stage import restored

AVAILABILITY: Any = Availability.__table__
CLOSED_DAYS: Any = ClosedDay.__table__
STAGED = "SELECT ref, file, row, body FROM availability ORDER BY ref, n"


@dataclass(frozen=True, slots=True)
class Given:
    """The time one educator gives, as moments: start to end."""

    ref: str
    times: Mapping[datetime, datetime]


def sync_availability(job: Job) -> None:
    """Make the future time of each educator in the file what the file says; others and the past stay."""
    zones = educator_zones(job)
    for people in some_people(job, zones):
        with job.transact() as session:
            sync_people(job, session, people)
        job.progress(sum(len(person.times) for person in people))


def educator_zones(job: Job) -> dict[str, ZoneInfo]:
    """The zone of each educator's school."""
    with job.transact() as session:
        found = session.execute(
            select(Educator.ref, School.ref, School.zone)
            .join(School, School.id == Educator.school_id)
            .where(Educator.program_id == job.program_id)
        ).all()
    # A dry run has written no school and no educator: what the file says of them counts all the same.
    told: dict[str, str] = {} if job.writes else {row.ref: row.zone for row in job.stage.rows(SchoolRow) if row.zone}
    of_school: dict[str, str] = {school: zone for _, school, zone in found} | told
    placed = {ref: school for ref, school, _ in found}
    placed |= {} if job.writes else {row.ref: row.school for row in job.stage.rows(EducatorRow) if row.school}
    return {ref: ZoneInfo(of_school[school]) for ref, school in placed.items() if school in of_school}


def some_people(job: Job, zones: Mapping[str, ZoneInfo]) -> Iterator[list[Given]]:
    people: list[Given] = []
    rows = 0
    for ref, found in groupby(job.stage.ask(STAGED), key=lambda row: row[0]):
        given = [restored(AvailabilityRow, file, row, body) for _ref, file, row, body in found]
        people.append(Given(ref, dict(moments(job, given, zones.get(ref, ZoneInfo(job.zone))))))
        rows += len(given)
        if rows >= CHUNK:
            yield people
            people, rows = [], 0
    if people:
        yield people


def moments(job: Job, rows: Sequence[AvailabilityRow], zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    for row in rows:
        try:
            yield (
                resolve(datetime.fromisoformat(row.start), zone),
                resolve(datetime.fromisoformat(row.end), zone),
            )
        except ValueError as problem:
            remedy = "clocks change in that hour: write another time"
            job.problems.append(Problem(row.file, row.row, str(problem), remedy, what="availability"))


def sync_people(job: Job, session: Session, people: Sequence[Given]) -> None:
    ids = {person.ref: job.educators[person.ref] for person in people}
    refs = {key: ref for ref, key in ids.items()}
    found = session.execute(select(AVAILABILITY).where(AVAILABILITY.c.educator_id.in_(refs))).all()
    old = {(row.educator_id, row.starts_at): row for row in found}
    wanted = {(ids[person.ref], start): end for person in people for start, end in person.times.items()}
    new = [key for key, end in wanted.items() if key not in old and end > job.now]
    moved = [old[key] for key, end in wanted.items() if key in old and old[key].ends_at != end]
    gone = [row for key, row in old.items() if key not in wanted and row.ends_at > job.now]
    for done, keys in (
        ("added", [key for key, _start in new]),
        ("changed", [row.educator_id for row in moved]),
        ("gone", [row.educator_id for row in gone]),
        ("unchanged", [key for key, _start in wanted][len(new) + len(moved) :]),
    ):
        for key in keys:
            job.tally.add("availability", done, refs[key])
    if job.writes:
        write_availability(job, session, wanted, new, moved, gone)


def write_availability(
    job: Job,
    session: Session,
    wanted: Mapping[tuple[int, datetime], datetime],
    new: Sequence[tuple[int, datetime]],
    moved: Sequence[Any],
    gone: Sequence[Any],
) -> None:
    """Times are no evidence: those that are taken back are deleted; visits that were booked in them stay."""
    if gone:
        session.execute(delete(AVAILABILITY).where(AVAILABILITY.c.id.in_([row.id for row in gone])))
    change_rows(
        session,
        AVAILABILITY,
        [{"id": row.id, "ends_at": wanted[row.educator_id, row.starts_at]} for row in moved],
    )
    write_rows(
        session,
        AVAILABILITY,
        [
            {
                "program_id": job.program_id,
                "educator_id": key,
                "starts_at": start,
                "ends_at": wanted[key, start],
            }
            for key, start in new
        ],
    )


def sync_closed_days(job: Job) -> None:
    """Make the coming closed days of each school in the file what the file says; what a person closed stays closed."""
    wanted: dict[tuple[int, date], ClosedDayRow] = {}
    for row in job.stage.rows(ClosedDayRow):
        wanted[job.schools[row.school], date.fromisoformat(row.day)] = row
    with job.transact() as session:
        sync_days(job, session, wanted)
    job.progress(len(wanted))


def sync_days(job: Job, session: Session, wanted: Mapping[tuple[int, date], ClosedDayRow]) -> None:
    schools = {school for school, _day in wanted}
    found = session.execute(select(CLOSED_DAYS).where(CLOSED_DAYS.c.school_id.in_(schools)))
    days = found.all()
    old = {(row.school_id, row.day): row.reason for row in days}
    today = job.now.date()
    by_person = {(row.school_id, row.day) for row in days if row.by_person}
    gone = [key for key in old if key not in wanted and key not in by_person and key[1] >= today]
    for key, row in wanted.items():
        reason = row.reason or None
        if key not in old:
            job.tally.add("closed days", "added", f"{row.school} {row.day}")
        else:
            same = row.reason is None or old[key] == reason
            job.tally.add("closed days", "unchanged" if same else "changed", f"{row.school} {row.day}")
    for _school, day in gone:
        job.tally.add("closed days", "gone", day.isoformat())
    if job.writes:
        write_days(session, wanted, old, gone)


def write_days(
    session: Session,
    wanted: Mapping[tuple[int, date], ClosedDayRow],
    old: Mapping[tuple[int, date], str | None],
    gone: Sequence[tuple[int, date]],
) -> None:
    """Write closed days: few enough for a statement each."""
    for school, day in gone:
        session.execute(delete(CLOSED_DAYS).where(CLOSED_DAYS.c.school_id == school, CLOSED_DAYS.c.day == day))
    for (school, day), row in wanted.items():
        if (school, day) in old and row.reason is not None and (row.reason or None) != old[school, day]:
            changed = update(CLOSED_DAYS).where(CLOSED_DAYS.c.school_id == school, CLOSED_DAYS.c.day == day)
            session.execute(changed.values(reason=row.reason or None))
    fresh = [key for key in wanted if key not in old]
    write_rows(
        session,
        CLOSED_DAYS,
        [{"school_id": school, "day": day, "reason": wanted[school, day].reason or None} for school, day in fresh],
    )
