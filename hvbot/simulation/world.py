"""An invented district: schools, educators with calendars, homes. Written as the roster folder that a school would send."""

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import phonenumbers

from hvbot.simulation.tempers import FAMILY_TEMPERS, STAFF_TEMPERS

ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles")
TRAINED = "2026-08-05"
# Roughly what families of large US districts speak at home, where they do not speak English; the rest share one part in ten.
ENGLISH_SHARE, SPANISH_SHARE = 0.55, 0.30
SHARED_PHONE, SECOND_ADULT, TWO_HOMES, SIBLING, NO_PHONE, NO_CONTACT = 0.02, 0.20, 0.05, 0.15, 0.01, 0.01
FREE_WEEKDAYS = 3
FREE = (("15:30", "19:00"), ("16:00", "19:30"), ("17:00", "20:00"))
FREE_SATURDAY = ("09:30", "13:00")


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the world is, from which seed, and over which days."""

    schools: int
    educators: int
    families: int
    seed: int
    first_day: date
    days: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever has a phone: an adult of a home, or an educator. `temper` names how they answer."""

    number: str
    temper: str
    staff: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """The rows of the roster's files, and who is behind each number."""

    files: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]]
    people: dict[str, Person]


HEADS = {
    "schools.csv": ("school_id", "name", "timezone", "language", "visit_from", "visit_until"),
    "students.csv": ("student_id", "school_id", "first_name", "last_name", "grade", "teacher_ids"),
    "guardians.csv": (
        "guardian_id", "student_id", "name", "phone", "language", "household", "relation", "contact", "address",
    ),
    "educators.csv": (
        "educator_id", "school_id", "name", "phone", "email", "languages", "trained_on", "willing", "partner_id",
    ),
    "interpreters.csv": ("interpreter_id", "name", "phone", "languages", "school_id"),
    "availability.csv": ("educator_id", "start", "end"),
}  # fmt: skip


def make_world(plan: Plan) -> World:
    """Invent the world; the same plan gives the same one."""
    chance = random.Random(f"world:{plan.seed}")  # noqa: S311 - a world to order, no secret
    builder = Builder(plan, chance)
    for school in range(plan.schools):
        builder.add_school(school)
    return World({name: (head, builder.rows[name]) for name, head in HEADS.items()}, builder.people)


class Builder:
    """Adds one school after the other, with numbers that nobody has."""

    def __init__(self, plan: Plan, chance: random.Random) -> None:
        self.plan = plan
        self.chance = chance
        self.rows: dict[str, list[tuple[str, ...]]] = {name: [] for name in HEADS}
        self.people: dict[str, Person] = {}
        self.numbers = numbers()

    def add_school(self, place: int) -> None:
        """A school with its pairs, an interpreter, and its share of the homes."""
        ref = f"school{place}"
        zone = ZONES[place % len(ZONES)]
        self.rows["schools.csv"].append((ref, f"School {place} of the Valley", zone, "en", "09:00", "20:00"))
        staff = self.add_staff(ref, share(self.plan.educators, self.plan.schools, place))
        self.add_interpreter(ref)
        for home in range(share(self.plan.families, self.plan.schools, place)):
            self.add_home(f"{ref}-home{home}", ref, staff[home % len(staff)])

    def add_staff(self, school: str, count: int) -> list[str]:
        """Educators who go in pairs; one more where the number is odd, who can take somebody's place."""
        refs = [f"{school}-teacher{number}" for number in range(max(2, count))]
        for number, ref in enumerate(refs):
            partner = refs[number ^ 1] if number ^ 1 < len(refs) else ""
            languages = "en" if self.chance.random() < 0.7 else f"en;{self.language()}"
            phone = self.phone(self.pick(STAFF_TEMPERS), staff=True)
            name = f"Teacher {ref[6:].replace('-teacher', ' ')}"
            row = (ref, school, name, phone, f"{ref}@example.org", languages, TRAINED, "yes", partner)
            self.rows["educators.csv"].append(row)
        for first in range(0, len(refs), 2):
            self.add_free_time(refs[first : first + 2])
        return [ref for number, ref in enumerate(refs) if number ^ 1 < len(refs)]

    def add_interpreter(self, school: str) -> None:
        ref = f"{school}-interpreter"
        others = [code for code in self.plan.languages if code != "en"][:8]
        if others:
            phone = self.phone("willing", staff=True)
            self.rows["interpreters.csv"].append((ref, f"Interpreter {school[6:]}", phone, ";".join(others), school))
            self.add_free_time([ref], every_day=True)

    def add_free_time(self, refs: Sequence[str], *, every_day: bool = False) -> None:
        """The same afternoons for both of a pair."""
        weekdays = range(5) if every_day else self.chance.sample(range(6), FREE_WEEKDAYS)
        hours = ("15:00", "20:00") if every_day else self.chance.choice(FREE)
        for offset in range(1, self.plan.days):
            day = self.plan.first_day + timedelta(days=offset)
            if day.weekday() in weekdays:
                start, end = FREE_SATURDAY if day.weekday() == 5 else hours
                self.rows["availability.csv"] += [(ref, f"{day}T{start}", f"{day}T{end}") for ref in refs]

    def add_home(self, ref: str, school: str, teacher: str) -> None:
        """One or two children; one or two adults, sometimes in two homes; now and then no phone, or no contact."""
        language = self.language()
        children = [ref + "-a", *([ref + "-b"] if self.chance.random() < SIBLING else [])]
        for child in children:
            self.rows["students.csv"].append((child, school, "Child", ref, "3", teacher))
        adults = [(f"{ref}-1", ref)]
        if self.chance.random() < TWO_HOMES:
            adults.append((f"{ref}-2", f"{ref}-other"))
        elif self.chance.random() < SECOND_ADULT:
            adults.append((f"{ref}-2", ref))
        for guardian, household in adults:
            phone = "" if self.chance.random() < NO_PHONE else self.home_phone()
            contact = "no" if self.chance.random() < NO_CONTACT else "yes"
            for child in children:
                row = (guardian, child, f"Adult {guardian}", phone, language, household, "parent", contact, "1 Elm")
                self.rows["guardians.csv"].append(row)

    def home_phone(self) -> str:
        """A number of its own, or one that an earlier home has too."""
        if self.people and self.chance.random() < SHARED_PHONE:
            found = self.chance.choice(list(self.people.values())[-20:])
            if not found.staff:
                return found.number
        return self.phone(self.pick(FAMILY_TEMPERS))

    def phone(self, temper: str, *, staff: bool = False) -> str:
        number = next(self.numbers)
        self.people[number] = Person(number, temper, staff)
        return number

    def pick(self, shares: dict[str, float]) -> str:
        return self.chance.choices(list(shares), list(shares.values()))[0]

    def language(self) -> str:
        """What a home speaks."""
        codes = self.plan.languages
        rest = (1 - ENGLISH_SHARE - SPANISH_SHARE) / max(1, len(codes) - 2)
        weights = [{"en": ENGLISH_SHARE, "es": SPANISH_SHARE}.get(code, rest) for code in codes]
        return self.chance.choices(codes, weights)[0]


def share(total: int, parts: int, place: int) -> int:
    """A part's share of a total that is spread as evenly as it goes."""
    return total // parts + (place < total % parts)


def numbers() -> Iterator[str]:
    """Numbers that no subscriber has: 555-01xx of every area code, then the rest of exchange 555."""
    for line in (*range(100, 200), *range(200, 1200), *range(1300, 4000)):
        yield from (f"+1{area}555{line:04d}" for area in area_codes())


@lru_cache(maxsize=1)
def area_codes() -> tuple[int, ...]:
    """The area codes that exist."""
    possible = ((area, phonenumbers.parse(f"+1{area}5550100")) for area in range(200, 1000))
    return tuple(area for area, number in possible if phonenumbers.is_valid_number(number))


def write_roster(world: World, folder: Path) -> None:
    """Write the folder that `hvbot roster import` takes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (head, rows) in world.files.items():
        write_file(folder / name, head, rows)


def write_file(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(head)
        out.writerows(rows)
