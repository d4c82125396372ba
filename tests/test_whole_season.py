"""A week of forty families in three languages, two workers on PostgreSQL and a carrier that loses and repeats things."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hvbot.channels.simulator import Faults
from hvbot.models import Consent, InboundText, Invitation, OutboundText, Program, Visit
from hvbot.services.roster import apply_import
from hvbot.services.rounds import start_round
from hvbot.services.upcoming import WAITING
from hvbot.worker import TASKS
from tests.support import builders
from tests.support.invariants import violations
from tests.support.oneroster import write_bundle, write_staff
from tests.support.season import Season, open_runtime, open_season

FAULTS = Faults(busy=0.05, lost_after=0.02, twice=0.2)
PATIENCE_S = 60.0
DAYS = 9
LANGUAGES = ("es", "en", "ar")
YES = {"es": "sí", "en": "Yes!", "ar": "نعم"}
OWN_STOP = {"es": "ya no me manden mensajes", "en": "please stop texting me", "ar": "لا ترسلوا لي رسائل"}
CHANGE = {"es": "cambiar", "en": "change", "ar": "تغيير"}
OFF = {"es": "ya no queremos la visita", "en": "cancel the visit", "ar": "إلغاء الزيارة"}
OWN_TIME = {"es": "el jueves a las 4:30 de la tarde", "en": "thursday 4:30 pm", "ar": "الخميس 4:30 مساء"}


def scripts(language: str) -> tuple[tuple[str, ...], ...]:
    """What families of ten kinds write, one text at a time."""
    yes = YES[language]
    return (
        (yes, "1", "1", "1", "1"),
        ("1", "0", "2", "1", "1"),
        (yes, "2", CHANGE[language], "3", "1"),
        ("STOP", "hello?"),
        (yes, OWN_STOP[language], "1"),
        ("2", "1"),
        (),
        (yes, OWN_TIME[language], "1", "1", "1"),
        ("3",),
        (yes, "1", OFF[language]),
    )


FAMILIES = [(f"family{n:02}", f"+1202555{100 + n:04d}", LANGUAGES[n // 10 % 3]) for n in range(40)]
TEACHERS = [(f"teacher{n}", f"+1202555{180 + n:04d}") for n in range(10)]


@dataclass
class Writer:
    """Somebody who writes the next text of a script whenever something new has arrived."""

    number: str
    script: list[str]
    read: int = 0

    def next_text(self, season: Season) -> str | None:
        arrived = len(season.bodies(self.number))
        if not self.script or arrived == self.read:
            return None
        self.read = arrived
        return self.script.pop(0)


@dataclass
class Teacher:
    """Answers what is asked: yes, it happened; and some of them cannot go, once."""

    number: str
    cannot: bool
    read: int = 0

    def next_text(self, season: Season) -> str | None:
        new, self.read = season.bodies(self.number)[self.read :], len(season.bodies(self.number))
        if any("is set" in body for body in new) and self.cannot:
            self.cannot = False
            return "2"
        if any("did it happen" in body or "Can you take" in body for body in new):
            return "1"
        return None


@dataclass
class Worker:
    """A worker process in a thread: its own engine, its own loop."""

    season: Season
    stop: threading.Event = field(default_factory=threading.Event)
    problems: list[BaseException] = field(default_factory=list)

    def work(self) -> None:
        runtime = open_runtime(self.season.database_url, self.season.carrier, self.season.clock)
        try:
            while not self.stop.is_set():
                for task in TASKS:
                    task.do(runtime)
                self.stop.wait(0.02)
        except BaseException as problem:
            self.problems.append(problem)
        finally:
            runtime.engine.dispose()


@contextmanager
def workers(season: Season, count: int) -> Iterator[list[Worker]]:
    running = [Worker(season) for _ in range(count)]
    threads = [threading.Thread(target=worker.work) for worker in running]
    for thread in threads:
        thread.start()
    try:
        yield running
    finally:
        for worker, thread in zip(running, threads, strict=True):
            worker.stop.set()
            thread.join(PATIENCE_S)


def settle(season: Season, running: Sequence[Worker]) -> None:
    """Wait until the workers have done everything that is due. Time goes on meanwhile: what failed is tried again."""
    end = time.monotonic() + PATIENCE_S
    while is_busy(season):
        assert not any(worker.problems for worker in running), [worker.problems for worker in running]
        assert time.monotonic() < end, "the workers do not get done"
        time.sleep(0.05)
        season.clock.advance(seconds=1)


def is_busy(season: Season) -> bool:
    now = season.clock.now()
    with season.runtime.sessions() as session:
        due = any(session.scalar(found.where(column <= now)) for found, column in WAITING)
        doubtful = (OutboundText.status == "unknown") & OutboundText.reason.is_distinct_from("not found")
        flying = session.scalar(select(func.count()).where((OutboundText.status == "sending") | doubtful))
    return due or bool(flying) or bool(season.carrier.waiting)


def pass_time(season: Season, running: Sequence[Worker], until: object, people: Sequence[Writer | Teacher]) -> None:
    """Move the clock from one due moment to the next; people answer, several at once, what has arrived."""
    settle(season, running)
    answer(season, running, people)
    while due := season.next_due(until):  # type: ignore[arg-type]
        season.clock.move_to(due)
        settle(season, running)
        answer(season, running, people)
    season.clock.move_to(until)  # type: ignore[arg-type]


def answer(season: Season, running: Sequence[Worker], people: Sequence[Writer | Teacher]) -> None:
    """Everybody who has something new writes at once; then again, until nobody has more to say."""
    while texts := [(person.number, words) for person in people if (words := person.next_text(season)) is not None]:
        season.clock.advance(minutes=3)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda text: season.text(*text), texts))
        settle(season, running)


def prepare(season: Season, folder: Path) -> None:
    """The roster comes in twice, first from the information system; a round is made and started."""
    days = [date(2026, 12, 2) + timedelta(days=n) for n in range(14)]
    free = [(f"{day}T15:00", f"{day}T19:00") for day in days if day.weekday() < 5]
    bundle = apply_import(season.runtime, write_bundle(folder / "roster.zip", FAMILIES, TEACHERS))
    assert bundle.format == "OneRoster 1.1"
    apply_import(season.runtime, write_staff(folder / "staff", TEACHERS, free))
    season.program_id = season.one(select(Program.id))
    builders.a_round(season)


def cast() -> list[Writer | Teacher]:
    families = [Writer(number, list(scripts(language)[n % 10])) for n, (_, number, language) in enumerate(FAMILIES)]
    return [*families, *(Teacher(number, cannot=n in {3, 6}) for n, (_, number) in enumerate(TEACHERS))]


def count(season: Season, column: object) -> Counter[str]:
    return Counter(season.rows(select(column)))  # type: ignore[call-overload]


@pytest.fixture
def season(postgres_url: str) -> Iterator[Season]:
    season = open_season(postgres_url, faults=FAULTS)
    season.carrier.seed = 7
    yield season
    season.runtime.engine.dispose()


def test_a_week_of_forty_families_breaks_no_promise(season: Season, tmp_path: Path) -> None:
    prepare(season, tmp_path)
    people = cast()

    with workers(season, 2) as running:
        started = start_round(season.runtime, season.round_id)
        pass_time(season, running, season.clock.now() + timedelta(days=DAYS), people)

    assert (started.homes, started.texts) == (40, 40)
    assert violations(season) == []
    assert count(season, OutboundText.status).keys() <= {"delivered", "queued", "dropped"}
    assert count(season, InboundText.status).keys() == {"received"}
    ended = count(season, Invitation.status)
    assert (ended["opted_out"], ended["unreachable"], ended["waiting"]) == (8, 4, 4), ended
    assert ended["done"] >= 8, ended
    assert count(season, Visit.status)["moved"] >= 3
    assert count(season, Consent.kind)["granted"] >= 20
