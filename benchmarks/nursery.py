"""Processes of ours that are there in milliseconds: one process imports everything and forks `hvbot web` and `hvbot worker`.

A child runs the very command of the Procfile, in a group of its own; what it says goes to a file. All end when the nursery's standard input does.
"""

import gc
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from benchmarks.standin import ROOT


class Nursery:
    """The other end: asks for processes by the names of their commands."""

    def __init__(self, around: dict[str, str], log: Path) -> None:
        command = [sys.executable, "-m", "benchmarks.nursery", str(log)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, env=around, stdin=pipe, stdout=pipe, text=True)
        self.ask("ready")

    def ask(self, word: str) -> int:
        assert self.process.stdin
        assert self.process.stdout
        print(word, file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def start(self, command: str) -> int:
        """Start a process; its id, which is also its group's."""
        return self.ask(command)

    def is_gone(self, pid: int) -> bool:
        """Tell whether a process has ended; its id is free again from then on."""
        return bool(self.ask(f"gone {pid}"))

    def close(self) -> None:
        self.process.communicate()


def preload() -> None:
    """Import what both commands import, also what they import late; no thread and no connection comes of it."""
    import twilio.rest
    import urllib3.exceptions
    from requests.adapters import HTTPAdapter
    from twilio.http.http_client import TwilioHttpClient

    import hvbot.cli.webserver
    import hvbot.web.app
    import hvbot.worker
    from hvbot.bootstrap import shipped_catalogue

    twilio.rest.Client("AC", "x").messages  # noqa: B018 - imported at its first use
    assert all((urllib3.exceptions, HTTPAdapter, TwilioHttpClient, hvbot.web.app, hvbot.cli.webserver, hvbot.worker))
    shipped_catalogue()
    gc.freeze()


def born(command: str, log: Path) -> int:
    """Fork a process that runs a command of ours to its end."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setsid()
        said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for stream, target in ((0, os.open(os.devnull, os.O_RDONLY)), (1, said), (2, said)):
            os.dup2(target, stream)
        from hvbot.cli import main

        main([command], standalone_mode=False)
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    log, children = Path(sys.argv[1]), set[int]()
    preload()
    for line in sys.stdin:
        word, _, pid = line.strip().partition(" ")
        if word == "ready":
            print(0, flush=True)
        elif word == "gone":
            ended = int(pid) not in children or os.waitpid(int(pid), os.WNOHANG)[0] != 0
            children -= {int(pid)} if ended else set()
            print(int(ended), flush=True)
        else:
            children.add(child := born(word, log))
            print(child, flush=True)
    for child in children:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
