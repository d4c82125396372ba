from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from hvbot.models import Pair
from hvbot.runtime import Runtime
from hvbot.services.roster import apply_import
from tests.services.roster import cast

Folder = Callable[..., Path]
HEADER = "educator_id,school_id,name,willing,partner_id\n"
STUDENTS = "student_id,school_id,first_name,last_name,teacher_ids\n"


def staff(folder: Folder, people: str, students: str = "") -> Path:
    """`people` are words such as T1, T1/T2 (names T2 as partner) or -T1 (not willing)."""
    rows = ""
    for word in people.split():
        ref, _, partner = word.lstrip("-").partition("/")
        rows += f"{ref},A,Teacher {ref},{'no' if word.startswith('-') else 'yes'},{partner}\n"
    files = {"educators.csv": HEADER + rows, "availability.csv": None, "guardians.csv": None}
    return folder(files | {"students.csv": STUDENTS + students} if students else files | {"students.csv": None})


def test_one_side_is_enough_to_name_a_partner(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, staff(folder, "T1/T2 T2 T3 T4/T3"))

    assert cast.pairs(runtime) == {("T1", "T2"), ("T3", "T4")}


def test_both_sides_are_one_pair(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, staff(folder, "T1/T2 T2/T1"))

    assert cast.pairs(runtime) == {("T1", "T2")}


def test_a_changed_partner_lets_the_old_pair_rest_and_a_changed_mind_wakes_it(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, staff(folder, "T1/T2 T2 T3"))

    changed = apply_import(runtime, staff(folder, "T1/T3 T2 T3"))
    assert cast.pairs(runtime) == {("T1", "T3")}
    assert "Pairs: 1 new, 0 again, 1 no longer active." in changed.notes

    apply_import(runtime, staff(folder, "T1/T2 T2 T3"))
    assert cast.pairs(runtime) == {("T1", "T2")}
    with runtime.sessions() as session:
        assert len(session.scalars(select(Pair)).all()) == 2


def test_without_partners_willing_educators_are_paired_by_id(runtime: Runtime, folder: Folder) -> None:
    report = apply_import(runtime, staff(folder, "T3 T1 -T2 T4 T5 T6"))

    assert cast.pairs(runtime) == {("T1", "T3"), ("T4", "T5")}
    assert any(note.startswith("No partner_id at school A: willing educators are paired") for note in report.notes)


def test_teachers_of_the_same_children_are_paired_first(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, staff(folder, "T1 T2 T3 T4", "S1,A,Luz,Vega,T1;T4\nS2,A,Leo,Vega,T4;T1;T2\n"))

    assert cast.pairs(runtime) == {("T1", "T4"), ("T2", "T3")}


def test_a_newcomer_does_not_tear_pairs_apart(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, staff(folder, "T2 T3 T5"))

    apply_import(runtime, staff(folder, "T1 T2 T3 T5"))

    assert cast.pairs(runtime) == {("T2", "T3"), ("T1", "T5")}


def test_who_leaves_is_in_no_pair(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, staff(folder, "T1 T2 T3"))
    left = staff(folder, "T2 T3")

    apply_import(runtime, left)

    assert cast.pairs(runtime) == {("T2", "T3")}
    assert apply_import(runtime, left).changes_something is False
    assert cast.pairs(runtime) == {("T2", "T3")}


def test_a_partner_who_is_unknown_or_oneself_is_said(runtime: Runtime, folder: Folder) -> None:
    report = apply_import(runtime, staff(folder, "T1/T9 T2/T2 T3"))

    assert cast.pairs(runtime) == set()
    assert cast.reasons(report, "warning") == [
        ("educators.csv", 2, "names the unknown educator 'T9' as partner"),
        ("educators.csv", 3, "names itself as partner"),
    ]
