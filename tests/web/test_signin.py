"""Coming in by a link that works once, staying for a while, going out everywhere."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hvbot.clock import MovableClock
from hvbot.models import AuditEvent, SignInLink, User
from hvbot.runtime import Runtime
from hvbot.services.users import LINK_LASTS, UserProblem, add_user
from tests.web.conftest import Browsers, path_of, press, sign_in, token_on
from tests.web.season import Season

pytestmark = pytest.mark.usefixtures("season")


def is_in(client: FlaskClient) -> bool:
    return client.get("/today").status_code == 200


def test_a_link_signs_in_once(runtime: Runtime, browser: Browsers) -> None:
    path = path_of(add_user(runtime, "Dana@Example.org ", "coordinator").url)
    first, second = browser(), browser()
    sign_in(first, path)

    again = second.get(path)

    assert is_in(first)
    assert again.status_code == 410
    assert "was used before" in again.text
    assert not is_in(second)


def test_looking_at_a_link_has_no_effect(runtime: Runtime, browser: Browsers) -> None:
    """Mail scanners open every link, some of them several times."""
    path = path_of(add_user(runtime, "dana@example.org", "coordinator").url)
    scanner, person = browser(), browser()
    for _ in range(3):
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code == 200

    sign_in(person, path)

    assert is_in(person)
    assert not is_in(scanner)


def test_pressing_the_button_needs_the_forms_token(runtime: Runtime, browser: Browsers) -> None:
    path = path_of(add_user(runtime, "dana@example.org", "coordinator").url)
    client = browser()

    assert client.post(path).status_code == 400
    assert not is_in(client)


def test_a_link_is_stored_as_a_hash(runtime: Runtime) -> None:
    token = add_user(runtime, "dana@example.org", "coordinator").url.rsplit("/", 1)[1]

    with runtime.sessions() as session:
        stored = session.scalars(select(SignInLink)).one()
    assert token not in stored.token_hash
    assert len(token) >= 43


def test_an_old_link_and_a_made_up_one_are_refused_in_words(
    runtime: Runtime, browser: Browsers, clock: MovableClock
) -> None:
    path = path_of(add_user(runtime, "dana@example.org", "coordinator").url)
    clock.move_to(clock.now() + LINK_LASTS)

    old, made_up = browser().get(path), browser().get("/sign-in/abcdef")

    assert (old.status_code, made_up.status_code) == (410, 410)
    assert "too old" in old.text
    assert "not one of ours" in made_up.text


def test_a_fresh_link_voids_the_older_one(runtime: Runtime, browser: Browsers) -> None:
    older = path_of(add_user(runtime, "dana@example.org", "coordinator").url)
    fresh = add_user(runtime, "dana@example.org", "coordinator")

    assert not fresh.is_new
    assert browser().get(older).status_code == 410
    assert browser().get(path_of(fresh.url)).status_code == 200


def test_a_session_ends_when_nobody_uses_it(browser: Browsers, clock: MovableClock) -> None:
    client = browser("coordinator")
    clock.advance(minutes=29)
    assert is_in(client)
    clock.advance(minutes=29)
    assert is_in(client)
    clock.advance(minutes=31)

    assert not is_in(client)


def test_a_page_that_refreshes_itself_does_not_keep_the_session(browser: Browsers, clock: MovableClock) -> None:
    client = browser("coordinator")
    for _ in range(4):
        clock.advance(minutes=9)
        last = client.get("/today/live").status_code

    assert last == 401
    assert not is_in(client)


def test_a_session_ends_after_twelve_hours_of_use(browser: Browsers, clock: MovableClock) -> None:
    client = browser("coordinator")
    for _ in range(27):
        clock.advance(minutes=26)
        assert is_in(client)
    clock.advance(minutes=26)

    assert not is_in(client)


def test_signing_out_ends_what_any_browser_holds(browser: Browsers) -> None:
    """A copy of the cookie is worth nothing afterwards."""
    client = browser("coordinator")
    kept = client.get_cookie("hvbot")
    assert kept is not None

    press(client, "/today", "/sign-out")
    thief = client.application.test_client()
    thief.set_cookie("hvbot", kept.value)

    assert not is_in(client)
    assert not is_in(thief)


def test_signing_in_begins_a_new_session(runtime: Runtime, browser: Browsers) -> None:
    """Neither the token nor anything else of before lives on."""
    path = path_of(add_user(runtime, "dana@example.org", "coordinator").url)
    client = browser()
    before = token_on(client, path)
    with client.session_transaction() as session:
        session["planted"] = "x"
    sign_in(client, path)

    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["id"]
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 400


def test_a_closed_account_is_out_at_once(runtime: Runtime, browser: Browsers) -> None:
    client = browser("coordinator")
    with runtime.writing() as session:
        session.scalars(select(User)).one().active = False

    assert not is_in(client)


def test_another_role_ends_the_sessions(runtime: Runtime, browser: Browsers) -> None:
    client = browser("coordinator")
    add_user(runtime, "coordinator@example.org", "school_lead", ["A"])

    assert not is_in(client)


@pytest.mark.parametrize(
    ("email", "role", "schools", "words"),
    [
        ("dana", "coordinator", (), "not an e-mail"),
        ("dana@example.org", "boss", (), "unknown role"),
        ("dana@example.org", "school_lead", (), "belongs to a school"),
        ("dana@example.org", "coordinator", ("X",), "unknown school X"),
    ],
)
def test_what_cannot_be_added_says_why(
    runtime: Runtime, email: str, role: str, schools: tuple[str, ...], words: str
) -> None:
    with pytest.raises(UserProblem, match=words):
        add_user(runtime, email, role, schools)


def test_signing_in_and_out_is_on_record(runtime: Runtime, browser: Browsers, season: Season) -> None:
    press(browser("coordinator"), "/today", "/sign-out")

    with runtime.sessions() as session:
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["user.link", "user.signed_in", "user.signed_out"]


def test_a_link_used_by_two_at_once_lets_one_in(runtime: Runtime, browser: Browsers) -> None:
    path = path_of(add_user(runtime, "dana@example.org", "coordinator").url)
    one, two = browser(), browser()
    tokens = token_on(one, path), token_on(two, path)

    codes = [
        one.post(path, data={"csrf_token": tokens[0]}).status_code,
        two.post(path, data={"csrf_token": tokens[1]}).status_code,
    ]

    assert codes == [302, 410]


def test_the_session_of_tomorrow_is_no_session(browser: Browsers, clock: MovableClock) -> None:
    """A clock that was set back must not stretch a session."""
    client = browser("coordinator")
    clock.move_to(clock.now() - timedelta(hours=2))

    assert not is_in(client)
