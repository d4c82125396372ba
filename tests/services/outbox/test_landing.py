"""Nothing begins to leave to somebody whose end of texts we have answered, however it crosses the claim."""

import threading
import time
from typing import Any

import pytest

from hvbot.models import Conversation, OutboundText
from hvbot.services import landing, outbox
from hvbot.services.inbound import Incoming, receive
from hvbot.services.outbox import send_due
from tests.services.outbox.conftest import Carrier
from tests.support.carrier import Place

ENOUGH = "please stop texting me"


def says(place: Place, number: int, words: str, sid: str = "SM1") -> None:
    receive(place.runtime, Incoming(sid, place.get(Conversation, number).address, words))


@pytest.mark.fault(32)
@pytest.mark.parametrize("words", ["STOP", ENOUGH])
def test_a_text_that_was_claimed_before_the_end_of_texts_does_not_begin_to_leave(
    place: Place, carrier: Carrier, words: str
) -> None:
    numbers = [place.number() for _ in range(3)]
    texts = [place.text(number) for number in numbers]

    batch = outbox.claim(place.runtime)
    says(place, numbers[1], words)
    outbox.record(place.runtime, batch, outbox.hand_over(place.runtime, batch))

    assert [place.row(text).status for text in texts] == ["sent", "queued", "sent"]
    while send_due(place.runtime):
        pass
    assert place.row(texts[1]).status == "dropped"
    assert sum(parcel.to == place.get(Conversation, numbers[1]).address for parcel in carrier.got) == (words == ENOUGH)


@pytest.mark.fault(32)
def test_nor_does_one_further_down_a_long_batch(
    place: Place, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "CONNECTIONS", 1)
    monkeypatch.setattr(outbox, "LOOK_S", 0)
    numbers = [place.number() for _ in range(10)]
    texts = [place.text(number) for number in numbers]
    keep = carrier.keep

    def meanwhile(parcel: Any) -> Any:
        if len(carrier.got) == 3:
            says(place, numbers[7], ENOUGH)
        return keep(parcel)

    monkeypatch.setattr(carrier, "keep", meanwhile)
    send_due(place.runtime)

    left = [place.row(text).status for text in texts]
    assert left == ["sent"] * 7 + ["queued"] + ["sent"] * 2


@pytest.mark.fault(32)
def test_the_carrier_gets_its_answer_when_what_was_on_its_way_is_over(place: Place) -> None:
    number = place.number()
    text = place.text(number, status="sending")
    landed = threading.Timer(0.1, lambda: place.change(OutboundText, text, status="sent"))
    landed.start()

    says(place, number, ENOUGH)

    assert place.row(text).status == "sent"
    landed.join()


def test_it_does_not_wait_for_long_nor_without_need(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(landing.time, "sleep", waits.append)
    quiet, busy, willing = place.number(), place.number(), place.number()
    place.text(busy, status="sending")
    place.text(willing, status="sending")
    place.text(quiet, "stopped", status="sending")

    says(place, quiet, ENOUGH, "SM2")
    says(place, willing, "hello", "SM3")
    assert waits == []

    began = time.monotonic()
    says(place, busy, ENOUGH, "SM4")
    assert sum(waits) == pytest.approx(landing.LONGEST_S)
    assert landing.LONGEST_S > 2 * landing.LOOK_S
    assert time.monotonic() - began < 5
