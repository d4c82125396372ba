"""Brings what people type to one form: case, accents, digits, emoji, invisible marks, letters held down."""

import re
import unicodedata
from functools import lru_cache

LONGEST = 600
EMOJI = {
    "👍": " yes ",
    "👌": " yes ",
    "✅": " yes ",
    "🙆": " yes ",
    "👎": " no ",
    "❌": " no ",
    "🙅": " no ",
    "🛑": " stop ",
}
ARABIC_LETTERS = str.maketrans(
    {
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
        "ـ": None,
    }
)
PUNCTUATION = str.maketrans({"؟": "?", "،": ",", "؛": ",", ";": ",", "。": ".", "、": ",", "¿": " ", "¡": " "})
APOSTROPHES = re.compile(r"(?<=\w)['’‘`ʼ´](?=\w)")
HELD_DOWN = re.compile(r"([^\W\d_])\1{2,}")
DOTTED_HALF_DAY = re.compile(r"\b([ap])\s?\.\s?m\b\.?")
TOKEN = re.compile(r"\d{1,2}[:.]\d{2}(?!\d)|\d{1,2}/\d{1,2}(?:/\d{2,4})?|\d+|[^\W\d_][\w]*|[?,.!\n#]")
CLOCK_WITHOUT_COLON = re.compile(r"^(\d{1,2})([0-5]\d)$")


def fold(text: str) -> str:
    """One form for matching; never for storing or showing."""
    text = text[:LONGEST].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    for emoji, words in EMOJI.items():
        text = text.replace(emoji, words)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(map(plain_character, text)).translate(PUNCTUATION)
    text = strip_marks(text).translate(ARABIC_LETTERS)
    text = DOTTED_HALF_DAY.sub(r"\1m", APOSTROPHES.sub("", text))
    return HELD_DOWN.sub(r"\1", text)


def plain_character(character: str) -> str:
    """A digit of any script as ASCII; an invisible or control character as a space or nothing."""
    if character.isdigit():
        return str(unicodedata.digit(character))
    category = unicodedata.category(character)
    if category in {"Cf", "Mn"} and character in "\ufe0f\u20e3\u200b\u200c\u200d\u2060\ufeff":
        return ""
    if category == "Cf":
        return ""
    return " " if category in {"Cc", "Cs", "Cn", "Co", "So", "Sk"} and character != "\n" else character


def strip_marks(text: str) -> str:
    """Take accents and vowel signs off; people leave them out when they type."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in apart if unicodedata.category(c) != "Mn"))


@lru_cache(maxsize=16)
def tokens_of(text: str) -> tuple[str, ...]:
    """Words, numbers, clock times, and the marks that end a thought. One reply is read with many lexicons."""
    return tuple(TOKEN.findall(fold(text)))


def phrase(text: str) -> tuple[str, ...]:
    """A lexicon entry as the words it is matched by."""
    return tuple(token for token in tokens_of(text) if token not in {",", ".", "!", "\n"})
