from collections.abc import Iterator

import pytest

from tests.support import builders
from tests.support.season import Season, open_season


@pytest.fixture
def season(database_url: str) -> Iterator[Season]:
    """A school with a pair that is free every weekday afternoon and a family that has been asked, on both databases."""
    opened = open_season(database_url)
    builders.a_school(opened)
    builders.okafor_and_lee(opened)
    builders.a_home(opened, ("Kim", "en"))
    builders.start(opened)
    yield opened
    opened.runtime.engine.dispose()
