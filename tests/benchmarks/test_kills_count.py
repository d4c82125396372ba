"""What `benchmarks.kills` counts must be true: each way to lose or double a text is seen."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from benchmarks.kills import wrong_inbound, wrong_outbound
from benchmarks.seed import number, seed
from benchmarks.serving import runtime_on
from hvbot.models import Conversation, InboundText, OutboundText
from hvbot.runtime import Runtime
from hvbot.services.inbound import Incoming, receive

FAMILIES = 4
SIDS = [f"SM{n:032x}" for n in range(1, FAMILIES + 1)]


@pytest.fixture
def runtime(database_url: str) -> Iterator[Runtime]:
    """Families who have given leave, and whose answers have all left."""
    with runtime_on(database_url) as runtime:
        seed(runtime, FAMILIES, pairs=2)
        for index, sid in enumerate(SIDS, 1):
            receive(runtime, Incoming(sid, number(index), "1"))
        with runtime.engine.begin() as connection:
            connection.execute(update(OutboundText).values(status="sent"))
        yield runtime


def held(runtime: Runtime) -> list[dict[str, Any]]:
    """What the carrier has when every text left once."""
    rows = select(OutboundText.id, OutboundText.body, Conversation.address)
    rows = rows.join(Conversation, Conversation.id == OutboundText.conversation_id)
    with runtime.engine.connect() as connection:
        return [{"row": row.id, "to": row.address, "body": row.body} for row in connection.execute(rows)]


def inbound(runtime: Runtime, accepted: list[str]) -> list[str]:
    with runtime.engine.connect() as connection:
        return list(wrong_inbound(connection, accepted))


def outbound(runtime: Runtime, messages: list[dict[str, Any]]) -> list[str]:
    with runtime.engine.connect() as connection:
        return list(wrong_outbound(connection, messages))


def change(runtime: Runtime, row: int, status: str) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(OutboundText).where(OutboundText.id == row).values(status=status))


def test_nothing_is_wrong_when_all_left_once(runtime: Runtime) -> None:
    assert len(held(runtime)) == 2 * FAMILIES, "thanks and times for each"
    assert inbound(runtime, SIDS) == outbound(runtime, held(runtime)) == []


def test_an_accepted_text_that_is_not_stored_is_lost(runtime: Runtime) -> None:
    assert inbound(runtime, [*SIDS, "SM" + "f" * 32]) == [f"lost: SM{'f' * 32} was accepted and is stored 0 times"]


def test_a_parked_text_is_seen(runtime: Runtime) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(InboundText).where(InboundText.carrier_id == SIDS[0]).values(status="parked"))
    assert inbound(runtime, SIDS) == [f"parked: {SIDS[0]}"]


def test_a_turn_that_was_taken_twice_is_seen(runtime: Runtime) -> None:
    with runtime.engine.begin() as connection:
        row = dict(connection.execute(select(OutboundText.__table__).limit(1)).mappings().one())
        connection.execute(insert(OutboundText), {**row, "id": 10_000, "intent": row["intent"] + ":again"})
    assert [each for each in inbound(runtime, SIDS) if "the same words 2 times" in each]


def test_a_row_that_was_handed_over_twice_is_seen(runtime: Runtime) -> None:
    first, *rest = held(runtime)
    assert f"doubled: row {first['row']} was handed over 2 times" in outbound(runtime, [first, first, *rest])


def test_a_row_that_counts_as_sent_and_never_left_is_lost(runtime: Runtime) -> None:
    assert outbound(runtime, held(runtime)[1:]) == ["lost: 1 rows with the same words count as sent, the carrier has 0"]


def test_a_message_of_a_row_that_was_rolled_back_is_seen(runtime: Runtime) -> None:
    stranger = {"row": 999, "to": number(1), "body": "nobody wrote this"}
    assert "strange: row 999 was handed over and does not exist" in outbound(runtime, [*held(runtime), stranger])


@pytest.mark.parametrize("status", ["queued", "sending"])
def test_a_text_that_is_due_and_never_leaves_is_lost(runtime: Runtime, status: str) -> None:
    first, *rest = held(runtime)
    change(runtime, first["row"], status)
    assert outbound(runtime, rest) == [f"lost: row {first['row']} is {status} for ever"]


def test_unknown_and_not_at_the_carrier_is_no_loss(runtime: Runtime) -> None:
    first, *rest = held(runtime)
    change(runtime, first["row"], "unknown")
    assert outbound(runtime, rest) == []
    assert outbound(runtime, [first, *rest]), "what the carrier has must have been settled"
