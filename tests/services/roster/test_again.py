"""Whatever a roster holds: a second import of it changes nothing, and a dry run counts what the import does."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from hvbot.clock import MovableClock
from hvbot.models import Base
from hvbot.models.database import make_connected, make_engine
from hvbot.runtime import Runtime
from hvbot.services.roster import Report, apply_import
from hvbot.settings import Settings

NOBODY: Any = None
SCHOOLS, EDUCATORS, CHILDREN, ADULTS = (
    ("A", "B", ""),
    ("T1", "T2", "T3", "T4", ""),
    ("S1", "S2", "S3", "S4", ""),
    ("G1", "G2", "G3", ""),
)
PHONES = (
    "2025550101",
    "(202) 555-0102",
    "+1 202 555 0103",
    "",
    "none",
    "2.02555E+09",
    "1.2025550101E+10",
    "=+12025550102",
)
NAMES = ("Rosa", "José", '"Ann"', "=1+1", "-Bo", "@x", "", "李", "O'Neil; jr")
TIMES = ("2026-08-18T16:00", "2026-08-18T17:00", "8/18/2026 18:00", "2026-11-01T01:30", "2026-08-01T10:00", "soon")


def table(header: str, *columns: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    rows = st.lists(st.tuples(*columns), max_size=6)
    return rows.map(lambda found: "\n".join([header, *(",".join(map(quoted, row)) for row in found)]) + "\n")


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & {'"', ",", "\n"} else cell


pick = st.sampled_from
rosters = st.fixed_dictionaries(
    {
        "schools.csv": table(
            "school_id,name,timezone", pick(SCHOOLS), pick(NAMES), pick(("America/Chicago", "EST", "Mars"))
        ),
        "educators.csv": table(
            "educator_id,school_id,name,phone,willing,partner_id",
            pick(EDUCATORS),
            pick(SCHOOLS),
            pick(NAMES),
            pick(PHONES),
            pick(("yes", "no", "", "huh")),
            pick(EDUCATORS),
        ),
        "students.csv": table(
            "student_id,school_id,first_name,last_name,teacher_ids",
            pick(CHILDREN),
            pick(SCHOOLS),
            pick(NAMES),
            pick(NAMES),
            pick(("", "T1", "T1;T2", "T9;T3")),
        ),
        "guardians.csv": table(
            "guardian_id,student_id,name,phone,language,household,contact",
            pick(ADULTS),
            pick(CHILDREN),
            pick(NAMES),
            pick(PHONES),
            pick(("es", "so", "", "Spanish", "Elvish")),
            pick(("", "", "", "h1", "h2", "~x")),
            pick(("yes", "no", "")),
        ),
        "availability.csv": table("educator_id,start,end", pick(EDUCATORS), pick(TIMES), pick(TIMES)),
    }
)


def a_runtime(folder: str) -> Runtime:
    engine = make_engine(f"sqlite:///{folder}/x.db")
    Base.metadata.create_all(engine)
    sessions = sessionmaker(engine, expire_on_commit=False)
    clock = MovableClock(datetime(2026, 8, 10, tzinfo=UTC))
    return Runtime(Settings(), engine, sessions, make_connected(engine), NOBODY, clock, NOBODY)


def write(folder: str, name: str, files: dict[str, str]) -> Path:
    place = Path(folder) / name
    place.mkdir()
    for file, text in files.items():
        (place / file).write_text(text, encoding="utf-8")
    return place


def numbers(report: Report) -> list[tuple[str, int, int, int, int, int]]:
    return [(s.what, s.added, s.changed, s.gone, s.unchanged, s.blocked) for s in report.sections]


def everything(runtime: Runtime) -> dict[str, list[Any]]:
    with runtime.sessions() as session:
        return {
            name: sorted(map(str, session.execute(select(table))))
            for name, table in Base.metadata.tables.items()
            if name != "audit_event"
        }


@settings(max_examples=60)
@given(first=rosters, second=rosters)
def test_a_second_import_changes_nothing_and_a_dry_run_tells_the_truth(
    first: dict[str, str], second: dict[str, str]
) -> None:
    with TemporaryDirectory() as folder:
        runtime = a_runtime(folder)
        for name, files in (("first", first), ("second", second)):
            path = write(folder, name, files)
            planned = apply_import(runtime, path, dry_run=True)
            done = apply_import(runtime, path)
            assert numbers(planned) == numbers(done)
            before = everything(runtime)
            again = apply_import(runtime, path)
            assert not again.changes_something, numbers(again)
            assert everything(runtime) == before
        runtime.engine.dispose()
