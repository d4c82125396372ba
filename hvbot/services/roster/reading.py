"""Which kind of roster it is, and its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hvbot.services.roster.oneroster import read_oneroster
from hvbot.services.roster.oneroster_files import read_manifest
from hvbot.services.roster.oneroster_layouts import LAYOUTS, UNUSED
from hvbot.services.roster.plain import FILES, read_plain
from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import (
    EducatorRow,
    GuardianRow,
    Held,
    Options,
    RosterError,
    Row,
    SchoolRow,
    StudentRow,
)
from hvbot.services.roster.source import Source

ONEROSTER_FILES = ("orgs", "users")
WHATS = {
    "schools": "schools",
    "educators": "educators",
    "interpreters": "interpreters",
    "students": "students",
    "guardians": "guardians",
    "availability": "availability",
    "closed_days": "closed days",
}
NEEDED: dict[type[Row], tuple[str, ...]] = {
    SchoolRow: ("schools",),
    EducatorRow: ("educators", "interpreters"),
    StudentRow: ("students",),
    GuardianRow: ("guardians",),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A roster being read: its format, the file of each kind of row, the rows, and what is to be said of the whole."""

    format: str
    labels: dict[str, str]
    rows: Iterator[Row | Held]
    notes: list[str] = field(default_factory=list)

    def absent(self, problems: Problems) -> frozenset[type[Row]]:
        """The kinds of which the roster does not list everybody, so that an id may be known from before."""
        full = {what for what, file in self.labels.items() if file not in problems.cut_short}
        return frozenset(kind for kind, whats in NEEDED.items() if not full.issuperset(whats))


def read_roster(source: Source, options: Options, problems: Problems) -> Reading:
    """Begin to read a roster of either format.

    Raises:
        RosterError: the files are neither, or of both.

    """
    plain = [name for name in FILES if name in source.files]
    standard = [name for name in ONEROSTER_FILES if name in source.files]
    if plain and standard:
        raise RosterError(f"found both {standard[0]}.csv and {plain[0]}.csv: import one roster at a time")
    if standard:
        return read_standard(source, options, problems)
    if not plain:
        raise RosterError(f"found none of {', '.join(f'{name}.csv' for name in FILES)}, nor OneRoster's users.csv")
    reading = Reading(
        "plain folder",
        {WHATS[name]: source.files[name].name for name in plain},
        read_plain(source, options, problems),
    )
    reading.notes.extend(passed_over(source, set(plain)))
    return reading


def read_standard(source: Source, options: Options, problems: Problems) -> Reading:
    version = read_manifest(source, problems)
    labels = {"schools": source.files["orgs"].name} if "orgs" in source.files else {}
    if "users" in source.files:
        labels |= dict.fromkeys(("educators", "students", "guardians"), source.files["users"].name)
    notes: list[str] = list(passed_over(source, {*LAYOUTS, *UNUSED}))
    return Reading(f"OneRoster {version}", labels, read_oneroster(source, options, problems, notes), notes)


def passed_over(source: Source, used: set[str]) -> Iterator[str]:
    """Say which files were not looked at."""
    others = sorted([file.name for name, file in source.files.items() if name not in used] + list(source.ignored))
    if others:
        yield f"Not looked at: {', '.join(others)}."
