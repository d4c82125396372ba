"""hvbot counts what a text costs as carriers do (3GPP TS 23.038)."""

import unicodedata

import pytest

from hvbot.i18n.segments import BASIC, EXTENSION, measure, normalise

ARABIC = "\N{ARABIC LETTER ALEF}"


def test_the_alphabet_has_127_letters_and_ten_that_need_an_escape() -> None:
    assert len(BASIC) == 127
    assert len(EXTENSION) == 10
    assert not BASIC & EXTENSION
    assert not set("áíóúçêãõ`") & (BASIC | EXTENSION)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("ñ¿¡é" * 40, "GSM-7", 160, 1),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        # 152 + an escape pair does not fit into 153: the pair moves on, and so does the last letter of the third segment
        ("a" * 152 + "€" + "a" * 151, "GSM-7", 305, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("á" * 70, "UCS-2", 70, 1),
        ("á" * 71, "UCS-2", 71, 2),
        ("á" * 134, "UCS-2", 134, 2),
        ("á" * 135, "UCS-2", 135, 3),
        ("á" * 201, "UCS-2", 201, 3),
        ("á" * 202, "UCS-2", 202, 4),
        ("\N{THUMBS UP SIGN}" * 35, "UCS-2", 70, 1),
        ("\N{THUMBS UP SIGN}" * 36, "UCS-2", 72, 2),
        ("a" * 66 + "\N{THUMBS UP SIGN}" + "a" * 66, "UCS-2", 134, 3),
    ],
)
def test_a_text_is_counted_in_units_and_segments(text: str, encoding: str, units: int, segments: int) -> None:
    size = measure(text)

    assert (size.encoding, size.units, size.segments) == (encoding, units, segments)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("6:30\N{NARROW NO-BREAK SPACE}PM", "6:30 PM"),
        ("6:30\N{NO-BREAK SPACE}PM", "6:30 PM"),
        ("a\N{THIN SPACE}b\N{IDEOGRAPHIC SPACE}c", "a b c"),
        ("zero\N{ZERO WIDTH SPACE}width", "zerowidth"),
        ("\N{ZERO WIDTH NO-BREAK SPACE}Hi", "Hi"),
        ("Ma\N{SOFT HYPHEN}ria", "Maria"),
        ("can\N{RIGHT SINGLE QUOTATION MARK}t", "can't"),
        ("\N{LEFT DOUBLE QUOTATION MARK}yes\N{RIGHT DOUBLE QUOTATION MARK}", '"yes"'),
        ("9\N{EN DASH}5 \N{EM DASH} ok", "9-5 - ok"),
        ("wait\N{HORIZONTAL ELLIPSIS}", "wait..."),
        ("o\N{MODIFIER LETTER TURNED COMMA}zbek", "o'zbek"),
        ("\N{FIRST STRONG ISOLATE}Oak School\N{POP DIRECTIONAL ISOLATE}", "Oak School"),
    ],
)
def test_a_text_is_written_plainly_and_stays_in_gsm(text: str, plain: str) -> None:
    assert normalise(text) == plain
    assert measure(normalise(text)).encoding == "GSM-7"


def test_a_decomposed_letter_is_put_together_before_counting() -> None:
    decomposed = unicodedata.normalize("NFD", "thứ bảy")

    assert len(decomposed) > len("thứ bảy")
    assert normalise(decomposed) == "thứ bảy"


@pytest.mark.parametrize("mark", ["ZERO WIDTH NON-JOINER", "FIRST STRONG ISOLATE", "RIGHT-TO-LEFT MARK"])
def test_marks_that_the_script_needs_stay(mark: str) -> None:
    text = f"{ARABIC}{unicodedata.lookup(mark)}{ARABIC}"

    assert normalise(text) == text


def test_normalising_twice_changes_nothing_more() -> None:
    text = "\N{LEFT DOUBLE QUOTATION MARK}s\N{COMBINING ACUTE ACCENT}\N{NARROW NO-BREAK SPACE}\N{HORIZONTAL ELLIPSIS}"

    assert normalise(normalise(text)) == normalise(text)
