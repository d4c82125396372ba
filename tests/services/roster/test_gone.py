"""A family or an educator leaves while a visit is set: nothing is canceled, a person is told."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.models import Attention, Educator, Guardian, Household, Invitation, Round, School, Student, Visit
from hvbot.runtime import Runtime
from hvbot.services.roster import apply_import
from tests.services.roster.conftest import NOW, SCHOOL

Folder = Callable[..., Path]
WITHOUT_G2 = {"guardians.csv": SCHOOL["guardians.csv"].replace("G2,S2,Amina Ali,202-555-0102,so\n", "")}
WITHOUT_S2 = {
    "students.csv": SCHOOL["students.csv"].replace("S2,A,Omar,Ali,5,T1\n", ""),
    **WITHOUT_G2,
}


def ref(session: Session, model: type, name: str) -> int:
    return int(session.scalars(select(model.id).where(model.ref == name)).one())  # type: ignore[attr-defined]


def invite(runtime: Runtime, *, status: str = "booked", with_visit: bool = True) -> None:
    """Ask Amina's home, and book a visit."""
    with runtime.writing() as session:
        guardian = session.scalars(select(Guardian).where(Guardian.ref == "G2")).one()
        the_round = Round(
            program_id=guardian.program_id,
            name="Fall",
            starts_on=date(2026, 8, 1),
            ends_on=date(2026, 10, 1),
            sample=None,
            seed=1,
            created_at=NOW,
        )
        session.add(the_round)
        session.flush()
        invitation = Invitation(
            program_id=guardian.program_id,
            round_id=the_round.id,
            household_id=guardian.household_id,
            school_id=ref(session, School, "A"),
            language="so",
            status=status,
            asked_at=NOW,
        )
        session.add(invitation)
        session.flush()
        if with_visit:
            session.add(
                Visit(
                    program_id=guardian.program_id,
                    invitation_id=invitation.id,
                    round_id=the_round.id,
                    household_id=guardian.household_id,
                    student_id=ref(session, Student, "S2"),
                    school_id=ref(session, School, "A"),
                    guardian_id=guardian.id,
                    first_id=ref(session, Educator, "T1"),
                    second_id=ref(session, Educator, "T2"),
                    starts_at=NOW + timedelta(days=8),
                    ends_at=NOW + timedelta(days=8, hours=1),
                    wall="2026-08-18T11:00",
                    zone="America/Chicago",
                    created_at=NOW,
                    changed_at=NOW,
                )
            )


def matters(runtime: Runtime) -> list[tuple[str, bool, bool]]:
    """Each matter: why, whether it names a number, whether it names a visit."""
    with runtime.sessions() as session:
        found = session.scalars(select(Attention).order_by(Attention.id))
        return [(row.reason, row.conversation_id is not None, row.visit_id is not None) for row in found]


@pytest.mark.fault(58)
@pytest.mark.parametrize("without", [WITHOUT_G2, WITHOUT_S2], ids=["guardian", "student and guardian"])
def test_a_visit_outlives_the_family_that_left_and_a_person_is_told_once(
    runtime: Runtime, folder: Folder, without: dict[str, str]
) -> None:
    apply_import(runtime, folder())
    invite(runtime)

    apply_import(runtime, folder(without))
    apply_import(runtime, folder(without))

    assert matters(runtime) == [("family_left_roster", True, True)]
    with runtime.sessions() as session:
        assert session.scalars(select(Visit.status)).all() == ["booked"]
        assert session.scalars(select(Household.gone_at).where(Household.ref == "~S2")).one() == NOW


def test_an_open_invitation_is_told_too_and_a_closed_one_is_not(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    invite(runtime, status="talking", with_visit=False)
    invite(runtime, status="declined", with_visit=False)

    apply_import(runtime, folder(WITHOUT_G2))

    assert matters(runtime) == [("family_left_roster", True, False)]


def test_nothing_is_told_of_a_family_that_is_not_asked(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())

    apply_import(runtime, folder(WITHOUT_S2))

    assert matters(runtime) == []


def test_nothing_is_told_while_another_adult_stays(runtime: Runtime, folder: Folder) -> None:
    two = {"guardians.csv": SCHOOL["guardians.csv"] + "G3,S2,Ben Ali,202-555-0103,en\n"}
    apply_import(runtime, folder(two))
    invite(runtime)

    apply_import(
        runtime, folder({"guardians.csv": two["guardians.csv"].replace("G2,S2,Amina Ali,202-555-0102,so\n", "")})
    )

    assert matters(runtime) == []


@pytest.mark.fault(29)
def test_a_visit_of_an_educator_who_left_is_told(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    invite(runtime)

    apply_import(
        runtime,
        folder(
            {
                "educators.csv": "\n".join(SCHOOL["educators.csv"].splitlines()[:2]) + "\n",
                "availability.csv": None,
            }
        ),
    )

    assert matters(runtime) == [("educator_cannot", True, True)]
