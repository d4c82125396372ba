"""The stage of the demo: a clock that is moved by hand, and phones whose texts come in through the carrier's own door."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.clock import MovableClock
from hvbot.models import School, Visit
from hvbot.runtime import Runtime
from hvbot.services.upcoming import next_due
from hvbot.web.webhooks import sign

INBOUND = "/twilio/inbound"
DONE = 200
MOST_STOPS = 2000
LIVE = ("booked", "confirmed")
JUMPS: Mapping[str, str] = {
    "tonight": "Tonight, 7 PM",
    "evening": "The evening before the next visit",
    "soon": "Two hours before it",
    "after": "After it",
    "day": "One day later",
}
EVENING = time(18, 1)
TONIGHT = time(19, 0)

Post = Callable[[str, Mapping[str, str], Mapping[str, str]], int]


class NotTaken(RuntimeError):
    """The webhook did not take a text."""


@dataclass
class Stage:
    """`tick` does everything that is due; `post` sends a form to our own webhook and gives back the status."""

    runtime: Runtime
    clock: MovableClock
    tick: Callable[[], None]
    post: Post
    texts: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def writes(self, number: str, words: str) -> None:
        """Somebody sends a text: signed as the carrier signs, posted to where the carrier posts."""
        with self.lock:
            self.clock.advance(minutes=1)
            self.texts += 1
            form = {
                "MessageSid": f"SM{self.texts:032x}",
                "AccountSid": self.runtime.settings.twilio_account_sid,
                "From": number,
                "To": "+12025550100",
                "Body": words,
                "NumMedia": "0",
                "NumSegments": "1",
            }
            status = self.post(INBOUND, form, sign(self.runtime.settings, INBOUND, form))
            if status != DONE:
                raise NotTaken(f"the webhook answered {status}")
            self.tick()

    def wait_until(self, moment: datetime) -> None:
        """Let time pass, stopping wherever something falls due."""
        with self.lock:
            for _ in range(MOST_STOPS):
                due = self.next_due(moment)
                if due is None:
                    break
                self.clock.move_to(due)
                self.tick()
            if moment > self.clock.now():
                self.clock.move_to(moment)
            self.tick()

    def next_due(self, until: datetime) -> datetime | None:
        """The next moment at which something is to be done."""
        with self.runtime.sessions() as session:
            return next_due(session, self.clock.now(), until)

    def jump(self, name: str) -> bool:
        """Go to a named moment; false where there is none, as after a visit that is not set."""
        with self.runtime.sessions() as session:
            moment = moment_of(name, self.clock.now(), zone_of(session), next_visit(session, self.clock.now()))
        if moment is None or moment <= self.clock.now():
            return False
        self.wait_until(moment)
        return True


def zone_of(session: Session) -> ZoneInfo:
    """The sample school's zone."""
    return ZoneInfo(session.scalars(select(School.zone).order_by(School.id).limit(1)).one())


def next_visit(session: Session, now: datetime) -> Visit | None:
    """The visit that is next, or under way."""
    wanted = select(Visit).where(Visit.status.in_(LIVE), Visit.ends_at > now).order_by(Visit.starts_at).limit(1)
    return session.scalars(wanted).first()


def moment_of(name: str, now: datetime, zone: ZoneInfo, visit: Visit | None) -> datetime | None:
    """When a named moment is."""
    if name == "day":
        return now + timedelta(days=1)
    if name == "tonight":
        return next_at(now, TONIGHT, zone)
    if visit is None:
        return None
    evening = datetime.combine(visit.starts_at.astimezone(zone).date() - timedelta(days=1), EVENING, zone)
    return {
        "evening": evening,
        "soon": visit.starts_at - timedelta(minutes=119),
        "after": visit.ends_at + timedelta(minutes=75),
    }.get(name)


def next_at(now: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """The next time the school's clock shows that."""
    today = datetime.combine(now.astimezone(zone).date(), clock, zone)
    return today if today > now else datetime.combine(today.date() + timedelta(days=1), clock, zone)
