"""What the benchmarks count must be true: a lost text, a doubled reply and a missing row are each seen."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, insert, select, update

from benchmarks.inbound_rate import Tally, sid_of, tally
from benchmarks.load import prepared
from benchmarks.offered import Offering
from benchmarks.recording import listen
from benchmarks.seed import NUMBERS, number, seed
from benchmarks.serving import SECRET, runtime_on
from benchmarks.turn_rows import differences, only_rows, record, with_own_id
from hvbot.bootstrap import build_runtime
from hvbot.models import Consent, InboundText, OutboundText
from hvbot.runtime import Runtime
from hvbot.services.inbound import Incoming, receive
from hvbot.settings import load_settings

FAMILIES = 6
CLEAN = Tally(lost=0, several=0, parked=0, two_turns=0, unanswered=0, doubled=0)
SIDS = [sid_of(index) for index in range(1, FAMILIES + 1)]


@pytest.fixture
def taken_in(database_url: str) -> Iterator[Runtime]:
    """A school whose families have all given leave, each text posted twice."""
    with runtime_on(database_url) as runtime:
        seed(runtime, FAMILIES, pairs=2)
        for index, sid in enumerate(SIDS, 1):
            for _ in range(2):
                receive(runtime, Incoming(sid, number(index), "1"))
        yield runtime


def counted(runtime: Runtime) -> Tally:
    with runtime.engine.connect() as connection:
        return tally(connection, SIDS)


def test_nothing_is_wrong_after_texts_that_came_twice(taken_in: Runtime) -> None:
    assert counted(taken_in) == CLEAN
    assert CLEAN.is_clean


def test_a_lost_text_is_seen(taken_in: Runtime) -> None:
    with taken_in.engine.connect() as connection:
        found = tally(connection, [*SIDS, sid_of(99)])
    assert (found.lost, found.is_clean) == (1, False)


def test_a_doubled_reply_is_seen(taken_in: Runtime) -> None:
    with taken_in.engine.begin() as connection:
        row = dict(connection.execute(select(OutboundText.__table__).limit(1)).mappings().one())
        connection.execute(insert(OutboundText.__table__), {**row, "id": 10_000, "intent": "again"})
    assert counted(taken_in).doubled == 1


def test_a_second_turn_and_a_missing_one_are_seen(taken_in: Runtime) -> None:
    with taken_in.engine.begin() as connection:
        granted = select(Consent.__table__).where(Consent.inbound_id.is_not(None)).limit(1)
        connection.execute(insert(Consent.__table__), {**connection.execute(granted).mappings().one(), "id": 10_000})
        connection.execute(update(InboundText).where(InboundText.carrier_id == SIDS[0]).values(status="parked"))
        connection.execute(delete(OutboundText).where(OutboundText.conversation_id == FAMILIES))
    found = counted(taken_in)
    assert (found.two_turns, found.parked, found.unanswered) == (1, 1, 1)


def test_the_driver_hears_all_that_a_turn_reads_and_writes(database_url: str) -> None:
    with runtime_on(database_url) as runtime:
        seed(runtime, 1, pairs=2)
    told = record(database_url, [("SM1", number(1), "1"), ("SM2", number(1), "2")])
    leave, choice = told.values()
    assert "carrier_id" in leave[0][0]
    assert any("INSERT INTO visit (id, " in sql for sql, _, _ in choice)
    assert len(only_rows(told)["SM2"]) < len(choice)
    assert only_rows(told)["SM2"][0] == choice[0]


def test_a_table_with_fewer_rows_is_named() -> None:
    assert differences({"visit": 2, "busy": 8}, {"visit": 2, "busy": 7}) == {"busy": (8, 7)}


def test_a_statement_that_makes_no_visit_stays_as_it_is(database_url: str) -> None:
    runtime = build_runtime(load_settings(database_url=database_url, secret_key=SECRET))
    heard = listen(runtime.engine)
    with runtime.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    (statement,) = (each for each in heard.take() if each[0] == "SELECT 1")
    assert with_own_id(statement, runtime.engine) is statement
    runtime.engine.dispose()


def test_a_hundred_thousand_numbers_are_different() -> None:
    assert len({number(index) for index in range(1, NUMBERS + 1)}) == NUMBERS


@contextmanager
def answering(answers: list[bytes]) -> Iterator[int]:
    """A server that gives each connection's first request the next answer, and closes after an empty one."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in answers:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)


def offered(port: int, count: int) -> Offering:
    request = prepared({"path": "/", "headers": {}, "body": "x"})
    return Offering(port, [(0.0, request)] * count, 1)


def test_a_request_that_waited_for_a_connection_has_the_wait_in_its_time() -> None:
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    with answering([ok, ok]) as port:
        found = offered(port, 2).run(until_closed=False)
    first, second = found["answers"]
    assert [first[3], second[3]] == [200, 200]
    assert second[2] >= first[2]


def test_a_broken_connection_is_tried_again_and_a_refusal_is_told() -> None:
    with answering([b"", b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"]) as port:
        found = offered(port, 1).run(until_closed=False)
    assert [status for *_, status in found["answers"]] == [503]
    assert found["again"] == 1


def test_what_is_never_answered_ends_as_refused() -> None:
    with answering([b"", b"", b""]) as port:
        found = offered(port, 1).run(until_closed=False)
    assert [status for *_, status in found["answers"]] == [0]
