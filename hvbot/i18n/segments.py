"""What a text costs: GSM 03.38 alphabet, UCS-2 otherwise, counted after normalising.

Source of the alphabet and of the lengths: 3GPP TS 23.038 (basic and extension table) and 23.040 (concatenation).
"""

import re
import unicodedata
from dataclasses import dataclass

GREEK_CAPITALS = ("DELTA", "PHI", "GAMMA", "LAMDA", "OMEGA", "PI", "PSI", "SIGMA", "THETA", "XI")
BASIC_NAMES = (
    "POUND SIGN",
    "YEN SIGN",
    "CURRENCY SIGN",
    "SECTION SIGN",
    "INVERTED EXCLAMATION MARK",
    "INVERTED QUESTION MARK",
    "LATIN SMALL LETTER A WITH GRAVE",
    "LATIN SMALL LETTER E WITH GRAVE",
    "LATIN SMALL LETTER E WITH ACUTE",
    "LATIN SMALL LETTER I WITH GRAVE",
    "LATIN SMALL LETTER O WITH GRAVE",
    "LATIN SMALL LETTER U WITH GRAVE",
    "LATIN CAPITAL LETTER C WITH CEDILLA",
    "LATIN CAPITAL LETTER E WITH ACUTE",
    "LATIN CAPITAL LETTER O WITH STROKE",
    "LATIN SMALL LETTER O WITH STROKE",
    "LATIN CAPITAL LETTER A WITH RING ABOVE",
    "LATIN SMALL LETTER A WITH RING ABOVE",
    "LATIN CAPITAL LETTER AE",
    "LATIN SMALL LETTER AE",
    "LATIN SMALL LETTER SHARP S",
    "LATIN CAPITAL LETTER A WITH DIAERESIS",
    "LATIN SMALL LETTER A WITH DIAERESIS",
    "LATIN CAPITAL LETTER O WITH DIAERESIS",
    "LATIN SMALL LETTER O WITH DIAERESIS",
    "LATIN CAPITAL LETTER U WITH DIAERESIS",
    "LATIN SMALL LETTER U WITH DIAERESIS",
    "LATIN CAPITAL LETTER N WITH TILDE",
    "LATIN SMALL LETTER N WITH TILDE",
    *(f"GREEK CAPITAL LETTER {name}" for name in GREEK_CAPITALS),
)
BASIC_ASCII = "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
BASIC = frozenset(BASIC_ASCII) | frozenset(map(unicodedata.lookup, BASIC_NAMES))
EXTENSION = frozenset("^{}\\[~]|\f") | {unicodedata.lookup("EURO SIGN")}
GSM = BASIC | EXTENSION
LAST_OF_ONE_UNIT = 0xFFFF

GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67

# One of these would halve the room of a text. U+202F is what CLDR puts before AM and PM (Babel issue 1012).
PLAIN = {
    0x00A0: " ",
    0x1680: " ",
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    0x2028: "\n",
    0x2029: "\n",
    0x202F: " ",
    0x205F: " ",
    0x3000: " ",
    0x00AD: "",
    0x200B: "",
    0x2060: "",
    0xFEFF: "",
    **dict.fromkeys((0x2018, 0x2019, 0x201A, 0x201B, 0x2032, 0x02BB, 0x02BC, 0x00B4), "'"),
    **dict.fromkeys((0x201C, 0x201D, 0x201E, 0x201F, 0x2033), '"'),
    **dict.fromkeys(range(0x2010, 0x2016), "-"),
    0x2212: "-",
    0x2026: "...",
}
COSTLY = re.compile(f"[{''.join(map(chr, PLAIN))}]")
JOINER_OR_DIRECTION = re.compile("[\u200c-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Size:
    """What a text takes on the wire; `units` are septets in GSM-7 and 16-bit units in UCS-2."""

    encoding: str
    units: int
    segments: int


def normalise(text: str) -> str:
    """Write a text in the plainest characters that say the same.

    NFC; plain spaces, quotes, dashes and dots. Joiners and marks of direction stay where the script needs them and go
    where they alone would make the text UCS-2.
    """
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFC", text)
    if COSTLY.search(plain):
        plain = plain.translate(PLAIN)
    if JOINER_OR_DIRECTION.search(plain) and GSM.issuperset(bare := JOINER_OR_DIRECTION.sub("", plain)):
        return bare
    return plain


def measure(text: str) -> Size:
    """Count a text that was normalised; an empty one is one segment."""
    if BASIC.issuperset(text):
        return Size("GSM-7", len(text), segments(len(text), GSM_ALONE, GSM_JOINED))
    if GSM.issuperset(text):
        return packed("GSM-7", [2 if letter in EXTENSION else 1 for letter in text], GSM_ALONE, GSM_JOINED)
    units = len(text.encode("utf-16-le")) // 2
    if units == len(text):
        return Size("UCS-2", units, segments(units, UCS2_ALONE, UCS2_JOINED))
    return packed("UCS-2", [2 if ord(letter) > LAST_OF_ONE_UNIT else 1 for letter in text], UCS2_ALONE, UCS2_JOINED)


def segments(units: int, alone: int, joined: int) -> int:
    """Segments of a text whose characters take one unit each."""
    return 1 if units <= alone else -(-units // joined)


def packed(encoding: str, widths: list[int], alone: int, joined: int) -> Size:
    """Fill segments in order; a character of two units (after an escape, or a surrogate pair) is never split."""
    units, count, used = sum(widths), 1, 0
    for width in widths:
        if used + width > joined:
            count, used = count + 1, 0
        used += width
    return Size(encoding, units, 1 if units <= alone else count)
