"""hvbot speaks to Twilio through its own client, and knows what each failure means."""

import logging
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import SSLError

from hvbot.channels import twilio as module
from hvbot.channels.codes import FAULTS
from hvbot.channels.port import CONNECTIONS, Fault, Parcel, SendError
from hvbot.channels.transport import at_address, certainly_not_sent
from hvbot.channels.twilio import TwilioChannel, back_to
from tests.support import fake_twilio
from tests.support.carrier import ACCOUNT, TOKEN, settings_for
from tests.support.fake_twilio import FakeTwilio

CALLBACK = "https://visits.example.org/twilio/status/1-x"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio(ACCOUNT, TOKEN) as server:
        yield server


@pytest.fixture
def channel(twilio: FakeTwilio) -> TwilioChannel:
    return channel_at(twilio.url)


def channel_at(url: str, **more: Any) -> TwilioChannel:
    return TwilioChannel(settings_for("sqlite:///none.db", twilio_api_url=url, **more))


def parcel(to: str = "+12025550123", body: str = "Hola", **more: Any) -> Parcel:
    return Parcel(1, to, body, CALLBACK, **more)


def fault(channel: TwilioChannel, text: Parcel) -> SendError:
    with pytest.raises(SendError) as caught:
        channel.send(text)
    return caught.value


def test_a_text_carries_what_twilio_needs(twilio: FakeTwilio, channel: TwilioChannel) -> None:
    receipt = channel.send(parcel(body="See you ¡mañana!", valid_for=90))

    assert twilio.created[0].form == {
        "To": "+12025550123",
        "Body": "See you ¡mañana!",
        "StatusCallback": CALLBACK,
        "MessagingServiceSid": "MG" + "b" * 32,
        "ValidityPeriod": "90",
    }
    assert (receipt.carrier_id, receipt.status, receipt.segments) == (twilio.created[0].sid, "queued", 1)


@pytest.mark.parametrize(("given", "sent"), [(2, "5"), (36_000, None), (400_000, None), (-3, "5")])
def test_the_validity_period_keeps_to_twilios_limits(
    twilio: FakeTwilio, channel: TwilioChannel, given: int, sent: str | None
) -> None:
    channel.send(parcel(valid_for=given))

    assert twilio.created[0].form.get("ValidityPeriod") == sent


def test_without_a_messaging_service_a_number_sends_on_the_readers_channel(twilio: FakeTwilio) -> None:
    channel = channel_at(twilio.url, twilio_messaging_service_sid="", twilio_from="+12025550100")

    channel.send(parcel())
    channel.send(parcel("whatsapp:+12025550123"))

    assert [(m.form["To"], m.form["From"]) for m in twilio.created] == [
        ("+12025550123", "+12025550100"),
        ("whatsapp:+12025550123", "whatsapp:+12025550100"),
    ]


@pytest.mark.fault(16, 17)
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (fake_twilio.Fault(429, 20429), Fault.RETRY),
        (fake_twilio.Fault(429), Fault.RETRY),
        (fake_twilio.Fault(400, 21610), Fault.OPTED_OUT),
        (fake_twilio.Fault(400, 21211), Fault.INVALID),
        (fake_twilio.Fault(400, 21614), Fault.LANDLINE),
        (fake_twilio.Fault(400, 21408), Fault.UNREACHABLE),
        (fake_twilio.Fault(400, 21617), Fault.OUR_TEXT),
        (fake_twilio.Fault(400, 21606), Fault.OUR_SETUP),
        (fake_twilio.Fault(400, 99999), Fault.OUR_TEXT),
        (fake_twilio.Fault(401), Fault.OUR_SETUP),
        (fake_twilio.Fault(403), Fault.OUR_SETUP),
        (fake_twilio.Fault(404, 20404), Fault.OUR_SETUP),
        (fake_twilio.Fault(408), Fault.UNKNOWN),
        (fake_twilio.Fault(500), Fault.UNKNOWN),
        (fake_twilio.Fault(503), Fault.UNKNOWN),
        (fake_twilio.Fault(503, kind="status_after"), Fault.UNKNOWN),
        (fake_twilio.Fault(302), Fault.UNKNOWN),
        (fake_twilio.Fault(kind="drop_before"), Fault.UNKNOWN),
        (fake_twilio.Fault(kind="drop_after"), Fault.UNKNOWN),
        (fake_twilio.Fault(kind="garbage_after"), Fault.UNKNOWN),
    ],
)
def test_a_refusal_says_whom_it_concerns(
    twilio: FakeTwilio, channel: TwilioChannel, order: fake_twilio.Fault, expected: Fault
) -> None:
    twilio.script(order)

    assert fault(channel, parcel()).fault is expected
    assert len(twilio.requests) == 1


@pytest.mark.fault(14)
def test_a_hang_is_an_unknown_outcome(twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT_S", 0.2)
    twilio.script(fake_twilio.Fault(kind="hang_after", seconds=1))

    assert fault(channel_at(twilio.url), parcel()).fault is Fault.UNKNOWN
    assert len(twilio.created) == 1


@pytest.mark.fault(15)
def test_twilio_says_how_long_to_wait(twilio: FakeTwilio, channel: TwilioChannel) -> None:
    twilio.script(fake_twilio.Fault(429, 20429, retry_after=7))

    assert fault(channel, parcel()).retry_after == 7


def test_a_refused_connection_is_certainly_not_sent() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert fault(channel_at(f"http://127.0.0.1:{port}"), parcel()).fault is Fault.RETRY


@pytest.mark.fault(65)
def test_wrong_credentials_are_our_set_up(twilio: FakeTwilio) -> None:
    channel = channel_at(twilio.url, twilio_auth_token="wrong")

    problem = fault(channel, parcel())

    assert (problem.fault, problem.code) == (Fault.OUR_SETUP, 20003)


def test_listing_finds_queued_texts_page_by_page_and_stops_in_time(twilio: FakeTwilio, channel: TwilioChannel) -> None:
    twilio.page_size = 2
    for n in range(7):
        channel.send(parcel(body=f"text {n}"))
    channel.send(parcel(to="+12025550199"))
    for n, message in enumerate(twilio.created[:7]):
        message.created_at += timedelta(hours=n - 7)
    since = twilio.created[3].created_at
    twilio.requests.clear()

    found = channel.sent_to("+12025550123", since)

    assert [text.body for text in found] == ["text 6", "text 5", "text 4", "text 3"]
    assert found[0].created_at == twilio.created[6].created_at
    assert len(twilio.requests) == 3
    assert len(channel.sent_to("+12025550123", LONG_AGO)) == 7


def test_a_list_that_cannot_be_had_is_an_error(twilio: FakeTwilio) -> None:
    with pytest.raises(SendError):
        channel_at(twilio.url, twilio_auth_token="wrong").sent_to("+12025550123", LONG_AGO)


def test_connections_are_kept_open_one_a_thread(twilio: FakeTwilio, channel: TwilioChannel) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: channel.send(parcel(body=str(n))), range(40)))

    pool = channel.client.http_client.pool.connection_from_url(twilio.url)
    assert pool.num_requests == 40
    assert pool.num_connections <= 8
    assert pool.pool.maxsize == CONNECTIONS
    assert (pool.timeout.connect_timeout, pool.timeout.read_timeout) == (10, 10)


def test_the_environment_changes_neither_the_way_nor_the_trust(
    twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")

    channel_at(twilio.url).send(parcel())

    assert len(twilio.created) == 1


def test_a_certificate_that_nobody_vouches_for_ends_it_before_a_byte_leaves() -> None:
    unknown_issuer = SSLError(ssl.SSLCertVerificationError("self-signed certificate"))

    assert certainly_not_sent(unknown_issuer)
    assert not certainly_not_sent(SSLError(ssl.SSLEOFError("in the middle of it")))


def test_no_number_reaches_a_log(twilio: FakeTwilio, channel: TwilioChannel, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    channel.send(parcel())
    channel.sent_to("+12025550123", LONG_AGO)

    assert "2025550123" not in caplog.text


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("", "https://api.twilio.com/2010-04-01/A.json?To=%2B1"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9/2010-04-01/A.json?To=%2B1"),
        ("https://proxy.example:8443", "https://proxy.example:8443/2010-04-01/A.json?To=%2B1"),
    ],
)
def test_the_address_is_replaced_and_nothing_else(base: str, expected: str) -> None:
    assert at_address("https://api.twilio.com/2010-04-01/A.json?To=%2B1", base) == expected


def test_every_code_of_the_reference_has_a_meaning() -> None:
    assert {21211, 21610, 21614, 30003, 30005, 30006, 30007, 30034} <= FAULTS.keys()


def test_texts_without_a_date_are_kept() -> None:
    from hvbot.channels.port import Listed

    undated = Listed("SM1", "+12025550123", "x", "queued", None, None)

    assert list(back_to(datetime.now(UTC), iter([undated]))) == [undated]


def test_many_threads_may_send_the_first_text_at_once(twilio: FakeTwilio) -> None:
    import os
    import subprocess
    import sys

    code = """
from concurrent.futures import ThreadPoolExecutor
from tests.channels.test_twilio import channel_at, parcel
import sys
for name in [m for m in sys.modules if m.partition('.')[0] in {'twilio', 'requests', 'urllib3'}]:
    del sys.modules[name]
channel = channel_at(sys.argv[1])
with ThreadPoolExecutor(16) as threads:
    list(threads.map(lambda n: channel.send(parcel(body=str(n))), range(16)))
"""
    for _ in range(3):
        subprocess.run(
            [sys.executable, "-c", code, twilio.url], check=True, env=os.environ | {"PYTHONPATH": str(Path.cwd())}
        )

    assert len(twilio.created) == 48


def test_web_processes_do_not_pay_for_the_client() -> None:
    import subprocess
    import sys

    code = "import sys, hvbot.channels.twilio; sys.exit(any(m.startswith(('twilio', 'requests')) for m in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
