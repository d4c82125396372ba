"""Many texts rejected after they were taken stop everything with one matter, until a person has settled it."""

from datetime import timedelta

import pytest

from hvbot.clock import MovableClock
from hvbot.models import Program
from hvbot.services.breaker import MOST_FILTERED
from hvbot.services.outbox import send_due
from hvbot.services.sending import switch_sending
from tests.services.outbox.conftest import Carrier
from tests.services.outbox.test_callbacks import report
from tests.support.carrier import Place

FILTERED, NOT_REGISTERED = 30007, 30034


def sent(place: Place, texts: int) -> list[int]:
    """Texts that have left."""
    ids = [place.text(place.number()) for _ in range(texts)]
    while send_due(place.runtime):
        pass
    return ids


def reject(place: Place, texts: list[int], code: int) -> None:
    for text in texts:
        report(place, text, "undelivered", code, sid=place.row(text).carrier_id or "")


def is_stopped(place: Place) -> bool:
    return bool(place.get(Program, place.program).sending_paused)


def resume(place: Place) -> None:
    with place.runtime.writing() as session:
        switch_sending(session, place.program, paused=False, user_id=None, now=place.runtime.clock.now())


@pytest.mark.fault(65)
def test_many_filtered_texts_stop_everything_with_one_matter(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    texts = sent(place, 60)
    waiting = place.text(place.number(), not_before=clock.now() + timedelta(seconds=1))
    reject(place, texts[: MOST_FILTERED - 1], FILTERED)
    assert not is_stopped(place)

    reject(place, texts[MOST_FILTERED - 1 :], FILTERED)
    clock.advance(minutes=5)

    assert is_stopped(place)
    assert send_due(place.runtime) == 0
    assert place.row(waiting).status == "queued"
    # A person sees the few before it was clear that it is not the single text, and one matter for all the others.
    assert place.matters().count(("sending_paused", "open")) == 1
    assert len(place.matters()) == MOST_FILTERED
    assert len(carrier.got) == 60


def test_a_few_filtered_texts_among_many_that_arrive_stop_nothing(place: Place) -> None:
    texts = sent(place, 240)
    for n, text in enumerate(texts):
        report(place, text, "undelivered" if n % 24 == 0 else "delivered", FILTERED if n % 24 == 0 else None)

    assert not is_stopped(place)
    assert set(place.matters()) == {("text_refused", "open")}


def test_filtered_texts_of_other_days_do_not_add_up(place: Place, clock: MovableClock) -> None:
    for _ in range(MOST_FILTERED + 2):
        reject(place, sent(place, 1), FILTERED)
        clock.advance(hours=2)

    assert not is_stopped(place)


def test_a_report_that_comes_twice_counts_once(place: Place) -> None:
    texts = sent(place, MOST_FILTERED - 1)
    for status in ("sent", "undelivered", "undelivered"):
        for text in texts:
            report(place, text, status, FILTERED)

    assert not is_stopped(place)


@pytest.mark.parametrize("code", [FILTERED, NOT_REGISTERED])
def test_what_left_before_a_person_settled_the_stop_does_not_stop_again(
    place: Place, clock: MovableClock, code: int
) -> None:
    texts = sent(place, 60)
    reject(place, texts[:30], code)
    clock.advance(minutes=5)
    resume(place)
    before = place.matters()

    reject(place, texts[30:], code)

    assert not is_stopped(place)
    assert place.matters() == before
    assert ("sending_paused", "open") not in before


@pytest.mark.parametrize(("code", "texts"), [(FILTERED, MOST_FILTERED), (NOT_REGISTERED, 1)])
def test_when_nothing_was_mended_it_stops_again(place: Place, clock: MovableClock, code: int, texts: int) -> None:
    reject(place, sent(place, texts), code)
    clock.advance(minutes=5)
    resume(place)
    clock.advance(minutes=5)

    reject(place, sent(place, texts), code)

    assert is_stopped(place)
    assert [status for reason, status in place.matters() if reason == "sending_paused"] == ["resolved", "open"]


def test_what_the_carrier_says_is_told_though_a_person_stopped_before(place: Place) -> None:
    texts = sent(place, 1)
    place.change(Program, place.program, sending_paused=True)

    reject(place, texts, NOT_REGISTERED)

    assert place.matters() == [("sending_paused", "open")]
