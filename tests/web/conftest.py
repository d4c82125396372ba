"""The web app on a small season, and browsers that are signed in."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hvbot.bootstrap import build_runtime
from hvbot.channels.simulator import SimulatorChannel
from hvbot.clock import MovableClock
from hvbot.models import Base
from hvbot.runtime import Runtime
from hvbot.services.users import add_user
from hvbot.settings import load_settings
from hvbot.web.app import create_app
from tests.web.season import NOW, Season, write_season

Browsers = Callable[..., FlaskClient]
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


@pytest.fixture
def web_url(sqlite_url: str) -> str:
    """The database of the app; a module that looks at rows of both schools takes both kinds."""
    return sqlite_url


@pytest.fixture
def runtime(web_url: str, clock: MovableClock) -> Iterator[Runtime]:
    settings = load_settings(database_url=web_url, secret_key="web-tests")
    built = build_runtime(settings, channel=SimulatorChannel(clock), clock=clock)
    Base.metadata.create_all(built.engine)
    yield built
    built.engine.dispose()


@pytest.fixture
def season(runtime: Runtime) -> Season:
    with runtime.writing() as session:
        return write_season(session, runtime.settings.lookup_key)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    made = create_app(runtime)
    made.testing = False
    return made


@pytest.fixture
def browser(app: Flask, runtime: Runtime) -> Browsers:
    """A browser: nobody's, or that of a user who has just used a link."""

    def open_browser(role: str | None = None, *schools: str, email: str | None = None) -> FlaskClient:
        client = app.test_client()
        if role:
            url = add_user(runtime, email or f"{role}@example.org", role, schools).url
            sign_in(client, path_of(url))
        return client

    return open_browser


def path_of(url: str) -> str:
    return url.split("//", 1)[1].partition("/")[1] + url.split("//", 1)[1].partition("/")[2]


def sign_in(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data={"csrf_token": token_on(client, path)})
    assert answer.status_code == 302, answer.text


def token_on(client: FlaskClient, path: str) -> str:
    """The CSRF token of the forms on a page."""
    page = client.get(path)
    found = TOKEN.search(page.text)
    assert found, f"no form on {path}: {page.status_code}"
    return found[1]


def press(client: FlaskClient, page: str, action: str, **fields: str) -> "object":
    """Send a form with the token its page carries."""
    return client.post(action, data={"csrf_token": token_on(client, page), **fields})
