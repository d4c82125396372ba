"""Time the import of a large district and show its peak memory: python -m benchmarks.roster_import [STUDENTS] [URL] [--oneroster].

Numbers are of the fictional kind (555-01xx, about 45,000 of them), so some are shared.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import phonenumbers
from sqlalchemy.orm import sessionmaker

from hvbot.clock import WallClock
from hvbot.models import Base
from hvbot.models.database import make_connected, make_engine
from hvbot.runtime import Runtime
from hvbot.services.roster import apply_import
from hvbot.settings import load_settings

NOBODY: Any = None
CHILDREN_A_SCHOOL = 500
CHILDREN_A_TEACHER = 25
CLASSES_A_CHILD = 6
LANGUAGES = ("en", "es", "so", "ar", "zh")


def numbers() -> list[str]:
    areas = [
        area for area in range(200, 1000) if phonenumbers.is_valid_number(phonenumbers.parse(f"+1{area}5550100", "US"))
    ]
    return [f"({area}) 555-01{last:02d}" for last in range(100) for area in areas]


def write_roster(folder: Path, students: int) -> None:
    known = numbers()
    schools = max(students // CHILDREN_A_SCHOOL, 1)
    teachers = max(students // CHILDREN_A_TEACHER, 2)
    write(
        folder / "schools.csv", "school_id,name,timezone", (f"A{n},School {n},America/Chicago" for n in range(schools))
    )
    write(
        folder / "educators.csv",
        "educator_id,school_id,name,languages,trained_on,willing",
        (f"T{n},A{n % schools},Teacher {n},en,2026-05-01,yes" for n in range(teachers)),
    )
    write(
        folder / "students.csv",
        "student_id,school_id,first_name,last_name,grade,teacher_ids",
        (f"S{n},A{n % schools},Child{n},Family{n},{n % 9},T{n % teachers}" for n in range(students)),
    )
    write(
        folder / "guardians.csv",
        "guardian_id,student_id,name,phone,language",
        (f"G{n},S{n},Adult {n},{known[n % len(known)]},{LANGUAGES[n % 5]}" for n in range(students)),
    )


def write_bundle(folder: Path, students: int) -> None:
    """The same district as a OneRoster 1.1 bundle, each child in six classes."""
    schools = max(students // CHILDREN_A_SCHOOL, 1)
    teachers = max(students // CHILDREN_A_TEACHER, 2)
    write(
        folder / "orgs.csv",
        "sourcedId,name,type,metadata.state",
        (f"A{n},School {n},school,IL" for n in range(schools)),
    )
    write(
        folder / "users.csv", "sourcedId,orgSourcedIds,role,givenName,familyName,sms,agentSourcedIds", users(students)
    )
    taught = (f"T{n},C{n},teacher" for n in range(teachers))
    learned = (f"S{n},C{(n + 7 * k) % teachers},student" for n in range(students) for k in range(CLASSES_A_CHILD))
    write(folder / "enrollments.csv", "userSourcedId,classSourcedId,role", chain(taught, learned))


def users(students: int) -> Iterator[str]:
    known = numbers()
    schools = max(students // CHILDREN_A_SCHOOL, 1)
    for n in range(max(students // CHILDREN_A_TEACHER, 2)):
        yield f"T{n},A{n % schools},teacher,Teacher,Number{n},,"
    for n in range(students):
        yield f"S{n},A{n % schools},student,Child{n},Family{n},,G{n}"
        yield f"G{n},A{n % schools},parent,Adult{n},Family{n},{known[n % len(known)]},"


def write(path: Path, header: str, rows: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        file.writelines(f"{row}\n" for row in rows)


def make_runtime(url: str) -> Runtime:
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    sessions = sessionmaker(engine, expire_on_commit=False)
    return Runtime(
        load_settings(secret_key="benchmark"), engine, sessions, make_connected(engine), NOBODY, WallClock(), NOBODY
    )


@contextmanager
def timed(what: str, rows: int) -> Iterator[None]:
    start = time.perf_counter()
    yield
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<22} {took:7.1f} s {rows / took:9.0f} rows/s   peak {peak:5.0f} MiB", flush=True)


def main(students: int, url: str | None, *, standard: bool = False) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "roster"
        folder.mkdir()
        (write_bundle if standard else write_roster)(folder, students)
        runtime = make_runtime(url or f"sqlite:///{place}/bench.db")
        rows = 2 * students
        with timed("dry run", rows):
            apply_import(runtime, folder, dry_run=True)
        with timed("first import", rows):
            report = apply_import(runtime, folder)
        print(report.total("added"), "added,", report.total("blocked"), "blocked")
        with timed("the same again", rows):
            report = apply_import(runtime, folder)
        print("changes something:", report.changes_something)
        if not standard:
            (folder / "guardians.csv").write_text("guardian_id,student_id,name,phone,language\nG0,S0,Adult 0,,en\n")
            with timed("all but one left", rows):
                report = apply_import(runtime, folder)
            print(report.total("gone"), "gone")


if __name__ == "__main__":
    arguments = [word for word in sys.argv[1:] if word != "--oneroster"]
    main(
        int(arguments[0]) if arguments else 100_000,
        arguments[1] if len(arguments) > 1 else None,
        standard="--oneroster" in sys.argv,
    )
