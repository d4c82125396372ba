"""What belongs to school B does not exist for people of school A. Rows of B carry the marker Bbbb."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hvbot.models import Attention, AuditEvent, Conversation, OutboundText
from hvbot.runtime import Runtime
from tests.web.conftest import Browsers, press, token_on
from tests.web.season import Season

MARKER = "Bbbb"
PAGES = (
    "/today",
    "/today?show=settled",
    "/today/live",
    "/progress",
    "/progress/live",
    "/families",
    "/visits?show=all",
    "/downloads",
    "/downloads/visits.csv",
    "/downloads/responses.csv",
)
FOR_COORDINATORS = ("/downloads/consents.csv", "/downloads/texts.csv", "/downloads/attention.csv")


@pytest.fixture
def web_url(database_url: str) -> str:
    return database_url


@pytest.fixture
def dana(browser: Browsers, season: Season) -> FlaskClient:
    """Coordinates school A alone."""
    return browser("coordinator", "A", email="dana@example.org")


@pytest.fixture
def lead(browser: Browsers, season: Season) -> FlaskClient:
    return browser("school_lead", "A", email="lead@example.org")


@pytest.mark.parametrize("path", [*PAGES, *FOR_COORDINATORS])
def test_no_page_of_one_school_shows_another(dana: FlaskClient, browser: Browsers, path: str) -> None:
    own, everybody = dana.get(path), browser("coordinator").get(path)

    assert own.status_code == 200
    for marker in (MARKER, "Birch", "H5", "+12025550104"):
        assert not re.search(rf"(?<![\w.-]){re.escape(marker)}(?![\w.-])", own.text), marker
    if path in {"/today", "/families", "/visits?show=all"}:
        assert MARKER in everybody.text


def test_a_foreign_id_is_as_unknown_as_a_made_up_one(dana: FlaskClient, season: Season) -> None:
    token = token_on(dana, "/today")
    for number in (season.bea, 99999):
        assert dana.get(f"/conversations/{number}").status_code == 404
        assert dana.get(f"/conversations/{number}/live").status_code == 404
        for action in ("answer", "hold"):
            form = {"csrf_token": token, "words": "hello", "held": "yes"}
            assert dana.post(f"/conversations/{number}/{action}", data=form).status_code == 404
    for number in (season.matter_b, 99999):
        for action in ("take", "settle", "reopen"):
            assert dana.post(f"/today/{number}/{action}", data={"csrf_token": token}).status_code == 404
    for path in (f"/families?school={season.school_b}", f"/visits?school={season.school_b}", "/families?round=99"):
        assert dana.get(path).status_code == 404


def test_foreign_rows_are_not_changed(dana: FlaskClient, runtime: Runtime, season: Season) -> None:
    token = token_on(dana, "/today")
    dana.post(f"/conversations/{season.bea}/answer", data={"csrf_token": token, "words": "hello", "keep": "yes"})
    dana.post(f"/today/{season.matter_b}/settle", data={"csrf_token": token})

    with runtime.sessions() as session:
        assert session.get_one(Attention, season.matter_b).status == "open"
        assert not session.get_one(Conversation, season.bea).held_by_person
        assert not session.scalars(select(OutboundText).where(OutboundText.purpose == "person")).all()


def test_the_figures_are_those_of_the_own_school(dana: FlaskClient, browser: Browsers) -> None:
    own, everybody = dana.get("/progress").text, browser("coordinator").get("/progress").text

    assert "Asked: 4 (100%)" in own
    assert "Asked: 5 (100%)" in everybody


@pytest.mark.parametrize("path", PAGES)
def test_a_school_lead_sees_neither_names_nor_numbers_nor_words(lead: FlaskClient, path: str) -> None:
    text = lead.get(path).text

    for secret in ("Rosa", "Marquez", "Haddad", "5550101", "alert(1)", "badge", "Luz", "Elm St", MARKER):
        assert secret not in text


def test_a_school_lead_can_tell_families_apart(lead: FlaskClient) -> None:
    assert "R. M." in lead.get("/families").text


def test_a_partner_sees_totals_alone(browser: Browsers, season: Season) -> None:
    text = browser("partner").get("/progress").text

    assert "Asked: 5 (100%)" in text
    for secret in ("Alder", "Birch", "By school", "By language", "Rosa", ".csv"):
        assert secret not in text


def test_an_educator_sees_the_own_visits_alone(browser: Browsers, season: Season) -> None:
    text = browser("educator", email="okafor@example.org").get("/mine").text

    assert "Rosa Marquez" in text
    assert "1 Elm St" in text
    for secret in (MARKER, "5550101", "Haddad"):
        assert secret not in text


def test_an_educator_whom_the_roster_does_not_know_sees_nothing(browser: Browsers, season: Season) -> None:
    text = browser("educator", email="nobody@example.org").get("/mine").text

    assert "We do not know which educator you are" in text
    assert "Rosa" not in text


def test_an_unknown_numbers_text_is_seen_by_the_school_that_is_asked_to_look(browser: Browsers, season: Season) -> None:
    assert browser("coordinator", "A").get(f"/conversations/{season.stranger}").status_code == 200
    assert (
        browser("coordinator", "B", email="eli@example.org").get(f"/conversations/{season.stranger}").status_code == 404
    )


def test_what_one_settles_is_settled(dana: FlaskClient, runtime: Runtime, season: Season) -> None:
    press(dana, "/today", f"/today/{season.matter_a}/settle")

    with runtime.sessions() as session:
        matter = session.get_one(Attention, season.matter_a)
    assert (matter.status, matter.resolved_at is not None) == ("resolved", True)
    assert "Was not understood twice" not in dana.get("/today").text
    assert "Was not understood twice" in dana.get("/today?show=settled").text


def test_what_was_settled_by_mistake_waits_again(dana: FlaskClient, runtime: Runtime, season: Season) -> None:
    press(dana, "/today", f"/today/{season.matter_a}/settle")
    assert "where you can take it back" in dana.get("/today").text

    press(dana, "/today?show=settled", f"/today/{season.matter_a}/reopen")

    with runtime.sessions() as session:
        matter = session.get_one(Attention, season.matter_a)
        done = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()[-2:]
    assert (matter.status, matter.taken_by, matter.resolved_at) == ("open", None, None)
    assert done == ["attention.resolved", "attention.reopened"]
    assert "Was not understood twice" in dana.get("/today").text


def test_what_waits_again_already_is_not_taken_back_as_well(
    dana: FlaskClient, runtime: Runtime, season: Season
) -> None:
    press(dana, "/today", f"/today/{season.matter_a}/settle")
    with runtime.writing() as session:
        old = session.get_one(Attention, season.matter_a)
        same = ("program_id", "school_id", "conversation_id", "reason", "key", "detail", "since")
        session.add(Attention(status="open", **{name: getattr(old, name) for name in same}))

    press(dana, "/today?show=settled", f"/today/{season.matter_a}/reopen")

    with runtime.sessions() as session:
        assert session.get_one(Attention, season.matter_a).status == "resolved"
    assert "It waits already" in dana.get("/today").text
