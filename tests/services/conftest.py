from collections.abc import Iterator

import pytest

from tests.support import builders
from tests.support.season import Season, open_season


@pytest.fixture
def season(database_url: str) -> Iterator[Season]:
    """A school with a pair that is free every weekday afternoon, on both databases."""
    opened = open_season(database_url)
    builders.a_school(opened)
    builders.okafor_and_lee(opened)
    yield opened
    opened.runtime.engine.dispose()


@pytest.fixture
def empty_season(database_url: str) -> Iterator[Season]:
    """Tables, a clock and a carrier."""
    opened = open_season(database_url)
    yield opened
    opened.runtime.engine.dispose()
