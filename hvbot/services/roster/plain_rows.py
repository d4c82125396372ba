"""One row of each plain file, made from its cells."""

from dataclasses import dataclass

from hvbot.services.roster.columns import Cells
from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import (
    AvailabilityRow,
    ClosedDayRow,
    EducatorRow,
    GuardianRow,
    Options,
    SchoolRow,
    StudentRow,
)
from hvbot.services.roster.values import (
    Unreadable,
    read_clock,
    read_day,
    read_language,
    read_moment,
    read_phone,
    read_ref,
    read_refs,
    read_yes_no,
    read_zone,
)

OWN_HOME_MARK = "~"
NO_NUMBER = "no number that can be texted"


@dataclass(frozen=True, slots=True)
class Making:
    """What a row is made with: the options, and where reservations about it go."""

    options: Options
    problems: Problems


def needed(cells: Cells, column: str) -> str:
    value = cells[column]
    if not value:
        raise Unreadable(f"{column} is empty", "every row needs it")
    return value


def school(cells: Cells, making: Making) -> SchoolRow:
    return SchoolRow(
        cells.file,
        cells.row,
        ref=read_ref("school_id", cells["school_id"]),
        name=needed(cells, "name"),
        zone=zone(cells, making),
        language=read_language("language", cells.told("language")),
        visit_from=read_clock("visit_from", cells.told("visit_from")),
        visit_until=read_clock("visit_until", cells.told("visit_until")),
    )


def zone(cells: Cells, making: Making) -> str:
    """The school's zone; a wrong one would text families at night, so an empty one blocks unless one was given."""
    found = read_zone("timezone", cells["timezone"] or making.options.timezone)
    if found is None:
        raise Unreadable("timezone is empty", "write an IANA name such as America/Chicago")
    return found


def educator(cells: Cells, making: Making) -> EducatorRow:
    return EducatorRow(
        cells.file,
        cells.row,
        ref=read_ref("educator_id", cells["educator_id"]),
        school=read_ref("school_id", cells["school_id"]),
        name=needed(cells, "name"),
        phone=staff_phone(cells, making),
        email=cells.told("email"),
        languages=spoken(cells),
        trained_on=told_day(cells, "trained_on"),
        willing=read_yes_no("willing", cells.told("willing")),
        partner=cells.told("partner_id"),
    )


def interpreter(cells: Cells, making: Making) -> EducatorRow:
    languages = spoken(cells)
    if not languages:
        raise Unreadable("languages is empty", "write the languages the interpreter speaks, such as es;so")
    return EducatorRow(
        cells.file,
        cells.row,
        ref=read_ref("interpreter_id", cells["interpreter_id"]),
        school=cells.told("school_id") or None,
        name=needed(cells, "name"),
        role="interpreter",
        phone=staff_phone(cells, making),
        languages=languages,
    )


def told_day(cells: Cells, column: str) -> str | None:
    """A day; an empty cell says that there is none."""
    told = cells.told(column)
    return told if told is None else read_day(column, told) or ""


def spoken(cells: Cells) -> tuple[str, ...] | None:
    told = cells.told("languages")
    if told is None:
        return None
    parts = [part.strip() for part in told.replace(",", ";").split(";")]
    return tuple(dict.fromkeys(tag for part in parts if (tag := read_language("languages", part))))


def staff_phone(cells: Cells, making: Making) -> str | None:
    told = cells.told("phone")
    if told is None:
        return None
    number = read_phone(told, making.options.country)
    if told and not number:
        making.problems.append(cells.problem(NO_NUMBER, "write it as +12025550123", warning=True))
    return number


def student(cells: Cells, _making: Making) -> StudentRow:
    teachers = cells.told("teacher_ids")
    return StudentRow(
        cells.file,
        cells.row,
        ref=read_ref("student_id", cells["student_id"]),
        school=read_ref("school_id", cells["school_id"]),
        first_name=needed(cells, "first_name"),
        last_name=cells["last_name"],
        grade=cells.told("grade"),
        teachers=None if teachers is None else read_refs("teacher_ids", teachers),
    )


def guardian(cells: Cells, making: Making) -> GuardianRow:
    phone = read_phone(cells["phone"], making.options.country)
    if not phone:
        making.problems.append(cells.problem(NO_NUMBER, "write it as +12025550123", warning=True))
    return GuardianRow(
        cells.file,
        cells.row,
        ref=read_ref("guardian_id", cells["guardian_id"]),
        student=read_ref("student_id", cells["student_id"]),
        name=needed(cells, "name"),
        phone=phone,
        language=guardian_language(cells, making),
        household=household(cells),
        relation=cells.told("relation"),
        contact=read_yes_no("contact", cells.told("contact")),
        address=cells.told("address"),
    )


def guardian_language(cells: Cells, making: Making) -> str | None:
    found = read_language("language", cells["language"])
    if found is None:
        remedy = "write the language the family reads, such as es"
        making.problems.append(cells.problem("no language; the school's is taken", remedy, warning=True))
    return found


def household(cells: Cells) -> str | None:
    told = cells.told("household") or None
    if told and told.startswith(OWN_HOME_MARK):
        raise Unreadable(f"household '{told}' begins with {OWN_HOME_MARK}", "use letters and digits")
    return told


def availability(cells: Cells, _making: Making) -> AvailabilityRow:
    found = AvailabilityRow(
        cells.file,
        cells.row,
        educator=read_ref("educator_id", cells["educator_id"]),
        start=read_moment("start", cells["start"]),
        end=read_moment("end", cells["end"]),
    )
    if found.end <= found.start:
        raise Unreadable("the end is not after the start", "look at both times; an evening is 18:00, not 6:00")
    return found


def closed_day(cells: Cells, _making: Making) -> ClosedDayRow:
    day = read_day("day", needed(cells, "day"))
    return ClosedDayRow(
        cells.file,
        cells.row,
        school=read_ref("school_id", cells["school_id"]),
        day=str(day),
        reason=cells.told("reason"),
    )
