"""The translators' template, drawn from `messages.py`, and the languages' files brought up to it.

The template holds no line numbers and no dates, so moving code gives no difference.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from hvbot.conversation import messages
from hvbot.conversation.messages import NAMES, Message

HEADER = """\
# {title}
# Keep every {{placeholder}}, and STOP, HELP and START in these letters. Other words in capitals are answers we ask for:
# choose one that stands in keywords.toml. At most two segments in plain letters, three in others.
msgid ""
msgstr ""
"Project-Id-Version: hvbot\\n"
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Review: {review}\\n"
"""


def template() -> Catalog:
    """Extract every text, with its name and the note to translators above it."""
    catalog = Catalog(charset="utf-8")
    for text, notes in extracted():
        catalog.add(text, auto_comments=[NAMES[Message(text)], *notes])
    return catalog


def extracted() -> Iterator[tuple[str, list[str]]]:
    """Find the calls of `Message` as pybabel does."""
    found = extract_from_file(
        "python",
        messages.__file__,
        keywords={"Message": None},
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for _, text, notes, _ in found:
        if isinstance(text, str):
            yield text, notes


def template_text() -> str:
    """The whole of `messages.pot`."""
    return HEADER.format(title="Every text hvbot sends.", code="", review="drafted") + "\n" + body(template())


def body(catalog: Catalog) -> str:
    """The entries alone: Babel would put dates into the header and forget who signed."""
    out = BytesIO()
    write_po(out, catalog, width=0, no_location=True, omit_header=True, include_previous=True)
    return out.getvalue().decode("utf-8").strip("\n") + "\n"


def new_file(code: str) -> str:
    """An empty `messages.po` to translate."""
    return HEADER.format(title=f"Texts of hvbot: {code}", code=code, review="drafted") + "\n" + body(template())


def merged(path: Path) -> str:
    """A language's file brought up to the template: new texts empty, changed ones marked fuzzy, its header kept."""
    with path.open("rb") as file:
        catalog = read_po(file)
    catalog.update(template())
    header, _, _ = path.read_text(encoding="utf-8").partition("\n\n")
    return f"{header}\n\n{body(catalog)}"
