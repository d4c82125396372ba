import pytest

from hvbot.services.roster.values import (
    Unreadable,
    language_tag,
    read_clock,
    read_day,
    read_moment,
    read_phone,
    read_ref,
    read_yes_no,
    read_zone,
)


@pytest.mark.fault(56)
@pytest.mark.parametrize(
    "text",
    [
        "+12025550123",
        "(202) 555-0123",
        "202.555.0123",
        "202-555-0123 x12",
        "202-555-0123 (cell)",
        "cell: 202-555-0123",
        "12025550123",
        "=+12025550123",
        '="2025550123"',
        "'2025550123",
        "-2025550123",
        "@2025550123",
        "2025550123.0",
        "1.2025550123E+10",
        "2.025550123e9",
        "2,025550123E+9",
    ],
)
def test_a_number_is_read_in_every_common_form(text: str) -> None:
    assert read_phone(text) == "+12025550123"


@pytest.mark.parametrize(
    "text", ["", "911", "none", "555-0123", "call mom", "9005550123", "202-555-CALL", "2025550123 2025550124"]
)
def test_what_is_no_number_of_a_person_is_no_number(text: str) -> None:
    assert read_phone(text) == ""


@pytest.mark.fault(56)
@pytest.mark.parametrize("text", ["2.02555E+09", "1.20256E+10", "2E+9"])
def test_a_rounded_number_is_refused_rather_than_guessed(text: str) -> None:
    with pytest.raises(Unreadable, match="last digits are lost") as problem:
        read_phone(text)

    assert "as text" in problem.value.remedy


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("es", "es"),
        ("ES", "es"),
        ("es-MX", "es"),
        ("es_US", "es"),
        ("Spanish", "es"),
        ("spa", "es"),
        ("Español", "es"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("Chinese (Mandarin)", "zh-Hans"),
        ("pt-BR", "pt"),
        ("tl", "fil"),
        ("Dari", "fa-AF"),
        ("Haitian Creole", "ht"),
        ("hmn", "hmn"),
        ("xx", "xx"),
        ("Klingonish", None),
        ("?", None),
    ],
)
def test_a_language_is_read_as_a_tag(text: str, tag: str | None) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("America/Chicago", "America/Chicago"),
        ("america/new_york", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("EST", "America/New_York"),
        ("Central Time", "America/Chicago"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Mountain Standard Time", "America/Denver"),
    ],
)
def test_a_zone_is_read_as_americans_write_it(text: str, zone: str) -> None:
    assert read_zone("timezone", text) == zone


@pytest.mark.fault(59)
def test_a_place_that_is_no_zone_is_refused() -> None:
    with pytest.raises(Unreadable, match="'Springfield' is no time zone"):
        read_zone("timezone", "Springfield")


@pytest.mark.parametrize("text", ["yes", "Y", "TRUE", "1", "t"])
def test_yes_is_read(text: str) -> None:
    assert read_yes_no("contact", text) is True


@pytest.mark.parametrize("text", ["no", "N", "FALSE", "0"])
def test_no_is_read(text: str) -> None:
    assert read_yes_no("contact", text) is False


def test_an_empty_cell_says_neither_yes_nor_no() -> None:
    assert read_yes_no("contact", "") is None
    with pytest.raises(Unreadable, match="contact 'maybe'"):
        read_yes_no("contact", "maybe")


@pytest.mark.parametrize(
    "text",
    ["2026-08-18T16:00", "2026-08-18 16:00", "2026-08-18T16:00:00", "8/18/2026 16:00", "8/18/2026 4:00 PM"],
)
def test_a_local_time_is_read(text: str) -> None:
    assert read_moment("start", text) == "2026-08-18T16:00"


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-08-18", "2026-08-18T16:00Z", "2026-08-18T25:00", "2026-02-30T10:00"]
)
def test_what_is_no_local_time_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="no local time"):
        read_moment("start", text)


def test_days_and_clock_times_are_read() -> None:
    assert read_day("trained_on", "5/1/2026") == "2026-05-01"
    assert read_clock("visit_from", "3:30 pm") == "15:30"
    assert read_clock("visit_from", "12:05 AM") == "00:05"
    with pytest.raises(Unreadable):
        read_clock("visit_from", "15:30 pm")


def test_a_damaged_id_is_refused() -> None:
    with pytest.raises(Unreadable, match="damaged by a spreadsheet"):
        read_ref("student_id", "1.23457E+11")
