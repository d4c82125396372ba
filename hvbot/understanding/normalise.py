"""Brings what people type to one form: case, digits, emoji, invisible marks, letters held down; then cuts it into tokens."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LONGEST = 600
MOST_TOKENS = 160
SPELLED_OUT = {
    "👍": " yes ",
    "👌": " yes ",
    "✅": " yes ",
    "✔": " yes ",
    "☑": " yes ",
    "🙆": " yes ",
    "👎": " no ",
    "❌": " no ",
    "✖": " no ",
    "🙅": " no ",
    "🛑": " stop ",
    "🔟": " 10 ",
    # Without its apostrophe it would be a day.
    "we'd": "we would",
    "We'd": "we would",
    "we’d": "we would",
    "We’d": "we would",
}
ARABIC_LETTERS = {
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ې": "ي",
    "ة": "ه",
    "ہ": "ه",
    "ک": "ك",
    "ؤ": "و",
    "ئ": "ي",
}
DROPPED = "ـء\u20e3"
PUNCTUATION = {
    "؟": "?",
    "？": "?",
    "،": ",",
    "؛": ",",
    ";": ",",
    "。": ".",
    "、": ",",
    "…": ".",
    "¿": " ",
    "¡": " ",
    "–": "-",
    "—": "-",
}
# Written without spaces between words: each character is a token, and the lexicon's longest phrase finds the words.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uaa60-\uaa7f\uac00-\ud7af"
MARKS = "".join(chr(code) for code in range(0x300, 0x1C00) if unicodedata.category(chr(code)) in {"Mn", "Mc"})
LETTER = rf"(?:(?![{UNSPACED}])[^\W\d_]|[{MARKS}])"
# Latin letters only: "na3am" is one word, "و6" is two.
LATIN = r"[a-z\u00df-\u024f\u1e00-\u1eff]"
TOKEN = re.compile(
    rf"(?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}}(?!\d))|(?P<clock>\d{{1,2}}\s?[:.]\s?\d{{2}}(?!\d))"
    rf"|(?P<day>\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?(?!\d))|(?P<number>\d+)(?P<tail>{LATIN}(?:{LATIN}|\d)*)?"
    rf"|(?P<char>[{UNSPACED}])|(?P<word>{LATIN}(?:{LATIN}|\d|[{MARKS}])*|{LETTER}+)|(?P<mark>[?,.!\n()#@&/-])"
)
BREAKS = frozenset("?,.!\n()")
APOSTROPHES = re.compile(r"(?<=[^\W\d_])['’‘`ʼ´ʻ](?=[^\W\d_])")
HELD_DOWN = re.compile(r"([^\W\d_])\1{2,}")
PLAIN = re.compile(r"[a-z ]+")
DOTTED_HALF_DAY = re.compile(r"(?<![^\W\d_])([ap])\s?\.\s?m\b\.?")


class Token(NamedTuple):
    """A word, number or mark. `bare` is without accents; `kind` names the group of TOKEN that found it."""

    text: str
    bare: str
    kind: str
    tail: str = ""


def fold(text: str) -> str:
    """One form for matching, accents kept; never for storing or showing."""
    text = text[:LONGEST].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    for emoji, words in SPELLED_OUT.items():
        text = text.replace(emoji, words)
    text = "".join(map(plain_character, unicodedata.normalize("NFKC", text.translate(LATE_MARKS)).casefold()))
    text = DOTTED_HALF_DAY.sub(r"\1m", APOSTROPHES.sub("", text))
    return HELD_DOWN.sub(r"\1", text)


LATE_MARKS = str.maketrans(PUNCTUATION)


@lru_cache(maxsize=4096)
def plain_character(character: str) -> str:
    """A digit of any script as ASCII, an Arabic letter in its plain form, an invisible character as nothing."""
    if character.isascii():
        return character if character.isprintable() or character == "\n" else " "
    if character.isdigit():
        return str(unicodedata.digit(character))
    if character in ARABIC_LETTERS:
        return ARABIC_LETTERS[character]
    category = unicodedata.category(character)
    if category == "Cf" or character in DROPPED or is_vowel_sign(character):
        return ""
    return " " if category[0] in "CSZ" else character


def is_vowel_sign(character: str) -> bool:
    """Tell an Arabic or Hebrew vowel sign, or a selector of emoji, which nobody needs for reading."""
    return (
        "\u0591" <= character <= "\u05c7"
        or "\u0610" <= character <= "\u061a"
        or "\u064b" <= character <= "\u065f"
        or character in "\u0670\ufe0f\ufe0e"
    )


@lru_cache(maxsize=8192)
def bare(word: str) -> str:
    """A word without accents, as people type it in a hurry; other scripts keep their signs."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word)
    plain = "".join(c for c in apart if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", plain).replace("ı", "i").replace("đ", "d").replace("ł", "l")


def tokens_of(text: str) -> list[Token]:
    """Words, numbers, clock times, days written in digits, and the marks between them."""
    found = []
    for match in TOKEN.finditer(fold(text)):
        kind = match.lastgroup or "word"
        kind = "number" if kind == "tail" else kind
        whole = match[0]
        found.append(Token(whole, bare(whole), kind, match["tail"] or ""))
        if len(found) == MOST_TOKENS:
            break
    return found


def phrase(text: str) -> tuple[str, ...]:
    """A lexicon entry as the words it is matched by."""
    if PLAIN.fullmatch(text) and not HELD_DOWN.search(text):
        return tuple(text.split())
    return tuple(token.text for token in tokens_of(text) if token.kind != "mark" or token.text not in BREAKS)
