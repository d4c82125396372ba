"""`python -m hvbot.i18n.check`: are all texts fit to leave, in every language?

Prints what is wrong and how to mend it, and exits with 1. With `--write` it first brings `messages.pot` and every
`messages.po` up to `messages.py`.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hvbot.conversation import messages
from hvbot.conversation.messages import Message, all_messages
from hvbot.i18n import samples
from hvbot.i18n.asked import asked_words, is_understood, shouted
from hvbot.i18n.catalogue import LOCALES, SOURCE, Catalogue, load_catalogue
from hvbot.i18n.formats import fields
from hvbot.i18n.reading import grade
from hvbot.i18n.template import merged, new_file, template_text
from hvbot.understanding.codes import canonical
from hvbot.understanding.lexicon import Sense

SEGMENTS_ALLOWED = {"GSM-7": 2, "UCS-2": 3}
HARDEST_GRADE = 5
FIRST_TEXTS = (messages.ASK_LEAVE, messages.NUDGE, messages.STRANGER)
FIRST_PLACEHOLDERS = frozenset({"school"})

# A carrier blocks or unblocks a number at these words before our code sees them (Twilio, default keywords; FCC rules
# of April 2025 treat the first group as a revocation of consent).
OPT_OUT = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
OPT_IN = frozenset({"YES", "START", "UNSTOP"})
LATIN_EVERYWHERE = ("STOP", "HELP", "START")
ASKED_IN_ENGLISH = re.compile(r"\b(?:reply|text|write|send)\s+\"?([a-z]+)", re.IGNORECASE)

# The English word that asks, and what its translation must mean in keywords.toml.
REPLY_WORDS = {
    "CHANGE": Sense("change"),
    "CALL": Sense("person"),
    "PLACE": Sense("places", "ask"),
    "VISIT": Sense("start"),
}


def problems(catalogue: Catalogue, root: Path) -> Iterator[str]:
    """Everything that is wrong, the worst first."""
    yield from template_problems(root)
    for code, language in catalogue.languages.items():
        yield from (
            f"{code}: {gap}. Complete {root.name}/{code}; until then no text leaves in it." for gap in language.missing
        )
    yield from name_problems(catalogue)
    for name, message in all_messages().items():
        yield from (f"en {name}: {problem}" for problem in english_problems(catalogue, message))
        for code in filter(catalogue.ready, catalogue.languages):
            wording = catalogue.wording(message, code)
            yield from (f"{code} {name}: {problem}" for problem in wording_problems(catalogue, message, code, wording))
            yield from (f"{code} {name}: {problem}" for problem in length_problems(catalogue, message, code))


def template_problems(root: Path) -> Iterator[str]:
    """Tell when `messages.pot` is not what `messages.py` says."""
    path = root / "messages.pot"
    if not path.exists() or path.read_text(encoding="utf-8") != template_text():
        yield "messages.pot is not what messages.py says. Run: python -m hvbot.i18n.check --write"


def name_problems(catalogue: Catalogue) -> Iterator[str]:
    """Tell which languages people can ask for without our being able to name them."""
    senses = (sense for lexicon in catalogue.lexicons.values() for found in lexicon.senses.values() for sense in found)
    asked = {canonical(str(sense.value)) for sense in senses if sense.kind == "languages"}
    own = {code for code, language in catalogue.languages.items() if language.name != code}
    for code in filter(catalogue.ready, catalogue.languages):
        missing = sorted(asked - own - catalogue.format_of(code).languages.keys())
        if missing:
            yield f"{code}: has no name for {', '.join(missing)}: add them to [format.languages] of {code}/keywords.toml."


def english_problems(catalogue: Catalogue, message: Message) -> Iterator[str]:
    """What only the English decides: reading, placeholders, words asked for."""
    unknown = fields(message.text) - samples.KNOWN
    if unknown:
        yield f"has {{{'}, {'.join(sorted(unknown))}}}, which is not one of the placeholders named in messages.py."
        return
    if message in FIRST_TEXTS and not fields(message.text) <= FIRST_PLACEHOLDERS:
        yield "a first text may reach a stranger: it names the school and nothing else."
    if is_sentence(message) and catalogue.ready(SOURCE):
        years = grade(catalogue.render(message, samples.plain(), SOURCE, samples.ZONE).body)
        if years > HARDEST_GRADE:
            yield f"reads at grade {years:.1f}, at most {HARDEST_GRADE}: shorter sentences, shorter words."
    for word in ASKED_IN_ENGLISH.findall(message.text):
        if word.upper() in (OPT_OUT | OPT_IN) - {"STOP", "START"}:
            yield f"asks for {word}, at which carriers opt people in or out: ask for a digit or another word."


def is_sentence(message: Message) -> bool:
    """Tell a text from a word that is put into one."""
    return message.text.rstrip().endswith((".", "?", "!"))


def wording_problems(catalogue: Catalogue, message: Message, code: str, wording: str) -> Iterator[str]:
    """What the words of a text in one language must and may not hold."""
    for word in LATIN_EVERYWHERE:
        if shouted(wording).count(word) != shouted(message.text).count(word):
            yield f"{word} must stand in these letters as often as in English: carriers know no other word."
    for word in sorted(set(shouted(wording)) & (OPT_OUT | OPT_IN) - {"STOP", "START"}):
        yield f"asks for {word}, at which carriers opt people in or out: choose another word."
    lexicon = catalogue.lexicons[code]
    for english in sorted(REPLY_WORDS.keys() & set(shouted(message.text))):
        sense = REPLY_WORDS[english]
        if not any(is_understood(word, lexicon, sense) for word in asked_words(wording)):
            table = f"{sense.kind}.{sense.value}" if sense.value else sense.kind
            yield f"has no word for {english} that {code}/keywords.toml lists under {table}: add it there."
    for word in catalogue.format_of(code).never:
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", wording, re.IGNORECASE):
            yield f"speaks of {word!r}: texts about a first visit hold nothing about conduct or marks."


def length_problems(catalogue: Catalogue, message: Message, code: str) -> Iterator[str]:
    """Tell when a text with long names, on the widest day, takes more segments than are allowed."""
    if not fields(message.text) <= samples.KNOWN:
        return
    texts = (catalogue.render(message, params, code, samples.ZONE) for params in samples.worst(message))
    over = max(texts, key=lambda text: (text.segments - SEGMENTS_ALLOWED[text.encoding], len(text.body)))
    allowed = SEGMENTS_ALLOWED[over.encoding]
    if over.segments > allowed:
        yield f"{over.segments} segments of {over.encoding} ({len(over.body)} characters), at most {allowed}: {over.body!r}"


def write(root: Path) -> None:
    """Bring the template and every language's file up to `messages.py`."""
    (root / "messages.pot").write_text(template_text(), encoding="utf-8")
    for folder in sorted(path.parent for path in root.glob("*/keywords.toml")):
        if folder.name == SOURCE:
            continue
        path = folder / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(exist_ok=True)
        path.write_text(merged(path) if path.exists() else new_file(folder.name), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check; 0 when nothing is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m hvbot.i18n.check", description="Check every text in every language."
    )
    parser.add_argument(
        "--write", action="store_true", help="first bring messages.pot and messages.po up to messages.py"
    )
    parser.add_argument("--folder", type=Path, default=LOCALES, help="another folder of languages")
    options = parser.parse_args(arguments)
    if options.write:
        write(options.folder)
    catalogue = load_catalogue(options.folder)
    found = list(problems(catalogue, options.folder))
    sys.stdout.write("\n".join(found or [summary(catalogue)]) + "\n")
    return 1 if found else 0


def summary(catalogue: Catalogue) -> str:
    """One line that names the languages and who has signed them."""
    languages = (f"{code} ({language.review})" for code, language in catalogue.languages.items())
    return f"{len(all_messages())} texts complete in {', '.join(languages)}"


if __name__ == "__main__":
    sys.exit(main())
