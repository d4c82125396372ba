"""Checks of a roster against itself and against what is known: ids used twice, ids that lead nowhere."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import (
    AvailabilityRow,
    ClosedDayRow,
    EducatorRow,
    GuardianRow,
    Problem,
    Row,
    SchoolRow,
    StudentRow,
)
from hvbot.services.roster.stage import KINDS, Stage

PAGE = 2000
MOST_CHILDREN = 20
PARENTS: dict[type[Row], type[Row]] = {
    EducatorRow: SchoolRow,
    StudentRow: SchoolRow,
    GuardianRow: StudentRow,
    AvailabilityRow: EducatorRow,
    ClosedDayRow: SchoolRow,
}
NOUNS = {SchoolRow: "school", EducatorRow: "educator", StudentRow: "student", GuardianRow: "guardian"}
REPEATED = """
SELECT n, file, row, what, ref, parent, first_row, body = first_body FROM (
    SELECT n, file, row, what, ref, parent, body,
        first_value(row) OVER same AS first_row, first_value(body) OVER same AS first_body,
        row_number() OVER same AS number
    FROM {kind} WINDOW same AS (PARTITION BY {key} ORDER BY n))
WHERE number > 1"""
LOST = """
SELECT n, file, row, what, ref, parent FROM {kind}
WHERE parent IS NOT NULL AND parent NOT IN (SELECT ref FROM {of})
AND parent NOT IN (SELECT ref FROM known WHERE kind = '{of}')"""
CROWDS = (
    ("part", "household", "give each home an id of its own in the whole program, or leave the column out"),
    ("ref", "guardian_id", "give each adult an id of its own in the whole program"),
)
CROWDED = """
SELECT {column}, count(DISTINCT parent) FROM guardian WHERE {column} <> ''
GROUP BY {column} HAVING count(DISTINCT parent) > ?"""
CROWD = "SELECT n, file, row, what, ref, parent FROM guardian WHERE {column} = ?"
HOMELESS = """
SELECT n, file, row, what, ref, parent FROM educator WHERE parent IS NULL
AND NOT EXISTS (SELECT 1 FROM school) AND NOT EXISTS (SELECT 1 FROM known WHERE kind = 'school')"""
REMOVE = "DELETE FROM {kind} WHERE n IN (SELECT value FROM json_each(?))"
PART_OF_KEY: dict[type[Row], str] = {
    GuardianRow: "ref, parent, part",
    AvailabilityRow: "ref, part",
    ClosedDayRow: "ref, part",
}

Known = Callable[[type[Row], Sequence[str] | None], Iterable[str]]


def check(stage: Stage, problems: Problems, known: Known, absent: frozenset[type[Row]]) -> None:
    """Take out what cannot be imported, kind after kind, and say why.

    `known(kind, refs)` gives those of some ids that the program's database has, or all its ids in use. An id that the
    roster does not list counts as known where the roster has no such file, or where its own row is blocked.
    """
    for kind in KINDS:
        drop_repeated(stage, problems, kind)
        if kind in PARENTS:
            drop_lost(stage, problems, kind)
        if kind is EducatorRow:
            drop_homeless(stage, problems)
        if kind is GuardianRow:
            drop_crowds(stage, problems)
        if kind in absent:
            stage.learn(kind, known(kind, None))
        else:
            for page in held_refs(stage, kind):
                stage.learn(kind, known(kind, page))


def held_refs(stage: Stage, kind: type[Row]) -> Iterator[list[str]]:
    refs = [ref for (ref,) in stage.ask("SELECT DISTINCT ref FROM held WHERE kind = ?", (KINDS[kind],))]
    for start in range(0, len(refs), PAGE):
        yield refs[start : start + PAGE]


def drop_repeated(stage: Stage, problems: Problems, kind: type[Row]) -> None:
    """Of rows with one id the first counts; a row that says exactly the same again is nobody's mistake."""
    question = REPEATED.format(kind=KINDS[kind], key=PART_OF_KEY.get(kind, "ref"))
    found = stage.ask(question).fetchall()
    for _n, file, row, what, ref, _parent, first, same in found:
        if not same:
            reason = f"'{ref}' was in row {first} already, with other values"
            problems.append(Problem(file, row, reason, "keep one of the two rows", what=what))
    remove(stage, kind, [row[0] for row in found])


def drop_lost(stage: Stage, problems: Problems, kind: type[Row]) -> None:
    """Block rows that hang on an id nobody knows."""
    of = PARENTS[kind]
    found = stage.ask(LOST.format(kind=KINDS[kind], of=KINDS[of])).fetchall()
    for _n, file, row, what, _ref, parent in found:
        reason = f"names the unknown {NOUNS[of]} '{parent}'"
        problems.append(Problem(file, row, reason, f"add that {NOUNS[of]}, or mend its own row", what=what))
    hold(stage, kind, found)


def drop_crowds(stage: Stage, problems: Problems) -> None:
    """Block ids that would join a crowd into one home: '1' and '2' written anew for each child."""
    for column, name, remedy in CROWDS:
        crowds = stage.ask(CROWDED.format(column=column), (MOST_CHILDREN,)).fetchall()
        for value, children in crowds:
            found = stage.ask(CROWD.format(column=column), (value,)).fetchall()
            for _n, file, row, what, _ref, _parent in found:
                reason = f"{name} '{value}' would have {children} children"
                problems.append(Problem(file, row, reason, remedy, what=what))
            hold(stage, GuardianRow, found)


def drop_homeless(stage: Stage, problems: Problems) -> None:
    """Block interpreters who name no school while there is none."""
    found = stage.ask(HOMELESS).fetchall()
    for _n, file, row, what, _ref, _parent in found:
        problems.append(Problem(file, row, "there is no school yet", "import schools.csv first", what=what))
    hold(stage, EducatorRow, found)


def hold(stage: Stage, kind: type[Row], found: list[Any]) -> None:
    held = [(KINDS[kind], ref, parent or "") for _n, _file, _row, _what, ref, parent in found]
    stage.base.executemany("INSERT INTO held VALUES (?,?,?)", held)
    remove(stage, kind, [row[0] for row in found])


def remove(stage: Stage, kind: type[Row], numbers: list[int]) -> None:
    stage.ask(REMOVE.format(kind=KINDS[kind]), (json.dumps(numbers),))
