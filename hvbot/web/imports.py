"""Keeps libraries from importing what is never used here."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_out(name: str) -> Iterator[None]:
    """A module that is not there for as long as the context lasts, unless somebody has imported it already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
