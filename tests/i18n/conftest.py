"""The catalogue of the project, and a copy of its folder to spoil."""

import shutil
from pathlib import Path

import pytest

from hvbot.i18n.catalogue import LOCALES, Catalogue, load_catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """A copy of `locales/` that a test may change."""
    return Path(shutil.copytree(LOCALES, tmp_path / "locales"))
