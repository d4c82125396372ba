"""A language's texts as a sheet that a reviewer fills in with a spreadsheet program, and back.

The sheet has one row a text. `translation` is what families read; `back_translation` is for the reviewer's own English,
which shows whether a text says what it should; it is not kept. A sheet that is taken back is checked row by row: a lost
placeholder is told with its row, and nothing of the sheet is written until every row is right.
"""

import csv
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TextIO

from babel.messages.pofile import read_po

from hvbot.conversation.messages import Message, all_messages
from hvbot.i18n.asked import shouted
from hvbot.i18n.catalogue import SOURCE, Catalogue, difference
from hvbot.i18n.formats import fields
from hvbot.i18n.po import REVIEW
from hvbot.i18n.template import body, extracted

COLUMNS = ("text", "occasion", "english", "translation", "back_translation")
FIRST_ROW = 2
LATIN_EVERYWHERE = ("STOP", "HELP", "START")


class SheetProblem(ValueError):
    """A sheet cannot be taken; `lines` name the rows and the remedies."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet changed: names of texts, and who signed."""

    changed: tuple[str, ...]
    review: str


def write_sheet(catalogue: Catalogue, code: str, out: TextIO) -> None:
    """Write every text of a language with its English and its occasion."""
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    notes = dict(extracted())
    for name, message in all_messages().items():
        occasion = " ".join(notes.get(message.text, ())).removeprefix("Translators:").strip()
        rows.writerow((name, occasion, message.text, catalogue.wording(message, code), ""))


def take_sheet(root: Path, code: str, sheet: str, reviewer: str, today: dt.date) -> Taken:
    """Check a sheet and write it into the language's `messages.po`; with a reviewer the whole language is signed.

    Raises:
        SheetProblem: a row is wrong, or a text is missing where the language is to be signed. Nothing was written.
    """
    if code == SOURCE:
        raise SheetProblem(["English is the source: its texts are in hvbot/conversation/messages.py"])
    path = root / code / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        raise SheetProblem([f"there is no language {code}: its folder needs LC_MESSAGES/messages.po"])
    given, problems = read_sheet(sheet)
    problems += [*unsigned(given)] if reviewer else []
    if problems:
        raise SheetProblem(problems)
    with path.open("rb") as file:
        catalog = read_po(file)
    changed = []
    for name, wording in given.items():
        entry = catalog.get(all_messages()[name].text)
        if entry is not None and wording and entry.string != wording:
            entry.string = wording
            entry.flags.discard("fuzzy")
            changed.append(name)
    review = signature(reviewer, today) if reviewer else "drafted" if changed else ""
    header, _, _ = path.read_text(encoding="utf-8").partition("\n\n")
    path.write_text(f"{reviewed(header, review)}\n\n{body(catalog)}", encoding="utf-8")
    return Taken(tuple(changed), review)


def signature(reviewer: str, today: dt.date) -> str:
    """Who has read all texts, and when."""
    return f"reviewed by {' '.join(reviewer.split())} on {today.isoformat()}"


def reviewed(header: str, review: str) -> str:
    """The header of a file with its review state; a text that is changed later needs a new signature."""
    return REVIEW.sub(lambda _: f'"X-Review: {review}\\n"', header) if review else header


def read_sheet(sheet: str) -> tuple[dict[str, str], list[str]]:
    """The translations of a sheet by the name of the text, and what is wrong with it."""
    rows = csv.DictReader(StringIO(sheet.removeprefix("\ufeff"), newline=""))
    missing = [column for column in ("text", "translation") if column not in (rows.fieldnames or ())]
    if missing:
        return {}, [f"the first line lacks the column {' and '.join(missing)}: keep the first line as it was exported"]
    given: dict[str, str] = {}
    problems = []
    for number, row in enumerate(rows, FIRST_ROW):
        name, wording = (row["text"] or "").strip(), (row["translation"] or "").strip()
        message = all_messages().get(name)
        if message is None:
            problems.append(f"row {number}: there is no text {name!r}: leave the first column as it was exported")
            continue
        problems += [f"row {number}, {name}: {problem}" for problem in wording_problems(message, wording)]
        given[name] = wording
    return given, problems


def wording_problems(message: Message, wording: str) -> Iterator[str]:
    """What is wrong with one translation; an empty cell leaves the text as it is."""
    if not wording:
        return
    if fields(wording) != fields(message.text):
        yield f"the translation {difference(fields(message.text), fields(wording))}: copy what stands in braces unchanged"
    for word in LATIN_EVERYWHERE:
        if shouted(wording).count(word) != shouted(message.text).count(word):
            yield f"{word} must stand in these letters as often as in English"


def unsigned(given: Mapping[str, str]) -> Iterator[str]:
    """Texts that a reviewer left out: a signature covers all of them."""
    yield from (
        f"{name} is missing: who signs a language has read every text" for name in all_messages() if not given.get(name)
    )
