from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select

from hvbot.models import Availability, ClosedDay, Educator
from hvbot.runtime import Runtime
from hvbot.services.closing import close_school
from hvbot.services.roster import apply_import
from tests.services.roster import cast

Folder = Callable[..., Path]
HEADER = "educator_id,start,end\n"


def given(runtime: Runtime) -> set[tuple[str, datetime, datetime]]:
    with runtime.sessions() as session:
        found = session.execute(
            select(Educator.ref, Availability.starts_at, Availability.ends_at).join(
                Availability, Availability.educator_id == Educator.id
            )
        )
        return {(ref, start, end) for ref, start, end in found}


def at(day: int, hour: int, month: int = 8) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_local_time_is_stored_as_the_schools(runtime: Runtime, folder: Folder) -> None:
    winter = HEADER + "T1,2026-12-01T16:00,2026-12-01T17:00\nT2,8/18/2026 4:00 PM,8/18/2026 7:00 PM\n"

    apply_import(runtime, folder({"availability.csv": winter}))

    assert given(runtime) == {
        ("T1", at(1, 22, 12), at(1, 23, 12)),
        ("T2", at(18, 21), datetime(2026, 8, 19, 0, tzinfo=UTC)),
    }


def test_a_file_replaces_the_future_of_those_it_names(runtime: Runtime, folder: Folder) -> None:
    apply_import(runtime, folder())
    changed = HEADER + "T1,2026-08-18T16:00,2026-08-18T18:00\nT1,2026-08-20T16:00,2026-08-20T18:00\n"

    first = apply_import(runtime, folder({"availability.csv": changed}))
    moved = apply_import(runtime, folder({"availability.csv": HEADER + "T1,2026-08-21T16:00,2026-08-21T18:00\n"}))

    assert cast.counts(first, "availability") == (1, 1, 0, 0, 0)
    assert cast.counts(moved, "availability") == (1, 0, 2, 0, 0)
    assert given(runtime) == {("T1", at(21, 21), at(21, 23)), ("T2", at(18, 21), datetime(2026, 8, 19, 0, tzinfo=UTC))}


def test_an_hour_that_clocks_skip_or_repeat_is_blocked(runtime: Runtime, folder: Folder) -> None:
    odd = (
        HEADER
        + "T1,2027-03-14T02:30,2027-03-14T04:00\nT1,2026-11-01T01:30,2026-11-01T03:00\nT1,2026-11-01T10:00,2026-11-01T11:00\n"
    )

    report = apply_import(runtime, folder({"availability.csv": odd}))

    assert [(row, reason.split()[1]) for _file, row, reason in cast.reasons(report)] == [(2, "does"), (3, "comes")]
    assert len(given(runtime)) == 1


def test_the_same_start_twice_is_blocked_unless_the_rows_agree(runtime: Runtime, folder: Folder) -> None:
    twice = HEADER + "T1,2026-08-18T16:00,2026-08-18T18:00\n" * 2 + "T1,2026-08-18T16:00,2026-08-18T19:00\n"

    report = apply_import(runtime, folder({"availability.csv": twice}))

    assert [row for _file, row, _reason in cast.reasons(report)] == [4]
    assert cast.counts(report, "availability")[0] == 1


def test_closed_days_are_those_of_the_file(runtime: Runtime, folder: Folder) -> None:
    days = "school_id,day,reason\nA,2026-09-07,Labor Day\nA,9/21/2026,\n"
    apply_import(runtime, folder({"closed_days.csv": days}))
    assert apply_import(runtime, folder({"closed_days.csv": days})).changes_something is False

    report = apply_import(
        runtime,
        folder({"closed_days.csv": "school_id,day,reason\nA,2026-09-07,Holiday\nA,2026-10-01,\nZ,2026-10-01,\n"}),
    )

    assert cast.counts(report, "closed days") == (1, 1, 1, 0, 1)
    with runtime.sessions() as session:
        rows = {(row.day, row.reason) for row in session.scalars(select(ClosedDay))}
    assert rows == {(date(2026, 9, 7), "Holiday"), (date(2026, 10, 1), None)}


def test_the_file_does_not_open_a_day_that_a_person_closed(runtime: Runtime, folder: Folder) -> None:
    days = "school_id,day,reason\nA,2026-09-07,Labor Day\n"
    apply_import(runtime, folder({"closed_days.csv": days}))
    close_school(runtime, "A", date(2026, 9, 22), "Snow")

    apply_import(runtime, folder({"closed_days.csv": days.replace("Labor", "Labour")}))

    with runtime.sessions() as session:
        rows = {(row.day, row.reason) for row in session.scalars(select(ClosedDay))}
    assert rows == {(date(2026, 9, 7), "Labour Day"), (date(2026, 9, 22), "Snow")}


def test_time_that_is_over_is_not_added(runtime: Runtime, folder: Folder) -> None:
    past = HEADER + "T1,2026-08-01T16:00,2026-08-01T18:00\nT1,2026-08-18T16:00,2026-08-18T18:00\n"

    report = apply_import(runtime, folder({"availability.csv": past}))

    assert cast.counts(report, "availability") == (1, 0, 0, 1, 0)
    assert given(runtime) == {("T1", at(18, 21), at(18, 23))}
