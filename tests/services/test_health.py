"""What `/healthz` answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hvbot.bootstrap import build_runtime
from hvbot.clock import MovableClock
from hvbot.models import Base, Conversation, OutboundText, Program, Tick
from hvbot.runtime import Runtime
from hvbot.services.health import health
from hvbot.settings import load_settings

NOON = datetime(2026, 9, 15, 16, 0, tzinfo=UTC)


@pytest.fixture
def runtime(database_url: str) -> Iterator[Runtime]:
    made = build_runtime(load_settings(database_url=database_url, secret_key="k" * 32), clock=MovableClock(NOON))
    Base.metadata.create_all(made.engine)
    yield made
    made.engine.dispose()


def ticked(runtime: Runtime, name: str, **ago: float) -> None:
    with runtime.writing() as session:
        session.merge(Tick(name=name, last_at=NOON - timedelta(**ago)))


def queue(session: Session, row: int, status: str, **after: float) -> None:
    session.add(
        OutboundText(
            id=row,
            program_id=1,
            conversation_id=1,
            intent=str(row),
            purpose="ask",
            wording="W",
            language="en",
            segments=1,
            status=status,
            not_before=NOON + timedelta(**after),
            created_at=NOON,
        )
    )


def with_texts(runtime: Runtime, *texts: tuple[str, float]) -> None:
    with runtime.writing() as session:
        session.add(Program(id=1, name="P", settings={}, created_at=NOON))
        session.flush()
        session.add(Conversation(id=1, program_id=1, address="+12025550123", address_hash="h", created_at=NOON))
        session.flush()
        for row, (status, minutes) in enumerate(texts, start=1):
            queue(session, row, status, minutes=minutes)


def test_a_new_deployment_is_healthy_and_its_worker_has_never_run(runtime: Runtime) -> None:
    assert health(runtime) == (
        True,
        {"database": "ok", "worker": "never", "last_tick_s": None, "oldest_due_s": None},
    )


@pytest.mark.fault(50)
@pytest.mark.parametrize(("seconds", "state"), [(0, "ok"), (119, "ok"), (121, "late"), (86_400, "late")])
def test_a_silent_worker_is_late(runtime: Runtime, seconds: int, state: str) -> None:
    ticked(runtime, "outbox", seconds=seconds)
    well, facts = health(runtime)

    assert well, "restarting the web would not bring a worker back"
    assert (facts["worker"], facts["last_tick_s"]) == (state, seconds)


@pytest.mark.fault(50)
def test_other_ticks_do_not_hide_an_outbox_that_stands_still(runtime: Runtime) -> None:
    ticked(runtime, "outbox", minutes=10)
    ticked(runtime, "reminders", seconds=1)

    assert health(runtime)[1]["worker"] == "late"


@pytest.mark.fault(48)
def test_a_clock_that_was_set_back_gives_no_negative_age(runtime: Runtime) -> None:
    ticked(runtime, "outbox", hours=-2)

    assert (health(runtime)[1]["worker"], health(runtime)[1]["last_tick_s"]) == ("ok", 0)


def test_the_oldest_due_text_is_the_one_that_should_have_left_first(runtime: Runtime) -> None:
    with_texts(runtime, ("queued", -5), ("queued", -2), ("queued", 30), ("sent", -90))

    assert health(runtime)[1]["oldest_due_s"] == 300


def test_a_text_for_tomorrow_is_not_due(runtime: Runtime) -> None:
    with_texts(runtime, ("queued", 600))

    assert health(runtime)[1]["oldest_due_s"] is None


def test_a_database_that_does_not_answer_is_not_well(tmp_path: Path) -> None:
    settings = load_settings(database_url="postgresql://nobody@127.0.0.1:1/x", secret_key="k" * 32)
    well, facts = health(build_runtime(settings))

    assert not well
    assert facts["database"] == "unreachable"
