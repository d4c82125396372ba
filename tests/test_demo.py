"""The demo plays a season through the real webhook, and exists nowhere else."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hvbot import demo_season
from hvbot.demo import demo_stage
from hvbot.demo_data import FAMILIES
from hvbot.demo_season import SCENES, play
from hvbot.web.demo.stage import NotTaken, Stage

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def demo() -> Iterator[tuple[Stage, Flask]]:
    with demo_stage(8000) as made:
        yield made


@pytest.fixture
def visitor(demo: tuple[Stage, Flask]) -> FlaskClient:
    return demo[1].test_client()


def press(client: FlaskClient, action: str, **fields: str) -> None:
    found = TOKEN.search(client.get("/demo").text)
    assert found
    assert client.post(action, data={"csrf_token": found[1], **fields}).status_code == 302


def test_the_season_ends_as_it_should(demo: tuple[Stage, Flask]) -> None:
    out = io.StringIO()
    problems = play(demo[0], out)
    told = out.getvalue()

    assert problems == []
    assert len(SCENES) >= 12
    assert len({language for _, _, _, language, *_ in FAMILIES}) >= 3
    for said in ("Rosa Marquez", "none of the times suit", "How families answered", "The season ended as it should."):
        assert said in told


def test_a_season_that_ends_wrong_is_told(demo: tuple[Stage, Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers: no visit is booked."""
    monkeypatch.setattr(demo_season, "LATER", {})
    monkeypatch.setattr(demo_season, "SCENES", tuple(scene for scene in SCENES if scene.family == "stone"))
    monkeypatch.setattr(demo_season, "DAYS", 2)
    out = io.StringIO()

    problems = play(demo[0], out)

    assert "a visit should have been moved" in problems
    assert "stone should have come before a person: Did not answer two texts: phone the family" in problems
    assert "WRONG" in out.getvalue()


def test_a_text_needs_the_carriers_signature(demo: tuple[Stage, Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    stage, app = demo
    stage.post = lambda path, form, _headers: app.test_client().post(path, data=dict(form)).status_code

    with pytest.raises(NotTaken, match="403"):
        stage.writes("+12025550101", "1")


def test_whoever_opens_the_demo_is_its_coordinator(visitor: FlaskClient) -> None:
    page = visitor.get("/demo")

    assert page.status_code == 200
    for name in ("Rosa Marquez", "Amina Haddad", "Kim Tran", "Ms. Vega"):
        assert name in page.text
    assert visitor.get("/today").status_code == 200


def test_a_press_on_a_phone_is_answered_at_once(visitor: FlaskClient) -> None:
    page = visitor.get("/demo").text
    number = re.search(r'id="phone-(\d+)"', page)
    assert number
    press(visitor, f"/demo/phones/{number[1]}/write", quick="1")
    after = visitor.get(f"/demo/phones/{number[1]}").text

    assert "read as: yes" in after
    assert "¡Gracias!" in after
    assert '<th scope="row">Replied</th><td class="number">1</td>' in visitor.get("/demo/figures").text


def test_the_clock_jumps_and_what_is_due_happens(demo: tuple[Stage, Flask], visitor: FlaskClient) -> None:
    stage = demo[0]
    for words in ("1", "1"):
        stage.writes("+12025550103", words)
    press(visitor, "/demo/jump/evening")
    evening = visitor.get("/demo?phones=").text
    press(visitor, "/demo/jump/after")

    assert "Still good? Reply 1 yes" in evening
    assert "It is " in evening
    with stage.runtime.sessions() as session:
        from hvbot.web.demo.stage import next_visit

        assert next_visit(session, stage.clock.now()) is None
    assert visitor.get("/demo").status_code == 200


def test_a_jump_without_a_visit_says_so(visitor: FlaskClient) -> None:
    press(visitor, "/demo/jump/after")

    assert "There is no such moment ahead" in visitor.get("/demo").text


def test_the_demo_exists_in_the_demo_alone(demo: tuple[Stage, Flask]) -> None:
    from hvbot.web.app import create_app

    app = create_app(demo[0].runtime)

    assert not [rule for rule in app.url_map.iter_rules() if "demo" in rule.rule]
    assert app.test_client().get("/today").status_code == 302
