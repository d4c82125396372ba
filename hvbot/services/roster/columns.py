"""Header rows: which column is which, however it is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import Problem, RosterError
from hvbot.services.roster.source import SourceFile
from hvbot.services.roster.text import LOST, Record, records

HEADER_WITHIN = 10
LONGEST_CELL = 2000

# Spellings met in real files, beside other cases, blanks, hyphens and underscores, which never matter.
MISSPELT = {
    "adress": "address",
    "adres": "address",
    "avalability": "availability",
    "edcator_id": "educator_id",
    "educater_id": "educator_id",
    "firstname": "first_name",
    "fisrt_name": "first_name",
    "fist_name": "first_name",
    "gaurdian_id": "guardian_id",
    "guardain_id": "guardian_id",
    "gardian_id": "guardian_id",
    "houshold": "household",
    "house_hold": "household",
    "langauge": "language",
    "lanugage": "language",
    "languge": "language",
    "lastname": "last_name",
    "phone_number": "phone",
    "phonenumber": "phone",
    "scool_id": "school_id",
    "shool_id": "school_id",
    "studnet_id": "student_id",
    "sudent_id": "student_id",
    "teacher_id": "teacher_ids",
    "time_zone": "timezone",
    "timezon": "timezone",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one file. `strict` refuses others; `aliases` are further names of a column."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    strict: bool = True
    aliases: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.required, *self.optional)


@dataclass(frozen=True, slots=True)
class Cells:
    """One row by column; a column that the file does not have gives None."""

    file: str
    row: int
    values: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def told(self, name: str) -> str | None:
        """The cell, None where the file has no such column."""
        return self.values.get(name)

    def problem(self, reason: str, remedy: str = "", *, warning: bool = False) -> Problem:
        return Problem(self.file, self.row, reason, remedy, "warning" if warning else "blocked")


def plain(name: str) -> str:
    """A column's name without what people vary: `Student ID`, `student-id` and `STUDENT_ID` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def spellings(layout: Layout) -> dict[str, str]:
    """Each way to write a column of the layout."""
    known = {plain(name): name for name in layout.names}
    for table in (MISSPELT, layout.aliases):
        known.update(
            {plain(way): name for way, name in table.items() if name in layout.names and plain(way) not in known}
        )
    return known


def read_cells(file: SourceFile, layout: Layout, problems: Problems) -> Iterator[Cells]:
    """The rows under the header.

    Raises:
        RosterError: a required column is missing, a column is there twice, or a strict layout does not know one.

    """
    rows = records(file, problems)
    names = find_header(file.name, rows, layout, problems)
    for record in rows:
        if problem := misshapen(file.name, record, names):
            problems.append(problem)
        else:
            if LOST in "".join(record.cells):
                problems.append(lost_letter(file.name, record.row))
            yield Cells(file.name, record.row, named(names, record.cells))


def lost_letter(file: str, row: int) -> Problem:
    return Problem(
        file, row, "a letter of this row was lost", "save the file as 'CSV UTF-8' and import it again", "warning"
    )


def named(names: list[str | None], cells: list[str]) -> dict[str, str]:
    short = len(names) - len(cells)
    filled = [*cells, *[""] * short] if short > 0 else cells
    return {name: cell for name, cell in zip(names, filled, strict=False) if name is not None}


def misshapen(file: str, record: Record, names: list[str | None]) -> Problem | None:
    """Say what is wrong with a row whose cells cannot be put under the header."""
    if any(record.cells[len(names) :]):
        reason = f"the row has {len(record.cells)} cells, the header {len(names)}"
        return Problem(file, record.row, reason, "put a cell that has the delimiter in it into quotation marks")
    if any(len(cell) > LONGEST_CELL for cell in record.cells):
        reason = f"a cell is longer than {LONGEST_CELL} letters"
        return Problem(file, record.row, reason, "look for a quotation mark that is not closed")
    return None


def find_header(file: str, rows: Iterator[Record], layout: Layout, problems: Problems) -> list[str | None]:
    """The header is the first row that has every required column: some exports print a title above it."""
    known = spellings(layout)
    best: Record | None = None
    for record in rows:
        found = {known.get(plain(cell)) for cell in record.cells}
        if found.issuperset(layout.required):
            if best is not None:
                problems.append(Problem(file, record.row, "rows above the header were passed over", level="warning"))
            return header_names(file, record, layout, known)
        if best is None or len(found) > len({known.get(plain(cell)) for cell in best.cells}):
            best = record
        if record.row >= HEADER_WITHIN:
            break
    raise missing_columns(file, best, layout, known)


def missing_columns(file: str, record: Record | None, layout: Layout, known: dict[str, str]) -> RosterError:
    if record is None:
        return RosterError(f"{file} is empty: its first row must name the columns {', '.join(layout.names)}")
    found = {known.get(plain(cell)) for cell in record.cells}
    missing = ", ".join(name for name in layout.required if name not in found)
    return RosterError(f"{file}: the header has no column {missing} (it has: {', '.join(filter(None, record.cells))})")


def header_names(file: str, record: Record, layout: Layout, known: dict[str, str]) -> list[str | None]:
    names = [known.get(plain(cell)) for cell in record.cells]
    twice = sorted({name for name in names if name is not None and names.count(name) > 1})
    if twice:
        raise RosterError(f"{file}: the header has the column {', '.join(twice)} more than once")
    unknown = [cell for cell, name in zip(record.cells, names, strict=True) if cell and name is None]
    if layout.strict and unknown:
        raise RosterError(
            f"{file}: unknown column {', '.join(hinted(cell, layout) for cell in unknown)}; {known_columns(layout)}"
        )
    return names


def hinted(cell: str, layout: Layout) -> str:
    """A column as it is written, with the one that was probably meant."""
    close = get_close_matches(plain(cell), [plain(name) for name in layout.names], n=1)
    meant = next((name for name in layout.names if close and plain(name) == close[0]), None)
    return f"'{cell}' (do you mean {meant}?)" if meant else f"'{cell}'"


def known_columns(layout: Layout) -> str:
    may = f", and may have {', '.join(layout.optional)}" if layout.optional else ""
    return f"the file has {', '.join(layout.required)}{may}"
