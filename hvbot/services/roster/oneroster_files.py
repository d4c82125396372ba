"""OneRoster's CSV files set aside in a private database, versions 1.0, 1.1 and 1.2 alike, so that they can be joined."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice

from hvbot.services.roster.columns import Cells, read_cells
from hvbot.services.roster.oneroster_layouts import LAYOUTS
from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import Options, RosterError
from hvbot.services.roster.source import Source

BATCH = 2000
ENDED = frozenset({"tobedeleted", "inactive", "deleted"})
SCHEMA = """
CREATE TABLE user (n INTEGER PRIMARY KEY, id TEXT, row INTEGER, role TEXT, body TEXT);
CREATE TABLE role (user TEXT, role TEXT, org TEXT, is_main INTEGER);
CREATE TABLE tongue (user TEXT PRIMARY KEY, language TEXT) WITHOUT ROWID;
CREATE TABLE enrollment (class TEXT, user TEXT, role TEXT, school TEXT);
CREATE TABLE teaching (class TEXT, user TEXT, PRIMARY KEY (class, user)) WITHOUT ROWID;
CREATE TABLE over_class (class TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE tie (student TEXT, guardian TEXT, row INTEGER);
"""
INDEXES = """
CREATE INDEX user_id ON user (id);
CREATE INDEX role_user ON role (user, role);
CREATE INDEX enrollment_user ON enrollment (user, role);
CREATE INDEX tie_guardian ON tie (guardian);
CREATE INDEX tie_student ON tie (student);
INSERT OR IGNORE INTO teaching SELECT class, user FROM enrollment WHERE role = 'teacher'
AND user IN (SELECT role.user FROM role JOIN user ON user.id = role.user WHERE role.role = 'teacher');
"""


def read_manifest(source: Source, problems: Problems) -> str:
    """The version a bundle claims, or that its files show.

    Raises:
        RosterError: it lists changes only.

    """
    rows = read_file(source, "manifest", problems)
    told = {cells["propertyName"].strip().lower(): cells["value"].strip().lower() for cells in rows}
    if delta := sorted(name.removeprefix("file.") for name, value in told.items() if value == "delta"):
        raise RosterError(f"the bundle holds only changes ({', '.join(delta)}): export it in bulk mode")
    return told.get("oneroster.version") or ("1.2" if "roles" in source.files else "1.1")


def read_file(source: Source, name: str, problems: Problems) -> Iterator[Cells]:
    """The rows of one file that are still in force; nothing where there is no such file."""
    if file := source.files.get(name):
        for cells in read_cells(file, LAYOUTS[name], problems):
            if (cells.told("status") or "").lower() not in ENDED:
                yield cells


def set_aside(source: Source, options: Options, problems: Problems) -> sqlite3.Connection:
    """Fill a private database with users, roles, languages and enrollments."""
    base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    base.executescript("PRAGMA journal_mode=OFF;" + SCHEMA)
    base.execute("BEGIN")
    fill(base, "INSERT INTO user (id, row, role, body) VALUES (?,?,?,?)", users(source, problems))
    fill(base, "INSERT INTO role VALUES (?,?,?,?)", roles(source, options, problems))
    for name, key in (("demographics", "sourcedId"), ("userprofiles", "userSourcedId")):
        fill(base, "INSERT OR IGNORE INTO tongue VALUES (?,?)", tongues(source, name, key, problems))
    fill(base, "INSERT OR IGNORE INTO over_class VALUES (?)", over_classes(source, options, problems))
    fill(base, "INSERT INTO enrollment VALUES (?,?,?,?)", enrollments(source, options, problems))
    base.execute("DELETE FROM enrollment WHERE class IN (SELECT class FROM over_class)")
    base.execute("INSERT INTO role SELECT id, role, NULL, 1 FROM user WHERE role <> ''")
    base.execute("COMMIT")
    base.executescript(INDEXES)
    return base


def fill(base: sqlite3.Connection, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        base.executemany(statement, batch)


def users(source: Source, problems: Problems) -> Iterator[tuple[object, ...]]:
    for cells in read_file(source, "users", problems):
        role = (cells.told("role") or "").lower()
        yield cells["sourcedId"], cells.row, role, json.dumps(cells.values, ensure_ascii=False)


def roles(source: Source, options: Options, problems: Problems) -> Iterator[tuple[object, ...]]:
    for cells in read_file(source, "roles", problems):
        if not is_over(cells, options):
            is_main = (cells.told("roleType") or "").lower() == "primary"
            yield cells["userSourcedId"], cells["role"].lower(), cells.told("orgSourcedId"), is_main


def tongues(source: Source, name: str, key: str, problems: Problems) -> Iterator[tuple[object, ...]]:
    for cells in read_file(source, name, problems):
        if language := cells.told("language"):
            yield cells[key], language


def enrollments(source: Source, options: Options, problems: Problems) -> Iterator[tuple[object, ...]]:
    for cells in read_file(source, "enrollments", problems):
        if not is_over(cells, options):
            role = cells["role"].lower()
            yield cells["classSourcedId"], cells["userSourcedId"], role, cells.told("schoolSourcedId")


def over_classes(source: Source, options: Options, problems: Problems) -> Iterator[tuple[object, ...]]:
    """Classes whose terms have all ended: last year's teachers are not this year's."""
    terms = {cells["sourcedId"]: is_over(cells, options) for cells in read_file(source, "academicsessions", problems)}
    for cells in read_file(source, "classes", problems):
        ids = parts(cells.told("termSourcedIds"))
        if ids and all(terms.get(term, False) for term in ids):
            yield (cells["sourcedId"],)


def is_over(cells: Cells, options: Options) -> bool:
    """Tell whether the row's end date has passed; ISO days compare as text."""
    end = (cells.told("endDate") or "")[:10]
    return bool(end and options.today and end[:4].isdigit() and end < options.today)


def parts(cell: str | None) -> list[str]:
    """The ids in a cell: the standard separates by commas, exporters also by semicolons, bars and brackets."""
    text = cell or ""
    for sign in ";|[]{}\"'":
        text = text.replace(sign, ",")
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
