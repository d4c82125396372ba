"""One time, one visit: whoever is first, the others are offered what is left."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from hvbot.models import Busy, Invitation, OutboundText, School, Visit
from hvbot.models.batch import Batch
from hvbot.services.facts import school_site
from hvbot.services.programs import the_program
from hvbot.services.visits import take_quarters
from tests.support import builders
from tests.support.invariants import violations
from tests.support.season import Season

FAMILIES = tuple(f"Family{n}" for n in range(6))


@pytest.fixture
def scarce(empty_season: Season) -> Season:
    """Six willing families, shown the only two times there are."""
    season = empty_season
    builders.a_school(season)
    times = [
        (builders.on(season, date(2026, 12, day), time(15)), builders.on(season, date(2026, 12, day), time(15, 45)))
        for day in (3, 4)
    ]
    builders.okafor_and_lee(season, *times)
    for name in FAMILIES:
        builders.a_home(season, (name, "en"))
    builders.start(season)
    for name in FAMILIES:
        season.text(name, "yes")
    season.tick()
    return season


def visits(season: Season) -> list[Visit]:
    return season.rows(select(Visit).where(Visit.status == "booked"))


@pytest.mark.fault(24)
def test_of_six_that_want_one_time_at_once_one_gets_it_and_the_others_are_offered_the_rest(scarce: Season) -> None:
    with ThreadPoolExecutor(len(FAMILIES)) as pool:
        list(pool.map(lambda name: scarce.text(name, "1"), FAMILIES))
    scarce.tick()

    answers = [scarce.bodies(name)[-1] for name in FAMILIES]
    assert len(visits(scarce)) == 1
    assert sum("You are set" in answer for answer in answers) == 1
    assert sum("just taken" in answer and "1) Friday Dec 4, 3:00 PM" in answer for answer in answers) == 5
    assert violations(scarce) == []


@pytest.mark.fault(24)
def test_when_all_times_are_gone_the_others_write_their_own_words(scarce: Season) -> None:
    for number in ("1", "1"):
        with ThreadPoolExecutor(len(FAMILIES)) as pool:
            list(pool.map(lambda name: scarce.text(name, number), FAMILIES))  # noqa: B023 - used at once
    scarce.tick()

    answers = [scarce.bodies(name)[-1] for name in FAMILIES]
    assert len(visits(scarce)) == 2
    assert sum("What days and times" in answer for answer in answers) == 4
    assert violations(scarce) == []


def test_one_family_that_presses_six_times_has_one_visit(season: Season) -> None:
    builders.a_home(season, ("Kim", "en"))
    builders.start(season)
    season.text("Kim", "yes")
    season.tick()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: season.text("Kim", "2"), range(6)))
    season.tick()

    assert len(visits(season)) == 1
    assert len(season.rows(select(Busy.quarter))) == 8
    assert sum("You are set" in body for body in season.bodies("Kim")) == 1


@pytest.mark.fault(38)
def test_two_adults_of_a_home_who_choose_at_once_have_one_visit(season: Season) -> None:
    builders.a_home(season, ("Rosa", "en"), ("Carlos", "en"))
    builders.start(season)
    for name in ("Rosa", "Carlos"):
        season.text(name, "yes")
    season.tick()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: season.text(name, "1"), ("Rosa", "Carlos")))
    season.tick()

    assert len(visits(season)) == 1
    assert violations(season) == []


@pytest.mark.fault(25)
def test_the_database_refuses_a_second_visit_at_the_same_time(season: Season) -> None:
    visit = a_booked_visit(season)

    with pytest.raises(IntegrityError), season.runtime.writing() as session:
        session.execute(insert(Busy), [{"educator_id": visit.first_id, "quarter": taken(season), "visit_id": visit.id}])


@pytest.mark.fault(25)
def test_the_database_refuses_an_overlap_of_a_quarter_hour(season: Season) -> None:
    visit = a_booked_visit(season)

    with season.runtime.writing() as session:
        site = school_site(session, the_program(session, season.clock.now()), session.get_one(School, season.school_id))

    batch = Batch()
    take_quarters(batch, visit, site.rules)

    with pytest.raises(IntegrityError), season.runtime.writing() as session:
        batch.run(session.connection())


def test_the_database_refuses_a_second_live_visit_of_a_home(season: Season) -> None:
    visit = a_booked_visit(season)
    values = {column.name: getattr(visit, column.name) for column in Visit.__table__.columns if column.name != "id"}

    with pytest.raises(IntegrityError), season.runtime.writing() as session:
        session.execute(insert(Visit).values(**values))


def a_booked_visit(season: Season) -> Visit:
    builders.a_home(season, ("Kim", "en"))
    builders.start(season)
    season.text("Kim", "yes")
    season.text("Kim", "1")
    return season.one(select(Visit))


def taken(season: Season) -> int:
    return season.one(select(func.min(Busy.quarter)))


def test_moving_frees_the_old_time(season: Season) -> None:
    old = a_booked_visit(season)

    season.text("Kim", "change")
    season.text("Kim", "2")

    new = season.one(select(Visit).where(Visit.status == "booked"))
    assert (new.version, new.moved_from_id) == (2, old.id)
    assert set(season.rows(select(Busy.visit_id))) == {new.id}


def test_the_invitation_is_booked_and_counts_no_more_nudges(season: Season) -> None:
    a_booked_visit(season)

    invitation = season.one(select(Invitation))
    assert (invitation.status, invitation.nudge_due_at) == ("booked", None)
    assert season.rows(select(OutboundText.purpose).where(OutboundText.purpose == "nudge")) == []


def test_see_you_does_not_come_once_the_visit_has_begun(season: Season) -> None:
    builders.a_home(season, ("Kim", "en"))
    builders.start(season)
    for words in ("1", "1"):
        season.text("Kim", words)
    season.run_until(datetime(2026, 12, 7, 19, 0, tzinfo=UTC))

    season.text("Kim", "yes")
    season.clock.move_to(datetime(2026, 12, 7, 20, 1, tzinfo=UTC))
    season.tick()

    last = season.rows(select(OutboundText).where(OutboundText.wording.like("STILL_ON@%")))
    assert [(text.status, text.reason) for text in last] == [("dropped", "too late")]


def test_a_visit_of_which_nobody_said_what_became_does_not_hide_the_next_round(season: Season) -> None:
    builders.a_home(season, ("Kim", "en"))
    builders.start(season)
    for words in ("1", "1"):
        season.text("Kim", words)
    season.run_until(datetime(2026, 12, 8, 15, 0, tzinfo=UTC))
    builders.a_round(season, name="Winter", starts_on=date(2027, 1, 11), ends_on=date(2027, 1, 29))
    season.tick()
    builders.start(season)

    season.text("Kim", "1")
    season.tick()

    assert "See you" not in " ".join(season.bodies("Kim")[-2:])
    assert season.one(select(Invitation.consented_at).where(Invitation.round_id == season.round_id)) is not None
