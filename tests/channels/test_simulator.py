"""hvbot's simulated carrier behaves as far as it must like the real one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from hvbot.channels.port import Emulated, Fault, Parcel, SendError
from hvbot.channels.simulator import Faults, SimulatorChannel
from hvbot.clock import MovableClock

NOON = datetime(2026, 9, 15, 16, 0, tzinfo=UTC)
ROSA = "+12025550123"


@pytest.fixture
def channel() -> SimulatorChannel:
    return SimulatorChannel(MovableClock(NOON))


def parcel(outbound_id: int = 1, to: str = ROSA, body: str = "Hola") -> Parcel:
    return Parcel(outbound_id, to, body, "http://127.0.0.1/x")


def outcome(channel: SimulatorChannel, text: Parcel) -> str:
    try:
        return channel.send(text).status
    except SendError as problem:
        return problem.fault.value


def test_what_is_accepted_is_listed_and_reported(channel: SimulatorChannel) -> None:
    receipt = channel.send(parcel(7))

    assert isinstance(channel, Emulated)
    assert [text.carrier_id for text in channel.sent_to(ROSA, NOON)] == [receipt.carrier_id]
    assert channel.sent_to(ROSA, NOON + timedelta(seconds=1)) == []
    assert channel.sent_to("+12025550199", NOON) == []
    assert channel.statuses() == [(7, {"MessageSid": receipt.carrier_id, "MessageStatus": "delivered"})]
    assert channel.statuses() == []


@pytest.mark.parametrize(
    "word", ["STOP", " stop ", "Cancel", "END", "quit", "unsubscribe", "stopall", "Revoke", "OptOut"]
)
def test_the_carriers_words_block_a_number(channel: SimulatorChannel, word: str) -> None:
    channel.hears(ROSA, word)

    assert outcome(channel, parcel()) == "opted_out"
    assert outcome(channel, parcel(to="+12025550199")) == "queued"
    channel.hears(ROSA, "Start")
    assert outcome(channel, parcel()) == "queued"


@pytest.mark.parametrize("words", ["stop please", "no", "", "start stop"])
def test_other_words_block_nothing(channel: SimulatorChannel, words: str) -> None:
    channel.hears(ROSA, words)

    assert outcome(channel, parcel()) == "queued"


def test_ids_are_unique_across_threads(channel: SimulatorChannel) -> None:
    with ThreadPoolExecutor(16) as threads:
        receipts = list(threads.map(lambda n: channel.send(parcel(n)), range(2000)))

    assert len({receipt.carrier_id for receipt in receipts}) == 2000


def test_the_same_seed_brings_the_same_faults_in_any_order() -> None:
    faults = Faults(busy=0.2, lost_before=0.1, lost_after=0.1, dead=0.1, twice=0.2, never=0.1)
    one, other = (SimulatorChannel(MovableClock(NOON), 4, faults) for _ in range(2))
    forwards = {n: outcome(one, parcel(n)) for n in range(300)}
    backwards = {n: outcome(other, parcel(n)) for n in reversed(range(300))}

    assert forwards == backwards
    assert set(forwards.values()) == {"queued", "retry", "unknown"}
    assert sorted(map(str, one.statuses())) == sorted(map(str, other.statuses()))


def test_a_fault_may_pass_at_the_next_try() -> None:
    channel = SimulatorChannel(MovableClock(NOON), 1, Faults(busy=0.5))

    assert {outcome(channel, parcel()) for _ in range(20)} == {"queued", Fault.RETRY.value}
