"""Brings what people type to one form: case, digits, emoji, invisible marks, letters held down; then cuts it into tokens."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from hvbot.understanding.kept import once_if_short

LONGEST = 600
# A plus alone is a yes wherever Russian or Ukrainian is texted, and nothing else anywhere.
PLUSES = frozenset({"+", "++", "+++"})
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
    "ۍ": "ي",
    "ھ": "ه",
}
# Amharic has several rows of letters for one sound; people write either.
ETHIOPIC_ROWS = ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x12D0, 0x12A0), (0x1340, 0x1338))
ETHIOPIC_LETTERS = {chr(row + n): chr(plain + n) for row, plain in ETHIOPIC_ROWS for n in range(7)}
# One nasal sign for the two of Devanagari and of Gurmukhi.
NASALS = {"\u0901": "\u0902", "\u0a01": "\u0a02", "\u0a70": "\u0a02"}
SAME_LETTER = {**ARABIC_LETTERS, **ETHIOPIC_LETTERS, **NASALS}
# Arabic tatweel and hamza, the frame of a keycap, the dots below Indian letters, Bengali's nasal sign.
DROPPED = "ـء\u20e3\u093c\u09bc\u0a3c\u0981"
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
    "~": "-",
    "～": "-",
    "〜": "-",
    "۔": ".",
    "।": ".",
    "॥": ".",
    "။": ".",
    "၊": ",",
    "។": ".",
    "៖": " ",
    "።": ".",
    "፣": ",",
    "፤": ",",
    "፡": " ",
    "፧": "?",
    "・": " ",
    "·": " ",
}
# Written without spaces between words: each syllable is a token, and the lexicon's longest phrase finds the words.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uaa60-\uaa7f\uac00-\ud7af"
MARKS = "".join(chr(code) for code in range(0x300, 0x1C00) if unicodedata.category(chr(code)) in {"Mn", "Mc"})
# A letter with its marks, with what is stacked below it, and in Burmese with the silent consonant that ends it.
SYLLABLE = rf"[{UNSPACED}](?:\u17d2[\u1780-\u17b3]|\u1039[\u1000-\u1021]|[\u1000-\u1021]\u103a|[{MARKS}])*"
IS_SYLLABLE = re.compile(SYLLABLE)
LETTER = rf"(?:(?![{UNSPACED}])[^\W\d_]|[{MARKS}])"
# Latin letters only: "na3am" is one word, "و6" is two.
LATIN = r"[a-z\u00df-\u024f\u1e00-\u1eff]"
CYRILLIC = r"[\u0430-\u045f\u0491]"
TOKEN = re.compile(
    rf"(?P<iso>\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?!\d))"
    rf"|(?P<day>\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?(?!\d)|\d{{1,2}}\.\d{{1,2}}\.\d{{2,4}}(?!\d)|\d{{1,2}}-\d{{1,2}}-\d{{2,4}}(?!\d)|1[0-2]\.\d(?!\d))"
    rf"|(?P<clock>\d{{1,2}}\s?[:.hg\u0447\u00e8]\s?\d{{2}}(?!\d)|\d{{1,2}}e\d{{2}}(?!\d)|\d{{1,2}}-(?:00|30|45)(?!\d))"
    rf"|(?P<number>\d+)(?P<tail>{LATIN}(?:{LATIN}|\d)*|{CYRILLIC}{{1,3}}(?!{LETTER}))?"
    rf"|(?P<char>{SYLLABLE})|(?P<word>{LATIN}(?:{LATIN}|\d|[{MARKS}])*|{LETTER}+)|(?P<mark>[?,.!\n()#@&/-])"
)
BREAKS = frozenset("?,.!\n()")
APOSTROPHES = re.compile(r"(?<=[^\W\d_])['’‘`ʼ´ʻ](?=[^\W\d_])")
HELD_DOWN = re.compile(r"([^\W\d_])\1{2,}")
# "ika-3", "5-ish", "3-го": one thing written with a hyphen; "9am-11am" and "16h-18h" are two.
HYPHENS = re.compile(
    rf"(?<!\d[ap]m)(?<!\b[ap]m)(?<!\d[^\W\d_])(?<=[^\W\d_])-(?=\d)|(?<=\d)-(?=(?:{LATIN}|{CYRILLIC}){{1,3}}(?!{LETTER}))"
)
# In Chinese a space is a comma, at least before so much as says something of its own: 周末吧 平时太忙了, but 周三 不行.
HAN = "\u4e00-\u9fff"
CHINESE_PAUSE = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}\d][{HAN}]{{4}})")
HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
DOTTED_HALF_DAY = re.compile(r"(?<![^\W\d_])([ap])\s?\.\s?m\b\.?")


class Token(NamedTuple):
    """A word, number or mark. `bare` is without accents; `kind` names the group of TOKEN that found it."""

    text: str
    bare: str
    kind: str
    tail: str = ""


def fold(text: str) -> str:
    """One form for matching, accents kept; never for storing or showing."""
    if text.strip() in PLUSES:
        return "yes"
    whole = text[:LONGEST].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return folded(CHINESE_PAUSE.sub(",", whole))


def folded(text: str) -> str:
    """The same for a text of any length without half characters, such as a whole lexicon."""
    for emoji, words in SPELLED_OUT.items():
        text = text.replace(emoji, words)
    text = unicodedata.normalize("NFKC", text.translate(LATE_MARKS)).casefold().translate(PLAIN_CHARACTERS)
    text = DOTTED_HALF_DAY.sub(r"\1m", APOSTROPHES.sub("", text))
    return HELD_DOWN.sub(r"\1", HYPHENS.sub(joint, text))


def joint(hyphen: re.Match[str]) -> str:
    """A space before a number, nothing after one."""
    return " " if hyphen.string[hyphen.end()].isdigit() else ""


LATE_MARKS = str.maketrans(PUNCTUATION)


class PlainCharacters(dict[int, str]):
    """What becomes of each character, found when it is first met."""

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, plain_character(chr(code)))


PLAIN_CHARACTERS = PlainCharacters()


def plain_character(character: str) -> str:
    """A digit of any script as ASCII, a letter of several forms in its plain one, an invisible character as nothing."""
    if character.isascii():
        return character if character.isprintable() or character == "\n" else " "
    if character.isdigit():
        return str(unicodedata.digit(character))
    if character in SAME_LETTER:
        return SAME_LETTER[character]
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


def plain(word: str) -> str:
    """A word without accents, as people type it in a hurry; other scripts keep their signs."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word)
    kept = "".join(c for c in apart if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", kept).replace("ı", "i").replace("đ", "d").replace("ł", "l")


# For the words of texts; those of a whole lexicon would drive them out.
bare = lru_cache(maxsize=4096)(plain)


@once_if_short
def tokens_of(text: str) -> tuple[Token, ...]:
    """Words, numbers, clock times, days written in digits, and the marks between them."""
    found = []
    for match in TOKEN.finditer(fold(text)):
        kind = match.lastgroup or "word"
        kind = "number" if kind == "tail" else kind
        whole = match[0]
        found.append(Token(whole, bare(whole), kind, match["tail"] or ""))
        if len(found) == MOST_TOKENS:
            break
    return tuple(found)


def phrase(text: str) -> tuple[str, ...]:
    """A lexicon entry as the words it is matched by."""
    return phrases((text,))[0]


def phrases(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Many entries at once: a language has thousands of them."""
    if not texts:
        return []
    lines = folded("\n".join(text.replace("\n", " ") for text in texts)).split("\n")
    return [tuple(map(intern, line.split() if is_plain(line) else words_of(line))) for line in lines]


def is_plain(line: str) -> bool:
    """Tell letters and spaces alone, in a script that has spaces: most entries, so these are cut the quick way."""
    return line.replace(" ", "").isalpha() and not HAS_UNSPACED.search(line)


def words_of(line: str) -> tuple[str, ...]:
    """The words of a line that is folded, marks that only part thoughts left out."""
    found = (match[0] for match in TOKEN.finditer(line))
    return tuple(word for word in found if word not in BREAKS)


def is_syllable(word: str) -> bool:
    """Tell one syllable of a script that writes no spaces between words."""
    return IS_SYLLABLE.fullmatch(word) is not None
