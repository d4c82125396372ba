"""The place a family names when a visit is set: an answer to "another place?"."""

from collections.abc import Sequence

from hvbot.understanding.clauses import clauses_of
from hvbot.understanding.items import Item, items_of
from hvbot.understanding.lexicon import Lexicons

MOST_UNKNOWN = 2
NEGATION_REACH = 3


def place_named(text: str, lexicons: Lexicons, language: str) -> str | None:
    """home, park, library, video, or `ask` for a wish to meet elsewhere; None when the text is about something else."""
    chosen = tuple(lexicons[code] for code in lexicons.of_thread(language))
    items = items_of(text, chosen)
    named = [(at, item) for at, item in enumerate(items) if item.has("places")]
    if not named or sum(item.is_unknown for item in items) > MOST_UNKNOWN or says_time(items):
        return None
    for at, item in named:
        if item.value("places") != "ask" and not is_negated(items, at):
            return str(item.value("places"))
    return "ask"


def says_time(items: Sequence[Item]) -> bool:
    """Tell whether the text names a day or an hour, so that it is about the time."""
    return any(item.is_digits or item.has("weekdays", "relative_days", "months") for item in items)


def is_negated(items: Sequence[Item], at: int) -> bool:
    """Tell whether a "not" stands within three words before, in the same thought."""
    start = next(clause.start for clause in clauses_of(items) if clause.start <= at < clause.end)
    return any(item.has("negators", "no") for item in items[max(start, at - NEGATION_REACH) : at])
