"""An empty database of either kind."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from hvbot.models.database import make_engine


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()
