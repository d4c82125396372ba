"""Schools take turns: what one has in the line does not delay what another has."""

import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from hvbot.clock import MovableClock
from hvbot.models import Conversation, OutboundText, Program
from hvbot.services import outbox
from hvbot.services.outbox import send_due
from tests.services.outbox.conftest import Carrier
from tests.support.carrier import Place

MANY = 20_000


@pytest.fixture(autouse=True)
def full_batches(place: Place) -> None:
    """The carrier accepts what it is given, so that a claim takes a full batch."""
    place.text(place.number(), body="school 0")
    send_due(place.runtime)
    place.runtime.channel.got.clear()  # type: ignore[attr-defined]


def many(place: Place, school: int, count: int, priority: int = 3, **more: Any) -> None:
    """Queue so many texts to as many numbers of one school, in two statements."""
    now = place.runtime.clock.now()
    mine = {"program_id": place.program, "created_at": now}
    numbers = [
        {
            **mine,
            "address": "+12025550123",
            "address_hash": f"{school}-{priority}-{n}",
            "consent": "granted",
            "state": {},
        }
        for n in range(count)
    ]
    with place.runtime.writing() as session:
        ids = session.scalars(insert(Conversation).returning(Conversation.id), numbers).all()
        texts = [
            {
                **mine,
                "conversation_id": conversation,
                "intent": f"answer:{school}.{priority}.{conversation}:0:1",
                "purpose": "answer",
                "wording": "TEST@1",
                "language": "en",
                "body": f"school {school}",
                "segments": 1,
                "priority": priority,
                "school_id": school,
                "not_before": now,
                **more,
            }
            for conversation in ids
        ]
        session.execute(insert(OutboundText), texts)


def schools(carrier: Carrier) -> list[int]:
    return [int(body.removeprefix("school ")) for body in carrier.bodies]


def test_twenty_thousand_texts_of_one_school_do_not_delay_another(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    many(place, 1, MANY)
    clock.advance(seconds=50)
    many(place, 2, 10)
    many(place, 3, 10, priority=1)

    began = time.perf_counter()
    send_due(place.runtime)
    took = time.perf_counter() - began

    assert Counter(schools(carrier)) == {1: outbox.BATCH - 20, 2: 10, 3: 10}
    assert took < 5, "a claim looks at the front of each school, not at all that waits"


def test_a_pace_of_one_text_a_claim_serves_every_school(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    place.change(Program, place.program, settings={"segments_per_second": "1"})
    for school in range(1, 6):
        many(place, school, 100)
        clock.advance(seconds=1)
    for _ in range(100):
        send_due(place.runtime)
        clock.advance(seconds=1)

    share = Counter(schools(carrier))
    assert set(share) == {1, 2, 3, 4, 5}
    # Lots: a fifth each; less than five of a hundred happens once in a million runs.
    assert min(share.values()) >= 5


def test_what_is_cut_off_by_the_pace_is_every_schools(place: Place, carrier: Carrier) -> None:
    """Texts of three segments: a batch that seemed to fit does not, and the school whose texts are newer must not pay."""
    place.change(Program, place.program, settings={"segments_per_second": "30"})
    many(place, 1, 60, segments=3)
    place.runtime.clock.advance(seconds=1)  # type: ignore[attr-defined]
    many(place, 2, 60, segments=3)

    send_due(place.runtime)

    assert Counter(schools(carrier)) == {1: 10, 2: 10}


def test_answers_of_all_schools_go_before_the_invitations_of_any(place: Place, carrier: Carrier) -> None:
    many(place, 1, 200, priority=3)
    many(place, 2, 50, priority=0)
    many(place, 3, outbox.BATCH, priority=1)

    send_due(place.runtime)

    assert Counter(schools(carrier)) == {2: 50, 3: outbox.BATCH - 50}


def test_a_text_of_no_school_has_its_turn_too(place: Place, carrier: Carrier) -> None:
    many(place, 1, 500)
    many(place, 0, 5)

    send_due(place.runtime)

    assert Counter(schools(carrier))[0] == 5


def test_a_school_whose_front_must_wait_sends_what_is_behind_it(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    """The front of the line are second texts to numbers that wait for a text that is to be tried again."""
    for _ in range(120):
        number = place.number()
        place.text(number, attempts=1, not_before=clock.now() + timedelta(hours=1), school_id=1)
        place.text(number, school_id=1)
    clock.advance(seconds=1)
    many(place, 1, 30, priority=0)

    send_due(place.runtime)

    assert len(carrier.got) == 30
