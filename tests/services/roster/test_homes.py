"""Which guardians and children make one home, and that homes stay the same from import to import."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hvbot.models import Household
from hvbot.runtime import Runtime
from hvbot.services.roster import apply_import
from tests.services.roster import cast

Folder = Callable[..., Path]
STUDENTS = "student_id,school_id,first_name,last_name\n"
GUARDIANS = "guardian_id,student_id,name,phone,language"


def a_roster(folder: Folder, ties: str, header: str = GUARDIANS) -> Path:
    """`ties` are words such as G1-S1, or G1-S1-H1 with a household."""
    children = sorted({tie.split("-")[1] for tie in ties.split()})
    students = STUDENTS + "".join(f"{child},A,Child,Of\n" for child in children)
    guardians = f"{header}\n"
    for tie in ties.split():
        adult, child, *home = tie.split("-")
        guardians += ",".join([adult, child, f"Adult {adult}", f"202-555-01{adult[1:]:0>2}", "en", *home]) + "\n"
    return folder({"students.csv": students, "guardians.csv": guardians})


def test_adults_of_a_child_and_siblings_who_share_an_adult_make_one_home(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, a_roster(folder, "G1-S1 G2-S1 G2-S2 G3-S3 G4-S4 G3-S4 G5-S5"))

    assert cast.homes(runtime) == {
        "~S1": ({"G1", "G2"}, {"S1", "S2"}),
        "~S3": ({"G3", "G4"}, {"S3", "S4"}),
        "~S5": ({"G5"}, {"S5"}),
    }


def test_a_long_chain_is_one_home(runtime: Runtime, folder: Folder) -> None:
    chain = " ".join(f"G{n}-S{n} G{n}-S{n + 1}" for n in range(10, 30))

    apply_import(runtime, a_roster(folder, chain))

    assert list(cast.homes(runtime)) == ["~S10"]


def test_two_households_of_one_child_stay_apart(runtime: Runtime, folder: Folder) -> None:
    two = a_roster(folder, "G1-S1-mother G2-S1-father G1-S2-mother", GUARDIANS + ",household")

    apply_import(runtime, two)

    assert cast.homes(runtime) == {"mother": ({"G1"}, {"S1", "S2"}), "father": ({"G2"}, {"S1"})}
    assert apply_import(runtime, two).changes_something is False


def test_one_adult_may_live_in_two_homes(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, a_roster(folder, "G1-S1-a G1-S2-b G2-S1-a", GUARDIANS + ",household"))

    assert cast.homes(runtime) == {"a": ({"G1", "G2"}, {"S1"}), "b": ({"G1"}, {"S2"})}


def test_an_empty_household_cell_is_a_home_by_ties(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, a_roster(folder, "G1-S1-a G2-S1- G2-S2-", GUARDIANS + ",household"))

    assert cast.homes(runtime) == {"a": ({"G1"}, {"S1"}), "~S1": ({"G2"}, {"S1", "S2"})}


def test_a_household_id_that_names_a_crowd_is_blocked(runtime: Runtime, folder: Folder) -> None:
    crowd = " ".join(f"G{n}-S{n}-1" for n in range(10, 40)) + " G50-S50-2"

    report = apply_import(runtime, a_roster(folder, crowd, GUARDIANS + ",household"))

    assert report.total("blocked") == 30
    assert cast.reasons(report)[0][2] == "household '1' would have 30 children"
    assert cast.homes(runtime) == {"2": ({"G50"}, {"S50"})}


@pytest.mark.parametrize("newcomer", ["S0", "S9"])
def test_a_new_sibling_joins_the_home_that_is_known(runtime: Runtime, folder: Folder, newcomer: str) -> None:
    apply_import(runtime, a_roster(folder, "G1-S1"))
    home = cast.one(runtime, Household, "~S1").id
    grown = a_roster(folder, f"G1-S1 G1-{newcomer}")

    report = apply_import(runtime, grown)

    assert cast.counts(report, "guardians") == (0, 1, 0, 0, 0)
    assert cast.homes(runtime) == {"~S1": ({"G1"}, {"S1", newcomer})}
    assert cast.one(runtime, Household, "~S1").id == home
    assert apply_import(runtime, grown).changes_something is False


def test_the_home_outlives_its_first_child(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, a_roster(folder, "G1-S1 G1-S2"))
    left = a_roster(folder, "G1-S2")

    apply_import(runtime, left)

    assert cast.homes(runtime) == {"~S1": ({"G1"}, {"S2"})}
    assert apply_import(runtime, left).changes_something is False


def test_a_home_that_splits_keeps_its_name_once(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, a_roster(folder, "G1-S1 G2-S1 G2-S2"))
    split = a_roster(folder, "G1-S1 G2-S2")

    apply_import(runtime, split)

    assert cast.homes(runtime) == {"~S1": ({"G1"}, {"S1"}), "~S2": ({"G2"}, {"S2"})}
    assert apply_import(runtime, split).changes_something is False


def test_homes_that_merge_are_one(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, a_roster(folder, "G1-S1 G2-S2"))
    merged = a_roster(folder, "G1-S1 G2-S2 G1-S2")

    report = apply_import(runtime, merged)

    assert cast.counts(report, "guardians") == (1, 1, 1, 0, 0)
    assert cast.homes(runtime) == {"~S1": ({"G1", "G2"}, {"S1", "S2"})}
    assert cast.one(runtime, Household, "~S2").gone_at is not None
    assert apply_import(runtime, merged).changes_something is False


def test_a_blocked_row_still_ties_its_home_together(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, a_roster(folder, "G1-S1 G1-S2 G2-S1"))
    damaged = a_roster(folder, "G1-S1 G1-S2 G2-S1")
    text = (damaged / "guardians.csv").read_text()
    (damaged / "guardians.csv").write_text(text.replace("G1,S1,Adult G1,202-555-0101", "G1,S1,Adult G1,2.02555E+09"))

    report = apply_import(runtime, damaged)

    assert (report.changes_something, report.total("blocked")) == (False, 1)
    assert cast.homes(runtime) == {"~S1": ({"G1", "G2"}, {"S1", "S2"})}


def test_rows_of_one_adult_that_disagree_are_said_and_the_first_counts(runtime: Runtime, folder: Folder) -> None:
    roster = a_roster(folder, "G1-S1 G1-S2")
    text = (roster / "guardians.csv").read_text().replace("G1,S2,Adult G1,202-555-0101", "G1,S2,Adult G1,202-555-0199")
    (roster / "guardians.csv").write_text(text)

    report = apply_import(runtime, roster)

    assert cast.phones(runtime) == {"G1": "+12025550101"}
    assert cast.reasons(report, "warning") == [
        ("guardians.csv", 3, "guardian 'G1' has another phone in row 2, which counts")
    ]
    assert apply_import(runtime, roster).changes_something is False


def test_an_adults_id_that_is_written_anew_for_each_child_is_blocked(runtime: Runtime, folder: Folder) -> None:
    report = apply_import(runtime, a_roster(folder, " ".join(f"G1-S{n}" for n in range(10, 40)) + " G50-S50"))

    assert report.total("blocked") == 30
    assert cast.reasons(report)[0][2] == "guardian_id 'G1' would have 30 children"
    assert cast.homes(runtime) == {"~S50": ({"G50"}, {"S50"})}
