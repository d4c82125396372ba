"""The manual's backup and restore, done as it says: what was lost since is learned again before anything leaves."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from hvbot.channels.twilio import TwilioChannel
from hvbot.clock import WallClock
from hvbot.models import Conversation, Program
from hvbot.services.outbox import send_due
from hvbot.services.reconciling import reconcile
from tests.support.carrier import ACCOUNT, SERVICE, TOKEN, lay_out, runtime_for, settings_for
from tests.support.fake_twilio import FakeTwilio
from tests.support.postgres import programs

pytestmark = pytest.mark.processes
ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "operations.md").read_text()
PYTHON = f'#!/bin/sh\nPYTHONPATH="{ROOT}:$PYTHONPATH" exec "{sys.executable}" "$@"\n'
HVBOT = f'#!/bin/sh\nPYTHONPATH="{ROOT}:$PYTHONPATH" exec "{sys.executable}" -m hvbot "$@"\n'


def commands(what: str) -> str:
    """The manual's commands for one step of the drill."""
    block = re.search(rf"<!-- drill: {what} -->\n\n((?:    .+\n)+)", MANUAL)
    assert block, f"the manual does not say how to do {what}"
    return block[1]


@dataclass
class School:
    """A school on one database, in a folder of its own, with the shell of whoever operates it."""

    kind: str
    folder: Path
    url: str
    twilio: FakeTwilio

    def shell(self, script: str, *, must: bool = True) -> str:
        environment = {
            "PATH": f"{programs()}:{os.environ['PATH']}",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "HVBOT_CHANNEL": "twilio",
            "SECRET_KEY": "test-secret-of-the-drill",
            "PUBLIC_URL": "http://127.0.0.1:8000",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_MESSAGING_SERVICE_SID": SERVICE,
            "TWILIO_API_URL": self.twilio.url,
        }
        if self.kind == "postgresql":
            environment["DATABASE_URL"] = self.url.replace("+psycopg", "")
        options = ["-e"] if must else []
        done = subprocess.run(
            ["sh", *options, "-c", script],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not must or done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def step(self, what: str) -> str:
        return self.shell(commands(f"{self.kind} {what}"))

    def lose(self) -> None:
        """The database is gone."""
        if self.kind == "sqlite":
            for part in ("", "-wal", "-shm"):
                (self.folder / "var" / f"hvbot.db{part}").unlink(missing_ok=True)
            return
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as admin:
            admin.execute("DROP SCHEMA public CASCADE")
            admin.execute("CREATE SCHEMA public")


@pytest.fixture(params=["sqlite", "postgresql"])
def school(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[School]:
    for name, script in (("python", PYTHON), ("hvbot", HVBOT)):
        file = tmp_path / ".venv" / "bin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(script)
        file.chmod(0o755)
    sqlite = f"sqlite:///{tmp_path}/var/hvbot.db"
    url = sqlite if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    with FakeTwilio(ACCOUNT, TOKEN) as twilio:
        number = {"sid": "PN" + "c" * 32, "phone_number": "+12025550100"}
        twilio.numbers.append(number)
        twilio.services[SERVICE] = {}
        twilio.pools["phone_numbers"] = [number]
        yield School(request.param, tmp_path, url, twilio)


def wrong(said: str) -> set[str]:
    return {line.removeprefix("wrong").strip() for line in said.splitlines() if line.startswith("wrong")}


@pytest.mark.fault(55)
def test_the_drill(school: School) -> None:
    school.shell(".venv/bin/hvbot db upgrade")
    more = {"twilio_api_url": school.twilio.url, "secret_key": "test-secret-of-the-drill"}
    runtime = runtime_for(school.url, TwilioChannel(settings_for(school.url, **more)), WallClock(), **more)
    place = lay_out(runtime)
    now = runtime.clock.now()
    place.change(Program, place.program, created_at=now - timedelta(days=7))
    rosa, kim = place.number(), place.number()
    place.text(rosa, "reminder", not_before=now)
    was_wrong = wrong(school.shell(".venv/bin/hvbot check", must=False))
    school.step("back up")

    send_due(runtime)
    assert [message.body for message in school.twilio.created] == ["text 1"]
    school.twilio.hears(place.get(Conversation, rosa).address, "please stop texting me", now)
    runtime.engine.dispose()
    school.lose()

    school.step("restore")
    found = wrong(school.shell(commands("after"), must=False)) - was_wrong
    assert {each.partition(":")[0] for each in found} <= {"sending is stopped", "the worker has never run"}
    assert "sending is stopped" in str(found)

    send_due(runtime)
    assert len(school.twilio.created) == 1, "nothing leaves while it is held back"
    reconcile(runtime)
    school.shell(".venv/bin/hvbot program set sending_paused=no")
    while send_due(runtime):
        pass
    with runtime.sessions() as session:
        consents = dict(session.execute(select(Conversation.id, Conversation.consent)).all())
    runtime.engine.dispose()

    assert consents == {rosa: "revoked", kim: "granted"}
    assert [message.body for message in school.twilio.created].count("text 1") == 1, "who ended texts gets none"
