"""One sample family in a temporary database, for talking with the bot in the terminal."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hvbot.bootstrap import build_runtime
from hvbot.channels.simulator import SimulatorChannel
from hvbot.clock import MovableClock, WallClock
from hvbot.models import Conversation, Educator, OutboundText, schema
from hvbot.runtime import Runtime
from hvbot.services.inbound import Incoming, receive
from hvbot.services.nudging import queue_due_nudges
from hvbot.services.outbox import send_due
from hvbot.services.programs import the_program
from hvbot.services.reminding import queue_due_reminders
from hvbot.services.roster import apply_import
from hvbot.services.rounds import create_round, start_round
from hvbot.settings import load_settings

ZONE = ZoneInfo("America/New_York")
FAMILY = "+12025550123"
DAYS_WITH_TIMES = 28
ROSTER = {
    "schools.csv": "school_id,name,timezone\nlincoln,Lincoln School,America/New_York\n",
    "students.csv": "student_id,school_id,first_name,last_name,teacher_ids\ns1,lincoln,Mia,Lopez,t1\n",
    "guardians.csv": f"guardian_id,student_id,name,phone,language\ng1,s1,Rosa Lopez,{FAMILY},{{language}}\n",
    "educators.csv": "educator_id,school_id,name,phone,languages,trained_on,willing,partner_id\n"
    "t1,lincoln,Ms. Okafor,+12025550140,en;{language},2026-01-10,yes,t2\n"
    "t2,lincoln,Mr. Lee,+12025550141,en,2026-01-10,yes,t1\n",
}
SENT = (
    select(OutboundText.id, OutboundText.sent_at, OutboundText.body, Educator.name)
    .join(Conversation, Conversation.id == OutboundText.conversation_id)
    .outerjoin(Educator, Educator.conversation_id == Conversation.id)
    .where(OutboundText.sent_at.is_not(None))
    .order_by(OutboundText.id)
)


@dataclass
class Rehearsal:
    """A family's phone, those of its two educators, and a clock that moves when asked."""

    runtime: Runtime
    clock: MovableClock
    texts: int = 0
    shown: set[int] = field(default_factory=set)

    def says(self, line: str) -> None:
        """The family writes; or, with `/later HOURS`, time passes."""
        if line.startswith("/later"):
            self.wait(line.removeprefix("/later").strip())
            return
        self.texts += 1
        self.clock.advance(minutes=1)
        channel = self.runtime.channel
        assert isinstance(channel, SimulatorChannel)
        channel.hears(FAMILY, line)
        receive(self.runtime, Incoming(carrier_id=f"SM{self.texts:032d}", sender=FAMILY, body=line))

    def wait(self, hours: str) -> None:
        """Let hours pass, one by one, doing what falls due in each."""
        for _ in range(int(hours) if hours.isdecimal() else 1):
            self.clock.advance(hours=1)
            while queue_due_reminders(self.runtime):
                pass
            while queue_due_nudges(self.runtime):
                pass
            self.deliver()

    def deliver(self) -> None:
        while send_due(self.runtime):
            pass

    def heard(self) -> list[tuple[str, str, str]]:
        """What arrived since the last time: when, on whose phone, and the words."""
        self.deliver()
        with self.runtime.sessions() as session:
            new = [row for row in session.execute(SENT) if row.id not in self.shown]
        self.shown |= {row.id for row in new}
        return [
            (
                f"{row.sent_at.astimezone(ZONE):%a %b %d, %H:%M}",
                f"to {row.name}" if row.name else "hvbot",
                row.body,
            )
            for row in new
        ]


@contextmanager
def rehearsal(language: str) -> Iterator[Rehearsal]:
    """A family that has just been asked, in its language."""
    with TemporaryDirectory(prefix="hvbot-chat-") as folder:
        clock = MovableClock(ten_on_a_working_day(WallClock().now()))
        settings = load_settings(
            database_url=f"sqlite:///{folder}/chat.db",
            secret_key=secrets.token_urlsafe(),
            HVBOT_CHANNEL="simulator",
        )
        runtime = build_runtime(settings, channel=SimulatorChannel(clock), clock=clock)
        try:
            schema.upgrade(runtime.engine)
            ask_family(runtime, Path(folder) / "roster", language)
            yield Rehearsal(runtime, clock)
        finally:
            runtime.engine.dispose()


def ten_on_a_working_day(now: datetime) -> datetime:
    """The next weekday at ten, when an unprompted text may leave."""
    day = now.astimezone(ZONE).date()
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(10), ZONE).astimezone(UTC)


def ask_family(runtime: Runtime, folder: Path, language: str) -> None:
    """Import the sample roster and start a round for it."""
    today = runtime.clock.now().astimezone(ZONE).date()
    write_roster(folder, language, today)
    apply_import(runtime, folder)
    now = runtime.clock.now()
    with runtime.writing() as session:
        made = create_round(
            session,
            program_id=the_program(session, now).id,
            name="Rehearsal",
            starts_on=today,
            ends_on=today + timedelta(days=DAYS_WITH_TIMES),
            now=now,
        )
        round_id = made.id
    start_round(runtime, round_id)


def write_roster(folder: Path, language: str, today: date) -> None:
    """A family, a pair that teaches the child, and free afternoons."""
    folder.mkdir()
    for name, rows in ROSTER.items():
        (folder / name).write_text(rows.format(language=language), encoding="utf-8")
    days = (today + timedelta(days=count) for count in range(1, DAYS_WITH_TIMES))
    free = [f"{who},{day}T15:00,{day}T19:00" for day in days if day.weekday() < 5 for who in ("t1", "t2")]
    (folder / "availability.csv").write_text("\n".join(["educator_id,start,end", *free, ""]), encoding="utf-8")
