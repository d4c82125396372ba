"""The program, what can be set for it, and the rules about time that follow."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from math import inf
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.i18n.catalogue import Catalogue
from hvbot.models import ClosedDay, Program, School
from hvbot.scheduling.rules import TimeRules
from hvbot.services.sending import switch_sending

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SECONDS_A_DAY = 24 * 3600


class SettingProblem(ValueError):
    """A program setting is unknown or its value cannot be read."""


class Settled(Protocol):
    """A program as far as its settings go."""

    @property
    def id(self) -> int: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """A program's id and settings, read with something else."""

    id: int
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a program: its default as it is typed, what it means, and how it is read."""

    default: str
    meaning: str
    read: Callable[[str], Any]


def whole(low: int, high: int) -> Callable[[str], int]:
    """Read a whole number within bounds."""

    def read(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(f"must be from {low} to {high}")
        return number

    return read


def not_below_zero(text: str) -> float:
    """Read an amount."""
    amount = float(text)
    if not 0 <= amount < inf:
        raise ValueError("must be 0 or more")
    return amount


def days(text: str) -> frozenset[int]:
    """Read weekdays such as `mon,tue,sat`."""
    names = [name.strip().lower()[:3] for name in text.split(",") if name.strip()]
    return frozenset(WEEKDAYS.index(name) for name in names)


def yes_no(text: str) -> bool:
    """Read yes or no."""
    return {"yes": True, "no": False}[text.strip().lower()]


# Not kept with the settings: the outbox looks at its column at every turn, and the dashboard has the same switch.
SWITCH = "sending_paused"
PROGRAM_SETTINGS: dict[str, Setting] = {
    "name": Setting("Home visits", "name of the program", str),
    "told_minutes": Setting("30", "minutes of a visit as the family is told", whole(10, 120)),
    "held_minutes": Setting("45", "minutes held in the educators' calendars", whole(15, 180)),
    "travel_minutes": Setting("15", "minutes of travel kept free after a visit", whole(0, 180)),
    "notice_hours": Setting("24", "hours of notice before the earliest time that is offered", whole(0, 336)),
    "visit_days": Setting("mon,tue,wed,thu,fri,sat,sun", "days on which visits may be", days),
    "text_from": Setting("09:00", "unprompted texts leave from this time of the school's day", time.fromisoformat),
    "text_until": Setting("20:00", "unprompted texts leave until this time", time.fromisoformat),
    "text_days": Setting("mon,tue,wed,thu,fri,sat", "days on which unprompted texts leave", days),
    "texts_per_week": Setting("3", "unprompted texts to one number in seven days, at most", whole(1, 20)),
    "texts_per_month": Setting("8", "unprompted texts to one number in thirty days, at most", whole(1, 60)),
    "stop_after_hours": Setting(
        "24", "hours after which silence to 'the visit, or all texts?' ends all texts to that number", whole(1, 240)
    ),
    # Twilio takes no more from one account (63017); a toll-free number carries 3, a small registered campaign 4.
    "segments_per_second": Setting("2000", "SMS segments a second that the sender carries", whole(1, 10_000)),
    "segments_per_day": Setting(
        "200000",
        "segments a day; then invitations and nudges wait for the next, all else goes on; 0 is no limit",
        whole(0, 10_000_000),
    ),
    "segment_cents": Setting("0.83", "what one SMS segment costs, in US cents, for the estimate", float),
    "month_budget": Setting(
        "0", "US dollars for texts in a calendar month; at 80 percent a person is told; 0 tells nobody", not_below_zero
    ),
    "require_review": Setting("no", "use only languages whose texts a named reviewer has signed", yes_no),
    SWITCH: Setting(
        "no", "hold back every text of the program, at once; what waits leaves later if still true", yes_no
    ),
    "timezone": Setting("America/New_York", "zone of schools whose roster names none", lambda name: ZoneInfo(name).key),
}


def the_program(session: Session, now: datetime) -> Program:
    """The program of this deployment, created at first use."""
    program = session.scalars(select(Program).order_by(Program.id).limit(1)).first()
    if program is None:
        program = Program(name=PROGRAM_SETTINGS["name"].default, settings={}, created_at=now)
        session.add(program)
        session.flush()
    return program


def setting(program: Settled, key: str) -> Any:
    """What is set for a program, or the default."""
    definition = PROGRAM_SETTINGS[key]
    return definition.read(str(program.settings.get(key, definition.default)))


def languages_of(program: Settled, catalogue: Catalogue) -> frozenset[str]:
    """The languages a program texts in: complete, and signed where the program asks for that."""
    return catalogue.usable(signed=setting(program, "require_review"))


def ready_in(program: Settled, catalogue: Catalogue) -> Callable[[str], bool]:
    """Tell of a tag such as `es-MX` whether the program texts in its language."""
    codes = languages_of(program, catalogue)
    return lambda tag: catalogue.resolve(tag) in codes


def show_settings(session: Session, now: datetime) -> list[tuple[str, str, str]]:
    """Each setting with its value and its meaning."""
    program = the_program(session, now)
    return [
        (key, shown_value(program, key, definition), definition.meaning) for key, definition in PROGRAM_SETTINGS.items()
    ]


def shown_value(program: Program, key: str, definition: Setting) -> str:
    """What is set, as it is typed."""
    if key == SWITCH:
        return "yes" if program.sending_paused else "no"
    return str(program.settings.get(key, definition.default))


def set_setting(session: Session, assignment: str, now: datetime) -> tuple[str, str]:
    """Set `key=value`.

    Raises:
        SettingProblem: the key is unknown or the value cannot be read.
    """
    key, separator, value = assignment.partition("=")
    if not separator or key not in PROGRAM_SETTINGS:
        raise SettingProblem(f"'{assignment}': write KEY=VALUE with one of {', '.join(PROGRAM_SETTINGS)}")
    try:
        PROGRAM_SETTINGS[key].read(value)
    except (ValueError, KeyError) as problem:
        raise SettingProblem(f"{key}: '{value}' cannot be read ({PROGRAM_SETTINGS[key].meaning}): {problem}") from None
    program = the_program(session, now)
    if key == SWITCH:
        session.flush()
        switch_sending(session, program.id, paused=yes_no(value), user_id=None, now=now)
        return key, value
    program.settings = {**program.settings, key: value}
    if key == "name":
        program.name = value
    return key, value


def rules_for(session: Session, program: Program, school: School) -> TimeRules:
    """The rules about time at one school."""
    closed = session.scalars(select(ClosedDay.day).where(ClosedDay.school_id == school.id)).all()
    return time_rules(program, school.zone, school.visit_from, school.visit_until, closed)


def time_rules(
    program: Settled, zone: str, visit_from: time, visit_until: time, closed: Iterable[date] = ()
) -> TimeRules:
    """Put a program's settings and a school's hours together."""
    items = tuple(sorted((key, str(value)) for key, value in program.settings.items()))
    return cached_rules(items, zone, visit_from, visit_until, tuple(closed))


@lru_cache(maxsize=2048)
def cached_rules(
    items: tuple[tuple[str, str], ...], zone: str, visit_from: time, visit_until: time, closed: tuple[date, ...]
) -> TimeRules:
    given = dict(items)
    read = {key: definition.read(given.get(key, definition.default)) for key, definition in PROGRAM_SETTINGS.items()}
    return TimeRules(
        zone=ZoneInfo(zone),
        visit_from=visit_from,
        visit_until=visit_until,
        visit_days=read["visit_days"],
        closed=frozenset(closed),
        held=read["held_minutes"],
        told=read["told_minutes"],
        travel=read["travel_minutes"],
        notice_hours=read["notice_hours"],
        text_from=read["text_from"],
        text_until=read["text_until"],
        text_days=read["text_days"],
    )
