"""Posts signed texts over kept-alive connections and measures each answer: a process of its own beside the server."""

import http.client
import json
import sys
import threading
import time
from pathlib import Path


def run(port: int, requests: list[dict[str, object]], connections: int) -> tuple[float, list[float], int]:
    """Post all requests; requests a second, the time of each in ms, and how many were not answered with 2xx."""
    taken: list[float] = []
    bad = 0
    lock = threading.Lock()
    shares = [requests[n::connections] for n in range(connections)]

    def post(share: list[dict[str, object]]) -> None:
        nonlocal bad
        times, failed = [], 0
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for request in share:
            began = time.perf_counter()
            connection.request("POST", str(request["path"]), str(request["body"]), request["headers"])  # type: ignore[arg-type]
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - began) * 1000)
            failed += answer.status >= 300
        with lock:
            taken.extend(times)
            bad += failed

    threads = [threading.Thread(target=post, args=(share,)) for share in shares]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(requests) / (time.perf_counter() - began), taken, bad


if __name__ == "__main__":
    port, file, connections = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    rate, taken, bad = run(port, json.loads(file.read_text()), connections)
    taken.sort()
    print(json.dumps({"rate": rate, "p50": taken[len(taken) // 2], "p99": taken[int(len(taken) * 0.99)], "bad": bad}))
