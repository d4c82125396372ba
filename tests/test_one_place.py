"""What only one place may do: read the environment, and ask what time it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "hvbot"
FILES = sorted(PACKAGE.rglob("*.py"))
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv", "os.environ.get"}
TIME = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "date.today",
    "datetime.date.today",
    "dt.datetime.now",
    "dt.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "func.now",
    "func.current_timestamp",
}
ONLY_IN = {"environment": "settings.py", "time": "clock.py"}


def uses(source: str, names: set[str]) -> list[str]:
    """The names of a set that a module uses, whatever it calls what it imports."""
    tree = ast.parse(source)
    real = dict(imported(tree))
    spelled = (dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name))
    full = ({name, in_full(name, real)} for name in spelled if name)
    return sorted({name for forms in full for name in forms if name in names})


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The local name of everything a module imports, with the name it has at home."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.asname or name.name, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((name.asname or name.name, f"{node.module}.{name.name}") for name in node.names)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute; empty where it hangs on something else than a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def in_full(name: str, real: dict[str, str]) -> str:
    head, dot, rest = name.partition(".")
    return f"{real.get(head, head)}{dot}{rest}"


def outside(kind: str, names: set[str]) -> dict[str, list[str]]:
    """The files that use such a name and may not."""
    allowed = PACKAGE / ONLY_IN[kind]
    found = {str(file.relative_to(PACKAGE)): uses(file.read_text(), names) for file in FILES if file != allowed}
    return {file: used for file, used in found.items() if used}


def test_only_the_settings_read_the_environment() -> None:
    assert outside("environment", ENVIRONMENT) == {}


def test_only_the_clock_asks_the_time() -> None:
    assert outside("time", TIME) == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import os\nos.environ['X']", ENVIRONMENT),
        ("import os as system\nsystem.getenv('X')", ENVIRONMENT),
        ("from os import environ as e\ne.get('X')", ENVIRONMENT),
        ("from datetime import datetime\ndatetime.now()", TIME),
        ("import datetime as d\nd.datetime.now()", TIME),
        ("from datetime import date as day\nday.today()", TIME),
        ("from time import time\ntime()", TIME),
        ("import time\ntime.time()", TIME),
    ],
)
def test_every_way_to_do_it_is_seen(source: str, names: set[str]) -> None:
    assert uses(source, names)


def test_what_only_looks_like_it_is_not() -> None:
    assert uses("import time\ntime.monotonic()\nclock.now()\nruntime.clock.now()", TIME) == []
