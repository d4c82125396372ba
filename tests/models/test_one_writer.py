"""SQLite has one writer: who waits for it gets in, and who waits in vain is told."""

import threading
import time

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from hvbot.models import database
from hvbot.models.database import make_connected, make_engine

CHUNK_S, GAP_S, CHUNKS = 0.05, 0.004, 60


@pytest.fixture
def processes(sqlite_url: str) -> tuple[Engine, Engine]:
    """Two engines on one file, as two processes have them: each with a lock of its own."""
    one, other = make_engine(sqlite_url), make_engine(sqlite_url)
    with make_connected(one)() as session:
        session.execute(text("CREATE TABLE kept (n INTEGER)"))
    return one, other


def test_a_turn_gets_in_between_two_chunks_of_another_process(processes: tuple[Engine, Engine]) -> None:
    chunks, turns = (make_connected(engine) for engine in processes)
    began = threading.Event()

    def start_a_round() -> None:
        for _ in range(CHUNKS):
            with chunks() as session:
                session.execute(text("INSERT INTO kept VALUES (1)"))
                began.set()
                time.sleep(CHUNK_S)
            time.sleep(GAP_S)

    other = threading.Thread(target=start_a_round)
    other.start()
    began.wait()
    taken = 0
    while other.is_alive():
        with turns() as session:
            session.execute(text("INSERT INTO kept VALUES (2)"))
        taken += 1
        time.sleep(CHUNK_S / 2)
    other.join()

    assert taken > 0.7 * CHUNKS, "with SQLite's own wait it is a quarter of them or less"


def test_who_cannot_write_in_time_is_told_as_ever(
    processes: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_S", 0.05)
    first, second = (make_connected(engine) for engine in processes)

    with first(), pytest.raises(OperationalError, match="locked"), second():
        pytest.fail("there are two writers")
