"""Reads translators' files. They are read once at start; there are no compiled ones to forget."""

import re
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from babel.messages.pofile import read_po

REVIEW = re.compile(r'^"X-Review:\s*(.*?)\s*\\n"', re.MULTILINE)
DRAFTED = "drafted"


@dataclass(frozen=True, slots=True)
class Translations:
    """A language's wording by the English one. `review` is `drafted` or `reviewed by NAME on DATE`."""

    texts: dict[str, str]
    fuzzy: frozenset[str]
    review: str


def read_translations(path: Path) -> Translations:
    """Read `messages.po`; a file that is not there has no texts. Fuzzy ones are a guess of a tool and do not count."""
    if not path.exists():
        return Translations({}, frozenset(), DRAFTED)
    file = path.read_text(encoding="utf-8")
    # Without its header Babel asks for no locale, whose data would take two megabytes of every process.
    head, _, rest = file.partition("\n\n")
    body = rest if 'msgid ""\nmsgstr ""' in head else file
    entries = [entry for entry in read_po(StringIO(body)) if isinstance(entry.id, str) and entry.id]
    texts = {str(entry.id): str(entry.string) for entry in entries if entry.string and not entry.fuzzy}
    fuzzy = frozenset(str(entry.id) for entry in entries if entry.fuzzy)
    return Translations(texts, fuzzy, review_of(file))


def review_of(file: str) -> str:
    """Who has signed the wording. Babel forgets headers it does not know, so the line is read here."""
    found = REVIEW.search(file)
    return found.group(1) if found else DRAFTED
