"""Rows that are valid as they are: a school, educators who go together, homes, a round."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from hvbot.models import (
    Availability,
    Conversation,
    Educator,
    Guardian,
    Household,
    HouseholdStudent,
    Pair,
    School,
    Student,
)
from hvbot.services.numbers import conversation_for
from hvbot.services.programs import the_program
from hvbot.services.rounds import Started, create_round, start_round
from tests.support.season import Season

FIRST_DAY, LAST_DAY = date(2026, 11, 30), date(2026, 12, 18)
AFTERNOON = (time(15), time(18))


def a_school(season: Season, name: str = "Lincoln Elementary", **more: Any) -> int:
    """A school in New York; the season's own if it is the first."""
    now = season.clock.now()
    with season.runtime.writing() as session:
        season.program_id = the_program(session, now).id
    more = {"ref": name.partition(" ")[0].lower(), "zone": season.zone.key, "language": "en", **more}
    school_id = season.add(School(program_id=season.program_id, name=name, **more))
    season.school_id = season.school_id or school_id
    return school_id


def a_number(season: Season, name: str, language: str = "en", number: str | None = None, **more: Any) -> int:
    """The conversation of a number, a new one of the range for fiction if none is given."""
    season.people[name] = number or season.people.get(name) or f"+1202555{next(season.numbers):04d}"
    with season.runtime.writing() as session:
        contact = conversation_for(
            session,
            season.runtime.settings,
            season.program_id,
            season.people[name],
            language=language,
            now=season.clock.now(),
        )
        for key, value in more.items():
            setattr(contact, key, value)
        session.flush()
        return contact.id


def an_educator(season: Season, name: str, *free: tuple[datetime, datetime], phone: bool = True, **more: Any) -> int:
    """A willing, trained educator with a phone and some free time."""
    conversation_id = a_number(season, name) if phone else None
    given = {
        "ref": name.replace(" ", "").replace(".", "").lower(),
        "school_id": season.school_id,
        "languages": ["en"],
        "trained_on": date(2026, 8, 1),
        **more,
    }
    row = Educator(program_id=season.program_id, name=name, conversation_id=conversation_id, **given)
    educator_id = season.add(row)
    gives_time(season, educator_id, *free)
    return educator_id


def gives_time(season: Season, educator_id: int, *free: tuple[datetime, datetime]) -> None:
    """An educator gives free time."""
    with season.runtime.writing() as session:
        session.add_all(
            Availability(program_id=season.program_id, educator_id=educator_id, starts_at=start, ends_at=end)
            for start, end in free
        )


def weekdays(
    season: Season, start: time = AFTERNOON[0], end: time = AFTERNOON[1], first: date = date(2026, 12, 2)
) -> Iterator[tuple[datetime, datetime]]:
    """The same hours on every weekday until the round ends."""
    for count in range((LAST_DAY - first).days + 1):
        day = first + timedelta(days=count)
        if day.weekday() < 5:
            yield on(season, day, start), on(season, day, end)


def on(season: Season, day: date, clock: time) -> datetime:
    """A moment by the school's clock."""
    return datetime.combine(day, clock, season.zone).astimezone(UTC)


def a_pair(season: Season, first: int, second: int, school_id: int | None = None) -> int:
    """Two educators who go together."""
    low, high = sorted((first, second))
    pair = Pair(program_id=season.program_id, school_id=school_id or season.school_id, first_id=low, second_id=high)
    return season.add(pair)


def a_home(
    season: Season,
    *adults: tuple[str, str],
    children: int = 1,
    school_id: int | None = None,
    students: tuple[int, ...] = (),
    ref: str | None = None,
    **more: Any,
) -> int:
    """A home of adults, each a name and a language, and children; `students` are children who have another home too."""
    first = ref or adults[0][0]
    home_id = season.add(Household(program_id=season.program_id, ref=f"home-{first}".lower()))
    for name, language in adults:
        an_adult(season, home_id, name, language, **more)
    new = tuple(
        a_student(season, f"{first}-{count}".lower(), school_id) for count in range(children if not students else 0)
    )
    with season.runtime.writing() as session:
        session.add_all(HouseholdStudent(household_id=home_id, student_id=student) for student in (*students, *new))
    return home_id


def an_adult(
    season: Season,
    home_id: int,
    name: str,
    language: str,
    number: str | None = None,
    *,
    phone: bool = True,
    **more: Any,
) -> int:
    """An adult of a home who may be contacted."""
    conversation_id = a_number(season, name, language, number) if phone else None
    row = Guardian(
        program_id=season.program_id,
        ref=name.lower(),
        household_id=home_id,
        conversation_id=conversation_id,
        name=name,
        language=language,
        **more,
    )
    return season.add(row)


def a_student(season: Season, ref: str, school_id: int | None = None) -> int:
    """A child."""
    row = Student(
        program_id=season.program_id,
        ref=ref,
        school_id=school_id or season.school_id,
        first_name="Mia",
        last_name="Marker",
    )
    return season.add(row)


def students_of(season: Season, home_id: int) -> tuple[int, ...]:
    """The children of a home."""
    found = select(HouseholdStudent.student_id).where(HouseholdStudent.household_id == home_id)
    return tuple(season.rows(found))


def a_round(season: Season, **more: Any) -> int:
    """A round of the whole program; the season's own."""
    values = {"name": "Fall", "starts_on": FIRST_DAY, "ends_on": LAST_DAY, "seed": 1, **more}
    with season.runtime.writing() as session:
        made = create_round(session, program_id=season.program_id, now=season.clock.now(), **values)
        season.round_id = made.id
    return season.round_id


def start(season: Season) -> Started:
    """Start the season's round, and let the first texts leave."""
    started = start_round(season.runtime, season.round_id or a_round(season))
    season.tick()
    return started


def okafor_and_lee(season: Season, *free: tuple[datetime, datetime]) -> tuple[int, int]:
    """The pair of every story, free every weekday afternoon unless told otherwise."""
    hours = free or tuple(weekdays(season))
    first, second = an_educator(season, "Ms. Okafor", *hours), an_educator(season, "Mr. Lee", *hours)
    a_pair(season, first, second)
    return first, second


def conversation(season: Season, who: str) -> Any:
    """A number's conversation as it is now."""
    return season.one(select(Conversation).where(Conversation.address == season.people[who]))
