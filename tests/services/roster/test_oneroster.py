"""Bundles of our own that copy the faults of public samples."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from hvbot.models import Educator, EducatorStudent, Guardian, School, Student
from hvbot.runtime import Runtime
from hvbot.services.roster import Options, RosterError, apply_import
from tests.services.roster import cast

Folder = Callable[..., Path]
Files = dict[str, str]

ONE: Files = {
    "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,bulk\n",
    "orgs.csv": (
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
        "D,active,,Springfield Schools,district,,\n"
        "A,,,School A,school,,D\n"
        "B,tobedeleted,,School B,school,,D\n"
    ),
    "users.csv": (
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
        "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,metadata.homeLanguage\n"
        't1,active,,TRUE,"D,A",teacher,,,Ada,Okafor,,,ada@example.org,,,,,,\n'
        "t2,active,,true,A,teacher,,,Sven,Lind,,,,,,,,,\n"
        's1,active,,true,A,student,,,Luz,Vega,,,,,725-480-0199,"g1,g9",03,,\n'
        "s2,,,true,A,student,,,Omar,Ali,,,,,,g2,05,,som\n"
        "s3,active,,true,A,student,,,Leo,Vega,,,,202-555-0177,,g1,01,,\n"
        "s4,tobedeleted,,true,A,student,,,Old,Child,,,,,,g2,01,,\n"
        "s5,active,,true,B,student,,,Ida,Berg,,,,,,,01,,\n"
        "g1,active,,true,A,parent,,,Rosa,Vega,,,,202-555-0101,202-555-0198,,,,Spanish\n"
        "g2,active,,true,A,guardian,,,Amina,Ali,,,,,(202) 555-0102,,,,\n"
        "g3,active,,true,A,relative,,,Ben,Ray,,,,,,s1,,,\n"
        "g4,active,,true,A,parent,,,Lone,Some,,,,,202-555-0104,,,,\n"
        "x1,active,,true,A,administrator,,,Pat,Head,,,,,,,,,\n"
    ),
    "classes.csv": (
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds\n"
        "c1,,,Room 1,,k,,homeroom,,A,now\n"
        "c2,,,Art,,k,,scheduled,,A,then\n"
    ),
    "courses.csv": "sourcedId,status,title\nk,,Everything\n",
    "academicSessions.csv": (
        "sourcedId,status,dateLastModified,title,type,startDate,endDate\n"
        "now,,,Fall 2026,semester,2026-08-01,2026-12-20\n"
        "then,,,Spring 2026,semester,2026-01-05,2026-06-10\n"
    ),
    "enrollments.csv": (
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
        "e1,,,c1,A,t1,teacher,true,,\n"
        "e2,,,c1,A,s1,student,false,,\n"
        "e3,,,c1,A,s2,student,false,,\n"
        "e4,inactive,,c1,A,s3,student,false,,\n"
        "e5,,,c2,A,t2,teacher,true,,\n"
        "e6,,,c2,A,s1,student,false,,\n"
    ),
}
TWO: Files = {
    **ONE,
    "manifest.csv": "propertyName,value\noneroster.version,1.2\nfile.users,bulk\n",
    "users.csv": (
        "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,"
        "email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,prefferedGivenName,"
        "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n"
        "t1,active,,true,,,Ada,Okafor,,,,202-555-0171,,s1,,,,,,,,A,\n"
        "s1,active,,true,,,Luz Maria,Vega,,,,,,g1,03,,,,Luz,,,,\n"
        "g1,active,,true,,,Rosa,Vega,,,,,202-555-0101,,,,,,,,,,\n"
        "n1,active,,true,,,No,Role,,,,,,,,,,,,,,,\n"
    ),
    "roles.csv": (
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n"
        "r1,,,t1,primary,teacher,,,A,\n"
        "r2,,,t1,secondary,parent,,,A,\n"
        "r3,,,s1,secondary,student,,,D,\n"
        "r4,,,s1,primary,student,,,A,\n"
        "r5,,,g1,primary,guardian,,,A,\n"
        "r6,,,g1,secondary,teacher,2020-08-01,2021-06-01,A,\n"
    ),
    "demographics.csv": "sourcedId,status,dateLastModified,birthDate,sex,metadata.primaryLanguage\ns1,,,,,es-MX\nt1,,,,,en\n",
    "userProfiles.csv": "sourcedId,status,userSourcedId,profileType\np1,,s1,lms\n",
}


def bundle(folder: Folder, files: Files, changes: dict[str, tuple[str, str]] | None = None) -> Path:
    texts = dict(files)
    for name, (old, new) in (changes or {}).items():
        assert old in texts[name]
        texts[name] = texts[name].replace(old, new)
    return folder(texts, only=True)


def taught(runtime: Runtime) -> set[tuple[str, str]]:
    with runtime.sessions() as session:
        found = session.execute(
            select(Educator.ref, Student.ref)
            .join(EducatorStudent, EducatorStudent.educator_id == Educator.id)
            .join(Student, Student.id == EducatorStudent.student_id)
        )
        return {(teacher, child) for teacher, child in found}


def test_a_1_1_bundle_is_read(runtime: Runtime, folder: Folder) -> None:
    report = apply_import(runtime, bundle(folder, ONE))

    assert report.format == "OneRoster 1.1"
    assert cast.counts(report, "schools") == (1, 0, 0, 0, 0)
    assert cast.counts(report, "educators") == (2, 0, 0, 0, 0)
    assert cast.counts(report, "students") == (3, 0, 0, 0, 1)
    assert cast.counts(report, "guardians") == (3, 0, 0, 0, 1)
    assert cast.phones(runtime) == {"g1": "+12025550101", "g2": "+12025550102", "g3": None}
    assert cast.homes(runtime) == {"~s1": ({"g1", "g3"}, {"s1", "s3"}), "~s2": ({"g2"}, {"s2"})}
    assert taught(runtime) == {("t1", "s1"), ("t1", "s2")}
    child = cast.one(runtime, Student, "s1")
    assert (child.first_name, child.last_name, child.grade) == ("Luz", "Vega", "03")


def test_languages_come_from_the_adult_then_the_child_then_the_school(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, bundle(folder, ONE))

    spoken = {ref: cast.one(runtime, Guardian, ref).language for ref in ("g1", "g2", "g3")}
    assert spoken == {"g1": "es", "g2": "so", "g3": "en"}


def test_what_cannot_be_used_of_a_bundle_is_said(runtime: Runtime, folder: Folder) -> None:
    report = apply_import(runtime, bundle(folder, ONE))

    assert cast.reasons(report) == [
        ("users.csv", 8, "names the unknown school 'B'"),
        ("users.csv", 12, "is linked to no student"),
    ]
    assert ("users.csv", 4, "names the unknown agent 'g9'") in cast.reasons(report, "warning")
    assert ("users.csv", 11, "no number that can be texted") in cast.reasons(report, "warning")
    assert any(note.startswith("1 users have other roles") for note in report.notes)
    assert any("no time zone" in note for note in report.notes)


def test_a_1_2_bundle_is_read(runtime: Runtime, folder: Folder) -> None:
    report = apply_import(runtime, bundle(folder, TWO))

    assert report.format == "OneRoster 1.2"
    assert [cast.counts(report, what)[0] for what in ("schools", "educators", "students", "guardians")] == [1, 1, 1, 2]
    assert cast.phones(runtime) == {"g1": "+12025550101", "t1": "+12025550171"}
    assert cast.one(runtime, Student, "s1").first_name == "Luz"
    assert cast.one(runtime, Guardian, "g1").language == "es"
    assert cast.one(runtime, Guardian, "g1").relation == "guardian"
    assert taught(runtime) == {("t1", "s1")}


@pytest.mark.parametrize("files", [ONE, TWO], ids=["1.1", "1.2"])
def test_the_same_bundle_twice_changes_nothing(runtime: Runtime, folder: Folder, files: Files) -> None:
    apply_import(runtime, bundle(folder, files))

    report = apply_import(runtime, bundle(folder, files))

    assert not report.changes_something
    assert report.total("unchanged") > 4


def test_a_row_to_be_deleted_is_gone(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, bundle(folder, ONE))

    report = apply_import(runtime, bundle(folder, ONE, {"users.csv": ("g2,active", "g2,tobedeleted")}))

    assert cast.counts(report, "guardians") == (0, 0, 1, 2, 1)
    assert cast.one(runtime, Guardian, "g2").gone_at is not None


def test_headers_of_1_0_are_known(runtime: Runtime, folder: Folder) -> None:
    old = {
        "orgs.csv": "orgId,Name,Type,metadata.state\nA,School A,School,CA\n",
        "users.csv": (
            "userId,status,orgId,role,givenName,familyName,phone,agentSids\n"
            "s1,active,A,Student,Luz,Vega,,g1\ng1,active,A,Parent,Rosa,Vega,202-555-0101,\n"
        ),
    }

    report = apply_import(runtime, bundle(folder, old))

    assert cast.homes(runtime) == {"~s1": ({"g1"}, {"s1"})}
    assert report.total("blocked") == 0
    assert cast.one(runtime, School, "A").zone == "America/Los_Angeles"


def test_the_zone_is_the_option_or_the_programs(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, bundle(folder, ONE))
    assert cast.one(runtime, School, "A").zone == "America/New_York"

    apply_import(runtime, bundle(folder, ONE), options=Options(timezone="America/Boise"))
    assert cast.one(runtime, School, "A").zone == "America/Boise"

    assert apply_import(runtime, bundle(folder, ONE)).changes_something is False


def test_a_bundle_of_changes_only_is_refused(runtime: Runtime, folder: Folder) -> None:
    with pytest.raises(RosterError, match="only changes"):
        apply_import(runtime, bundle(folder, ONE, {"manifest.csv": ("file.users,bulk", "file.users,delta")}))


def test_both_formats_at_once_are_refused(runtime: Runtime, folder: Folder) -> None:
    with pytest.raises(RosterError, match=r"both orgs\.csv and schools\.csv"):
        apply_import(runtime, folder(ONE))


def test_a_household_of_the_bundles_own_is_used(runtime: Runtime, folder: Folder) -> None:
    files = {
        "orgs.csv": ONE["orgs.csv"],
        "users.csv": (
            "sourcedId,orgSourcedIds,role,givenName,familyName,sms,agentSourcedIds,metadata.householdId\n"
            's1,A,student,Luz,Vega,,"g1;g2",\n'
            "g1,A,parent,Rosa,Vega,202-555-0101,,h1\n"
            "g2,A,parent,Juan,Vega,202-555-0102,,h2\n"
        ),
    }

    apply_import(runtime, bundle(folder, files))

    assert cast.homes(runtime) == {"h1": ({"g1"}, {"s1"}), "h2": ({"g2"}, {"s1"})}


def test_a_zip_beside_mac_and_lower_case_twins_is_read(runtime: Runtime, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in ONE.items():
            archive.writestr(f"export/{name}", text.replace("\n", "\r\n").encode("utf-8-sig"))
        archive.writestr("export/academicsessions.csv", "sourcedId,endDate\nnow,2020-01-01\n")
        archive.writestr("__MACOSX/export/._users.csv", b"\x00\x05")
        archive.writestr("export/junk.csv", "a\n")

    report = apply_import(runtime, path)

    assert cast.counts(report, "guardians") == (3, 0, 0, 0, 1)
    assert taught(runtime) == {("t1", "s1"), ("t1", "s2")}
    assert "Not looked at: academicsessions.csv, junk.csv." in report.notes
