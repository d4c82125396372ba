"""What falls due: each reminder once, nothing about a visit that is off, nothing into a person's conversation."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from hvbot.models import Attention, Invitation, OutboundText, Reminder, SubstituteRequest
from hvbot.models.prepared import driver_text
from hvbot.services.deadlines import pass_deadlines
from hvbot.services.nudging import queue_due_nudges
from hvbot.services.reminding import DUE, queue_due_reminders
from tests.support import builders
from tests.support.season import Season, open_runtime

# What ANALYZE would say of a district.
AS_IN_A_DISTRICT = (
    "ANALYZE",
    "DELETE FROM sqlite_stat1 WHERE tbl IN ('conversation', 'reminder', 'visit')",
    "INSERT INTO sqlite_stat1 VALUES ('conversation', 'ix_conversation_program_id', '10000 10000')",
    "INSERT INTO sqlite_stat1 VALUES ('visit', 'ix_visit_starts', '900000 900000')",
    "INSERT INTO sqlite_stat1 VALUES ('reminder', 'ix_reminder_due', '900000 900000')",
    "ANALYZE sqlite_master",
)
EVENING = ("evening_before", "educator_evening_before")


@pytest.fixture
def booked(season: Season) -> Season:
    """Rosa has a visit on Monday, December 7, at three."""
    builders.a_home(season, ("Rosa", "es"))
    builders.start(season)
    season.text("Rosa", "1")
    season.text("Rosa", "1")
    season.tick()
    return season


def reminders(season: Season) -> list[str]:
    return season.rows(select(OutboundText.intent).where(OutboundText.purpose == "reminder").order_by(OutboundText.id))


def at_once(season: Season, task: object, times: int = 4) -> None:
    """Several workers do the same at the same moment."""
    runtimes = [open_runtime(season.database_url, season.carrier, season.clock) for _ in range(times)]
    barrier = threading.Barrier(times)

    def work(runtime: object) -> None:
        barrier.wait()
        task(runtime)  # type: ignore[operator]

    threads = [threading.Thread(target=work, args=(runtime,)) for runtime in runtimes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for runtime in runtimes:
        runtime.engine.dispose()


@pytest.mark.fault(49)
def test_four_workers_remind_once(booked: Season) -> None:
    booked.clock.move_to(datetime(2026, 12, 6, 23, 1, tzinfo=UTC))

    at_once(booked, queue_due_reminders)
    booked.tick()

    kinds = booked.rows(select(Reminder.kind).where(Reminder.outcome == "queued"))
    assert sorted(kinds) == ["educator_evening_before", "educator_evening_before", "evening_before"]
    assert sum("mañana" in body for body in booked.bodies("Rosa")) == 1


def test_a_visit_that_moved_is_reminded_of_at_its_new_time_only(booked: Season) -> None:
    booked.text("Rosa", "cambiar")
    booked.text("Rosa", "3")

    booked.run_until(datetime(2026, 12, 12, 12, tzinfo=UTC))

    assert [intent.split(":")[:3] for intent in reminders(booked)] == [
        ["evening_before", "visit2", "2"],
        ["two_hours_before", "visit2", "2"],
    ]


@pytest.mark.fault(50)
def test_a_reminder_whose_time_has_passed_is_not_sent(booked: Season) -> None:
    booked.clock.move_to(datetime(2026, 12, 7, 19, 59, tzinfo=UTC))

    queue_due_reminders(booked.runtime)

    assert reminders(booked) == []
    assert set(booked.rows(select(Reminder.outcome).where(Reminder.kind.in_(EVENING)))) == {"too late"}


@pytest.mark.fault(49)
def test_four_workers_nudge_once(season: Season) -> None:
    builders.a_home(season, ("Ben", "en"))
    builders.start(season)
    season.clock.move_to(season.one(select(Invitation.nudge_due_at)))

    at_once(season, queue_due_nudges)
    season.tick()

    assert len(season.bodies("Ben")) == 2
    assert season.one(select(Invitation.nudges)) == 1


def test_a_home_that_said_yes_and_picked_nothing_is_shown_times_of_the_round_once_more(season: Season) -> None:
    builders.a_home(season, ("Kim", "en"))
    builders.start(season)
    season.text("Kim", "yes")

    season.run_until(season.clock.now() + timedelta(days=10))

    offers = [body for body in season.bodies("Kim") if "would one of these times work" in body]
    assert len(offers) == 1
    assert season.rows(select(Attention.reason)) == ["call_task"]


def test_a_nudge_offers_nothing_after_the_round(empty_season: Season) -> None:
    season = empty_season
    builders.a_school(season)
    after = datetime(2027, 1, 5, 20, tzinfo=UTC)
    builders.okafor_and_lee(season, (after, after + timedelta(hours=2)))
    builders.a_home(season, ("Kim", "en"))
    builders.start(season)
    season.text("Kim", "yes")

    season.run_until(season.clock.now() + timedelta(days=40))

    assert not any("1)" in body for body in season.bodies("Kim"))
    assert season.one(select(Invitation.nudge_due_at)) is None


def test_hvbot_does_not_nudge_into_a_conversation_that_a_person_has(season: Season) -> None:
    builders.a_home(season, ("Kim", "en"))
    builders.start(season)
    season.text("Kim", "yes")
    builders.a_number(season, "Kim", held_by_person=True)
    season.tick()
    said = len(season.bodies("Kim"))

    season.run_until(season.clock.now() + timedelta(days=5))

    assert len(season.bodies("Kim")) == said


@pytest.mark.fault(29, 49)
def test_four_workers_pass_a_deadline_once(booked: Season) -> None:
    for name in ("Ms. Diaz", "Mr. Cole", "Ms. Wu"):
        builders.an_educator(booked, name, *builders.weekdays(booked))
    booked.text("Mr. Lee", "2")
    booked.clock.move_to(booked.one(select(SubstituteRequest.deadline)))

    at_once(booked, pass_deadlines)

    statuses = booked.rows(select(SubstituteRequest.status).order_by(SubstituteRequest.id))
    assert statuses == ["late", "asked"]
    assert booked.one(select(func.count()).select_from(Attention).where(Attention.reason == "educator_cannot")) == 1


@pytest.mark.fault(28)
def test_who_says_twice_that_they_cannot_go_is_sought_once(booked: Season) -> None:
    for name in ("Ms. Diaz", "Mr. Cole"):
        builders.an_educator(booked, name, *builders.weekdays(booked))

    booked.text("Mr. Lee", "2")
    booked.text("Mr. Lee", "I can't")
    booked.tick()

    assert booked.rows(select(SubstituteRequest.status)) == ["asked"]
    assert booked.bodies("Mr. Lee")[-1] == "Thank you for telling us. We will find somebody for visit 1."


def test_an_adult_who_never_said_yes_is_asked_nothing_by_a_reminder(season: Season) -> None:
    builders.a_home(season, ("Rosa", "es"), ("Carlos", "en"))
    builders.start(season)
    for words in ("1", "1"):
        season.text("Rosa", words)
    season.run_until(datetime(2026, 12, 6, 23, 5, tzinfo=UTC))

    steps = [question["step"] for question in builders.conversation(season, "Carlos").state["questions"]]
    assert steps == ["consent"]
    assert any("mañana" in body for body in season.bodies("Rosa"))


def test_reminders_that_are_due_are_found_without_looking_at_all_there_are(season: Season) -> None:
    with season.runtime.writing() as session:
        connection = session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        prepare = AS_IN_A_DISTRICT if is_sqlite else ("SET LOCAL enable_seqscan = off",)
        for statement in prepare:
            connection.exec_driver_sql(statement)
        due = driver_text(DUE._statement, connection.dialect)
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        given = due.parameters({"now": season.clock.now()})
        plan = str(connection.exec_driver_sql(explain + due.sql, tuple(given) if is_sqlite else given).all())
        session.rollback()

    assert "ix_reminder_due" in plan
    assert not re.search("SCAN|BLOOM|TEMP|Sort|Hash|Bitmap", plan), plan
