"""A runtime on either database, and a small school to import."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from hvbot.clock import MovableClock
from hvbot.models import Base
from hvbot.models.database import make_connected, make_engine
from hvbot.runtime import Runtime
from hvbot.settings import Settings

NOW = datetime(2026, 8, 10, 16, 0, tzinfo=UTC)
NOBODY: Any = None

Files = dict[str, str]

SCHOOL: Files = {
    "schools.csv": "school_id,name,timezone\nA,School A,America/Chicago\n",
    "educators.csv": (
        "educator_id,school_id,name,phone,languages,trained_on,willing,partner_id\n"
        "T1,A,Ms. Okafor,+12025550171,en;es,2026-05-01,yes,T2\n"
        "T2,A,Mr. Lind,+12025550172,en,2026-05-01,yes,\n"
    ),
    "students.csv": (
        "student_id,school_id,first_name,last_name,grade,teacher_ids\n"
        "S1,A,Luz,Vega,3,T1;T2\n"
        "S2,A,Omar,Ali,5,T1\n"
        "S3,A,Leo,Vega,1,\n"
    ),
    "guardians.csv": (
        "guardian_id,student_id,name,phone,language\n"
        "G1,S1,Rosa Vega,(202) 555-0101,es\n"
        "G1,S3,Rosa Vega,(202) 555-0101,es\n"
        "G2,S2,Amina Ali,202-555-0102,so\n"
    ),
    "availability.csv": (
        "educator_id,start,end\nT1,2026-08-18T16:00,2026-08-18T19:00\nT2,2026-08-18T16:00,2026-08-18T19:00\n"
    ),
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    Base.metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def runtime(engine: Engine) -> Runtime:
    sessions = sessionmaker(engine, expire_on_commit=False)
    return Runtime(
        settings=Settings(secret_key="not a secret"),
        engine=engine,
        sessions=sessions,
        connected=make_connected(engine),
        channel=NOBODY,
        clock=MovableClock(NOW),
        catalogue=NOBODY,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write a roster; files given replace those of the small school, None leaves one out."""
    number = 0

    def write(files: dict[str, str | bytes | None] | None = None, *, only: bool = False) -> Path:
        nonlocal number
        number += 1
        place = tmp_path / f"roster{number}"
        place.mkdir()
        for name, text in ({} if only else SCHOOL | {}).items():
            (place / name).write_text(text, encoding="utf-8")
        for name, content in (files or {}).items():
            if content is None:
                (place / name).unlink()
            elif isinstance(content, bytes):
                (place / name).write_bytes(content)
            else:
                (place / name).write_text(content, encoding="utf-8")
        return place

    return write
