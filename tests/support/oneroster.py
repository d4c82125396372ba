"""A OneRoster bundle of one school, as a student information system exports it, and what the standard cannot tell."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

Rows = Iterable[Sequence[str]]
USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,metadata.homeLanguage"
)


def write_bundle(path: Path, families: Sequence[tuple[str, str, str]], teachers: Sequence[tuple[str, str]]) -> Path:
    """A zip in version 1.1: `families` are (ref, number, language), `teachers` (ref, number); each teaches her share."""
    users = [user(ref, "teacher", "Ms.", ref.capitalize(), number) for ref, number in teachers]
    for ref, number, language in families:
        users.append(user(f"{ref}-child", "student", "Mia", ref.capitalize(), agents=ref, language=language))
        users.append(user(ref, "parent", "Ana", ref.capitalize(), number, language=language))
    classes = [(f"class-{ref}", "active", "", ref, "", "course", "", "homeroom", "", "A", "now") for ref, _ in teachers]
    taught = [(f"t{ref}", "active", "", f"class-{ref}", "A", ref, "teacher", "true", "", "") for ref, _ in teachers]
    learn = [
        (f"s{ref}", "active", "", f"class-{teachers[n % len(teachers)][0]}", "A", f"{ref}-child", "student", "", "", "")
        for n, (ref, _, _) in enumerate(families)
    ]
    files = {
        "manifest": table("propertyName,value", [("oneroster.version", "1.1"), ("file.users", "bulk")]),
        "orgs": table(
            "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId,metadata.timezone",
            [("A", "active", "", "Lincoln Elementary", "school", "", "", "America/New_York")],
        ),
        "users": table(USERS, users),
        "academicSessions": table(
            "sourcedId,status,dateLastModified,title,type,startDate,endDate",
            [("now", "active", "", "Fall 2026", "semester", "2026-08-01", "2026-12-31")],
        ),
        "courses": table("sourcedId,status,title", [("course", "active", "Everything")]),
        "classes": table(
            "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
            "schoolSourcedId,termSourcedIds",
            classes,
        ),
        "enrollments": table(
            "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
            [*taught, *learn],
        ),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return path


def user(
    ref: str, role: str, given: str, family: str, number: str = "", agents: str = "", language: str = ""
) -> tuple[str, ...]:
    names = (ref, "active", "", "true", "A", role, "", "", given, family, "", "", "")
    return (*names, number, "", agents, "", "", language)


def table(header: str, rows: Rows) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return out.getvalue()


def write_staff(folder: Path, teachers: Sequence[tuple[str, str]], free: Sequence[tuple[str, str]]) -> Path:
    """The plain files that add what OneRoster has no place for: training, partners, languages and free time."""
    folder.mkdir()
    partners = {ref: teachers[n ^ 1][0] for n, (ref, _) in enumerate(teachers)}
    rows = [
        (ref, "A", f"Ms. {ref.capitalize()}", number, "en;es" if n % 2 else "en", "2026-08-01", "yes", partners[ref])
        for n, (ref, number) in enumerate(teachers)
    ]
    educators = table("educator_id,school_id,name,phone,languages,trained_on,willing,partner_id", rows)
    times = table("educator_id,start,end", [(ref, start, end) for ref, _ in teachers for start, end in free])
    (folder / "educators.csv").write_text(educators, encoding="utf-8")
    (folder / "availability.csv").write_text(times, encoding="utf-8")
    return folder
