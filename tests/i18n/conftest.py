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
    """A copy of `locales/` with three of its languages, which a test may change."""
    copy = tmp_path / "locales"
    for code in ("en", "es", "ar"):
        shutil.copytree(LOCALES / code, copy / code)
    shutil.copy(LOCALES / "messages.pot", copy)
    return copy
