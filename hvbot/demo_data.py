"""The sample school of the demo, written as the plain roster folder that a school would write. All people are invented."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

SCHOOL = "alder"
SCHOOL_NAME = "Alder Creek School"
ZONE = "America/Chicago"
TRAINED = "2026-08-05"
WEEKS = 6

# id, name, phone, languages, partner, the weekday afternoons and Saturdays they give
EDUCATORS = (
    ("okafor", "Ms. Okafor", "+12025550140", "en", "lin", (0, 1, 3)),
    ("lin", "Mr. Lin", "+12025550141", "en", "okafor", (0, 1, 3)),
    ("vega", "Ms. Vega", "+12025550142", "es;en", "moore", (1, 2, 3)),
    ("moore", "Mr. Moore", "+12025550143", "en", "vega", (1, 2, 3)),
    ("saleh", "Ms. Saleh", "+12025550144", "ar;en", "brandt", (0, 2, 5)),
    ("brandt", "Mr. Brandt", "+12025550145", "en", "saleh", (0, 2, 5)),
)
HELPER = ("reyes", "Mr. Reyes", "+12025550146", "es;en", "", (0, 1, 2, 3))
INTERPRETERS = (("nour", "Nour Aziz", "+12025550150", "ar"), ("paz", "Paz Molina", "+12025550151", "es"))

# family, adult, phone, language, child, grade, teacher, relation
FAMILIES = (
    ("marquez", "Rosa Marquez", "+12025550101", "es", "Luz", "2", "vega", "mother"),
    ("haddad", "Amina Haddad", "+12025550102", "ar", "Sami", "3", "saleh", "mother"),
    ("tran", "Kim Tran", "+12025550103", "en", "Leo", "1", "okafor", "father"),
    ("lopez", "Maria Lopez", "+12025550104", "es", "Diego", "4", "vega", "mother"),
    ("nasser", "Yusuf Nasser", "+12025550105", "ar", "Huda", "2", "saleh", "father"),
    ("okoye", "Sam Okoye", "+12025550106", "en", "Ada", "5", "okafor", "father"),
    ("ramos", "Jose Ramos", "+12025550107", "es", "Ines", "1", "vega", "father"),
    ("karam", "Layla Karam", "+12025550108", "ar", "Omar", "4", "saleh", "mother"),
    ("stone", "Ben Stone", "+12025550109", "en", "Kai", "3", "okafor", "father"),
    ("park", "Grace Park", "+12025550110", "en", "Mina", "2", "lin", "mother"),
    ("reed", "Tom Reed", "+12025550111", "en", "Ivy", "5", "lin", "father"),
    ("cruz", "Elena Cruz", "+12025550112", "en", "Mateo", "1", "vega", "mother"),
    ("silva", "Ana Silva", "+12025550113", "es", "Nico", "3", "moore", "mother"),
    ("farid", "Omar Farid", "+12025550114", "ar", "Lina", "1", "brandt", "father"),
)
# A family of each language, and the teacher of the first.
SHOWN_FIRST = ("g-marquez", "g-haddad", "g-tran", "vega")


def write_roster(folder: Path, today: date) -> None:
    """Write the folder; the educators are free in the weeks after `today`."""
    folder.mkdir(parents=True, exist_ok=True)
    head = ("school_id", "name", "timezone", "language", "visit_from", "visit_until")
    write(folder / "schools.csv", head, [(SCHOOL, SCHOOL_NAME, ZONE, "en", "09:00", "20:00")])
    write(
        folder / "students.csv",
        ("student_id", "school_id", "first_name", "last_name", "grade", "teacher_ids"),
        students(),
    )
    columns = ("guardian_id", "student_id", "name", "phone", "language", "household", "relation", "contact", "address")
    write(folder / "guardians.csv", columns, guardians())
    columns = ("educator_id", "school_id", "name", "phone", "email", "languages", "trained_on", "willing", "partner_id")
    write(folder / "educators.csv", columns, educators())
    write(folder / "interpreters.csv", ("interpreter_id", "name", "phone", "languages", "school_id"), interpreters())
    write(folder / "availability.csv", ("educator_id", "start", "end"), free_times(today))


def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        out.writerows(rows)


def students() -> Iterable[Sequence[str]]:
    for family, name, _, _, child, grade, teacher, _ in FAMILIES:
        yield f"s-{family}", SCHOOL, child, name.rsplit(" ", 1)[-1], grade, teacher


def guardians() -> Iterable[Sequence[str]]:
    for number, (family, name, phone, language, _, _, _, relation) in enumerate(FAMILIES, start=1):
        yield f"g-{family}", f"s-{family}", name, phone, language, family, relation, "yes", f"{number} Creek Road"


def educators() -> Iterable[Sequence[str]]:
    for ref, name, phone, languages, partner, _ in (*EDUCATORS, HELPER):
        yield ref, SCHOOL, name, phone, f"{ref}@example.org", languages, TRAINED, "yes", partner


def interpreters() -> Iterable[Sequence[str]]:
    for ref, name, phone, languages in INTERPRETERS:
        yield ref, name, phone, languages, SCHOOL


def free_times(today: date) -> Iterable[Sequence[str]]:
    """Weekday evenings and Saturday mornings; interpreters give them all."""
    days = [today + timedelta(days=count) for count in range(1, WEEKS * 7)]
    givers: list[tuple[str, tuple[int, ...]]] = [(ref, free) for ref, *_, free in (*EDUCATORS, HELPER)]
    givers += [(ref, (0, 1, 2, 3, 5)) for ref, *_ in INTERPRETERS]
    for ref, free in givers:
        for day in days:
            if day.weekday() in free:
                start, end = ("09:30", "12:30") if day.weekday() == 5 else ("16:00", "19:30")
                yield ref, f"{day}T{start}", f"{day}T{end}"
