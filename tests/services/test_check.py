"""`hvbot check` finds what is wrong and names the remedy."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from hvbot.bootstrap import build_runtime
from hvbot.channels.port import Fault, SendError
from hvbot.channels.simulator import SimulatorChannel
from hvbot.clock import MovableClock
from hvbot.models import (
    Availability,
    Conversation,
    Educator,
    Pair,
    Program,
    Round,
    RoundSchool,
    School,
    Tick,
    lookup_hash,
    schema,
)
from hvbot.runtime import Runtime
from hvbot.services.check import Finding, check
from hvbot.settings import load_settings

NOON = datetime(2026, 9, 15, 16, 0, tzinfo=UTC)
Change = Callable[[Runtime], None]


def bare(database_url: str, **more: Any) -> Runtime:
    settings = load_settings(database_url=database_url, secret_key="k" * 32)
    return build_runtime(settings, clock=MovableClock(NOON), **more)


@pytest.fixture
def runtime(sqlite_url: str) -> Iterator[Runtime]:
    """A school with nothing wrong."""
    made = bare(sqlite_url)
    schema.upgrade(made.engine)
    with made.writing() as session:
        session.add(Program(id=1, name="P", settings={}, created_at=NOON))
        session.flush()
        hours = {"visit_from": time(8), "visit_until": time(20)}
        session.add(School(id=1, program_id=1, ref="lincoln", name="Lincoln", zone="America/New_York", **hours))
        session.add(Tick(name="outbox", last_at=NOON))
        session.flush()
        for row in (1, 2):
            session.add(educator(row))
        days = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 12, 1)}
        session.add(Round(id=1, program_id=1, name="R", seed=1, created_at=NOON, **days))
        session.flush()
        session.add(RoundSchool(round_id=1, school_id=1))
        session.add(Pair(id=1, program_id=1, school_id=1, first_id=1, second_id=2))
        for row in (1, 2):
            ahead = {"starts_at": NOON + timedelta(days=1), "ends_at": NOON + timedelta(days=1, hours=4)}
            session.add(Availability(id=row, program_id=1, educator_id=row, **ahead))
    yield made
    made.engine.dispose()


def educator(row: int, **more: Any) -> Educator:
    values: dict[str, Any] = {"program_id": 1, "ref": f"t{row}", "school_id": 1, "name": "N"}
    return Educator(id=row, **{**values, "trained_on": date(2026, 1, 1), **more})


def serious(found: list[Finding]) -> list[str]:
    return [finding.what for finding in found if finding.serious]


def test_a_school_with_nothing_wrong_has_no_serious_finding(runtime: Runtime) -> None:
    assert serious(check(runtime)) == []


def test_tables_that_are_missing_are_the_only_thing_looked_at(sqlite_url: str) -> None:
    found = check(bare(sqlite_url))

    assert [finding.remedy for finding in found] == ["run hvbot db upgrade"]


def test_a_database_that_does_not_answer_is_found() -> None:
    found = check(bare("postgresql://nobody@127.0.0.1:1/x"))

    assert "does not answer" in serious(found)[-1]


def break_training(runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.get_one(Educator, 2).trained_on = None


def break_times(runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.delete(session.get_one(Availability, 2))


def break_language(runtime: Runtime) -> None:
    with runtime.writing() as session:
        key = lookup_hash(runtime.settings.lookup_key, "+12025550123")
        number = {"address": "+12025550123", "address_hash": key, "language": "tlh"}
        session.add(Conversation(program_id=1, created_at=NOON, **number))


def break_worker(runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.get_one(Tick, "outbox").last_at = NOON - timedelta(hours=1)


def break_sending(runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.get_one(Program, 1).sending_paused = True


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (break_training, "lincoln has no pair that may visit"),
        (break_times, "lincoln has no pair with open times ahead"),
        (break_language, "1 numbers need tlh"),
        (break_worker, "the worker last ran 3600 s ago"),
        (break_sending, "sending is stopped"),
    ],
)
def test_what_is_wrong_is_found(runtime: Runtime, harm: Change, told: str) -> None:
    harm(runtime)

    (found,) = serious(check(runtime))
    assert told in found


def test_untrained_educators_are_worth_knowing(runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.add(educator(3, trained_on=None))
    found = check(runtime)

    assert any("1 willing educators are not trained" in finding.what for finding in found)
    assert serious(found) == []


def test_a_school_in_no_round_may_be_without_times(runtime: Runtime) -> None:
    break_times(runtime)
    runtime.clock.advance(days=120)  # type: ignore[attr-defined]
    found = [finding for finding in check(runtime) if "open times" in finding.what]

    assert [finding.serious for finding in found] == [False]


def test_a_short_key_is_found(sqlite_url: str) -> None:
    made = build_runtime(load_settings(database_url=sqlite_url, secret_key="short"))

    assert "SECRET_KEY is short" in serious(check(made))[0]


class Inspected(SimulatorChannel):
    def __init__(self, answer: list[tuple[str, str]] | SendError) -> None:
        super().__init__()
        self.answer = answer

    def inspect(self) -> list[tuple[str, str]]:
        if isinstance(self.answer, SendError):
            raise self.answer
        return self.answer


def test_the_carrier_is_asked_and_its_findings_told(runtime: Runtime) -> None:
    asked = replace(runtime, channel=Inspected([("texts go to another address", "set the webhook")]))

    assert serious(check(asked)) == ["texts go to another address"]


def test_a_carrier_that_does_not_answer_is_a_finding(runtime: Runtime) -> None:
    asked = replace(runtime, channel=Inspected(SendError(Fault.UNKNOWN)))

    assert "the carrier does not answer" in serious(check(asked))[0]


class Remembering(Inspected):
    """A carrier that can be asked what passed."""

    def heard_since(self, since: datetime) -> list[Any]:
        raise SendError(Fault.RETRY)

    said_since = heard_since


def test_sending_that_waits_for_the_carrier_is_found(runtime: Runtime) -> None:
    asked = replace(runtime, channel=Remembering([]))
    assert serious(check(asked)) == []
    with runtime.writing() as session:
        session.add(Tick(name="back", last_at=NOON))

    assert serious(check(runtime)) == [], "a carrier that remembers nothing is not waited for"
    assert "nothing leaves until the carrier" in serious(check(asked))[0]


def test_looking_changes_nothing(runtime: Runtime) -> None:
    with runtime.engine.connect() as connection:
        before = connection.connection.driver_connection.iterdump()  # type: ignore[union-attr]
        text = "\n".join(before)
    check(runtime)
    with runtime.engine.connect() as connection:
        after = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]

    assert after == text


def test_figures_that_are_asked_for_and_not_there_are_noted(runtime: Runtime) -> None:
    settings = runtime.settings.model_copy(update={"metrics_token": SecretStr("figures-" * 3)})

    assert "METRICS_TOKEN" in str(check(replace(runtime, settings=settings)))
    assert "METRICS_TOKEN" not in str(check(runtime))
