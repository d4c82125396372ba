"""hvbot sends what is due, once, in order, and records what the carrier said."""

import threading
from datetime import timedelta

import pytest

from hvbot.channels.port import Fault, Receipt, SendError
from hvbot.clock import MovableClock
from hvbot.models import Conversation, Invitation, Program
from hvbot.services.outbox import send_due
from hvbot.services.settling import settle_unknown
from tests.services.outbox.conftest import Carrier
from tests.support.carrier import Place


def test_a_due_text_leaves_and_is_recorded(place: Place, carrier: Carrier) -> None:
    text = place.text(place.number())

    assert send_due(place.runtime) == 1

    row = place.row(text)
    assert (row.status, row.carrier_id, row.sent_at) == ("sent", carrier.held[0].carrier_id, place.runtime.clock.now())
    assert carrier.got[0].to == "+12025550100"
    assert f"/twilio/status/{text}-" in carrier.got[0].callback_url
    assert send_due(place.runtime) == 0
    assert len(carrier.got) == 1


def test_a_text_waits_for_its_time(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    place.text(place.number(), not_before=clock.now() + timedelta(minutes=5))

    assert send_due(place.runtime) == 0
    clock.advance(minutes=5)
    assert send_due(place.runtime) == 1


def test_texts_to_one_number_leave_one_after_the_other_whatever_their_rank(place: Place, carrier: Carrier) -> None:
    rosa, ben = place.number(), place.number()
    for number, body, rank in ((rosa, "r1", 3), (ben, "b1", 1), (rosa, "r2", 0), (rosa, "r3", 1)):
        place.text(number, body=body, priority=rank)

    while send_due(place.runtime):
        pass

    assert carrier.bodies.index("r1") < carrier.bodies.index("r2") < carrier.bodies.index("r3")
    assert sorted(carrier.bodies) == ["b1", "r1", "r2", "r3"]


def test_a_number_that_must_wait_holds_nobody_else_back(
    place: Place, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hvbot.services.outbox.BATCH", 3)
    rosa = place.number()
    place.text(rosa, attempts=1, priority=3, not_before=place.runtime.clock.now() + timedelta(minutes=1))
    for _ in range(6):
        place.text(rosa)
    ben = place.text(place.number())

    assert send_due(place.runtime) == 1
    assert place.row(ben).status == "sent"


def test_answers_leave_before_invitations(place: Place, carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hvbot.services.outbox.BATCH", 1)
    for body, rank in (("invite", 3), ("reminder", 2), ("answer", 0)):
        place.text(place.number(), body=body, priority=rank)

    while send_due(place.runtime):
        pass

    assert carrier.bodies == ["answer", "reminder", "invite"]


def test_a_later_text_waits_while_an_earlier_one_is_in_flight(place: Place, carrier: Carrier) -> None:
    rosa = place.number()
    place.text(rosa, status="sending", lease_until=place.runtime.clock.now() + timedelta(seconds=60))
    place.text(rosa)

    assert send_due(place.runtime) == 0
    assert carrier.got == []


@pytest.mark.fault(15)
def test_a_later_text_waits_for_one_that_is_to_be_tried_again(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    rosa = place.number()
    place.text(rosa, body="first")
    carrier.answers["first"] = [SendError(Fault.RETRY, 20429, retry_after=30.0)]
    send_due(place.runtime)
    place.text(rosa, body="second")

    assert send_due(place.runtime) == 0
    carrier.answers.clear()
    clock.advance(seconds=60)
    while send_due(place.runtime):
        pass

    assert carrier.bodies == ["first", "first", "second"]


def test_a_text_held_for_the_morning_does_not_hold_an_answer(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    clock.advance(hours=11)  # 23:00 at the school
    rosa = place.number()
    place.text(rosa, "nudge", body="nudge", unprompted=True)
    place.text(rosa, body="answer")

    while send_due(place.runtime):
        pass

    assert carrier.bodies == ["answer"]
    clock.advance(hours=10)
    while send_due(place.runtime):
        pass
    assert carrier.bodies == ["answer", "nudge"]


def test_a_text_tried_in_vain_and_held_for_the_morning_does_not_hold_an_answer(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    clock.advance(hours=7, minutes=59, seconds=58)  # just before 20:00 at the school
    rosa = place.number()
    nudge = place.text(rosa, "nudge", body="nudge", unprompted=True)
    carrier.answers["nudge"] = [SendError(Fault.RETRY)]
    send_due(place.runtime)
    clock.advance(minutes=1)
    send_due(place.runtime)
    assert place.row(nudge).not_before - clock.now() > timedelta(hours=12)

    place.text(rosa, body="answer")
    assert send_due(place.runtime) == 1
    assert carrier.bodies == ["nudge", "answer"]


@pytest.mark.fault(15)
@pytest.mark.parametrize("fault", [Fault.RETRY])
def test_a_text_the_carrier_could_not_take_is_tried_again_later(
    place: Place, carrier: Carrier, clock: MovableClock, fault: Fault
) -> None:
    text = place.text(place.number())
    carrier.answers["*"] = [SendError(fault)]

    assert send_due(place.runtime) == 0

    row = place.row(text)
    assert (row.status, row.attempts, row.lease_until) == ("queued", 1, None)
    assert timedelta(seconds=5) <= row.not_before - clock.now() <= timedelta(seconds=7)
    carrier.answers.clear()
    clock.advance(seconds=10)
    send_due(place.runtime)
    assert place.row(text).status == "sent"


@pytest.mark.fault(14, 16)
@pytest.mark.parametrize("problem", [SendError(Fault.UNKNOWN), ValueError("surprise")])
def test_a_text_without_a_clear_answer_is_unknown_and_never_sent_again(
    place: Place, carrier: Carrier, clock: MovableClock, problem: Exception
) -> None:
    text = place.text(place.number())
    carrier.answers["*"] = [problem]

    send_due(place.runtime)
    carrier.answers.clear()
    for _ in range(40):
        clock.advance(minutes=1)
        send_due(place.runtime)
        settle_unknown(place.runtime)

    assert place.row(text).status == "unknown"
    assert len(carrier.got) == 1
    assert place.matters() == [("send_unknown", "open")]


@pytest.mark.fault(17)
def test_a_refused_number_is_noted_and_a_person_is_told(place: Place, carrier: Carrier) -> None:
    rosa = place.number(consent="asked")
    text = place.text(rosa, "ask", invitation_id=place.invitation)
    carrier.answers["*"] = [SendError(Fault.LANDLINE, 21614)]

    send_due(place.runtime)

    row = place.row(text)
    assert (row.status, row.error_code, row.reason) == ("failed", 21614, "landline")
    assert place.get(Conversation, rosa).reach == "landline"
    assert place.get(Invitation, place.invitation).status == "unreachable"
    assert place.matters() == [("number_unreachable", "open")]


def test_a_home_with_another_number_stays_reachable(place: Place, carrier: Carrier) -> None:
    rosa, ben = place.number(consent="asked"), place.number(consent="asked")
    place.text(rosa, "ask", invitation_id=place.invitation)
    carrier.answers["*"] = [SendError(Fault.INVALID, 21211)]

    send_due(place.runtime)

    assert place.get(Conversation, rosa).reach == "invalid"
    assert place.get(Invitation, place.invitation).status == "waiting"
    place.text(ben, "ask", invitation_id=place.invitation)
    send_due(place.runtime)
    assert place.get(Invitation, place.invitation).status == "unreachable"


@pytest.mark.fault(17)
def test_the_carriers_block_ends_leave(place: Place, carrier: Carrier) -> None:
    rosa = place.number()
    place.text(rosa, "reminder", body="one")
    place.text(rosa, "reminder", body="two")
    carrier.answers["one"] = [SendError(Fault.OPTED_OUT, 21610)]

    while send_due(place.runtime):
        pass

    assert place.get(Conversation, rosa).consent == "revoked"
    assert [row.status for row in place.rows()] == ["failed", "dropped"]
    assert place.rows()[1].reason == "consent revoked"
    assert place.get(Invitation, place.invitation).status == "opted_out"
    with place.runtime.sessions() as session:
        from sqlalchemy import select

        from hvbot.models import Consent

        evidence = session.scalars(select(Consent)).one()
    assert (evidence.kind, evidence.source) == ("revoked", "carrier")


@pytest.mark.fault(65)
def test_when_we_are_the_problem_the_rest_stays_queued_and_one_person_is_told(
    place: Place, carrier: Carrier, clock: MovableClock
) -> None:
    for _ in range(60):
        place.text(place.number())
    carrier.answers["*"] = [SendError(Fault.OUR_SETUP, 20003)]
    carrier.takes_s = 0.05

    assert send_due(place.runtime) == 0
    tried = len(carrier.got)
    assert tried < 60
    assert send_due(place.runtime) == 0
    assert len(carrier.got) == tried + 1
    assert {row.status for row in place.rows()} == {"queued"}
    assert place.matters() == [("carrier_refuses", "open")]

    carrier.answers.clear()
    clock.advance(minutes=10)
    while send_due(place.runtime):
        pass
    assert {row.status for row in place.rows()} == {"sent"}
    assert place.matters() == [("carrier_refuses", "resolved")]


def test_a_carrier_that_answers_nothing_does_not_get_everything(place: Place, carrier: Carrier) -> None:
    for _ in range(60):
        place.text(place.number())
    carrier.answers["*"] = [SendError(Fault.UNKNOWN)]

    for _ in range(3):
        assert send_due(place.runtime) == 0

    unknown = [row for row in place.rows() if row.status == "unknown"]
    assert len(unknown) < 60 / 2
    assert {row.status for row in place.rows()} == {"unknown", "queued"}


def test_nothing_leaves_while_sending_is_paused(place: Place, carrier: Carrier) -> None:
    place.text(place.number())
    place.change(Program, place.program, sending_paused=True)

    assert send_due(place.runtime) == 0
    assert place.rows()[0].status == "queued"
    place.change(Program, place.program, sending_paused=False)
    assert send_due(place.runtime) == 1


@pytest.mark.fault(13)
def test_a_text_is_not_handed_over_when_its_lease_may_not_last(
    place: Place, carrier: Carrier, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hvbot.services.outbox.CONNECTIONS", 1)
    first, second = place.text(place.number()), place.text(place.number())
    keep = carrier.keep

    def slow(parcel: object) -> Receipt:
        clock.advance(seconds=50)
        return keep(parcel)  # type: ignore[arg-type]

    carrier.keep = slow  # type: ignore[method-assign]
    send_due(place.runtime)

    assert [place.row(text).status for text in (first, second)] == ["sent", "queued"]
    assert place.row(second).attempts == 0
    assert len(carrier.got) == 1


def test_no_transaction_is_open_while_the_carrier_is_asked(place: Place, carrier: Carrier) -> None:
    text = place.text(place.number())
    seen = []
    keep = carrier.keep

    def look(parcel: object) -> Receipt:
        seen.append(place.row(text).status)
        with place.runtime.writing():
            pass
        return keep(parcel)  # type: ignore[arg-type]

    carrier.keep = look  # type: ignore[method-assign]
    thread = threading.Thread(target=send_due, args=(place.runtime,), daemon=True)
    thread.start()
    thread.join(20)

    assert not thread.is_alive()
    assert seen == ["sending"]


def test_whatsapp_numbers_keep_their_prefix(place: Place, carrier: Carrier) -> None:
    place.text(place.number(channel="whatsapp"))

    send_due(place.runtime)

    assert carrier.got[0].to.startswith("whatsapp:+1")


def test_the_carrier_is_told_how_long_a_text_is_of_use(place: Place, carrier: Carrier, clock: MovableClock) -> None:
    place.text(place.number(), not_after=clock.now() + timedelta(minutes=20))

    send_due(place.runtime)

    assert carrier.got[0].valid_for == 1200
