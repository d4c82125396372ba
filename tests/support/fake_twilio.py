"""A stand-in for Twilio's REST API on loopback: it accepts, lists, misbehaves to order, and posts callbacks.

    with FakeTwilio(ACCOUNT, TOKEN) as twilio:
        twilio.script(Fault(503), Fault(kind="lost_after"))   # the next two creates
        ...                                                   # TWILIO_API_URL=twilio.url
        twilio.report("delivered")                            # for every message accepted so far

`created` holds what was accepted, in order; `requests` every attempt. Numbers of Twilio's own test set are known:
+15005550001 invalid, ...0004 opted out, ...0009 not a mobile.
"""

import base64
import json
import socket
import struct
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator

TEST_NUMBERS = {"+15005550001": 21211, "+15005550004": 21610, "+15005550009": 21614}


@dataclass(frozen=True)
class Fault:
    """One misbehavior at a create.

    `kind`: status (answer `status` with `code`, nothing accepted), status_after (the same, but accepted), hang_before and
    hang_after (no answer for `seconds`), drop_before and drop_after (the connection ends without an answer), garbage_after
    (accepted, answered by what is no JSON).
    """

    status: int = 503
    code: int | None = None
    kind: str = "status"
    seconds: float = 0.0
    retry_after: int | None = None

    @property
    def accepted(self) -> bool:
        return self.kind.endswith("_after")


@dataclass
class Message:
    """A message as Twilio holds it."""

    sid: str
    form: dict[str, str]
    created_at: datetime
    status: str = "queued"
    error_code: int | None = None
    direction: str = "outbound-api"

    @property
    def to(self) -> str:
        return self.form["To"]

    @property
    def body(self) -> str:
        return self.form.get("Body", "")

    def json(self, account: str) -> dict[str, Any]:
        at = format_datetime(self.created_at)
        return {
            "sid": self.sid,
            "account_sid": account,
            "messaging_service_sid": self.form.get("MessagingServiceSid"),
            "to": self.to,
            "from": self.form.get("From"),
            "body": self.body,
            "status": self.status,
            "direction": self.direction,
            "num_segments": "1",
            "num_media": "0",
            "error_code": self.error_code,
            "error_message": None,
            "date_created": at,
            "date_updated": at,
            "date_sent": None if self.status in {"queued", "accepted"} else at,
            "price": None,
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{self.sid}.json",
            "subresource_uris": {},
        }


@dataclass
class FakeTwilio:
    """The stand-in. `early` posts this callback before a create is answered; `latency` is in seconds."""

    account: str
    token: str
    port: int = 0
    latency: float = 0.0
    early: str | None = None
    page_size: int | None = None
    created: list[Message] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    for_number: dict[str, Fault] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    posted: list[tuple[str, str, int]] = field(default_factory=list)
    account_status: str = "active"
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: list[dict[str, Any]] = field(default_factory=list)
    pools: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    open_connections: set[Any] = field(default_factory=set)

    def __enter__(self) -> Self:
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", self.port), handler_for(self))
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def script(self, *faults: Fault) -> None:
        """Misbehave at the next creates, in this order."""
        self.faults.extend(faults)

    def accept(self, form: dict[str, str]) -> Message:
        with self.lock:
            message = Message(f"SM{len(self.created) + 1:032x}", form, datetime.now(UTC).replace(microsecond=0))
            self.created.append(message)
            return message

    def hears(self, sender: str, body: str, at: datetime, to: str = "", direction: str = "inbound") -> str:
        """Hold a text that came in, and hand it to nobody; its SID."""
        form = {"From": sender, "To": to or self.numbers[0]["phone_number"], "Body": body}
        message = Message(f"SM{len(self.heard) + 1:032d}", form, at.replace(microsecond=0), "received", None, direction)
        self.heard.append(message)
        return message.sid

    def sender_of(self, message: Message) -> str | None:
        """Whose number a message left from; a service's is its first."""
        return message.form.get("From") or (self.numbers[0]["phone_number"] if self.numbers else None)

    def matching(self, query: dict[str, str]) -> list[Message]:
        """The messages that a list shows, the newest first."""
        held = sorted((*self.created, *self.heard), key=lambda message: message.created_at)
        found = [message for message in reversed(held) if query.get("To") in {None, message.to}]
        found = [message for message in found if query.get("From") in {None, self.sender_of(message)}]
        if any(name.startswith("DateSent") for name in query):
            found = [message for message in found if message.status not in {"queued", "accepted"}]
        return found

    def refusal(self, form: dict[str, str]) -> int | None:
        """The code with which a form would be refused."""
        to = form.get("To", "")
        if not to:
            return 21604
        if not form.get("MessagingServiceSid") and not form.get("From"):
            return 21603
        if len(form.get("Body", "")) > 1600:
            return 21617
        return 21610 if to in self.blocked else TEST_NUMBERS.get(to)

    def resource(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        """What stands at an address besides messages; None where nothing does."""
        api, v1 = f"/2010-04-01/Accounts/{self.account}", "/v1/Services/"
        if path == f"{api}.json":
            return {"sid": self.account, "status": self.account_status, "type": "Full"}
        if path == f"{api}/IncomingPhoneNumbers.json":
            wanted = query.get("PhoneNumber", "")
            return listing("incoming_phone_numbers", [n for n in self.numbers if wanted in n["phone_number"]])
        if path.startswith(f"{api}/IncomingPhoneNumbers/"):
            return next((n for n in self.numbers if n["sid"] in path), None)
        sid, _, rest = path.removeprefix(v1).partition("/")
        if not path.startswith(v1) or sid not in self.services:
            return None
        if rest:
            key = {"PhoneNumbers": "phone_numbers", "ShortCodes": "short_codes"}[rest]
            return listing(key, self.pools.get(key, []))
        return {"sid": sid, **self.services[sid]}

    def report(self, *statuses: str, code: int | None = None, to: str | None = None, times: int = 1) -> list[int]:
        """Post callbacks for every message accepted so far, or for one number; the answers' HTTP statuses."""
        chosen = [message for message in list(self.created) if to is None or message.to == to]
        return [self.post(m, status, code) for m in chosen for status in statuses for _ in range(times)]

    def post(self, message: Message, status: str, code: int | None = None) -> int:
        """Post one callback, signed; the answer's HTTP status, 0 where nobody answered."""
        message.status, message.error_code = status, code or message.error_code
        url = message.form.get("StatusCallback")
        if not url:
            return 0
        form = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": message.to,
            "AccountSid": self.account,
            "ApiVersion": "2010-04-01",
            **({"ErrorCode": str(code)} if code else {}),
        }
        answer = post_signed(url, form, self.token)
        self.posted.append((message.sid, status, answer))
        return answer


def listing(key: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """One page of a list, in both of Twilio's layouts."""
    return {key: rows, "next_page_uri": None, "meta": {"key": key, "page": 0, "page_size": 50, "next_page_url": None}}


def post_signed(url: str, form: dict[str, str], token: str) -> int:
    """Post a form as Twilio does."""
    headers = {
        "X-Twilio-Signature": RequestValidator(token).compute_signature(url, form),
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
    }
    request = urllib.request.Request(url, urlencode(form).encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code
    except OSError:
        return 0


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that give up are part of the game."""


def handler_for(twilio: FakeTwilio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            twilio.requests.append(("POST", form.get("To", "")))
            if not self.is_ours():
                self.answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
                return
            if twilio.latency:
                time.sleep(twilio.latency)
            with twilio.lock:
                fault = twilio.for_number.get(form.get("To", "")) or (
                    twilio.faults.popleft() if twilio.faults else None
                )
            if fault:
                self.misbehave(fault, form)
                return
            code = twilio.refusal(form)
            if code:
                self.answer(400, {"code": code, "message": "refused", "status": 400})
                return
            message = twilio.accept(form)
            answer = message.json(twilio.account)
            if twilio.early:
                twilio.post(message, twilio.early)
            self.answer(201, answer)

        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            twilio.requests.append(("GET", query.get("To", "")))
            if not self.is_ours():
                self.answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
                return
            path = urlsplit(self.path).path
            if not path.endswith("/Messages.json"):
                answer = twilio.resource(path, query)
                self.answer(200 if answer else 404, answer or {"code": 20404, "message": "not found", "status": 404})
                return
            found = twilio.matching(query)
            size, page = twilio.page_size or int(query.get("PageSize", 50)), int(query.get("Page", 0))
            shown, rest = found[page * size : (page + 1) * size], found[(page + 1) * size :]
            base = f"/2010-04-01/Accounts/{twilio.account}/Messages.json"
            following = f"{base}?{urlencode({**query, 'Page': page + 1, 'PageToken': 'x'})}" if rest else None
            self.answer(
                200,
                {
                    "messages": [m.json(twilio.account) for m in shown],
                    "page": page,
                    "page_size": size,
                    "uri": self.path,
                    "first_page_uri": base,
                    "next_page_uri": following,
                    "previous_page_uri": None,
                    "start": page * size,
                    "end": page * size + len(shown),
                },
            )

        def is_ours(self) -> bool:
            given = base64.b64encode(f"{twilio.account}:{twilio.token}".encode()).decode()
            return self.headers.get("Authorization") == f"Basic {given}" and (
                twilio.account in self.path or self.path.startswith("/v1/")
            )

        def misbehave(self, fault: Fault, form: dict[str, str]) -> None:
            if fault.accepted:
                twilio.accept(form)
            if fault.kind.startswith("hang"):
                time.sleep(fault.seconds)
            if fault.kind.startswith(("hang", "drop")):
                self.drop()
                return
            if fault.kind.startswith("garbage"):
                self.answer_text(201, "<html>not what you expected</html>", {})
                return
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
            body = {"message": "to order", "status": fault.status, **({"code": fault.code} if fault.code else {})}
            self.answer_text(fault.status, json.dumps(body), headers)

        def drop(self) -> None:
            """End the connection with a reset."""
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        def answer(self, status: int, body: dict[str, Any]) -> None:
            self.answer_text(status, json.dumps(body), {})

        def answer_text(self, status: int, text: str, headers: dict[str, str]) -> None:
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    return Handler
