"""The rows that the dashboard shows and the command prints."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from hvbot.reports import REPORTS
from tests.reports.conftest import PROGRAM, later, out


def rows(session: Session, name: str, *where: Any, **more: Any) -> list[dict[str, Any]]:
    report = REPORTS[name]
    found = [dict(zip(report.columns, row, strict=True)) for row in report.rows(session, PROGRAM, *where, **more)]
    assert all(isinstance(value, str | int | None) for row in found for value in row.values())
    return found


def test_a_report_has_the_columns_that_scripts_rely_on() -> None:
    assert REPORTS["visits"].columns == tuple(
        "visit_id school_id student_id guardian_id educator_1 educator_2 starts_at ends_at status".split()
    )
    assert REPORTS["responses"].columns == tuple(
        "school language asked delivered replied booked done declined opted_out unreachable waiting".split()
    )
    assert REPORTS["consents"].columns == tuple("person kind at source language wording text".split())
    assert REPORTS["attention"].columns == tuple("id reason person since status".split())
    assert REPORTS["texts"].columns == tuple(
        "id carrier_id direction person channel purpose status language segments created_at not_before sent_at".split()
    )


def test_visits_have_the_rosters_ids_and_the_schools_clock(session: Session) -> None:
    moved, booked = rows(session, "visits")

    assert moved == {
        "visit_id": 1,
        "school_id": "lincoln",
        "student_id": "srosa",
        "guardian_id": "rosa",
        "educator_1": "e1",
        "educator_2": "e2",
        "starts_at": "2026-09-25T12:00:00-04:00",
        "ends_at": "2026-09-25T12:30:00-04:00",
        "status": "moved",
    }
    assert (booked["status"], booked["starts_at"]) == ("booked", "2026-11-14T11:00:00-05:00"), (
        "after the clocks go back"
    )


def test_responses_count_homes_once_by_where_they_stand(session: Session) -> None:
    amina, rosa_and_ben = rows(session, "responses", 1)

    assert (amina["school"], amina["language"], amina["opted_out"], amina["waiting"]) == ("grant", "so", 1, 0)
    counts = {key: value for key, value in rosa_and_ben.items() if value and key not in ("school", "language")}
    assert counts == {"asked": 2, "delivered": 2, "replied": 1, "booked": 1, "waiting": 1}


def test_responses_of_all_rounds_count_done_apart_from_booked(session: Session) -> None:
    both = rows(session, "responses")[1]

    assert (both["asked"], both["booked"], both["done"]) == (3, 1, 1)


def test_consents_show_the_evidence_in_order(session: Session) -> None:
    found = rows(session, "consents")

    assert [(row["person"], row["kind"]) for row in found] == [
        ("rosa", "asked"),
        ("rosa", "granted"),
        ("amina", "granted"),
        ("amina", "revoked"),
    ]
    assert (found[1]["wording"], found[1]["text"], found[1]["at"]) == (
        "ASK@1",
        "sí",
        "2026-09-15T16:02:00+00:00",
    )


@pytest.mark.parametrize(
    ("minutes", "state"),
    [
        (-1, {}),
        (0, {"rosa": "asked"}),
        (4, {"rosa": "granted", "amina": "granted"}),
        (5, {"rosa": "granted", "amina": "revoked"}),
    ],
)
def test_consents_tell_the_state_at_any_moment(session: Session, minutes: int, state: dict[str, str]) -> None:
    found = rows(session, "consents", at=later(minutes=minutes))

    assert {row["person"]: row["kind"] for row in found} == state


def test_texts_come_in_order_with_everybody_and_without_words(session: Session) -> None:
    found = rows(session, "texts")

    assert [(row["id"], row["person"], row["status"]) for row in found] == [
        ("out1", "rosa", "delivered"),
        ("in1", "rosa", "received"),
        ("out2", "ben", "queued"),
        ("out3", "amina", "queued"),
        ("in2", "", "parked"),
        ("in3", "e1", "received"),
    ]
    assert found[0]["carrier_id"] == "SMout"
    assert found[0]["sent_at"] == "2026-09-15T16:01:00+00:00"
    assert found[1]["not_before"] is None
    assert "words nobody" not in str(found)


def test_texts_of_a_round_are_its_own_and_the_answers_to_it(session: Session) -> None:
    first = {row["id"] for row in rows(session, "texts", 1)}
    second = {row["id"] for row in rows(session, "texts", 2)}

    assert first == {"out1", "in1", "out3"}, (
        "ben's second invitation, the unknown number and the educator are not of it"
    )
    assert second == {"out2"}


def test_attention_names_the_person_and_stays_when_resolved(session: Session) -> None:
    found = rows(session, "attention")

    assert [(row["reason"], row["person"], row["status"]) for row in found] == [
        ("unknown_number", "", "resolved"),
        ("call", "amina", "open"),
        ("no_pair", "", "open"),
    ]
    assert [row["reason"] for row in rows(session, "attention", 1)] == ["call"]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_of_one_school_shows_nothing_of_another(session: Session, name: str) -> None:
    everything = rows(session, name)
    lincoln, grant = rows(session, name, schools=[1]), rows(session, name, schools=[2])
    of_rosa_only = {"consents": 2, "texts": 4, "visits": 2, "responses": 1, "attention": 0}

    assert len(lincoln) == of_rosa_only[name]
    assert rows(session, name, schools=[]) == []
    assert all(row in everything for row in (*lincoln, *grant))
    assert not any(row.get("person") in ("ben", "e1") for row in grant)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_of_another_program_is_empty(session: Session, name: str) -> None:
    assert list(REPORTS[name].rows(session, 2)) == []


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_asks_the_database_once(session: Session, name: str) -> None:
    asked: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: asked.append(args[2]))

    rows(session, name)

    assert len([sql for sql in asked if sql != "BEGIN"]) == 1, asked


def test_rows_are_fetched_in_batches(session: Session) -> None:
    for extra in range(10, 1300):
        session.add(out(extra, 1, intent=f"more:{extra}"))
    session.flush()
    stream = REPORTS["texts"].rows(session, PROGRAM)

    first = next(stream)
    session.expunge_all()

    assert first[0] == "out1"
    assert sum(1 for _ in stream) == 6 - 1 + 1290


def test_a_moment_may_be_given_in_any_zone(session: Session) -> None:
    tokyo = datetime.fromisoformat("2026-09-16T01:02:00+09:00")

    assert [(row["person"], row["kind"]) for row in rows(session, "consents", at=tokyo)] == [("rosa", "granted")]


def test_the_figures_of_a_round_are_read_from_an_index_alone(session: Session) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    rows(session, "responses", 1)
    [(sql, given)] = [each for each in asked if each[0] != "BEGIN"]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        wanted, explain = "Index Only Scan using ix_invitation_figures", "EXPLAIN "
    else:
        wanted, explain = "USING COVERING INDEX ix_invitation_figures", "EXPLAIN QUERY PLAN "

    plan = str(connection.exec_driver_sql(explain + sql, given).all())

    assert wanted in plan, plan
