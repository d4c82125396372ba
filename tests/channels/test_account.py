"""`hvbot check` looks into the Twilio account and names what is wrong with its remedy."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from hvbot.channels.port import SendError
from hvbot.channels.twilio import TwilioChannel
from hvbot.services.check import Inspected
from tests.support.carrier import ACCOUNT, TOKEN, settings_for
from tests.support.fake_twilio import FakeTwilio
from tests.support.postgres import free_port

SERVICE = "MG" + "b" * 32
NUMBER = "+12025550100"


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    """An account as it should be."""
    with FakeTwilio(ACCOUNT, TOKEN) as server:
        ours = f"{settings_for('sqlite:///none.db').base_url}/twilio/inbound"
        server.services[SERVICE] = {
            "inbound_request_url": f"{ours}#rc=2",
            "inbound_method": "POST",
            "use_inbound_webhook_on_number": False,
            "status_callback": None,
        }
        number = {"sid": "PN" + "c" * 32, "phone_number": NUMBER, "sms_url": ours, "sms_method": "POST"}
        server.numbers.append(number)
        server.pools["phone_numbers"] = [number]
        yield server


def found(twilio: FakeTwilio, **more: Any) -> list[str]:
    channel = TwilioChannel(settings_for("sqlite:///none.db", twilio_api_url=twilio.url, **more))
    assert isinstance(channel, Inspected)
    problems = channel.inspect()
    assert all(remedy for _, remedy in problems)
    return [what for what, _ in problems]


BY_NUMBER = {"twilio_messaging_service_sid": "", "twilio_from": NUMBER}


def test_an_account_as_it_should_be_has_nothing_wrong(twilio: FakeTwilio) -> None:
    assert found(twilio) == []
    assert found(twilio, **BY_NUMBER) == []
    assert found(twilio, twilio_messaging_service_sid="", twilio_from="whatsapp:+12025550100") == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("inbound_request_url", None, "throws away what families write"),
        ("inbound_request_url", "https://old.example.org/sms", "to https://old.example.org/sms, not to us"),
        ("inbound_method", "GET", "by GET, which we refuse"),
        ("status_callback", "https://visits.example.org/twilio/status", "reports are also sent to"),
    ],
)
def test_a_messaging_service_that_is_set_up_wrong_is_told(
    twilio: FakeTwilio, field: str, value: str | None, told: str
) -> None:
    if value:
        value = value.replace("https://visits.example.org", settings_for("sqlite:///none.db").base_url)
    twilio.services[SERVICE][field] = value

    (what,) = found(twilio)
    assert told in what


@pytest.mark.parametrize("by_number", [False, True])
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("sms_url", "", "throws away what families write"),
        ("sms_url", "https://old.example.org/sms", "not to us"),
        ("sms_application_sid", "AP1", "TwiML App"),
        ("sms_method", "GET", "by GET"),
    ],
)
def test_a_number_that_is_set_up_wrong_is_told(
    twilio: FakeTwilio, by_number: bool, field: str, value: str, told: str
) -> None:
    twilio.services[SERVICE]["use_inbound_webhook_on_number"] = True
    twilio.numbers[0][field] = value

    (what,) = found(twilio, **(BY_NUMBER if by_number else {}))
    assert told in what


def test_what_the_account_does_not_have_is_told(twilio: FakeTwilio) -> None:
    twilio.pools.clear()
    assert "no number to send from" in found(twilio)[0]
    twilio.services.clear()
    assert "no Messaging Service" in found(twilio)[0]
    twilio.numbers.clear()
    assert "does not hold the number" in found(twilio, **BY_NUMBER)[0]


def test_an_account_that_is_closed_to_us_is_told(twilio: FakeTwilio) -> None:
    twilio.account_status = "suspended"
    assert "is suspended" in found(twilio)[0]
    twilio.token = "another"
    assert found(twilio) == ["the carrier does not accept TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN"]


def test_a_carrier_that_does_not_answer_is_an_error() -> None:
    channel = TwilioChannel(settings_for("sqlite:///none.db", twilio_api_url=f"http://127.0.0.1:{free_port()}"))

    with pytest.raises(SendError):
        channel.inspect()


def test_looking_at_an_account_is_not_paid_for_by_processes_that_do_not() -> None:
    code = "import sys; import hvbot.channels.account, hvbot.channels.twilio; sys.exit('twilio.rest' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
