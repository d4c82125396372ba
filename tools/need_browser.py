"""Tell whether a browser is there. In CI a missing one is an error; elsewhere the browser tests are left out, loudly."""

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

if not any(shutil.which(name) for name in NAMES):
    print("No browser found: install Chromium (Debian: apt-get install chromium) to run the browser tests.")
    sys.exit(1 if os.environ.get("CI") else 75)
