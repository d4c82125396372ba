"""How hard an English text is to read: the Flesch-Kincaid grade, for short texts.

Source: Kincaid and others, 1975: 0.39 words a sentence + 11.8 syllables a word - 15.59.
"""

import re

SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)|\n")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9':-]*")
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?:[^il]es|ed|[^l]e)$")
SOUNDED = re.compile(r"(?:[td]ed|[sxz]es|[cs]hes|[cg]es|le)$")


def grade(text: str) -> float:
    """School years needed to read a text at ease."""
    words = WORD.findall(text)
    if not words:
        return 0.0
    sentences = sum(1 for part in SENTENCE_END.split(text) if WORD.search(part))
    return 0.39 * len(words) / max(sentences, 1) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Count vowel groups, less a silent ending; a number counts as one."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    count = len(VOWELS.findall(letters))
    if count > 1 and SILENT.search(letters) and not SOUNDED.search(letters):
        count -= 1
    return max(count, 1)
