"""The words a text asks people to send back."""

import re

from hvbot.understanding.lexicon import Lexicon, Sense
from hvbot.understanding.normalise import phrase

PLACEHOLDER = re.compile(r"\{\w+\}")
WORD = re.compile(r"\w+")
QUOTED = re.compile(r'"([^"]+)"')
NO_ANSWER = frozenset({"OK", "AM", "PM", "SMS"})


def shouted(wording: str) -> list[str]:
    """The words in capitals, in order."""
    words = WORD.findall(PLACEHOLDER.sub(" ", wording))
    return [word for word in words if len(word) > 1 and word.isupper() and word not in NO_ANSWER]


def asked_words(wording: str) -> list[str]:
    """The words a text asks for: in capitals, or in quotes where the script has none."""
    return [*shouted(wording), *QUOTED.findall(wording)]


def is_understood(word: str, lexicon: Lexicon, sense: Sense) -> bool:
    """Tell whether a word, sent back alone, has this sense."""
    return sense in lexicon.senses.get(phrase(word), ())
