"""Keeps what was read in short texts: most replies are a number or a yes, and read the same whoever writes them."""

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

SHORT_TEXT = 24
KEPT_TEXTS = 1024

Rest = ParamSpec("Rest")
Found = TypeVar("Found")


def once_if_short(read: Callable[Concatenate[str, Rest], Found]) -> Callable[Concatenate[str, Rest], Found]:
    """Read a short text once; what is found must not be changed."""
    kept: Callable[..., Found] = lru_cache(maxsize=KEPT_TEXTS)(read)

    def found(text: str, /, *rest: Rest.args, **named: Rest.kwargs) -> Found:
        return kept(text, *rest, **named) if len(text) <= SHORT_TEXT else read(text, *rest, **named)

    return update_wrapper(found, read)
