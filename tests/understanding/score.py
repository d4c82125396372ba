"""`make understanding`: how many of the held-out replies are read as they are meant, by language and category.

`python -m tests.understanding.score [--misses] [FILE ...]` scores other files, and prints what was read wrong.
"""

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomli

from hvbot.understanding.examples import is_right, shown
from hvbot.understanding.lexicon import Lexicon, Lexicons
from hvbot.understanding.meaning import Asked, Question
from hvbot.understanding.understand import understand

ROOT = Path(__file__).parents[2]
EXAMPLES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """One reply with the situation it came in and the meanings that are right."""

    category: str
    language: str
    text: str
    asked: Asked
    expected: str


def load_lexicons(folder: Path = ROOT / "locales") -> Lexicons:
    """All languages with a file."""
    files = sorted(folder.glob("*/keywords.toml"))
    return Lexicons(
        {file.parent.name: Lexicon(file.parent.name, tomli.loads(file.read_text("utf-8"))) for file in files}
    )


def situations(path: Path = EXAMPLES / "situations.toml") -> dict[str, Asked]:
    """What may have been asked, by name."""
    table = tomli.loads(path.read_text("utf-8"))
    zone, now = ZoneInfo(table["timezone"]), table["now"]
    return {name: asked_of(value, now, zone) for name, value in table.items() if isinstance(value, dict)}


def asked_of(table: Mapping[str, Any], now: dt.datetime, zone: ZoneInfo) -> Asked:
    """A situation as `understand` takes it."""
    options = tuple(option.replace(tzinfo=zone) for option in table["options"])
    return Asked(Question(table["question"]), now.replace(tzinfo=zone), "en", options)


def read_cases(path: Path) -> Iterator[Case]:
    """The replies of one file, in its `language` or in tables by language: every list in it is a category."""
    table = tomli.loads(path.read_text("utf-8"))
    known = situations()
    for language, lists in {table["language"]: table}.items() if "language" in table else table.items():
        for category, rows in lists.items():
            for text, name, expected in rows if isinstance(rows, list) else ():
                asked = replace(known[name], language=language)
                yield Case(category, language, text, asked, expected)


def score(cases: Sequence[Case], lexicons: Lexicons) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """Right and all by category, and a line for each miss."""
    tally: dict[str, tuple[int, int]] = {}
    misses = []
    for case in cases:
        reading = understand(case.text, case.asked, lexicons)
        right = is_right(case.expected, reading)
        before = tally.get(case.category, (0, 0))
        tally[case.category] = (before[0] + right, before[1] + 1)
        if not right:
            misses.append(
                f"{case.language} {case.category}: {case.text!r} -> {shown(reading)}, not {case.expected}; {reading.why}"
            )
    return tally, misses


def table(tallies: Mapping[str, Mapping[str, tuple[int, int]]]) -> Iterator[str]:
    """A line a language with the share of each category, and all of them below."""
    names = list(dict.fromkeys(name for tally in tallies.values() for name in tally))
    yield "".join([f"{'':10}", *(f"{name[:12]:>13}" for name in [*names, "all"])])
    for code, tally in tallies.items():
        yield f"{code:10}" + "".join(percent(tally.get(name)) for name in names) + percent(added(tally.values()))
    columns = [added([tally[name] for tally in tallies.values() if name in tally]) for name in names]
    yield f"{'all':10}" + "".join(map(percent, columns)) + percent(added(columns))


def added(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Right ones and all ones."""
    right, count = (sum(column) for column in zip(*counts, strict=True))
    return right, count


def percent(counts: tuple[int, int] | None) -> str:
    """A cell of the table."""
    return f"{f'{counts[0] / counts[1]:.0%} of {counts[1]}':>13}" if counts else f"{'-':>13}"


def main(arguments: Sequence[str]) -> int:
    """Print the figures by language and category; with `--misses` every reply that was read wrong too."""
    lexicons = load_lexicons()
    paths = [Path(argument) for argument in arguments if argument != "--misses"]
    tallies: dict[str, dict[str, tuple[int, int]]] = {}
    misses: list[str] = []
    for path in paths or sorted(EXAMPLES.glob("heldout_*.toml")):
        tallies[path.stem.removeprefix("heldout_")], wrong = score(list(read_cases(path)), lexicons)
        misses += wrong
    print(*table(tallies), sep="\n")
    print(*(misses if "--misses" in arguments else [f"{len(misses)} read wrong; --misses prints them"]), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
