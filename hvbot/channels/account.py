"""Looks into our Twilio account: whether texts can leave it, and whether what families write comes to us."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

from hvbot.channels.port import Fault, SendError
from hvbot.settings import Settings

if TYPE_CHECKING:
    from twilio.rest import Client

Problem = tuple[str, str]
Ask = Callable[[Callable[[], Any]], Any]

INBOUND = "/twilio/inbound"
PLAIN_NUMBER = "+"


def account_problems(client: "Client", settings: Settings, ask: Ask) -> Iterator[Problem]:
    """What is wrong, each with its remedy. `ask` calls Twilio and raises `SendError` where that fails."""
    sid = settings.twilio_account_sid
    account = found(ask, lambda: client.api.v2010.accounts(sid).fetch())
    if account is None:
        yield (
            "the carrier does not accept TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN",
            "copy both from the first page of the Twilio Console; the token may have been replaced there",
        )
        return
    if account.status != "active":
        yield f"the Twilio account is {account.status}: no text leaves", "settle it with Twilio's support or billing"
    look = service_problems if settings.twilio_messaging_service_sid else number_problems
    yield from look(client, settings, ask)


def found(ask: Ask, fetch: Callable[[], Any]) -> Any:
    """What the carrier has; None where it says that there is no such thing of ours."""
    try:
        return ask(fetch)
    except SendError as problem:
        if problem.fault is Fault.OUR_SETUP:
            return None
        raise


def service_problems(client: "Client", settings: Settings, ask: Ask) -> Iterator[Problem]:
    """The Messaging Service: it exists, has a number to send from, and hands on what comes in."""
    one = client.messaging.v1.services(settings.twilio_messaging_service_sid)
    service = found(ask, one.fetch)
    if service is None:
        yield (
            "the account has no Messaging Service TWILIO_MESSAGING_SERVICE_SID",
            "copy its SID (MG...) from Messaging > Services in the Twilio Console",
        )
        return
    numbers = ask(one.phone_numbers.list)
    if not numbers and not ask(one.short_codes.list):
        yield "the Messaging Service has no number to send from", "add one under its Sender Pool"
    if service.use_inbound_webhook_on_number:
        for number in numbers:
            held = found(ask, client.incoming_phone_numbers(number.sid).fetch)
            yield from inbound_problems(f"number {number.sid}", held, settings) if held else ()
    else:
        where = "the Messaging Service's Integration page"
        yield from address_problems("the Messaging Service", service.inbound_request_url, where, settings)
        yield from method_problems("the Messaging Service", service.inbound_method, where)
    yield from report_problems(service.status_callback, settings)


def number_problems(client: "Client", settings: Settings, ask: Ask) -> Iterator[Problem]:
    """The one number that sends: it is ours, and hands on what comes in. What is no plain number cannot be looked at."""
    sender = settings.twilio_from
    if not sender.startswith(PLAIN_NUMBER):
        return
    held = ask(lambda: client.incoming_phone_numbers.list(phone_number=sender))
    number = next((each for each in held if each.phone_number == sender), None)
    if number is None:
        yield "the account does not hold the number TWILIO_FROM", "buy or port it, or correct TWILIO_FROM"
        return
    yield from inbound_problems("the number TWILIO_FROM", number, settings)
    yield from report_problems(number.status_callback, settings)


def inbound_problems(what: str, number: Any, settings: Settings) -> Iterator[Problem]:
    """Where a number sends what comes in; a TwiML App overrules its own address."""
    where = "the number's page, under Messaging, 'A message comes in'"
    if number.sms_application_sid:
        yield f"{what} hands texts to a TwiML App, not to us", f"choose Webhook on {where}"
        return
    yield from address_problems(what, number.sms_url, where, settings)
    yield from method_problems(what, number.sms_method, where)


def address_problems(what: str, url: str | None, where: str, settings: Settings) -> Iterator[Problem]:
    """The address must be ours; what follows a # tunes retries and is no part of it."""
    wanted = f"{settings.base_url}{INBOUND}"
    if not url:
        yield f"{what} throws away what families write: it has no address for it", f"set {wanted} on {where}"
    elif urldefrag(url).url != wanted:
        yield f"{what} hands what families write to {urldefrag(url).url}, not to us", f"set {wanted} on {where}"


def method_problems(what: str, method: str | None, where: str) -> Iterator[Problem]:
    if method and method.upper() != "POST":
        yield f"{what} hands texts on by {method}, which we refuse", f"choose HTTP POST on {where}"


def report_problems(url: str | None, settings: Settings) -> Iterator[Problem]:
    """Each text names its own address for reports, with our signed id; one without is refused."""
    if url and url.startswith(f"{settings.base_url}/"):
        yield (
            f"reports are also sent to {urldefrag(url).url}, where none is taken without our signed id",
            "leave the status callback empty in the Twilio Console: each text names its own",
        )
