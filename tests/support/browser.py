"""The browser of this machine, as Playwright starts it: Playwright's own download is not needed."""

import shutil
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",  # a browser run as root, as in most CI containers, refuses to start with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def launch(playwright: Any) -> Any:
    """Start the browser; without one, say how to get it."""
    path = find_browser()
    if not path:
        raise RuntimeError("no browser found: install Chromium (Debian: apt-get install chromium)")
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))
