"""`hvbot simulate`: the world is made from the seed, imported, asked, and lived through day by day."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy import func, inspect, select

from hvbot.bootstrap import shipped_catalogue
from hvbot.channels.simulator import NO_FAULTS, Faults
from hvbot.clock import MovableClock
from hvbot.models import Program, schema
from hvbot.runtime import Runtime
from hvbot.services.closing import close_school
from hvbot.services.programs import the_program
from hvbot.services.roster import apply_import
from hvbot.services.rounds import create_round, start_round
from hvbot.settings import Settings, load_settings
from hvbot.simulation.carrier import FAIR, LoggingCarrier, Weather
from hvbot.simulation.outcome import Outcome, measure
from hvbot.simulation.season import Season, open_runtime
from hvbot.simulation.staff import Desk, open_desk
from hvbot.simulation.watch import Watch
from hvbot.simulation.world import Plan, make_world, write_roster

FIRST_DAY = date(2026, 9, 14)
OPENING, OFFICE_OPENS, DAY_ENDS = time(10), time(9), time(22)
ZONE = ZoneInfo("America/New_York")
FAULTS = Faults(busy=0.02, lost_before=0.005, lost_after=0.005, dead=0.02, twice=0.1, never=0.03)
WEATHER = Weather(late=0.05, repeated=0.03, killed=0.004)
OUTAGE = timedelta(hours=6)
OUTAGES_EVERY = 14
SNOW_EVERY, SNOW_SEEN = 8, time(6)
SUNDAY = 6

AFTERWARDS = 2  # days, in which the last visits are spoken of

Progress = Callable[[int, int], None]


class NotEmpty(ValueError):
    """The database that was named holds a program."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to play. `url` empty: SQLite in a temporary folder."""

    schools: int = 3
    educators: int = 18
    families: int = 120
    seed: int = 1
    days: int = 42
    faults: bool = False
    url: str = ""
    languages: tuple[str, ...] = ()


def simulate(wanted: Wanted, progress: Progress | None = None) -> Outcome:
    """Play a season through; the same wish gives the same season.

    Raises:
        NotEmpty: the database holds a program already.
    """
    with TemporaryDirectory(prefix="hvbot-season-") as folder:
        settings = load_settings(
            database_url=wanted.url or f"sqlite:///{folder}/season.db",
            secret_key=f"season {wanted.seed}",
            HVBOT_CHANNEL="simulator",
            # What the environment says of the real installation is none of a season's business.
            heartbeat_url="",
            metrics_token="",
            metrics_port=None,
        )
        with opened(wanted, settings, Path(folder)) as (season, desk):
            return play(wanted, season, desk, progress)


@contextmanager
def opened(wanted: Wanted, settings: Settings, folder: Path) -> Iterator[tuple[Season, Desk]]:
    """Tables, people, the round on its way."""
    random.seed(wanted.seed)  # what hvbot draws by lot: when to try again, whose turn it is
    clock = MovableClock(datetime.combine(FIRST_DAY, OPENING, ZONE).astimezone(UTC))
    carrier = LoggingCarrier(
        clock,
        wanted.seed,
        FAULTS if wanted.faults else NO_FAULTS,
        WEATHER if wanted.faults else FAIR,
        bodies=False,
    )
    season = Season(settings, clock, carrier, {}, wanted.seed, open_runtime(settings, carrier, clock))
    try:
        refuse_used(season.runtime)
        schema.upgrade(season.runtime.engine)
        world = make_world(plan_of(wanted))
        write_roster(world, folder / "roster")
        apply_import(season.runtime, folder / "roster")
        ask_everybody(season.runtime, wanted)
        season.people = world.people
        yield season, open_desk(season.runtime, wanted.seed)
    finally:
        season.runtime.engine.dispose()


def refuse_used(runtime: Runtime) -> None:
    """A season goes into a database of its own."""
    if not inspect(runtime.engine).has_table(Program.__tablename__):
        return
    with runtime.sessions() as session:
        if session.scalar(select(func.count(Program.id))):
            raise NotEmpty("that database holds a program: name an empty one with --db, or leave --db out")


def plan_of(wanted: Wanted) -> Plan:
    ready = tuple(sorted(code for code in shipped_catalogue().languages if shipped_catalogue().ready(code)))
    return Plan(
        wanted.schools,
        wanted.educators,
        wanted.families,
        wanted.seed,
        FIRST_DAY,
        wanted.days,
        wanted.languages or ready,
    )


def ask_everybody(runtime: Runtime, wanted: Wanted) -> None:
    """Create the round and start it."""
    now = runtime.clock.now()
    with runtime.writing() as session:
        made = create_round(
            session,
            program_id=the_program(session, now).id,
            name=f"Season {wanted.seed}",
            starts_on=FIRST_DAY,
            ends_on=FIRST_DAY + timedelta(days=wanted.days - 1),
            seed=wanted.seed,
            now=now,
        )
        round_id = made.id
    start_round(runtime, round_id)


def play(wanted: Wanted, season: Season, desk: Desk, progress: Progress | None) -> Outcome:
    """Live through the days; after each the promises are checked."""
    watch = Watch(season.clock.now() - timedelta(days=1))
    outages, snow = outages_of(wanted), snow_of(wanted)
    settled = 0
    season.tick()
    for number in range(wanted.days + AFTERWARDS):
        day = FIRST_DAY + timedelta(days=number)
        season.carrier.away = outages.get(day, season.carrier.away)
        settled += live(season, desk, day, snow.get(day))
        watch.look(season.runtime, season.carrier)
        if progress:
            progress(number + 1, wanted.days + AFTERWARDS)
    faults = {"workers killed": season.carrier.deaths, "outages of six hours": len(outages)}
    return measure(
        season.runtime,
        wanted.seed,
        watch,
        {**faults, "schools closed for a day": len(snow), "matters settled": settled},
    )


def outages_of(wanted: Wanted) -> dict[date, tuple[datetime, datetime]]:
    """The days on which the carrier is away for six hours, with the moments between which it is."""
    if not wanted.faults:
        return {}
    chance = Random(f"faults:{wanted.seed}")  # noqa: S311 - faults to order
    days = [FIRST_DAY + timedelta(days=number) for number in range(1, wanted.days)]
    begins = {day: at(day, time(chance.randint(8, 16))) for day in days if chance.random() < 1 / OUTAGES_EVERY}
    return {day: (begin, begin + OUTAGE) for day, begin in begins.items()}


def snow_of(wanted: Wanted) -> dict[date, str]:
    """The days on which a school does not open, and which one."""
    if not wanted.faults:
        return {}
    chance = Random(f"snow:{wanted.seed}")  # noqa: S311 - snow to order
    days = [FIRST_DAY + timedelta(days=number) for number in range(1, wanted.days)]
    return {day: f"school{chance.randrange(wanted.schools)}" for day in days if chance.random() < 1 / SNOW_EVERY}


def live(season: Season, desk: Desk, day: date, closed: str | None = None) -> int:
    """One day: perhaps a school stays closed; the office opens, works its list, and goes home; how many matters it settled."""
    if closed:
        season.run_until(at(day, SNOW_SEEN))
        close_school(season.runtime, closed, day, "Snow")
    season.run_until(at(day, OFFICE_OPENS))
    settled = desk.work(season.runtime) if day.weekday() != SUNDAY else 0
    season.tick()
    season.run_until(at(day, DAY_ENDS))
    return settled


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE).astimezone(UTC)
