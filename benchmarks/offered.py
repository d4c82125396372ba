"""Posts signed texts at the moments they are due, whatever the server does: a process of its own beside the server.

    python -m benchmarks.offered PORT FILE CONNECTIONS [--until-closed]

FILE is a JSON list of requests with `due`, in seconds from the start, in order. A request whose moment has come takes an
idle connection, or waits for one: the wait is part of its time, so that a server that stalls cannot hide it. A connection
that the server closed is opened anew, and what was under way on it is posted again, as the carrier would. With
--until-closed it ends when its standard input does. Prints JSON: when it began, and of each answer the index, the second
it was due, the milliseconds from then, and the status.
"""

import json
import selectors
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

from benchmarks.load import Poster, prepared

TRIES = 3


class Offering:
    """What is due, which connections are idle, and what came back."""

    def __init__(self, port: int, requests: list[tuple[float, bytes]], connections: int) -> None:
        self.port, self.requests = port, requests
        self.selector = selectors.DefaultSelector()
        self.idle: list[Poster | None] = [None] * connections
        self.busy: dict[Poster, tuple[int, int]] = {}
        self.waiting: deque[tuple[int, int]] = deque()
        self.answers: list[tuple[int, float, float, int]] = []
        self.next = self.again = 0
        self.is_open = True

    def run(self, until_closed: bool) -> dict[str, Any]:
        """Post everything, or what is due until the standard input ends."""
        if until_closed:
            self.selector.register(sys.stdin, selectors.EVENT_READ, None)
        began_at, self.began = time.time(), time.perf_counter()
        while self.busy or self.waiting or (self.is_open and self.next < len(self.requests)):
            self.take_due()
            while self.waiting and self.idle:
                self.post(*self.waiting.popleft())
            for key, _ in self.selector.select(self.patience()):
                self.hear(key.data)
        self.close()
        return {"began": began_at, "answers": self.answers, "again": self.again}

    def close(self) -> None:
        for poster in filter(None, self.idle):
            poster.socket.close()
        self.selector.close()

    def elapsed(self) -> float:
        return time.perf_counter() - self.began

    def take_due(self) -> None:
        while self.is_open and self.next < len(self.requests) and self.requests[self.next][0] <= self.elapsed():
            self.waiting.append((self.next, 1))
            self.next += 1

    def patience(self) -> float:
        """How long nothing but an answer can happen."""
        if self.is_open and self.next < len(self.requests):
            return max(0.0, self.requests[self.next][0] - self.elapsed())
        return 0.1

    def post(self, index: int, attempt: int) -> None:
        """Post on an idle connection, or on a new one."""
        poster = self.idle.pop() or self.connected()
        self.busy[poster] = (index, attempt)
        try:
            poster.post(self.requests[index][1])
        except OSError:
            self.lost(poster)

    def connected(self) -> Poster:
        poster = Poster(self.port)
        self.selector.register(poster.socket, selectors.EVENT_READ, poster)
        return poster

    def hear(self, poster: Poster | None) -> None:
        """Take in what a connection says; None is the standard input, which only ends."""
        if poster is None:
            self.selector.unregister(sys.stdin)
            self.is_open = False
            return
        try:
            whole = poster.read()
        except OSError:
            self.lost(poster)
            return
        if whole and poster in self.busy:
            index, _ = self.busy.pop(poster)
            due = self.requests[index][0]
            self.answers.append((index, due, (self.elapsed() - due) * 1000, int(poster.answer[9:12])))
            self.idle.append(poster)

    def lost(self, poster: Poster) -> None:
        """A connection that is gone: idle ones are dropped, of a busy one the request is posted again a few times."""
        self.selector.unregister(poster.socket)
        poster.socket.close()
        if poster not in self.busy:
            self.idle[self.idle.index(poster)] = None
            return
        index, attempt = self.busy.pop(poster)
        self.idle.insert(0, None)
        self.again += 1
        if attempt < TRIES:
            self.waiting.appendleft((index, attempt + 1))
        else:
            due = self.requests[index][0]
            self.answers.append((index, due, (self.elapsed() - due) * 1000, 0))


def main() -> None:
    port, file, connections = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    requests = [(each["due"], prepared(each)) for each in json.loads(file.read_text())]
    print(json.dumps(Offering(port, requests, connections).run("--until-closed" in sys.argv)))


if __name__ == "__main__":
    main()
