"""The example replies of a `keywords.toml`: whoever edits the file learns at once what it now reads otherwise."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from hvbot.understanding.lexicon import Lexicon, Lexicons
from hvbot.understanding.meaning import Asked, Choose, Propose, Question, Reading, SpeakLanguage, Unclear
from hvbot.understanding.understand import understand
from hvbot.understanding.wording import when_fields

ZONE = dt.timezone(dt.timedelta(hours=-5))
NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=ZONE)
OFFERED = (
    dt.datetime(2026, 12, 1, 17, 30, tzinfo=ZONE),
    dt.datetime(2026, 12, 3, 15, 0, tzinfo=ZONE),
    dt.datetime(2026, 12, 5, 10, 0, tzinfo=ZONE),
)
# Sections that must not share a word, whatever else it means.
OPPOSED = (
    ("yes", "no"),
    ("yes", "stop"),
    ("yes", "stop_whole"),
    ("yes", "cannot"),
    ("no", "yes_whole"),
    ("change", "cancel_visit"),
)


def misread(table: Mapping[str, Any], lexicons: Lexicons, code: str) -> Iterator[str]:
    """A line for each example that means something else than it says."""
    for example in table.get("examples", ()):
        found = read_example(example, lexicons, code)
        if not is_right(example["meaning"], found):
            yield f"{example['text']!r} means {shown(found)}, not {example['meaning']} ({'; '.join(found.why)})"


def read_example(example: Mapping[str, str], lexicons: Lexicons, code: str) -> Reading:
    """The reading of one example in its language's thread."""
    question = Question(example["question"])
    options = OFFERED if question is Question.OFFER else ()
    return understand(example["text"], Asked(question, NOW, code, options), lexicons)


def shown(reading: Reading) -> str:
    """A meaning in one line: `choose 2`, `propose weekday=tue from=17:00`, `unclear 1 2`."""
    match reading.meaning:
        case Choose(option):
            return f"choose {option}"
        case Propose(when):
            return " ".join(["propose", *(f"{key}={value}" for key, value in when_fields(when).items())])
        case SpeakLanguage(to):
            return f"language {to}"
        case Unclear(between):
            return " ".join(["unclear", *map(str, between)])
    return reading.meaning.name


def is_right(expected: str, reading: Reading) -> bool:
    """Tell whether a reading is one of those expected; a bare `unclear` allows any options in the question back."""
    accepted = expected.split("|")
    return shown(reading) in accepted or ("unclear" in accepted and isinstance(reading.meaning, Unclear))


def collisions(lexicon: Lexicon) -> Iterator[str]:
    """Words that stand in two sections which contradict each other."""
    for words, senses in lexicon.senses.items():
        kinds = {sense.kind for sense in senses}
        for one, other in OPPOSED:
            if {one, other} <= kinds:
                yield f"{' '.join(words)!r} stands in {one} and in {other}"
