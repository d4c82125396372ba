"""hvbot keeps every report of the carrier and lets a text go forward only."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from hvbot.clock import MovableClock
from hvbot.models import CarrierEvent, Conversation, Invitation, Program
from hvbot.services.callbacks import outbound_of, record_status, token_for
from hvbot.services.outbox import send_due
from tests.services.outbox.conftest import Carrier
from tests.support.carrier import Place, settings_for

SID = "SM" + "9" * 32


def report(place: Place, text: int, status: str, code: int | None = None, sid: str = SID) -> None:
    form = {"MessageSid": sid, "MessageStatus": status, **({"ErrorCode": str(code)} if code else {})}
    record_status(place.runtime, text, form)


def events(place: Place) -> list[str]:
    with place.runtime.sessions() as session:
        return list(session.scalars(select(CarrierEvent.status).order_by(CarrierEvent.id)))


def test_a_token_names_its_text_and_cannot_be_made_up() -> None:
    settings = settings_for("sqlite:///none.db")
    token = token_for(settings, 4711)

    assert outbound_of(settings, token) == 4711
    assert token.startswith("4711-")
    for wrong in (
        token.replace("4711", "4712", 1),
        token[:-1],
        token + "A",
        "0" + token,
        "4711-",
        "",
        "x-y",
        "٤-" + "A" * 16,
    ):
        assert outbound_of(settings, wrong) is None
    other = settings_for("sqlite:///none.db", secret_key="another")
    assert outbound_of(other, token) is None


@pytest.mark.fault(7)
@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered"])))
def test_whatever_the_order_a_delivered_text_is_delivered(place: Place, order: tuple[str, ...]) -> None:
    rosa = place.number()
    text = place.text(rosa, status="sent", carrier_id=SID, invitation_id=place.invitation)

    for status in order * 2:
        report(place, text, status)

    row = place.row(text)
    assert (row.status, row.delivered_at) == ("delivered", place.runtime.clock.now())
    assert events(place) == list(order) * 2
    assert place.get(Conversation, rosa).reach == "delivered"


@pytest.mark.fault(7)
@pytest.mark.parametrize(
    ("first", "second", "end"),
    [
        ("delivered", "undelivered", "delivered"),
        ("undelivered", "delivered", "failed"),
        ("failed", "sent", "failed"),
        ("read", "delivered", "delivered"),
        ("read", "failed", "delivered"),
        ("undelivered", "read", "delivered"),
        ("sent", "nonsense", "sent"),
        ("canceled", "sent", "failed"),
    ],
)
def test_a_final_status_never_moves_back(place: Place, first: str, second: str, end: str) -> None:
    text = place.text(place.number(), status="sent", carrier_id=SID)

    report(place, text, first)
    report(place, text, second)

    assert place.row(text).status == end


FINAL = {"delivered": "delivered", "read": "delivered", "failed": "failed", "undelivered": "failed"}


@pytest.mark.fault(7)
@pytest.mark.parametrize("length", [1, 2, 3, 4, 5])
def test_in_every_order_of_reports_the_first_final_one_stays_unless_the_text_was_read(
    place: Place, length: int
) -> None:
    rosa = place.number()
    orders = list(itertools.permutations(["queued", "sent", "delivered", "undelivered", "read"], length))
    texts = [place.text(rosa, status="sent", carrier_id=f"SM{n:032x}") for n in range(len(orders))]
    for n, (text, order) in enumerate(zip(texts, orders, strict=True)):
        for status in order:
            report(place, text, status, sid=f"SM{n:032x}")

    ended = {order: place.row(text).status for text, order in zip(texts, orders, strict=True)}
    assert ended == {order: expected_of(order) for order in orders}


def expected_of(order: tuple[str, ...]) -> str:
    if "read" in order:
        return "delivered"
    return next((FINAL[status] for status in order if status in FINAL), "sent")


@pytest.mark.fault(6)
def test_a_report_before_the_answer_to_creation_is_the_answer(place: Place, carrier: Carrier) -> None:
    text = place.text(place.number())
    keep = carrier.keep

    def early(parcel: object) -> object:
        receipt = keep(parcel)  # type: ignore[arg-type]
        report(place, text, "delivered", sid=receipt.carrier_id)
        return receipt

    carrier.keep = early  # type: ignore[assignment, method-assign]
    send_due(place.runtime)

    row = place.row(text)
    assert (row.status, row.carrier_id, row.sent_at) == (
        "delivered",
        carrier.held[0].carrier_id,
        place.runtime.clock.now(),
    )


@pytest.mark.fault(11)
@pytest.mark.parametrize("status", ["unknown", "sending", "queued"])
def test_a_report_settles_a_text_in_doubt(place: Place, carrier: Carrier, clock: MovableClock, status: str) -> None:
    later = clock.now() + timedelta(seconds=60)
    text = place.text(place.number(), status=status, lease_until=later, lease_token="t")

    report(place, text, "sent")

    row = place.row(text)
    assert (row.status, row.carrier_id) == ("sent", SID)
    clock.advance(hours=1)
    send_due(place.runtime)
    assert carrier.got == []


def test_the_first_delivery_is_noted_with_the_invitation(place: Place, clock: MovableClock) -> None:
    rosa = place.number()
    place.change(Invitation, place.invitation, status="unreachable")
    first, second = (place.text(rosa, status="sent", carrier_id=SID, invitation_id=place.invitation) for _ in range(2))
    at = clock.now()
    report(place, first, "delivered")
    clock.advance(hours=1)
    report(place, second, "delivered")

    invitation = place.get(Invitation, place.invitation)
    assert (invitation.delivered_at, invitation.status) == (at, "waiting")


@pytest.mark.fault(17)
@pytest.mark.parametrize(
    ("code", "reach", "reason"),
    [(30003, "failed", "unreachable"), (30005, "failed", "unreachable"), (30006, "landline", "landline")],
)
def test_a_failed_delivery_says_what_is_wrong_with_the_number(place: Place, code: int, reach: str, reason: str) -> None:
    rosa = place.number(consent="asked")
    text = place.text(rosa, "ask", status="sent", carrier_id=SID, invitation_id=place.invitation)

    report(place, text, "undelivered", code)
    report(place, text, "undelivered", code)
    report(place, text, "sent")

    row = place.row(text)
    assert (row.status, row.error_code, row.reason) == ("failed", code, reason)
    assert place.get(Conversation, rosa).reach == reach
    assert place.get(Invitation, place.invitation).status == "unreachable"
    assert place.matters() == [("number_unreachable", "open")]


@pytest.mark.fault(17)
def test_a_block_reported_later_ends_leave(place: Place) -> None:
    rosa = place.number()
    text = place.text(rosa, status="sent", carrier_id=SID)

    report(place, text, "failed", 21610)

    assert place.get(Conversation, rosa).consent == "revoked"


@pytest.mark.fault(17)
def test_a_spam_filter_is_not_the_numbers_fault(place: Place) -> None:
    rosa = place.number()
    text = place.text(rosa, status="sent", carrier_id=SID)

    report(place, text, "undelivered", 30007)

    assert place.get(Conversation, rosa).reach == "unknown"
    assert place.matters() == [("text_refused", "open")]


@pytest.mark.fault(65)
def test_an_unregistered_sender_pauses_everything(place: Place, carrier: Carrier) -> None:
    text = place.text(place.number(), status="sent", carrier_id=SID)
    place.text(place.number())

    report(place, text, "undelivered", 30034)

    assert place.get(Program, place.program).sending_paused is True
    assert place.matters() == [("sending_paused", "open")]
    assert send_due(place.runtime) == 0
    assert carrier.got == []


@pytest.mark.fault(8)
def test_a_report_on_a_text_that_is_gone_is_kept(place: Place) -> None:
    report(place, 999_999, "delivered")

    assert events(place) == ["delivered"]


def test_a_code_once_reported_is_never_cleared(place: Place) -> None:
    text = place.text(place.number(), status="sent", carrier_id=SID)

    report(place, text, "undelivered", 30003)
    report(place, text, "read")

    assert (place.row(text).status, place.row(text).error_code) == ("delivered", 30003)
