"""OneRoster 1.0, 1.1 and 1.2 CSV bundles: orgs are schools, users are students, teachers and guardians.

The standard has no time zone, no household and no language; extension columns are used where they are, else the
program's zone, one home for the guardians of a child, and the school's language. Students' own numbers are never used.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from hvbot.services.roster.columns import Cells
from hvbot.services.roster.oneroster_files import parts, read_file, set_aside
from hvbot.services.roster.plain_rows import NO_NUMBER
from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import EducatorRow, GuardianRow, Held, Options, Problem, Row, SchoolRow, StudentRow
from hvbot.services.roster.source import Source
from hvbot.services.roster.states import ZONE_OF_STATE
from hvbot.services.roster.values import (
    Unreadable,
    read_language,
    read_phone,
    read_ref,
    read_yes_no,
    read_zone,
)

GUARDIANS = "('guardian', 'parent', 'relative')"
SCHOOL_TYPES = frozenset({"school", ""})
PEOPLE = """
SELECT user.id, user.row, user.body,
    (SELECT json_group_array(org) FROM (
        SELECT org FROM role WHERE user = user.id AND org IS NOT NULL ORDER BY is_main DESC)) AS orgs,
    (SELECT json_group_array(DISTINCT school) FROM enrollment WHERE user = user.id AND school IS NOT NULL) AS schools
FROM user WHERE EXISTS (SELECT 1 FROM role WHERE role.user = user.id AND role.role = ?) ORDER BY user.n"""
# CROSS JOIN keeps SQLite from beginning with the teachers, of whom there are thousands for each child.
TEACHERS = """
SELECT DISTINCT teaching.user FROM enrollment CROSS JOIN teaching ON teaching.class = enrollment.class
WHERE enrollment.user = ? AND enrollment.role = 'student' ORDER BY teaching.user"""
ADULTS = f"""
SELECT guardian.id, guardian.row, guardian.body, child.id AS student, child.body AS child,
    (SELECT role FROM role WHERE user = guardian.id AND role IN {GUARDIANS} LIMIT 1) AS relation,
    coalesce((SELECT language FROM tongue WHERE user = guardian.id),
        (SELECT language FROM tongue WHERE user = child.id)) AS tongue
FROM user AS guardian
LEFT JOIN (SELECT DISTINCT guardian, student FROM tie) AS tied ON tied.guardian = guardian.id
LEFT JOIN user AS child ON child.id = tied.student
    AND EXISTS (SELECT 1 FROM role WHERE role.user = child.id AND role.role = 'student')
WHERE EXISTS (SELECT 1 FROM role WHERE role.user = guardian.id AND role.role IN {GUARDIANS})
ORDER BY guardian.n, child.n"""  # noqa: S608 - the names are our own
NOWHERE = """
SELECT tie.row, tie.guardian FROM tie WHERE NOT EXISTS (SELECT 1 FROM user WHERE user.id = tie.guardian)
ORDER BY tie.row"""
OTHER_ROLES = """
SELECT count(*) FROM user WHERE NOT EXISTS (
    SELECT 1 FROM role WHERE role.user = user.id AND role.role IN
        ('student', 'teacher', 'guardian', 'parent', 'relative'))"""
WITHOUT_GUARDIAN = """
SELECT count(*) FROM user WHERE EXISTS (SELECT 1 FROM role WHERE role.user = user.id AND role.role = 'student')
AND NOT EXISTS (SELECT 1 FROM tie WHERE tie.student = user.id)"""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle being read: its files set aside, and what was learned on the way."""

    source: Source
    options: Options
    problems: Problems
    notes: list[str]
    base: sqlite3.Connection
    schools: set[str]

    @property
    def users(self) -> str:
        """The name of the users' file, as it is written."""
        return self.source.files["users"].name


def read_oneroster(source: Source, options: Options, problems: Problems, notes: list[str]) -> Iterator[Row | Held]:
    """The rows of a bundle; what is to be said of the whole is added to `notes`.

    Raises:
        RosterError: a file's header cannot be used.

    """
    with closing(set_aside(source, options, problems)) as base:
        base.row_factory = sqlite3.Row
        bundle = Bundle(source, options, problems, notes, base, set())
        yield from schools(bundle)
        if "users" in source.files:
            tie_families(bundle)
            yield from teachers(bundle)
            yield from students(bundle)
            yield from guardians(bundle)
            say_the_rest(bundle)


def schools(bundle: Bundle) -> Iterator[Row | Held]:
    zoneless = 0
    for cells in read_file(bundle.source, "orgs", bundle.problems):
        if (cells.told("type") or "").lower() in SCHOOL_TYPES:
            try:
                row = school(cells, bundle)
            except Unreadable as problem:
                bundle.problems.append(cells.problem(str(problem), problem.remedy))
                yield Held(SchoolRow, cells["sourcedId"])
                continue
            zoneless += row.zone is None
            bundle.schools.add(row.ref)
            yield row
    if zoneless:
        bundle.notes.append(
            f"OneRoster tells no time zone: {zoneless} schools that are new take the program's"
            " (hvbot program set timezone=..., or --timezone)."
        )


def school(cells: Cells, bundle: Bundle) -> SchoolRow:
    state = ZONE_OF_STATE.get((cells.told("state") or "").upper())
    return SchoolRow(
        cells.file,
        cells.row,
        ref=read_ref("sourcedId", cells["sourcedId"]),
        name=cells["name"] or cells["sourcedId"],
        zone=read_zone("timezone", bundle.options.timezone or cells.told("timezone")) or state,
        language=read_language("language", cells.told("language")),
    )


def tie_families(bundle: Bundle) -> None:
    """Children name their adults, or adults their children: both are ties."""
    found = bundle.base.execute(
        "SELECT id, row, body, EXISTS (SELECT 1 FROM role WHERE role.user = user.id AND role.role = 'student') AS is_child"
        ' FROM user WHERE body LIKE \'%"agentSourcedIds": "_%\''
    )
    ties: list[tuple[str, str, int]] = []
    for user in found:
        agents = parts(json.loads(user["body"]).get("agentSourcedIds"))
        pairs = ((user["id"], agent) if user["is_child"] else (agent, user["id"]) for agent in agents)
        ties.extend((child, adult, user["row"]) for child, adult in pairs)
    bundle.base.executemany("INSERT INTO tie VALUES (?,?,?)", ties)


def teachers(bundle: Bundle) -> Iterator[Row | Held]:
    for user in bundle.base.execute(PEOPLE, ("teacher",)):
        yield from attempt(bundle, user, EducatorRow, teacher)


def students(bundle: Bundle) -> Iterator[Row | Held]:
    for user in bundle.base.execute(PEOPLE, ("student",)):
        yield from attempt(bundle, user, StudentRow, student)


def guardians(bundle: Bundle) -> Iterator[Row | Held]:
    for user in bundle.base.execute(ADULTS):
        yield from attempt(bundle, user, GuardianRow, guardian)


WHATS: dict[type[Row], str] = {EducatorRow: "educators", StudentRow: "students", GuardianRow: "guardians"}


def attempt(bundle: Bundle, user: sqlite3.Row, kind: type[Row], make: Any) -> Iterator[Row | Held]:
    try:
        yield make(bundle, user, json.loads(user["body"]))
    except Unreadable as problem:
        bundle.problems.append(Problem(bundle.users, user["row"], str(problem), problem.remedy, what=WHATS[kind]))
        yield Held(kind, user["id"], user["student"] or "" if kind is GuardianRow else "")


def teacher(bundle: Bundle, user: sqlite3.Row, values: dict[str, str]) -> EducatorRow:
    return EducatorRow(
        bundle.users,
        user["row"],
        ref=read_ref("sourcedId", user["id"]),
        school=school_of(bundle, user, values),
        name=full_name(values),
        phone=number(bundle, values) if {"sms", "phone"} & values.keys() else None,
        email=values.get("email"),
    )


def student(bundle: Bundle, user: sqlite3.Row, values: dict[str, str]) -> StudentRow:
    taught = [row["user"] for row in bundle.base.execute(TEACHERS, (user["id"],))]
    return StudentRow(
        bundle.users,
        user["row"],
        ref=read_ref("sourcedId", user["id"]),
        school=school_of(bundle, user, values),
        first_name=values.get("preferredGivenName") or values["givenName"] or required("givenName"),
        last_name=values.get("preferredFamilyName") or values["familyName"],
        grade=values.get("grades"),
        teachers=tuple(taught) if "enrollments" in bundle.source.files else None,
    )


def required(column: str) -> str:
    raise Unreadable(f"{column} is empty", "every row needs it")


def school_of(bundle: Bundle, user: sqlite3.Row, values: dict[str, str]) -> str:
    """The first school among the person's organisations: the main one, those of the roles, of the classes."""
    orgs = [
        *parts(values.get("primaryOrgSourcedId")),
        *json.loads(user["orgs"]),
        *parts(values.get("orgSourcedIds")),
        *json.loads(user["schools"]),
    ]
    if not orgs:
        raise Unreadable("names no school", "fill in orgSourcedIds, roles.csv or enrollments.csv")
    return str(next((org for org in orgs if org in bundle.schools), orgs[0]))


def guardian(bundle: Bundle, user: sqlite3.Row, values: dict[str, str]) -> GuardianRow:
    if user["student"] is None:
        raise Unreadable("is linked to no student", "name the adult in the student's agentSourcedIds")
    phone = number(bundle, values)
    if not phone:
        remedy = "fill in sms, as +12025550123"
        bundle.problems.append(Problem(bundle.users, user["row"], NO_NUMBER, remedy, "warning", "guardians"))
    spoken = values.get("language") or user["tongue"] or json.loads(user["child"]).get("language")
    return GuardianRow(
        bundle.users,
        user["row"],
        ref=read_ref("sourcedId", user["id"]),
        student=user["student"],
        name=full_name(values),
        phone=phone,
        language=read_language("language", spoken),
        household=values.get("household") or None,
        relation=user["relation"],
        contact=read_yes_no("contact", values.get("contact")),
        address=values.get("address"),
    )


def full_name(values: dict[str, str]) -> str:
    given = values.get("preferredGivenName") or values["givenName"]
    family = values.get("preferredFamilyName") or values["familyName"]
    return f"{given} {family}".strip() or required("givenName")


def number(bundle: Bundle, values: dict[str, str]) -> str:
    """The number that can be texted: `sms` first, then `phone`."""
    found = (read_phone(values.get(column) or "", bundle.options.country) for column in ("sms", "phone"))
    return next(filter(None, found), "")


def say_the_rest(bundle: Bundle) -> None:
    """Agents that lead nowhere, and whom nobody can text."""
    for row in bundle.base.execute(NOWHERE):
        reason = f"names the unknown agent '{row['guardian']}'"
        remedy = "add that user, or take the id out"
        bundle.problems.append(Problem(bundle.users, row["row"], reason, remedy, "warning", "students"))
    counts = (
        (OTHER_ROLES, "users have other roles than student, teacher, parent, guardian or relative: left out."),
        (WITHOUT_GUARDIAN, "students have no guardian in the bundle, so nobody can be texted for them."),
    )
    for question, words in counts:
        if total := bundle.base.execute(question).fetchone()[0]:
            bundle.notes.append(f"{total} {words}")
    bundle.notes.append("OneRoster tells no training dates and no partners: enter them before the first round.")
