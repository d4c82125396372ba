"""Importing a roster: read it all, check it, then bring the program up to date in short transactions."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hvbot.models import Program
from hvbot.runtime import Runtime
from hvbot.services.audit import audit_row, record
from hvbot.services.programs import PROGRAM_SETTINGS, setting, the_program
from hvbot.services.roster.checks import check
from hvbot.services.roster.gone import mark_gone
from hvbot.services.roster.homes import name_homes
from hvbot.services.roster.job import Job
from hvbot.services.roster.known import existing_homes, known_refs, living_homes
from hvbot.services.roster.pairs import sync_pairs
from hvbot.services.roster.problems import Problems
from hvbot.services.roster.reading import Reading, read_roster
from hvbot.services.roster.rows import Held, Options, RosterError, Row
from hvbot.services.roster.source import Source, open_source
from hvbot.services.roster.stage import Stage
from hvbot.services.roster.sync import sync_educators, sync_schools, sync_students
from hvbot.services.roster.sync_homes import sync_homes
from hvbot.services.roster.tally import DONE, Report, make_sections
from hvbot.services.roster.times import sync_availability, sync_closed_days
from hvbot.settings import Settings

Progress = Callable[[int, int], None]
Transact = Callable[[], AbstractContextManager[Session]]
HALF, ALL = 50, 100
# A guess for the progress bar only: what a row takes in a file.
BYTES_A_ROW = 50


def apply_import(
    runtime: Runtime,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    options: Options | None = None,
    actor: str = "command",
) -> Report:
    """Import the roster at a path, or with `dry_run` tell what would change.

    Changes are committed in chunks, so texts are answered meanwhile; an import that was cut off is finished by running
    it again. The same roster twice changes nothing. `progress` is called with (done, 100).

    Raises:
        RosterError: the roster as a whole cannot be used; nothing was changed.

    """
    now = runtime.clock.now()
    transact = runtime.sessions if dry_run else runtime.writing
    try:
        with open_source(path) as source:
            program_id = program_of(transact, now, writes=not dry_run)
            report = run(
                transact,
                runtime.settings,
                program_id,
                source,
                now,
                not dry_run,
                progress=progress,
                options=options,
            )
    except IntegrityError as problem:
        raise RosterError("another import changed the same rows: wait for it, then run this one again") from problem
    if not dry_run:
        with runtime.writing() as session:
            audit(session, report, program_id, now, actor)
    return report


def plan_import(
    session: Session,
    settings: Settings,
    program_id: int,
    source: Source,
    now: datetime,
    options: Options | None = None,
) -> Report:
    """Tell what an import would change, reading in the given session and writing nothing.

    Raises:
        RosterError: the roster as a whole cannot be used.

    """
    return run(lambda: nullcontext(session), settings, program_id, source, now, False, options=options)


def program_of(transact: Transact, now: datetime, *, writes: bool) -> int:
    """The program's id; 0, which owns nothing, where a dry run finds none."""
    with transact() as session:
        if writes:
            return the_program(session, now).id
        return session.scalar(select(Program.id).order_by(Program.id).limit(1)) or 0


def run(
    transact: Transact,
    settings: Settings,
    program_id: int,
    source: Source,
    now: datetime,
    writes: bool,
    *,
    progress: Progress | None = None,
    options: Options | None = None,
) -> Report:
    """Read, check, compare and, where asked, write."""
    chosen = replace(options or Options(), today=now.date().isoformat())
    zone = chosen.timezone or program_zone(transact, program_id)
    show = progress or (lambda _done, _all: None)
    problems = Problems()
    with closing(Stage()) as stage:
        reading = read_roster(source, chosen, problems)
        stage.add(watched(reading.rows, source, show))
        stage.index()
        told = told_in_full(reading, stage, problems)
        job = Job(settings, program_id, zone, now, stage, problems, transact, writes, told)
        check(stage, problems, known_refs(job), reading.absent(problems))
        name_homes(stage, living_homes(job), existing_homes(job))
        job.progress = counter(stage.count(), show)
        bring_up_to_date(job, reading)
        show(ALL, ALL)
        sections = make_sections(reading.labels, job.tally, problems)
        return Report(reading.format, not writes, sections, (*reading.notes, *job.tally.notes))


def program_zone(transact: Transact, program_id: int) -> str:
    """The zone for schools whose roster names none."""
    with transact() as session:
        program = session.get(Program, program_id)
        return str(setting(program, "timezone") if program else PROGRAM_SETTINGS["timezone"].default)


def told_in_full(reading: Reading, stage: Stage, problems: Problems) -> frozenset[str]:
    """The kinds whose files list everybody: a file without rows or cut short says nothing about who left."""
    full = set()
    for what, file in reading.labels.items():
        if file in problems.cut_short:
            reading.notes.append(f"{file} could not be read to its end, so nobody was taken for gone.")
        elif not stage.has(what):
            reading.notes.append(f"{file} has no {what} that can be read, so nobody was taken for gone.")
        else:
            full.add(what)
    return frozenset(full)


def bring_up_to_date(job: Job, reading: Reading) -> None:
    """Everything in the order in which rows refer to each other; who left comes last."""
    sync_schools(job)
    sync_educators(job)
    sync_students(job)
    sync_homes(job)
    if "educators" in reading.labels:
        sync_pairs(job)
    sync_availability(job)
    sync_closed_days(job)
    mark_gone(job)


def watched(rows: Iterable[Row | Held], source: Source, show: Progress) -> Iterator[Row | Held]:
    """Pass rows on and show how reading goes, up to half of the whole."""
    expected = max(source.size // BYTES_A_ROW, 1)
    for number, row in enumerate(rows):
        if number % 1000 == 0:
            show(min(HALF - 1, HALF * number // expected), ALL)
        yield row


def counter(total: int, show: Progress) -> Callable[[int], None]:
    """Show how importing goes, the second half of the whole."""
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        show(min(ALL, HALF + HALF * done // max(total, 1)), ALL)

    return count


def audit(session: Session, report: Report, program_id: int, now: datetime, actor: str) -> None:
    """Keep that there was an import, and its counts."""
    detail = {
        section.what or section.file: {name: getattr(section, name) for name in (*DONE, "blocked")}
        for section in report.sections
    }
    record(
        session,
        audit_row(program_id, now, actor, "roster_imported", "program", program_id, detail=detail),
    )
