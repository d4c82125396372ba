"""Who is asked in a round, who is not and why, and that nobody is asked twice."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hvbot.models import (
    Attention,
    Base,
    Conversation,
    EducatorStudent,
    Household,
    Invitation,
    InvitationStudent,
    OutboundText,
    Pair,
    Program,
)
from hvbot.services.programs import set_setting
from hvbot.services.roster import apply_import
from hvbot.services.rounds import RoundProblem, preview, start, start_round
from tests.support import builders
from tests.support.oneroster import write_bundle, write_staff
from tests.support.season import Season

HOMES, DRAWN = 300, 60


def contents(season: Season) -> dict[str, list[tuple[object, ...]]]:
    """Everything the database holds."""
    with season.runtime.sessions() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def reasons(season: Season) -> dict[str, str]:
    """Who would not be asked, and why."""
    return dict(preview(season.runtime, season.round_id).not_asked_homes)


def asked(season: Season) -> set[str]:
    """The homes that have an invitation."""
    found = select(Household.ref).join(Invitation, Invitation.household_id == Household.id)
    return set(season.rows(found))


def test_a_dry_run_writes_nothing(season: Season) -> None:
    builders.a_home(season, ("Rosa", "es"))
    builders.a_round(season)
    before = contents(season)

    shown = preview(season.runtime, season.round_id)

    assert (shown.homes, [cost.language for cost in shown.languages]) == (1, ["es"])
    assert contents(season) == before


def test_the_preview_tells_what_the_start_then_does(season: Season) -> None:
    builders.a_home(season, ("Rosa", "es"), ("Carlos", "en"))
    builders.a_home(season, ("Amina", "ar"))
    builders.a_round(season)
    shown = preview(season.runtime, season.round_id)

    started = start_round(season.runtime, season.round_id)

    assert (started.homes, started.texts) == (shown.homes, sum(cost.texts for cost in shown.languages)) == (2, 3)
    rows = season.rows(select(OutboundText.segments))
    assert sum(rows) == sum(cost.segments for cost in shown.languages)


def test_starting_twice_asks_nobody_twice(season: Season) -> None:
    for name in ("Rosa", "Kim", "Ben"):
        builders.a_home(season, (name, "en"))
    builders.start(season)
    season.clock.advance(minutes=5)

    again = builders.start(season)

    assert (again.homes, again.texts) == (0, 0)
    assert [len(season.bodies(name)) for name in ("Rosa", "Kim", "Ben")] == [1, 1, 1]


@pytest.fixture
def home_by_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each home in a transaction of its own."""
    monkeypatch.setattr(start, "CHUNK", 1)
    monkeypatch.setattr(start, "SHORT_CHUNK", 1)


def test_a_number_of_two_homes_is_asked_for_one_also_in_another_chunk(season: Season, home_by_home: None) -> None:
    builders.a_home(season, ("Rosa", "es"))
    builders.a_home(season, ("Amina", "ar"))
    builders.a_home(season, ref="Luis")
    other = season.one(select(Household.id).where(Household.ref == "home-luis"))
    builders.an_adult(season, other, "Lola", "es", season.people["Rosa"])
    builders.a_round(season)

    assert reasons(season) == {"home-luis": "number_busy"}
    assert builders.start(season).homes == 2
    assert len(season.bodies("Rosa")) == 1


def test_who_ends_the_texts_while_the_round_starts_is_not_asked(season: Season, home_by_home: None) -> None:
    for name in ("Rosa", "Kim"):
        builders.a_home(season, (name, "en"))
    round_id = builders.a_round(season)

    def meanwhile(done: int, _total: int) -> None:
        if done == 1:
            season.text("Kim", "STOP")

    started = start_round(season.runtime, round_id, progress=meanwhile)

    assert started.homes == 1
    assert builders.conversation(season, "Kim").consent == "revoked"


def test_a_start_goes_on_to_the_last_home_and_tells_how_far_it_is(season: Season, home_by_home: None) -> None:
    for name in ("Rosa", "Kim", "Ben"):
        builders.a_home(season, (name, "en"))
    round_id = builders.a_round(season)
    told: list[tuple[int, int]] = []

    started = start_round(season.runtime, round_id, progress=lambda *at: told.append(at))

    assert (started.homes, told) == (3, [(1, 3), (2, 3), (3, 3)])
    assert len(set(season.rows(select(Invitation.pair_id)))) == len(season.rows(select(Pair.id)))


@pytest.mark.parametrize(("minutes", "steps"), [(0, [1, 2, 3, 4]), (2, [3, 4])])
def test_while_families_write_a_start_goes_in_short_steps(
    season: Season, monkeypatch: pytest.MonkeyPatch, minutes: int, steps: list[int]
) -> None:
    monkeypatch.setattr(start, "CHUNK", 3)
    monkeypatch.setattr(start, "SHORT_CHUNK", 1)
    for name in ("Rosa", "Kim", "Ben", "Ida"):
        builders.a_home(season, (name, "en"))
    round_id = builders.a_round(season)
    season.text("Rosa", "hello")
    season.clock.advance(minutes=minutes)
    told: list[int] = []

    start_round(season.runtime, round_id, progress=lambda done, _total: told.append(done))

    assert told == steps


def test_a_home_that_came_later_is_asked_by_a_second_start(season: Season) -> None:
    builders.a_home(season, ("Rosa", "en"))
    builders.start(season)
    builders.a_home(season, ("Kim", "en"))

    again = builders.start(season)

    assert again.homes == 1
    assert len(season.bodies("Rosa")) == len(season.bodies("Kim")) == 1


def many_homes(season: Season, folder: Path) -> None:
    families = [(f"f{n:03}", f"+1{202 + n // 100}55501{n % 100:02}", "en") for n in range(HOMES)]
    teachers = [("t1", "+12125550101"), ("t2", "+12125550102")]
    apply_import(season.runtime, write_bundle(folder / "roster.zip", families, teachers))
    apply_import(season.runtime, write_staff(folder / "staff", teachers, [("2026-12-02T15:00", "2026-12-02T18:00")]))
    season.program_id = season.one(select(Program.id))


def test_the_same_seed_draws_the_same_sample_and_a_second_start_no_others(empty_season: Season, tmp_path: Path) -> None:
    season = empty_season
    many_homes(season, tmp_path)
    rounds = [builders.a_round(season, sample=DRAWN, seed=seed) for seed in (5, 5, 6)]
    shown = [{ref for ref, why in preview(season.runtime, it).not_asked_homes if why == "not_drawn"} for it in rounds]
    assert [len(refs) for refs in shown] == [HOMES - DRAWN] * 3
    assert shown[0] == shown[1] != shown[2]

    first = start_round(season.runtime, rounds[0])
    drawn = asked(season)
    again = start_round(season.runtime, rounds[0])

    assert (first.homes, again.homes) == (DRAWN, 0)
    assert drawn.isdisjoint(shown[0])
    assert asked(season) == drawn


def test_the_draw_stays_when_a_drawn_family_ends_the_texts(season: Season) -> None:
    for name in ("Rosa", "Kim", "Ben", "Amina", "Luis", "Ida"):
        builders.a_home(season, (name, "en"))
    builders.a_round(season, sample=2, seed=3)
    builders.start(season)
    drawn = asked(season)
    season.text(next(name for name in season.people if f"home-{name.lower()}" in drawn), "STOP")

    again = builders.start(season)

    assert again.homes == 0
    assert asked(season) == drawn


def test_a_home_that_comes_after_the_draw_puts_nobody_else_in_the_sample(season: Season) -> None:
    for name in ("Rosa", "Kim", "Ben", "Amina"):
        builders.a_home(season, (name, "en"))
    builders.a_round(season, sample=2, seed=3)
    builders.start(season)
    for n in range(6):
        builders.a_home(season, (f"Late{n}", "en"))

    assert builders.start(season).homes == 0


@pytest.mark.fault(37)
def test_siblings_are_asked_together(season: Season) -> None:
    builders.a_home(season, ("Rosa", "es"), children=3)

    builders.start(season)

    assert len(season.rows(select(Invitation.id))) == 1
    assert len(season.rows(select(InvitationStudent.student_id))) == 3
    assert len(season.bodies("Rosa")) == 1


@pytest.mark.fault(37)
def test_two_homes_of_one_child_have_two_invitations(season: Season) -> None:
    home = builders.a_home(season, ("Rosa", "es"))
    builders.a_home(season, ("Luis", "en"), students=builders.students_of(season, home))

    builders.start(season)

    assert len(season.rows(select(Invitation.id))) == 2
    assert len(set(season.rows(select(InvitationStudent.student_id)))) == 1
    assert [len(season.bodies(name)) for name in ("Rosa", "Luis")] == [1, 1]


@pytest.mark.fault(36)
def test_who_is_not_asked_is_named_with_the_reason(season: Season) -> None:
    builders.a_home(season, ("Forbidden", "en"), contact_allowed=False)
    builders.a_home(season, ("Phoneless", "en"), phone=False)
    builders.a_home(season, ("Stopped", "en"))
    builders.a_home(season, ("Recycled", "en"))
    builders.a_home(season, ("Foreign", "gu"))
    builders.a_number(season, "Stopped", consent="revoked")
    builders.a_number(season, "Recycled", reach="wrong")
    builders.a_home(season, ("Rosa", "es"))
    builders.a_round(season)

    found = reasons(season)
    started = builders.start(season)

    assert found == {
        "home-forbidden": "contact_forbidden",
        "home-phoneless": "no_number",
        "home-stopped": "opted_out",
        "home-recycled": "wrong_number",
        "home-foreign": "language_not_ready",
    }
    assert started.homes == 1
    assert {entry.number for entry in season.carrier.sent} == {season.people["Rosa"]}


def test_a_family_whose_language_is_not_ready_comes_before_a_person(season: Season) -> None:
    builders.a_home(season, ("Foreign", "gu"))

    builders.start(season)

    matter = season.one(select(Attention))
    assert (matter.reason, matter.detail) == ("language_not_ready", "gu")
    assert matter.conversation_id == builders.conversation(season, "Foreign").id


def test_only_the_adult_who_may_be_contacted_is_texted(season: Season) -> None:
    home = builders.a_home(season, ("Rosa", "es"))
    builders.an_adult(season, home, "Carlos", "en", contact_allowed=False)

    started = builders.start(season)

    assert started.texts == 1
    assert season.bodies("Carlos") == []


def test_a_number_listed_twice_is_texted_once(season: Season) -> None:
    home = builders.a_home(season, ("Rosa", "es"))
    builders.an_adult(season, home, "Lola", "es", season.people["Rosa"])

    started = builders.start(season)

    assert started.texts == 1


def test_a_home_is_given_the_pair_that_teaches_its_child_else_one_of_its_language_else_the_least_busy(
    season: Season, home_by_home: None
) -> None:
    first = season.one(select(Pair.id))
    spanish = [builders.an_educator(season, name, languages=["en", "es"]) for name in ("Ms. Ruiz", "Mr. Diaz")]
    second = builders.a_pair(season, *spanish)
    third = builders.a_pair(season, *(builders.an_educator(season, name) for name in ("Ms. Hall", "Mr. Cole")))
    taught = builders.a_home(season, ("Amina", "en"))
    builders.a_home(season, ("Rosa", "es"))
    for name in ("Kim", "Ben", "Ida"):
        builders.a_home(season, (name, "en"))
    with season.runtime.writing() as session:
        [child] = builders.students_of(season, taught)
        session.add(EducatorStudent(educator_id=spanish[1], student_id=child))

    builders.start(season)

    found = select(Household.ref, Invitation.pair_id).join(Invitation, Invitation.household_id == Household.id)
    with season.runtime.sessions() as session:
        pairs = dict(session.execute(found).all())
    assert pairs == {"home-amina": second, "home-rosa": second, "home-kim": first, "home-ben": third, "home-ida": first}


def test_without_a_trained_pair_nobody_is_asked(empty_season: Season) -> None:
    season = empty_season
    builders.a_school(season)
    untrained = [builders.an_educator(season, name, trained_on=None) for name in ("Ms. New", "Mr. New")]
    builders.a_pair(season, *untrained)
    builders.a_home(season, ("Rosa", "es"))

    started = builders.start(season)

    assert started.homes == 0
    assert reasons(season) == {"home-rosa": "no_pair"}


def test_the_first_text_is_no_consent(season: Season) -> None:
    builders.a_home(season, ("Rosa", "es"))

    builders.start(season)

    assert builders.conversation(season, "Rosa").consent == "asked"


def test_a_round_of_the_same_time_does_not_ask_a_family_that_had_its_visit(season: Season) -> None:
    builders.a_home(season, ("Rosa", "en"))
    builders.start(season)
    season.text("Rosa", "1")
    season.text("Rosa", "1")
    builders.a_round(season)

    assert reasons(season) == {"home-rosa": "already_visited"}


def test_a_round_with_its_days_the_wrong_way_round_is_refused(season: Season) -> None:
    with pytest.raises(RoundProblem, match="before --from"):
        builders.a_round(season, ends_on=builders.FIRST_DAY - timedelta(days=1))


def test_a_round_for_an_unknown_school_names_those_there_are(season: Season) -> None:
    with pytest.raises(RoundProblem, match="lincoln"):
        builders.a_round(season, school_refs=["elsewhere"])


def test_texts_and_invitations_stay_in_step(season: Season) -> None:
    for n in range(7):
        builders.a_home(season, (f"Home{n}", "en"))

    builders.start(season)

    asked_texts = season.one(select(func.count()).select_from(OutboundText).where(OutboundText.purpose == "ask"))
    assert asked_texts == season.one(select(func.count()).select_from(Invitation)) == 7
    families = Conversation.id.in_(select(OutboundText.conversation_id))
    assert set(season.rows(select(Conversation.consent).where(families))) == {"asked"}


def test_a_program_may_ask_for_signed_texts_alone(season: Season) -> None:
    builders.a_home(season, ("Rosa", "es"))
    builders.a_home(season, ("Beth", "en"))
    with season.runtime.writing() as session:
        set_setting(session, "require_review=yes", season.clock.now())
    builders.a_round(season)

    assert reasons(season) == {"home-rosa": "language_not_ready"}
    assert builders.start(season).homes == 1
