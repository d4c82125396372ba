"""What the carrier posts to us: texts that came in, and reports on texts that left. Nothing counts without a signature."""

import re
import time
from collections.abc import Callable, Mapping
from functools import lru_cache

import structlog
from flask import Blueprint, Request, Response, request
from sqlalchemy.exc import SQLAlchemyError
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator
from werkzeug.datastructures import MultiDict

from hvbot.channels.addresses import address_of, storable
from hvbot.channels.port import Emulated
from hvbot.runtime import Runtime
from hvbot.services.callbacks import outbound_of, record_status
from hvbot.services.inbound import Incoming, receive
from hvbot.settings import Settings

log = structlog.get_logger()

Hears = Callable[[str, str], None]

NO_ANSWER = "<?xml version='1.0' encoding='UTF-8'?><Response/>"
CARRIER_ID = re.compile(r"[A-Za-z0-9]{2,64}", re.ASCII)
MOST = 99

BAD_REQUEST, FORBIDDEN, NOT_FOUND, UNAVAILABLE = 400, 403, 404, 503


def make_webhooks(runtime: Runtime) -> Blueprint:
    """The carrier's two addresses."""
    webhooks = Blueprint("webhooks", __name__)
    hears = runtime.channel.hears if isinstance(runtime.channel, Emulated) else None

    @webhooks.post("/twilio/inbound")
    def inbound() -> Response:
        return take_text(runtime, request, hears)

    @webhooks.post("/twilio/status/<token>")
    def status(token: str) -> Response:
        return take_status(runtime, request, token)

    return webhooks


def take_text(runtime: Runtime, posted: Request, hears: Hears | None = None) -> Response:
    """Take in a text. The answer is an empty TwiML, and only after the commit; 503 lets the carrier try elsewhere.

    `hears` tells a carrier inside this process what people write.
    """
    if not is_genuine(runtime.settings, posted):
        return plain(FORBIDDEN)
    incoming = incoming_of(posted.form)
    if incoming is None:
        return plain(BAD_REQUEST)
    if hears:
        hears(incoming.sender, incoming.body)
    began = time.perf_counter()
    try:
        receive(runtime, incoming)
    except SQLAlchemyError as problem:
        log.error("text not stored", carrier_id=incoming.carrier_id, problem=type(problem).__name__)  # noqa: TRY400
        return plain(UNAVAILABLE)
    runtime.took("turn", time.perf_counter() - began)
    return Response(NO_ANSWER, content_type="text/xml; charset=utf-8")


def take_status(runtime: Runtime, posted: Request, token: str) -> Response:
    """Take in a report on one text."""
    outbound_id = outbound_of(runtime.settings, token)
    if outbound_id is None:
        return plain(NOT_FOUND)
    if not is_genuine(runtime.settings, posted):
        return plain(FORBIDDEN)
    try:
        record_status(runtime, outbound_id, {name: storable(value) for name, value in posted.form.items()})
    except SQLAlchemyError as problem:
        log.error("status not stored", outbound_id=outbound_id, problem=type(problem).__name__)  # noqa: TRY400
        return plain(UNAVAILABLE)
    return plain(204)


def is_genuine(settings: Settings, posted: Request) -> bool:
    """Tell whether the carrier signed this request for our public address, whatever a proxy made of it."""
    ours = settings.twilio_account_sid
    if ours and posted.form.get("AccountSid", ours) != ours:
        return False
    signature = posted.headers.get(SIGNATURE_HEADER, "")
    try:
        # Empty fields and repeated ones are part of what was signed.
        url, form = signed_url(settings, posted), posted.form
        return any(validator(token).validate(url, form, signature) for token in signing_tokens(settings))
    except (UnicodeError, ValueError):
        return False


@lru_cache(maxsize=8)
def validator(token: str) -> RequestValidator:
    """What checks a token's signatures."""
    return RequestValidator(token)


def signed_url(settings: Settings, posted: Request) -> str:
    """The address as the carrier knows it."""
    query = posted.query_string.decode("latin-1")
    return f"{settings.base_url}{posted.path}" + (f"?{query}" if query else "")


def signing_tokens(settings: Settings) -> tuple[str, ...]:
    """What signs the carrier's requests, the newest first; while the account's token is being changed, also the one before.

    The simulated carrier has a token of its own.
    """
    if settings.channel == "twilio":
        tokens = settings.twilio_auth_token, settings.twilio_auth_token_previous
        return tuple(token.get_secret_value() for token in tokens if token)
    return (settings.simulator_token,)


def sign(settings: Settings, path: str, form: Mapping[str, str]) -> dict[str, str]:
    """The header with which the carrier would post a form; for simulated phones."""
    signature = RequestValidator(signing_tokens(settings)[0]).compute_signature(f"{settings.base_url}{path}", form)
    return {SIGNATURE_HEADER: signature}


def incoming_of(form: "MultiDict[str, str]") -> Incoming | None:
    """A posted text; None when it has no id or no sender."""
    carrier_id = form.get("MessageSid") or form.get("SmsSid") or ""
    channel, sender = address_of(storable(form.get("From", "")))
    if not CARRIER_ID.fullmatch(carrier_id) or not sender:
        return None
    return Incoming(
        carrier_id=carrier_id,
        sender=sender,
        body=storable(form.get("Body", "")),
        channel=channel,
        media=small(form.get("NumMedia")),
        opt_out_type=storable(form.get("OptOutType", ""))[:8].upper() or None,
        segments=small(form.get("NumSegments")) or 1,
    )


def small(text: str | None) -> int:
    """A count from the form, between 0 and 99."""
    return min(int(text), MOST) if text and text.isascii() and text.isdigit() and len(text) < MOST else 0


def plain(status: int) -> Response:
    return Response(status=status)
