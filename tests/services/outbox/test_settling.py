"""hvbot asks the carrier about texts in doubt, and never sends them again."""

from datetime import timedelta

import pytest

from hvbot.channels.port import Fault, Listed, SendError
from hvbot.clock import MovableClock
from hvbot.services.outbox import send_due, settle_unknown
from tests.services.outbox.conftest import Carrier
from tests.support.carrier import Place


def lose_answer(carrier: Carrier) -> None:
    """The next texts are accepted, but no answer comes."""
    keep = carrier.keep

    def accept(parcel: object) -> object:
        keep(parcel)  # type: ignore[arg-type]
        raise SendError(Fault.UNKNOWN)

    carrier.keep = accept  # type: ignore[assignment, method-assign]


@pytest.mark.fault(14)
def test_a_text_the_carrier_holds_is_sent(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    text = place.text(place.number())
    lose_answer(carrier)
    send_due(place.runtime)
    clock.advance(seconds=15)

    assert settle_unknown(place.runtime) == 1

    row = place.row(text)
    assert (row.status, row.carrier_id) == ("sent", carrier.held[0].carrier_id)
    assert settle_unknown(place.runtime) == 0
    assert len(carrier.got) == 1


@pytest.mark.fault(11)
def test_a_dead_workers_texts_are_settled(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    def die(parcel: object) -> None:
        raise KeyboardInterrupt

    text = place.text(place.number())
    keep = carrier.keep
    carrier.keep = lambda parcel: (keep(parcel), die(parcel))  # type: ignore[assignment, method-assign]
    with pytest.raises(KeyboardInterrupt):
        send_due(place.runtime)
    assert place.row(text).status == "sending"
    assert settle_unknown(place.runtime) == 0

    clock.advance(seconds=61)
    assert settle_unknown(place.runtime) == 1
    assert place.row(text).status == "sent"


@pytest.mark.fault(11)
def test_what_could_not_be_recorded_is_settled(
    place: Place, carrier: Carrier, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [place.text(place.number()) for _ in range(3)]

    def gone(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr("hvbot.services.outbox.record", gone)
        with pytest.raises(ConnectionError):
            send_due(place.runtime)
    assert {place.row(text).status for text in texts} == {"sending"}
    clock.advance(seconds=61)
    send_due(place.runtime)

    assert settle_unknown(place.runtime) == 3
    assert {place.row(text).status for text in texts} == {"sent"}
    assert len(carrier.got) == 3


@pytest.mark.fault(9)
def test_a_claim_that_is_not_committed_was_never_made(
    place: Place, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = place.text(place.number())

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("hvbot.services.outbox.Batch", fail)
        patch.setattr("hvbot.services.outbox.LEASE", None)
        with pytest.raises(TypeError):
            send_due(place.runtime)
    assert (place.row(text).status, carrier.got) == ("queued", [])

    assert send_due(place.runtime) == 1


def test_two_equal_texts_are_two_texts(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    rosa = place.number()
    sure = place.text(rosa, body="same")
    send_due(place.runtime)
    lose_answer(carrier)
    doubt = place.text(rosa, body="same")
    send_due(place.runtime)
    carrier.held.pop()
    clock.advance(seconds=15)

    assert settle_unknown(place.runtime) == 0
    assert [place.row(text).status for text in (sure, doubt)] == ["sent", "unknown"]


def test_an_older_text_with_the_same_words_is_not_ours(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    text = place.text(place.number(), body="same")
    old = Listed("SM" + "e" * 32, "+12025550100", "same", "sent", None, clock.now() - timedelta(hours=3))
    carrier.held.append(old)
    carrier.answers["same"] = [SendError(Fault.UNKNOWN)]
    send_due(place.runtime)
    clock.advance(seconds=15)

    assert settle_unknown(place.runtime) == 0
    assert place.row(text).status == "unknown"


def test_a_listed_failure_has_its_consequences(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    text = place.text(place.number())
    carrier.answers["*"] = [SendError(Fault.UNKNOWN)]
    send_due(place.runtime)
    held = Listed("SM" + "f" * 32, "+12025550100", place.row(text).body or "", "undelivered", 30005, clock.now())
    carrier.held.append(held)

    assert settle_unknown(place.runtime) == 1
    assert place.row(text).status == "failed"
    assert place.matters() == [("number_unreachable", "open")]


def test_a_person_is_told_after_fifteen_minutes_and_no_sooner(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    text = place.text(place.number())
    carrier.answers["*"] = [SendError(Fault.UNKNOWN)]
    send_due(place.runtime)

    clock.advance(minutes=14)
    settle_unknown(place.runtime)
    assert place.matters() == []
    clock.advance(minutes=1)
    settle_unknown(place.runtime)
    assert place.matters() == [("send_unknown", "open")]

    asked = len(carrier.asked)
    clock.advance(hours=1)
    settle_unknown(place.runtime)
    assert len(carrier.asked) == asked
    assert place.row(text).status == "unknown"


def test_while_the_carrier_does_not_list_it_is_asked_again(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    text = place.text(place.number())
    lose_answer(carrier)
    send_due(place.runtime)
    carrier.silent = SendError(Fault.UNKNOWN)
    clock.advance(minutes=15)
    settle_unknown(place.runtime)
    assert place.matters() == [("send_unknown", "open")]

    carrier.silent = None
    clock.advance(minutes=5)
    assert settle_unknown(place.runtime) == 1
    assert place.row(text).status == "sent"
    assert place.matters() == [("send_unknown", "resolved")]


def test_the_carrier_is_asked_often_at_first_then_once_a_minute(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    place.text(place.number())
    carrier.answers["*"] = [SendError(Fault.UNKNOWN)]
    send_due(place.runtime)
    for _ in range(40):
        clock.advance(seconds=15)
        settle_unknown(place.runtime)

    assert 12 + 6 <= len(carrier.asked) <= 12 + 8


@pytest.mark.fault(13)
def test_a_receipt_after_the_lease_settles_the_text(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    text = place.text(place.number())
    keep = carrier.keep

    def slow(parcel: object) -> object:
        receipt = keep(parcel)  # type: ignore[arg-type]
        clock.advance(seconds=61)
        carrier.held.clear()
        settle_unknown(place.runtime)
        assert place.row(text).status == "unknown"
        return receipt

    carrier.keep = slow  # type: ignore[assignment, method-assign]
    send_due(place.runtime)

    assert place.row(text).status == "sent"


@pytest.mark.fault(13)
def test_after_the_lease_nothing_but_a_receipt_counts(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    text = place.text(place.number())

    def slow(parcel: object) -> None:
        clock.advance(seconds=61)
        settle_unknown(place.runtime)
        raise SendError(Fault.RETRY)

    carrier.keep = slow  # type: ignore[assignment, method-assign]
    send_due(place.runtime)

    assert place.row(text).status == "unknown"
    assert place.row(text).error_code is None


@pytest.mark.fault(10, 48)
@pytest.mark.parametrize("jump", [timedelta(days=-3), timedelta(days=3)])
def test_a_jump_of_the_clock_does_no_harm(place: Place, carrier: Carrier, clock: MovableClock, jump: timedelta) -> None:
    text = place.text(place.number())

    def die(parcel: object) -> None:
        raise KeyboardInterrupt

    carrier.keep = die  # type: ignore[assignment, method-assign]
    with pytest.raises(KeyboardInterrupt):
        send_due(place.runtime)
    clock.move_to(clock.now() + jump)
    settle_unknown(place.runtime)
    clock.advance(minutes=16)
    settle_unknown(place.runtime)
    send_due(place.runtime)

    assert place.row(text).status == "unknown"
    assert place.matters() == [("send_unknown", "open")]
    assert len(carrier.got) == 1
