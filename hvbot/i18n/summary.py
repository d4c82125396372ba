"""What is known of each language at a glance: complete, signed, dear or cheap, well read or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median_low

from hvbot.conversation.messages import all_messages
from hvbot.i18n import samples
from hvbot.i18n.catalogue import Catalogue, Language, Rendered
from hvbot.understanding.examples import misread


@dataclass(frozen=True, slots=True)
class Summary:
    """One language. `longest` and `median` are segments of the texts with long names filled in; `wrong` names examples."""

    language: Language
    longest: int
    median: int
    alphabet: str
    examples: int
    wrong: tuple[str, ...]


def summaries(catalogue: Catalogue) -> Iterator[Summary]:
    """Every language, by its code."""
    for code in sorted(catalogue.languages):
        yield summary_of(catalogue, code)


def summary_of(catalogue: Catalogue, code: str) -> Summary:
    """Measure one language's texts and try its examples."""
    language = catalogue.languages[code]
    texts = sorted(longest_texts(catalogue, code), key=lambda text: (text.segments, len(text.body)))
    segments = [text.segments for text in texts] or [0]
    table = language.lexicon.table
    return Summary(
        language=language,
        longest=segments[-1],
        median=median_low(segments),
        alphabet=" and ".join(sorted({text.encoding for text in texts})),
        examples=len(table.get("examples", ())),
        wrong=tuple(misread(table, catalogue.lexicons, code)),
    )


def longest_texts(catalogue: Catalogue, code: str) -> Iterator[Rendered]:
    """Each text at its longest; none of a language that has a gap."""
    if not catalogue.ready(code):
        return
    for message in all_messages().values():
        found = (catalogue.render(message, params, code, samples.ZONE) for params in samples.worst(message))
        yield max(found, key=lambda text: (text.segments, len(text.body)))
