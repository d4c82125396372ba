"""The normalised rows every kind of roster is read into, and what is said of rows that cannot be used.

A field that is None was not told by the file: an import leaves it as it is, or takes the default for a new row.
Empty text was told, and empties the field. Days and times are ISO text, so that rows can be set aside as JSON.
"""

from dataclasses import dataclass
from typing import Literal

Level = Literal["blocked", "warning"]


class RosterError(Exception):
    """The roster as a whole cannot be used; the message says what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One row that was not imported (`blocked`), or was with a reservation (`warning`).

    `row` is counted as a spreadsheet counts, the header being row 1 of a tidy file; 0 is the file as a whole. `what` is
    the kind of row (students, guardians, ...) where the file's name does not say it.
    """

    file: str
    row: int
    reason: str
    remedy: str = ""
    level: Level = "blocked"
    what: str = ""


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school site."""

    file: str
    row: int
    ref: str
    name: str
    zone: str | None = None
    language: str | None = None
    visit_from: str | None = None
    visit_until: str | None = None


@dataclass(frozen=True, slots=True)
class EducatorRow:
    """A teacher or other staff, or an interpreter; an interpreter may belong to no single school."""

    file: str
    row: int
    ref: str
    school: str | None
    name: str
    role: str = "educator"
    phone: str | None = None
    email: str | None = None
    languages: tuple[str, ...] | None = None
    trained_on: str | None = None
    willing: bool | None = None
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A child at a school, with the educators who teach it."""

    file: str
    row: int
    ref: str
    school: str
    first_name: str
    last_name: str
    grade: str | None = None
    teachers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """An adult of one child. `phone` is E.164, empty where the file has none that can be texted."""

    file: str
    row: int
    ref: str
    student: str
    name: str
    phone: str
    language: str | None = None
    household: str | None = None
    relation: str | None = None
    contact: bool | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class AvailabilityRow:
    """Time an educator gives, in the clock time of the educator's school."""

    file: str
    row: int
    educator: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class ClosedDayRow:
    """A day without visits at a school."""

    file: str
    row: int
    school: str
    day: str
    reason: str | None = None


Row = SchoolRow | EducatorRow | StudentRow | GuardianRow | AvailabilityRow | ClosedDayRow


@dataclass(frozen=True, slots=True)
class Held:
    """A row that was blocked but names somebody: an import must not take that somebody for gone."""

    kind: type[Row]
    ref: str
    student: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a roster. `timezone` is for files that name none; `today` (ISO) ends roles that are over."""

    timezone: str | None = None
    country: str = "US"
    today: str = ""
