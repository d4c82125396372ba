"""Fixtures that every area shares: two databases, a clock that stands still, and no network."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import postgres
from tests.support.network import refuse_network

settings.register_profile("hvbot", deadline=None, print_blob=True)
settings.load_profile("hvbot")
refuse_network()
for name in ("DATABASE_URL", "SECRET_KEY", "SECRET_KEY_PREVIOUS", "PUBLIC_URL", "PORT", "HVBOT_CHANNEL"):
    os.environ.pop(name, None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-transcripts", action="store_true", help="rewrite what hvbot says in tests/transcripts")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as base:
        yield base


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    with postgres.database(postgres_server, f"t{uuid.uuid4().hex}") as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/test.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same test on both databases."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))
