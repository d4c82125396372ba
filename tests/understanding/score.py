"""`python -m tests.understanding.score [FILE ...]`: how many replies of example files are read as they are meant."""

import datetime as dt
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

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
        {file.parent.name: Lexicon(file.parent.name, tomllib.loads(file.read_text("utf-8"))) for file in files}
    )


def situations(path: Path = EXAMPLES / "situations.toml") -> dict[str, Asked]:
    """What may have been asked, by name."""
    table = tomllib.loads(path.read_text("utf-8"))
    zone, now = ZoneInfo(table["timezone"]), table["now"]
    return {name: asked_of(value, now, zone) for name, value in table.items() if isinstance(value, dict)}


def asked_of(table: Mapping[str, Any], now: dt.datetime, zone: ZoneInfo) -> Asked:
    """A situation as `understand` takes it."""
    options = tuple(option.replace(tzinfo=zone) for option in table["options"])
    return Asked(Question(table["question"]), now.replace(tzinfo=zone), "en", options)


def read_cases(path: Path) -> Iterator[Case]:
    """The replies of one file: every list in it is a category."""
    table = tomllib.loads(path.read_text("utf-8"))
    known = situations()
    for category, rows in table.items():
        for text, name, expected in rows if isinstance(rows, list) else ():
            asked = known[name]
            yield Case(
                category,
                table["language"],
                text,
                Asked(asked.question, asked.now, table["language"], asked.options),
                expected,
            )


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


def main(arguments: Sequence[str]) -> int:
    """Print the figures by language and category, then the misses."""
    lexicons = load_lexicons()
    for path in [Path(argument) for argument in arguments] or sorted(EXAMPLES.glob("heldout_*.toml")):
        tally, misses = score(list(read_cases(path)), lexicons)
        right, total = (sum(column) for column in zip(*tally.values(), strict=True))
        print(f"{path.stem}: {right}/{total} = {right / total:.1%}")
        print(
            *(f"  {name:14} {good:3}/{count:3} {good / count:6.1%}" for name, (good, count) in tally.items()), sep="\n"
        )
        print(*(f"  {miss}" for miss in misses), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
