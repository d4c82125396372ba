"""No test may leave this machine."""

import ipaddress
import socket
from typing import Any

CONNECT = socket.socket.connect


class NetworkRefused(RuntimeError):
    """A test tried to reach another machine."""


def connect(self: socket.socket, address: Any) -> Any:
    """Connect to this machine only."""
    if self.family in {socket.AF_INET, socket.AF_INET6} and not is_loopback(str(address[0])):
        raise NetworkRefused(f"a test tried to reach {address[0]}")
    return CONNECT(self, address)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_network() -> None:
    """Put the guard in place for this process."""
    socket.socket.connect = connect  # type: ignore[method-assign, assignment]
