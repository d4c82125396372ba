"""Who may come to which page: every route against every kind of visitor."""

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from hvbot.runtime import Runtime
from hvbot.web.app import create_app
from hvbot.web.policy import POLICIES, UndeclaredRoute
from tests.web.conftest import Browsers

pytestmark = pytest.mark.usefixtures("season")
ROLES = ("coordinator", "school_lead", "educator", "partner")


def routes(app: Flask, method: str) -> list[tuple[str, str]]:
    """Endpoint and path of every route, with the first rows' ids in it."""
    values = {
        "conversation_id": 1,
        "text_id": 1,
        "attention_id": 1,
        "token": "x",
        "name": "visits",
        "filename": "style.css",
    }
    adapter = app.url_map.bind("127.0.0.1")
    return [
        (rule.endpoint, adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments}, method))
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ())
    ]


def test_a_route_without_a_policy_keeps_the_app_from_starting(runtime: Runtime) -> None:
    extra = Blueprint("extra", __name__)
    extra.add_url_rule("/extra", "page", lambda: "")

    with pytest.raises(UndeclaredRoute, match=r"extra\.page"):
        create_app(runtime, more=extra)


def test_the_table_names_no_route_that_is_not_there(app: Flask) -> None:
    assert POLICIES.keys() == {rule.endpoint for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_comes_to_its_pages_and_no_others(app: Flask, browser: Browsers, role: str) -> None:
    client = browser(role, "A") if role == "school_lead" else browser(role)
    for endpoint, path in routes(app, "GET"):
        policy = POLICIES[endpoint]
        code = client.get(path, buffered=True).status_code
        if policy.token:
            assert code == 404, path
        elif not policy.roles:
            assert code in {200, 410}, path
        elif role in policy.roles:
            assert code in {200, 302}, path
        else:
            assert code == 403, path


def test_a_stranger_is_sent_to_the_sign_in_page(app: Flask, browser: Browsers) -> None:
    client = browser()
    for endpoint, path in routes(app, "GET"):
        policy = POLICIES[endpoint]
        if policy.roles:
            answer = client.get(path)
            expected = 401 if policy.quiet else 302
            assert (answer.status_code, "/sign-in" in answer.headers.get("Location", "")) == (
                expected,
                not policy.quiet,
            )


@pytest.mark.parametrize("role", [None, *ROLES])
def test_every_form_needs_its_token(app: Flask, browser: Browsers, role: str | None) -> None:
    client = browser(role, "A") if role else browser()
    for endpoint, path in routes(app, "POST"):
        if not POLICIES[endpoint].webhook:
            assert client.post(path).status_code == 400, path


def test_webhooks_need_a_signature_instead(app: Flask, browser: Browsers) -> None:
    codes = {
        path: browser().post(path).status_code for endpoint, path in routes(app, "POST") if POLICIES[endpoint].webhook
    }

    assert codes == {"/twilio/inbound": 403, "/twilio/status/x": 404}


def test_extra_fields_change_nothing(runtime: Runtime, browser: Browsers) -> None:
    """Only what a view reads by name is used."""
    from sqlalchemy import select

    from hvbot.models import Attention
    from tests.web.conftest import press

    press(browser("coordinator"), "/today", "/today/1/take", school_id="2", status="resolved", taken_by="77")

    with runtime.sessions() as session:
        matter = session.scalars(select(Attention).where(Attention.id == 1)).one()
    assert (matter.school_id, matter.status, matter.taken_by) == (1, "taken", 1)


def test_every_answer_protects_the_browser(app: Flask, browser: Browsers) -> None:
    client = browser("coordinator")
    for endpoint, path in [*routes(app, "GET"), ("", "/nope")]:
        headers = client.get(path, buffered=True).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert (headers["Cache-Control"] == "no-store") is (endpoint != "static"), path


def cookie_of(client: FlaskClient) -> str:
    client.get("/sign-in/x")
    return next(value for name, value in client.get("/today").headers if name == "Set-Cookie")


def test_the_cookie_is_for_our_server_alone(browser: Browsers) -> None:
    cookie = cookie_of(browser("coordinator"))

    assert cookie.startswith("hvbot=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_on_https_the_cookie_is_secure_and_the_browser_stays_on_https(runtime: Runtime) -> None:
    from dataclasses import replace

    settings = runtime.settings.model_copy(update={"public_url": "https://visits.example.org"})
    app = create_app(replace(runtime, settings=settings))

    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert "max-age" in app.test_client().get("/sign-in").headers["Strict-Transport-Security"]


def test_errors_are_plain_pages(app: Flask, browser: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    """No stack, no value of a variable, whatever fails."""
    client = browser("coordinator")

    def fail() -> str:
        secret = "+12025550101"
        raise RuntimeError(secret)

    monkeypatch.setitem(app.view_functions, "today.page", fail)
    answer = client.get("/today")

    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    for leak in ("Traceback", "RuntimeError", "5550101"):
        assert leak not in answer.text


def test_a_page_that_is_not_there_and_one_that_is_not_ours_look_the_same(browser: Browsers) -> None:
    client = browser("coordinator", "A")

    assert client.get("/conversations/4").text == client.get("/conversations/99999").text
