"""The season in a browser. Run in a process of its own: Playwright leaves an event loop behind."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.browser.serving import find_browser, serving
from tests.web.conftest import app, browser, clock, runtime, season, web_url

__all__ = ["app", "browser", "clock", "runtime", "season", "web_url"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not find_browser():
                if os.environ.get("CI"):
                    raise pytest.UsageError("no browser on this machine, and CI skips nothing: see .ci/run")
                item.add_marker(pytest.mark.skip(reason="no browser on this machine"))


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as base:
        yield base
