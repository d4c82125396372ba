"""How requests to Twilio travel: the connections beneath its own client. Imported when the first one is made."""

import ssl
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import certifi
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3 import PoolManager
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.util import make_headers

from hvbot.channels.port import Fault, SendError

TOO_MANY = 429


class Transport(HttpClient):  # type: ignore[misc]
    """One connection a thread, kept open, straight to the configured address.

    Twilio's own transport reads proxies and certificates from the environment at each request, logs phone numbers, and
    costs twice the processor time of the text's own work. Nothing is tried again here: the outbox decides that.
    """

    def __init__(self, base: str, connections: int, timeout_s: float, certificates: str = "") -> None:
        super().__init__(None, is_async=False, timeout=timeout_s)
        self.base = base
        self.pool = PoolManager(
            maxsize=connections, retries=False, timeout=timeout_s, ca_certs=certificates or certifi.where()
        )

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Ask once.

        Raises:
            SendError: the request did not get there, or nobody knows whether it did, or Twilio asks us to wait.

        """
        address = at_address(url, self.base) + (f"?{urlencode(params, doseq=True)}" if params else "")
        sent = {**(headers or {}), **(make_headers(basic_auth=":".join(auth)) if auth else {})}
        body = urlencode(data, doseq=True) if data else None
        try:
            answer = self.pool.urlopen(method, address, body=body, headers=sent, redirect=False)
        except HTTPError as problem:
            raise SendError(Fault.RETRY if certainly_not_sent(problem) else Fault.UNKNOWN) from None
        if answer.status == TOO_MANY:
            raise SendError(Fault.RETRY, TOO_MANY, seconds(answer.headers))
        return Response(answer.status, answer.data.decode(), answer.headers)


def at_address(url: str, base: str) -> str:
    """Put scheme, host and port of the configured address in place of Twilio's."""
    if not base:
        return url
    scheme, netloc = urlsplit(base)[:2]
    return urlunsplit((scheme, netloc, *urlsplit(url)[2:]))


def certainly_not_sent(problem: Exception) -> bool:
    """Tell whether the connection failed before a byte of the request left: refused, no such host, no TLS."""
    if isinstance(problem, NewConnectionError | ConnectTimeoutError):
        return True
    return any(isinstance(part, ssl.SSLCertVerificationError) for part in problem.args)


def seconds(headers: Any) -> float | None:
    """How long Twilio asks us to wait, where it says so in seconds."""
    value = headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None
