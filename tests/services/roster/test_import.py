"""Importing the plain folder into both databases."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hvbot.clock import MovableClock
from hvbot.models import (
    AuditEvent,
    Base,
    Conversation,
    Educator,
    EducatorStudent,
    Guardian,
    Program,
    School,
    Student,
)
from hvbot.runtime import Runtime
from hvbot.services.roster import Options, RosterError, apply_import, open_source, plan_import
from tests.services.roster import cast
from tests.services.roster.conftest import NOW, SCHOOL

Folder = Callable[..., Path]
GUARDIANS = SCHOOL["guardians.csv"]


def rows_of(runtime: Runtime) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database but the audit."""
    with runtime.sessions() as session:
        return {
            table.name: sorted(tuple(map(str, row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
            if table.name != "audit_event"
        }


def test_a_first_import_adds_everything(runtime: Runtime, folder: Folder) -> None:
    report = apply_import(runtime, folder())

    assert cast.counts(report, "students") == (3, 0, 0, 0, 0)
    assert cast.counts(report, "guardians") == (2, 0, 0, 0, 0)
    assert cast.phones(runtime) == {"G1": "+12025550101", "G2": "+12025550102"}
    assert cast.languages(runtime)["+12025550102"] == "so"
    assert cast.homes(runtime) == {"~S1": ({"G1"}, {"S1", "S3"}), "~S2": ({"G2"}, {"S2"})}
    assert cast.pairs(runtime) == {("T1", "T2")}
    educator = cast.one(runtime, Educator, "T1")
    assert (educator.languages, educator.trained_on, educator.partner_ref) == (["en", "es"], date(2026, 5, 1), "T2")
    assert cast.one(runtime, School, "A").zone == "America/Chicago"


@pytest.mark.fault(56)
def test_the_same_roster_twice_changes_nothing(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    before = rows_of(runtime)

    report = apply_import(runtime, folder())

    assert not report.changes_something
    assert report.total("unchanged") == 10
    assert rows_of(runtime) == before


@pytest.mark.fault(56)
def test_a_dry_run_tells_what_an_import_does_and_writes_nothing(runtime: Runtime, folder: Folder) -> None:
    empty = rows_of(runtime)
    planned = apply_import(runtime, folder(), dry_run=True)
    assert rows_of(runtime) == empty

    done = apply_import(runtime, folder())
    assert [
        cast.counts(planned, what) for what in ("schools", "educators", "students", "guardians", "availability")
    ] == [cast.counts(done, what) for what in ("schools", "educators", "students", "guardians", "availability")]


def test_a_dry_run_of_changes_counts_what_the_import_then_does(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    changed = {
        "students.csv": SCHOOL["students.csv"].replace("S2,A,Omar,Ali,5,T1", "S2,A,Omar,Ali,6,T2")
        + "S4,A,Ida,Berg,2,T9\n",
        "guardians.csv": GUARDIANS.replace("G2,S2", "G3,S4") + "G1,S4,Rosa Vega,(202) 555-0101,es\n",
    }

    planned = apply_import(runtime, folder(changed), dry_run=True)
    done = apply_import(runtime, folder(changed))

    assert cast.counts(planned, "students") == cast.counts(done, "students") == (1, 1, 0, 2, 0)
    assert cast.counts(planned, "guardians") == cast.counts(done, "guardians") == (1, 1, 1, 0, 0)


def test_a_plan_reads_in_the_callers_session(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    with (
        runtime.sessions() as session,
        open_source(folder({"guardians.csv": GUARDIANS.replace("Amina", "Amina B.")})) as source,
    ):
        program_id = session.scalars(select(Program.id)).one()
        plan = plan_import(session, runtime.settings, program_id, source, NOW)

    assert plan.dry_run
    assert cast.counts(plan, "guardians") == (0, 1, 0, 1, 0)
    assert cast.one(runtime, Guardian, "G2").name == "Amina Ali"


def test_changes_are_told_apart(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())

    report = apply_import(
        runtime,
        folder(
            {
                "schools.csv": "school_id,name,timezone,visit_from\nA,School A,America/Chicago,9:30\n",
                "students.csv": SCHOOL["students.csv"]
                .replace("Omar", "Omar H.")
                .replace("S3,A,Leo,Vega,1,\n", "S3,A,Leo,Vega,1,T2\n"),
            }
        ),
    )

    assert cast.counts(report, "schools") == (0, 1, 0, 0, 0)
    assert cast.counts(report, "students") == (0, 2, 0, 1, 0)
    students = next(section for section in report.sections if section.what == "students")
    assert students.samples["changed"] == ("S2 (first_name)", "S3 (teachers)")
    assert str(cast.one(runtime, School, "A").visit_from) == "09:30:00"
    with runtime.sessions() as session:
        assert session.scalar(select(func.count()).select_from(EducatorStudent)) == 4


def test_good_rows_are_not_held_up_by_blocked_ones(runtime: Runtime, folder: Folder) -> None:
    report = apply_import(
        runtime,
        folder(
            {
                "schools.csv": SCHOOL["schools.csv"] + "B,School B,Nowhere/Here\n",
                "students.csv": SCHOOL["students.csv"]
                + "S4,B,Ida,Berg,2,\nS5,Z,Jo,Ray,2,\n,A,No,Id,1,\nS1,A,Other,Child,1,\n",
                "guardians.csv": GUARDIANS
                + "G3,S9,Who,2025550103,en\nG4,S1,Lost,2.02555E+09,en\nG5,S1,Tongue,2025550105,Klingonish\n",
                "availability.csv": SCHOOL["availability.csv"]
                + "T9,2026-08-18T16:00,2026-08-18T17:00\nT1,2026-08-19T16:00,2026-08-19T16:00\n",
            }
        ),
    )

    assert cast.reasons(report) == [
        ("schools.csv", 3, "timezone 'Nowhere/Here' is no time zone"),
        ("students.csv", 5, "names the unknown school 'B'"),
        ("students.csv", 6, "names the unknown school 'Z'"),
        ("students.csv", 7, "student_id is empty"),
        ("students.csv", 8, "'S1' was in row 2 already, with other values"),
        ("guardians.csv", 5, "names the unknown student 'S9'"),
        ("guardians.csv", 6, "phone '2.02555E+09' was rounded by a spreadsheet: its last digits are lost"),
        ("guardians.csv", 7, "language 'Klingonish' is no language we know"),
        ("availability.csv", 4, "names the unknown educator 'T9'"),
        ("availability.csv", 5, "the end is not after the start"),
    ]
    assert all(problem.remedy for section in report.sections for problem in section.problems)
    assert cast.counts(report, "students") == (3, 0, 0, 0, 4)
    assert cast.phones(runtime) == {"G1": "+12025550101", "G2": "+12025550102"}


def test_a_blocked_row_is_not_taken_for_gone(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    damaged = {
        "students.csv": SCHOOL["students.csv"].replace("S2,A,Omar,Ali", "S2,A,,Ali"),
        "guardians.csv": GUARDIANS.replace("202-555-0102", "2.02555E+09").replace(
            "G1,S3,Rosa Vega,(202) 555-0101", "G1,S3,Rosa Vega,2E+9"
        ),
    }

    report = apply_import(runtime, folder(damaged))

    assert (report.total("gone"), report.total("changed"), report.total("blocked")) == (0, 0, 3)
    assert cast.phones(runtime) == {"G1": "+12025550101", "G2": "+12025550102"}
    assert cast.homes(runtime) == {"~S1": ({"G1"}, {"S1", "S3"}), "~S2": ({"G2"}, {"S2"})}


@pytest.mark.fault(56)
def test_an_unknown_column_stops_the_import_before_anything_is_written(runtime: Runtime, folder: Folder) -> None:
    before = rows_of(runtime)

    with pytest.raises(RosterError, match=r"guardians\.csv: unknown column 'salary'"):
        apply_import(runtime, folder({"guardians.csv": "guardian_id,student_id,name,phone,language,salary\n"}))

    assert [rows for table, rows in rows_of(runtime).items() if table != "program"] == [
        rows for table, rows in before.items() if table != "program"
    ]


def test_who_leaves_is_marked_and_who_returns_is_back(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    without = {
        "students.csv": "\n".join(SCHOOL["students.csv"].splitlines()[:2]) + "\n",
        "guardians.csv": "\n".join(GUARDIANS.splitlines()[:2]) + "\n",
    }

    left = apply_import(runtime, folder(without))
    assert cast.counts(left, "students") == (0, 0, 2, 1, 0)
    assert cast.counts(left, "guardians") == (0, 1, 1, 0, 0)
    assert cast.one(runtime, Student, "S2").gone_at == NOW
    assert cast.homes(runtime) == {"~S1": ({"G1"}, {"S1"})}
    assert apply_import(runtime, folder(without)).changes_something is False

    back = apply_import(runtime, folder())
    assert cast.counts(back, "students") == (0, 2, 0, 1, 0)
    assert cast.counts(back, "guardians") == (0, 2, 0, 0, 0)
    assert cast.one(runtime, Guardian, "G2").gone_at is None
    assert cast.homes(runtime) == {"~S1": ({"G1"}, {"S1", "S3"}), "~S2": ({"G2"}, {"S2"})}


def test_a_missing_or_empty_file_says_nothing_about_who_left(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())

    missing = apply_import(runtime, folder({"students.csv": SCHOOL["students.csv"]}, only=True))
    empty = apply_import(runtime, folder({"guardians.csv": "guardian_id,student_id,name,phone,language\n"}))

    assert missing.changes_something is False
    assert empty.changes_something is False
    assert any("nobody was taken for gone" in note for note in empty.notes)


def test_a_file_that_is_cut_short_says_nothing_about_who_left(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    cut = SCHOOL["students.csv"].replace("S2,A,Omar", 'S2,A,"Omar')

    report = apply_import(runtime, folder({"students.csv": cut}))

    assert report.changes_something is False
    assert cast.reasons(report) == [("students.csv", 3, "a quotation mark is opened and never closed")]


def test_one_file_alone_may_refer_to_what_is_known(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())

    report = apply_import(runtime, folder({"guardians.csv": GUARDIANS + "G3,S2,Ben Ali,2025550103,en\n"}, only=True))

    assert cast.counts(report, "guardians") == (1, 0, 0, 2, 0)
    assert cast.homes(runtime)["~S2"] == ({"G2", "G3"}, {"S2"})


def test_a_guardian_without_a_number_is_imported_with_a_warning(runtime: Runtime, folder: Folder) -> None:
    report = apply_import(runtime, folder({"guardians.csv": GUARDIANS.replace("202-555-0102", "none")}))

    assert cast.phones(runtime) == {"G1": "+12025550101", "G2": None}
    assert cast.reasons(report, "warning") == [("guardians.csv", 4, "no number that can be texted")]
    assert report.total("blocked") == 0


@pytest.mark.fault(56)
def test_one_number_is_one_conversation_with_the_first_rows_language(runtime: Runtime, folder: Folder) -> None:
    shared = GUARDIANS + "G3,S2,Ben Ali,+1 202 555 0101,en\n"

    apply_import(runtime, folder({"guardians.csv": shared}))
    again = apply_import(runtime, folder({"guardians.csv": shared}))

    assert again.changes_something is False
    assert cast.languages(runtime)["+12025550101"] == "es"
    assert cast.phones(runtime)["G3"] == cast.phones(runtime)["G1"]


@pytest.mark.fault(36)
def test_a_changed_number_moves_to_its_own_conversation_and_leaves_the_old_one(
    runtime: Runtime, folder: Folder
) -> None:
    apply_import(runtime, folder())
    with runtime.writing() as session:
        old = session.scalars(select(Conversation).where(Conversation.address == "+12025550102")).one()
        old.consent, kept = "granted", old.id

    report = apply_import(runtime, folder({"guardians.csv": GUARDIANS.replace("202-555-0102", "202-555-0109")}))

    assert cast.counts(report, "guardians") == (0, 1, 0, 1, 0)
    assert cast.phones(runtime)["G2"] == "+12025550109"
    with runtime.sessions() as session:
        rows = dict(session.execute(select(Conversation.address, Conversation.consent)).all())
        assert session.get_one(Conversation, kept).address == "+12025550102"
    assert (rows["+12025550102"], rows["+12025550109"]) == ("granted", "none")


def test_the_rosters_language_is_followed_unless_the_person_chose_one(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    with runtime.writing() as session:
        chosen = session.scalars(select(Conversation).where(Conversation.address == "+12025550101")).one()
        chosen.language, chosen.language_chosen = "en", True

    apply_import(runtime, folder({"guardians.csv": GUARDIANS.replace(",es\n", ",zh\n").replace(",so\n", ",Arabic\n")}))

    assert cast.languages(runtime) == cast.languages(runtime) | {"+12025550101": "en", "+12025550102": "ar"}
    assert cast.one(runtime, Guardian, "G1").language == "zh-Hans"


def test_a_no_to_contact_in_one_row_holds_for_the_home(runtime: Runtime, folder: Folder) -> None:
    guardians = (
        "guardian_id,student_id,name,phone,language,contact,relation,address\n"
        "G1,S1,Rosa Vega,2025550101,es,yes,mother,12 Oak St\n"
        "G1,S3,Rosa Vega,2025550101,es,No,mother,12 Oak St\n"
        "G2,S2,Amina Ali,2025550102,so,TRUE,,\n"
    )

    apply_import(runtime, folder({"guardians.csv": guardians}))

    rosa, amina = cast.one(runtime, Guardian, "G1"), cast.one(runtime, Guardian, "G2")
    assert (rosa.contact_allowed, rosa.relation, rosa.address) == (False, "mother", "12 Oak St")
    assert (amina.contact_allowed, amina.relation, amina.address) == (True, None, None)


def test_what_a_file_does_not_tell_stays(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    with runtime.writing() as session:
        guardian = session.scalars(select(Guardian).where(Guardian.ref == "G2")).one()
        guardian.contact_allowed, guardian.address = False, "3 Elm St"

    assert apply_import(runtime, folder()).changes_something is False
    assert cast.one(runtime, Guardian, "G2").address == "3 Elm St"


def test_interpreters_are_educators_of_another_role_and_give_time(runtime: Runtime, folder: Folder) -> None:
    files = {
        "interpreters.csv": "interpreter_id,name,phone,languages\nI1,Mr. Warsame,2025550181,so;ar\n",
        "availability.csv": SCHOOL["availability.csv"] + "I1,2026-08-18T16:00,2026-08-18T18:00\n",
    }

    first = apply_import(runtime, folder(files))
    again = apply_import(runtime, folder(files))

    assert cast.counts(first, "interpreters") == (1, 0, 0, 0, 0)
    assert cast.counts(first, "availability")[0] == 3
    assert again.changes_something is False
    interpreter = cast.one(runtime, Educator, "I1")
    assert (interpreter.role, interpreter.languages, interpreter.willing) == ("interpreter", ["so", "ar"], True)
    assert cast.pairs(runtime) == {("T1", "T2")}


def test_an_interpreter_waits_for_a_school(runtime: Runtime, folder: Folder) -> None:
    alone = {"interpreters.csv": "interpreter_id,name,phone,languages\nI1,Mr. Warsame,2025550181,so\n"}

    report = apply_import(runtime, folder(alone, only=True))

    assert cast.reasons(report) == [("interpreters.csv", 2, "there is no school yet")]
    assert report.is_usable is False


@pytest.mark.fault(57)
def test_names_that_look_like_formulas_are_kept_as_they_are(runtime: Runtime, folder: Folder) -> None:
    guardians = GUARDIANS.replace("Amina Ali", "=SUM(A1)").replace("202-555-0102", "=+12025550102")

    apply_import(runtime, folder({"guardians.csv": guardians}))

    assert cast.one(runtime, Guardian, "G2").name == "=SUM(A1)"
    assert cast.phones(runtime)["G2"] == "+12025550102"


def test_letters_of_windows_and_lost_ones_are_said(runtime: Runtime, folder: Folder) -> None:
    names = SCHOOL["students.csv"].replace("Luz", "Jos\xe9").encode("cp1252").replace(b"Omar", b"Om\x81r")

    report = apply_import(runtime, folder({"students.csv": names}))

    assert cast.one(runtime, Student, "S1").first_name == "Jos\xe9"
    assert [(row, reason.split(";")[0]) for _file, row, reason in cast.reasons(report, "warning")] == [
        (0, "is not UTF-8"),
        (3, "a letter of this row was lost"),
    ]


def test_an_import_is_in_the_audit_with_counts_only(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder(), actor="dana")

    with runtime.sessions() as session:
        event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.actor, event.at) == ("roster_imported", "dana", NOW)
    assert event.detail is not None
    assert event.detail["students"] == {"added": 3, "changed": 0, "gone": 0, "unchanged": 0, "blocked": 0}


def test_progress_goes_from_nothing_to_all(runtime: Runtime, folder: Folder) -> None:
    seen: list[tuple[int, int]] = []

    apply_import(runtime, folder(), progress=lambda done, whole: seen.append((done, whole)))

    assert seen[0][0] < 50
    assert [done for done, _whole in seen] == sorted(done for done, _whole in seen)
    assert seen[-1] == (100, 100)


def test_a_zone_can_be_given_for_schools_that_name_none(runtime: Runtime, folder: Folder) -> None:
    files = {"schools.csv": "school_id,name,timezone\nA,School A,\n"}

    blocked = apply_import(runtime, folder(files), dry_run=True)
    apply_import(runtime, folder(files), options=Options(timezone="America/Denver"))

    assert cast.reasons(blocked)[0] == ("schools.csv", 2, "timezone is empty")
    assert cast.one(runtime, School, "A").zone == "America/Denver"


def test_a_later_import_leaves_past_time_alone(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    assert isinstance(runtime.clock, MovableClock)
    runtime.clock.move_to(NOW + timedelta(days=30))

    assert apply_import(runtime, folder()).changes_something is False
    late = apply_import(
        runtime, folder({"availability.csv": "educator_id,start,end\nT1,2026-10-01T16:00,2026-10-01T17:00\n"})
    )
    assert cast.counts(late, "availability") == (1, 0, 0, 0, 0)


def test_a_family_is_not_held_up_by_its_childs_or_schools_blocked_row(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    damaged = {
        "schools.csv": SCHOOL["schools.csv"].replace("America/Chicago", "Mars"),
        "students.csv": SCHOOL["students.csv"].replace("S2,A,Omar,Ali", "S2,A,,Ali"),
        "guardians.csv": GUARDIANS.replace("Amina Ali", "Amina B. Ali"),
    }

    report = apply_import(runtime, folder(damaged))

    assert [(file, row) for file, row, _reason in cast.reasons(report)] == [("schools.csv", 2), ("students.csv", 3)]
    assert (report.total("changed"), report.total("gone")) == (1, 0)
    assert cast.one(runtime, Guardian, "G2").name == "Amina B. Ali"
