"""hvbot believes only what the carrier signed, and answers only after it has stored it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from twilio.request_validator import RequestValidator

from hvbot.channels.simulator import SimulatorChannel
from hvbot.models import CarrierEvent, InboundText
from hvbot.services.callbacks import token_for
from hvbot.web import webhooks
from hvbot.web.webhooks import make_webhooks, sign
from tests.support.carrier import ACCOUNT, TOKEN, Place, lay_out, runtime_for

SID = "SM" + "7" * 32
HOME = "https://visits.example.org"
TEXT = {
    "MessageSid": SID,
    "SmsSid": SID,
    "AccountSid": ACCOUNT,
    "From": "+12025550123",
    "To": "+12025550100",
    "Body": "2",
    "NumMedia": "0",
    "NumSegments": "1",
    "FromCity": "",
}


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    runtime = runtime_for(database_url, SimulatorChannel(), HVBOT_CHANNEL="twilio", public_url=HOME)
    yield lay_out(runtime)
    runtime.engine.dispose()


@pytest.fixture
def client(place: Place) -> FlaskClient:
    return client_of(place.runtime)


def client_of(runtime: Any) -> FlaskClient:
    app = Flask("test")
    app.register_blueprint(make_webhooks(runtime))
    return app.test_client()


def post(client: FlaskClient, path: str, form: dict[str, Any], signature: str | None = "", base: str = HOME) -> Any:
    """Post as the carrier would; an empty signature means a good one, None means no header."""
    good = RequestValidator(TOKEN).compute_signature(base + path, form)
    headers = {} if signature is None else {"X-Twilio-Signature": signature or good}
    return client.post(path, data=form, headers=headers)


def stored(place: Place) -> list[InboundText]:
    with place.runtime.sessions() as session:
        return list(session.scalars(select(InboundText).order_by(InboundText.id)))


def test_a_signed_text_is_stored_and_answered_with_nothing(place: Place, client: FlaskClient) -> None:
    answer = post(client, "/twilio/inbound", TEXT)

    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert answer.data.endswith(b"<Response/>")
    assert [(text.carrier_id, text.body) for text in stored(place)] == [(SID, "2")]


@pytest.mark.fault(1)
def test_a_repeat_is_answered_the_same_and_stored_once(place: Place, client: FlaskClient) -> None:
    answers = [post(client, "/twilio/inbound", TEXT) for _ in range(3)]

    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    assert len(stored(place)) == 1


@pytest.mark.fault(44)
@pytest.mark.parametrize("signature", [None, "wrong", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_without_a_good_signature_nothing_is_believed(place: Place, client: FlaskClient, signature: str | None) -> None:
    assert post(client, "/twilio/inbound", TEXT, signature).status_code == 403
    token = token_for(place.runtime.settings, place.text(place.number()))
    assert post(client, f"/twilio/status/{token}", {"MessageStatus": "sent"}, signature).status_code == 403
    assert stored(place) == []


@pytest.mark.fault(44)
@pytest.mark.parametrize("base", ["http://visits.example.org", "https://other.example.org"])
def test_the_signature_is_for_our_public_address(place: Place, client: FlaskClient, base: str) -> None:
    assert post(client, "/twilio/inbound", TEXT, base=base).status_code == 403


@pytest.mark.fault(44)
def test_a_changed_field_breaks_the_signature(place: Place, client: FlaskClient) -> None:
    good = RequestValidator(TOKEN).compute_signature(f"{HOME}/twilio/inbound", TEXT)

    assert post(client, "/twilio/inbound", {**TEXT, "Body": "1"}, good).status_code == 403
    without_empty = {name: value for name, value in TEXT.items() if value}
    signature = RequestValidator(TOKEN).compute_signature(f"{HOME}/twilio/inbound", {**without_empty, "FromCity": ""})
    assert post(client, "/twilio/inbound", {**without_empty, "FromCity": ""}, signature).status_code == 200


@pytest.mark.fault(44)
def test_a_query_and_a_repeated_field_are_part_of_what_is_signed(place: Place, client: FlaskClient) -> None:
    path = "/twilio/inbound?a=1&b=%20"
    form = {**TEXT, "Extra": ["x", "y"]}
    signed = RequestValidator(TOKEN).compute_signature(
        HOME + path,
        type("Form", (dict,), {"getlist": lambda self, name: self[name] if name == "Extra" else [self[name]]})(form),
    )

    assert client.post(path, data=form, headers={"X-Twilio-Signature": signed}).status_code == 200
    assert client.post("/twilio/inbound", data=form, headers={"X-Twilio-Signature": signed}).status_code == 403


@pytest.mark.fault(44)
def test_another_account_is_not_ours(place: Place, client: FlaskClient) -> None:
    assert post(client, "/twilio/inbound", {**TEXT, "AccountSid": "AC" + "f" * 32}).status_code == 403


@pytest.mark.fault(40)
@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "\x00",
        "a\x00b",
        "x" * 10_000,
        "😀" * 800,
        "\u202e\u200f\ufeff",
        "'; DROP TABLE inbound_text; --",
        "{when}",
        "%s %(x)s",
        "<script>alert(1)</script>",
        "\r\n\t",
        "\uffff",
    ],
)
def test_any_body_is_accepted(place: Place, client: FlaskClient, body: str) -> None:
    answer = post(client, "/twilio/inbound", {**TEXT, "Body": body})

    assert answer.status_code == 200
    assert [text.body for text in stored(place)] == [body.replace("\x00", "\ufffd")]


@pytest.mark.fault(40)
@pytest.mark.parametrize("raw", [b"%ED%A0%80", b"%FF%FE", b"%C3", b"%ED%B0%80x", b"%", b"%u1234"])
def test_a_body_that_is_no_text_does_not_break_us(place: Place, client: FlaskClient, raw: bytes) -> None:
    form = {name: value for name, value in TEXT.items() if name != "Body"}
    data = urlencode(form).encode() + b"&Body=" + raw
    kind = "application/x-www-form-urlencoded"
    with client.application.test_request_context(
        "/twilio/inbound", method="POST", data=data, content_type=kind
    ) as seen:
        signed = RequestValidator(TOKEN).compute_signature(f"{HOME}/twilio/inbound", seen.request.form)
    answer = client.post("/twilio/inbound", data=data, content_type=kind, headers={"X-Twilio-Signature": signed})

    assert answer.status_code == 200
    assert len(stored(place)) == 1


def test_half_a_surrogate_pair_can_be_stored_after_all() -> None:
    assert webhooks.storable("a\ud83dz\x00") == "a\ufffdz\ufffd"


@pytest.mark.parametrize(
    "missing", [{"MessageSid": "", "SmsSid": ""}, {"From": ""}, {"MessageSid": "SM 1"}, {"MessageSid": "x" * 65}]
)
def test_a_form_that_is_no_text_is_refused(place: Place, client: FlaskClient, missing: dict[str, str]) -> None:
    assert post(client, "/twilio/inbound", {**TEXT, **missing}).status_code == 400
    assert stored(place) == []


@pytest.mark.parametrize("count", ["", "-1", "abc", "9" * 40, "٣", "1.5"])
def test_strange_counts_do_no_harm(place: Place, client: FlaskClient, count: str) -> None:
    answer = post(client, "/twilio/inbound", {**TEXT, "NumMedia": count, "NumSegments": count})

    assert answer.status_code == 200


def test_whatsapp_is_another_channel(place: Place) -> None:
    incoming = webhooks.incoming_of({**TEXT, "From": "whatsapp:+12025550123", "OptOutType": "stop"})  # type: ignore[arg-type]

    assert incoming is not None
    assert (incoming.channel, incoming.sender, incoming.opt_out_type) == ("whatsapp", "+12025550123", "STOP")


@pytest.mark.parametrize("verb", ["get", "put", "delete"])
def test_only_posts_are_taken(client: FlaskClient, verb: str) -> None:
    assert getattr(client, verb)("/twilio/inbound").status_code == 405


@pytest.mark.fault(20)
def test_without_a_database_the_carrier_is_sent_elsewhere(
    place: Place, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(webhooks, "receive", gone)
    monkeypatch.setattr(webhooks, "record_status", gone)

    assert post(client, "/twilio/inbound", TEXT).status_code == 503
    token = token_for(place.runtime.settings, 1)
    assert post(client, f"/twilio/status/{token}", {"MessageStatus": "sent"}).status_code == 503


def test_a_report_moves_its_text(place: Place, client: FlaskClient) -> None:
    text = place.text(place.number(), status="sent", carrier_id=SID)
    path = f"/twilio/status/{token_for(place.runtime.settings, text)}"

    answer = post(client, path, {"MessageSid": SID, "MessageStatus": "delivered", "AccountSid": ACCOUNT})

    assert answer.status_code == 204
    assert place.row(text).status == "delivered"


def test_a_report_with_a_made_up_token_is_not_found(place: Place, client: FlaskClient) -> None:
    text = place.text(place.number(), status="sent")
    token = token_for(place.runtime.settings, text)
    for wrong in ("x", "1-" + "A" * 16, token + "A", f"{text + 1}-" + token.partition("-")[2]):
        assert post(client, f"/twilio/status/{wrong}", {"MessageStatus": "delivered"}).status_code == 404
    with place.runtime.sessions() as session:
        assert session.scalars(select(CarrierEvent)).all() == []


@pytest.mark.parametrize(
    "form", [{}, {"MessageStatus": "\x00" * 200, "MessageSid": "\x00" * 200, "ErrorCode": "9" * 99}]
)
def test_a_strange_report_does_no_harm(place: Place, client: FlaskClient, form: dict[str, str]) -> None:
    text = place.text(place.number(), status="sent", carrier_id=SID)

    assert post(client, f"/twilio/status/{token_for(place.runtime.settings, text)}", form).status_code == 204
    assert place.row(text).status == "sent"


def test_simulated_phones_sign_with_the_simulators_token(database_url: str) -> None:
    runtime = runtime_for(database_url, SimulatorChannel(), HVBOT_CHANNEL="simulator", twilio_account_sid="")
    place = lay_out(runtime)
    client = client_of(runtime)
    form = {**TEXT, "Body": "STOP"}

    answer = client.post("/twilio/inbound", data=form, headers=sign(runtime.settings, "/twilio/inbound", form))

    assert answer.status_code == 200
    assert len(stored(place)) == 1
    assert runtime.channel.blocked == {"+12025550123"}  # type: ignore[attr-defined]
    wrong = RequestValidator(TOKEN).compute_signature("http://127.0.0.1:8000/twilio/inbound", form)
    assert client.post("/twilio/inbound", data=form, headers={"X-Twilio-Signature": wrong}).status_code == 403
    runtime.engine.dispose()
