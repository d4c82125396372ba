"""Posts signed texts over kept-alive connections and measures each answer: a process of its own beside the server.

It shares the machine with the server it measures, so it does next to nothing: the requests are bytes made beforehand, one
selector waits for all connections, and of an answer only the first line and the length are read.
"""

import json
import selectors
import socket
import sys
import time
from pathlib import Path
from typing import Any

END, LENGTH = b"\r\n\r\n", b"content-length:"


def prepared(request: dict[str, Any]) -> bytes:
    """A request as it goes over the wire."""
    body: bytes = request["body"].encode()
    headers = {**request["headers"], "Host": "127.0.0.1", "Content-Length": str(len(body))}
    lines = [f"POST {request['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + END + body


def is_whole(answer: bytes) -> bool:
    """Tell whether all of an answer has come."""
    head, end, body = answer.partition(END)
    return bool(end) and len(body) >= int(head.lower().split(LENGTH, 1)[1].split(b"\r\n", 1)[0])


class Poster:
    """One connection; it takes the next request when it has the answer to the last."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began, self.answer = 0.0, b""

    def post(self, request: bytes) -> None:
        self.began, self.answer = time.perf_counter(), b""
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take in what has come; true when that was the rest of an answer."""
        came = self.socket.recv(65536)
        if not came:
            raise ConnectionError("the server closed the connection")
        self.answer += came
        return is_whole(self.answer)


def run(port: int, requests: list[bytes], connections: int) -> tuple[float, list[float], int]:
    """Post all requests; requests a second, the time of each in ms, and how many were not answered with 2xx."""
    taken: list[float] = []
    waiting, bad = iter(requests), 0
    selector = selectors.DefaultSelector()
    posters = [Poster(port) for _ in range(connections)]
    began = time.perf_counter()
    for poster in posters:
        selector.register(poster.socket, selectors.EVENT_READ, poster)
        poster.post(next(waiting))
    while len(taken) < len(requests):
        for key, _ in selector.select(60):
            poster = key.data
            if poster.read():
                taken.append((time.perf_counter() - poster.began) * 1000)
                bad += not poster.answer.startswith(b"HTTP/1.1 2")
                if (request := next(waiting, None)) is not None:
                    poster.post(request)
    return len(requests) / (time.perf_counter() - began), taken, bad


if __name__ == "__main__":
    port, file, connections = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    rate, taken, bad = run(port, [prepared(request) for request in json.loads(file.read_text())], connections)
    taken.sort()
    print(json.dumps({"rate": rate, "p50": taken[len(taken) // 2], "p99": taken[int(len(taken) * 0.99)], "bad": bad}))
