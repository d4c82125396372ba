"""The season's loop: time goes from one due moment to the next, the worker ticks, people answer what has arrived."""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, event, select

from hvbot.bootstrap import build_runtime
from hvbot.clock import MovableClock
from hvbot.conversation.state import from_json
from hvbot.models import Conversation, lookup_hash
from hvbot.runtime import Runtime
from hvbot.services.inbound import Incoming, receive
from hvbot.services.upcoming import LEASES, WAITING, next_due
from hvbot.settings import Settings
from hvbot.simulation.carrier import Entry, LoggingCarrier, WorkerDied
from hvbot.simulation.tempers import Phrasebook, Question, afterthought, next_saying
from hvbot.simulation.world import Person
from hvbot.worker import TASKS, Task

STEP = timedelta(minutes=5)
CHUNK = 500
TOO_OFTEN = 400
# What queues texts comes before what sends them; what looks for delays comes when everything is done.
OFTEN = [task for task in TASKS[::-1] if task.every_s < 60]
RARE = [task for task in TASKS if task.every_s >= 60]
# Alarms look at a whole day's texts: at each step of the grid they would cost more than all that is sent in it.
RARE_EVERY = timedelta(minutes=15)
# A season that the machine's failure cuts short is played again; waiting for the disk would be most of what it does.
CARELESS = {"sqlite": "PRAGMA synchronous=OFF", "postgresql": "SET synchronous_commit = off"}
CONTACTS: Any = Conversation.__table__
THREADS = select(CONTACTS.c.address_hash, CONTACTS.c.state, CONTACTS.c.language).where(
    CONTACTS.c.address_hash.in_(bindparam("keys", expanding=True))
)


class Stuck(RuntimeError):
    """The worker finds something to do without end."""


@dataclass(order=True)
class Coming:
    """A text that somebody will write."""

    at: datetime
    place: int
    number: str = field(compare=False)
    words: str = field(compare=False)


@dataclass
class Season:
    """One program on one database, in virtual time. `runtime` is replaced when a worker dies."""

    settings: Settings
    clock: MovableClock
    carrier: LoggingCarrier
    people: dict[str, Person]
    seed: int
    runtime: Runtime
    coming: list[Coming] = field(default_factory=list)
    asked: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seen: int = 0
    texts: int = 0
    rarely: dict[str, datetime] = field(default_factory=dict)
    book: Phrasebook = field(init=False)

    def __post_init__(self) -> None:
        self.book = Phrasebook(self.runtime.catalogue.lexicons)

    # People -----------------------------------------------------------------------------------------------------

    def people_read(self) -> None:
        """Whoever got something new since the last time thinks about an answer."""
        new = sorted({entry.number for entry in self.carrier.entries[self.seen :] if entry.kind == "sent"})
        self.seen = len(self.carrier.entries)
        for first in range(0, len(new), CHUNK):
            self.some_read([number for number in new[first : first + CHUNK] if number in self.people])

    def some_read(self, numbers: Sequence[str]) -> None:
        """Look at the question each of them was asked last."""
        key = self.runtime.settings.lookup_key
        keys = {lookup_hash(key, number): number for number in numbers}
        with self.runtime.sessions() as session:
            threads = session.execute(THREADS, {"keys": list(keys)}).all()
        for thread in sorted(threads, key=lambda row: keys[row.address_hash]):
            self.think(self.people[keys[thread.address_hash]], thread)

    def think(self, person: Person, thread: Any) -> None:
        """Decide on an answer to the newest question, and when it will be written."""
        question = from_json(thread.state).newest(self.clock.now())
        if question is None:
            return
        times = self.asked[person.number]
        asked = Question(
            person.temper,
            person.staff,
            question.step,
            times[question.step],
            len(question.options),
            thread.language,
        )
        times[question.step] += 1
        chance = random.Random(f"{self.seed}:{person.number}:{sum(times.values())}")  # noqa: S311 - people to order
        saying = next_saying(asked, self.book, chance)
        if saying:
            self.will_write(person, saying.after, saying.words)

    def will_write(self, person: Person, after: timedelta, words: str) -> None:
        """Somebody will write, and perhaps have second thoughts."""
        self.texts += 1
        heapq.heappush(self.coming, Coming(self.clock.now() + after, self.texts, person.number, words))
        later = afterthought(person.temper, words)
        if later:
            self.will_write(person, after + later.after, later.words)

    def people_write(self) -> None:
        """Everybody whose time has come writes."""
        while self.coming and self.coming[0].at <= self.clock.now():
            coming = heapq.heappop(self.coming)
            self.text(coming.number, coming.words, f"SM{coming.place:032x}")

    def text(self, number: str, words: str, sid: str) -> None:
        """Somebody's text passes through the carrier to us; now and then it is posted twice."""
        self.carrier.note(Entry("heard", self.clock.now(), number, words, sid))
        self.carrier.hears(number, words)
        copies = 1 + (self.carrier.chance(f"repeat:{sid}").random() < self.carrier.weather.repeated)
        for _ in range(copies):
            receive(self.runtime, Incoming(carrier_id=sid, sender=number, body=words))
        self.carrier.note(Entry("answer", self.clock.now(), number, words, sid, status=200))

    # Time -------------------------------------------------------------------------------------------------------

    def run_until(self, moment: datetime) -> None:
        """Let time pass, stopping wherever something falls due or somebody writes."""
        while (due := self.next_moment(moment)) is not None:
            self.clock.move_to(rounded_up(due))
            self.people_write()
            self.tick()
            self.people_read()
        self.clock.move_to(max(moment, self.clock.now()))

    def next_moment(self, until: datetime) -> datetime | None:
        """The next moment at which something is to be done, at most `until`."""
        now = self.clock.now()
        with self.runtime.sessions() as session:
            moments = [next_due(session, now, until, (*WAITING, *LEASES))]
        moments += [coming.at for coming in self.coming[:1]] + [late[0] for late in self.carrier.late[:1]]
        return min((max(each, now + STEP) for each in moments if each and each <= until), default=None)

    def tick(self) -> None:
        """Do everything that is due now, the rare tasks last; a worker that dies is followed by another."""
        for _ in range(TOO_OFTEN):
            try:
                if not sum(self.do_all(task.do, once=not task.until_done) for task in OFTEN):
                    break
            except WorkerDied:
                self.restart()
        else:
            raise Stuck(f"the worker found something to do {TOO_OFTEN} times at {self.clock.now()}")
        for task in RARE:
            self.do_rarely(task)

    def do_rarely(self, task: Task) -> None:
        """Do one of the rare tasks at its own interval, and no more than four times an hour."""
        now = self.clock.now()
        every = max(timedelta(seconds=task.every_s), RARE_EVERY)
        if now - self.rarely.get(task.name, now - every) >= every:
            self.rarely[task.name] = now
            task.do(self.runtime)

    def do_all(self, do: Callable[[Runtime], int], *, once: bool) -> int:
        """Do one task until nothing is left; how much it did."""
        done = 0
        while some := do(self.runtime):
            done += some
            if once:
                return 0
        return done

    def restart(self) -> None:
        """Go on as another process would: with nothing but what the database keeps, every task due at once."""
        self.rarely.clear()
        self.runtime.engine.dispose()
        self.runtime = open_runtime(self.settings, self.carrier, self.clock)


def rounded_up(moment: datetime) -> datetime:
    """A moment on the season's grid: what falls due within five minutes is done together."""
    seconds = STEP.total_seconds()
    return datetime.fromtimestamp(-(-moment.timestamp() // seconds) * seconds, UTC)


def wait_for_no_disk(statement: str, connection: Any, _record: object) -> None:
    """Let a commit be done before it is on the disk."""
    cursor = connection.cursor()
    cursor.execute(statement)
    cursor.close()
    connection.commit()


def open_runtime(settings: Settings, carrier: LoggingCarrier, clock: MovableClock) -> Runtime:
    """A process's runtime on the season's database. It dies with a worker that the carrier has seen die."""
    runtime = build_runtime(settings, channel=carrier, clock=clock)
    event.listen(runtime.engine, "connect", partial(wait_for_no_disk, CARELESS[runtime.engine.dialect.name]))
    connected = runtime.connected

    @contextmanager
    def mortal() -> Iterator[Connection]:
        carrier.let_die()
        with connected() as connection:
            yield connection

    return replace(runtime, connected=mortal)
