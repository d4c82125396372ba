"""hvbot writes moments as each language does, in the school's zone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hvbot.i18n.catalogue import Catalogue
from hvbot.i18n.formats import Format, foreign, lines, moment, read_format

LOS_ANGELES, NEW_YORK = ZoneInfo("America/Los_Angeles"), ZoneInfo("America/New_York")
LATE = datetime(2026, 12, 2, 1, 30, tzinfo=UTC)
ISOLATED = "\N{FIRST STRONG ISOLATE}5:30 PM\N{POP DIRECTIONAL ISOLATE}"
COMMA = "\N{ARABIC COMMA}"
TABLE: dict[str, Any] = {
    "name": "Test",
    "english_name": "Test",
    "direction": "ltr",
    "weekdays": ["mo", "tu", "we", "th", "fr", "sa", "su"],
    "months": [f"month{number}" for number in range(1, 13)],
    "when": "{weekday} {day} {month}, {time}",
    "day": "{weekday} {day} {month}",
    "time": "{hour}:{minute} {half}",
    "am": "AM",
    "pm": "PM",
}


@pytest.fixture(scope="module")
def english(catalogue: Catalogue) -> Format:
    return catalogue.format_of("en")


@pytest.fixture(scope="module")
def arabic(catalogue: Catalogue) -> Format:
    return catalogue.format_of("ar")


@pytest.mark.parametrize(
    ("code", "expected"),
    [("en", "Tuesday Dec 1, 5:30 PM"), ("es", "martes 1 dic, 5:30 PM"), ("ar", f"الثلاثاء 1 ديسمبر{COMMA} {ISOLATED}")],
)
def test_a_moment_has_weekday_day_and_clock_of_the_schools_zone(catalogue: Catalogue, code: str, expected: str) -> None:
    assert moment(catalogue.format_of(code), "when", LATE, LOS_ANGELES) == expected


def test_the_placeholder_decides_what_of_a_moment_is_written(english: Format) -> None:
    assert moment(english, "time", LATE, NEW_YORK) == "8:30 PM"
    assert moment(english, "day", LATE, NEW_YORK) == "Tuesday Dec 1"


@pytest.mark.parametrize(
    ("hour", "text"), [(0, "12:05 AM"), (1, "1:05 AM"), (11, "11:05 AM"), (12, "12:05 PM"), (23, "11:05 PM")]
)
def test_noon_is_pm_and_midnight_am(english: Format, hour: int, text: str) -> None:
    assert moment(english, "time", datetime(2026, 3, 1, hour, 5, tzinfo=NEW_YORK), NEW_YORK) == text


def test_the_clock_follows_daylight_saving(english: Format) -> None:
    before = datetime(2026, 3, 7, 22, 0, tzinfo=UTC)

    assert moment(english, "time", before, NEW_YORK) == "5:00 PM"
    assert moment(english, "time", before + timedelta(days=1), NEW_YORK) == "6:00 PM"


def test_a_language_may_switch_to_the_24_hour_clock(english: Format) -> None:
    switched = replace(english, time="{hour24}:{minute}")

    assert moment(switched, "when", LATE, LOS_ANGELES) == "Tuesday Dec 1, 17:30"
    assert moment(switched, "time", datetime(2026, 3, 1, 9, 0, tzinfo=NEW_YORK), NEW_YORK) == "09:00"


def test_right_to_left_lines_begin_with_an_ascii_digit_and_keep_the_clock_together(arabic: Format) -> None:
    first, second = lines(arabic, (LATE, LATE + timedelta(days=4)), LOS_ANGELES).split("\n")

    assert first == f"1) الثلاثاء 1 ديسمبر{COMMA} {ISOLATED}"
    assert second == f"2) السبت 5 ديسمبر{COMMA} {ISOLATED}"


@pytest.mark.parametrize("text", ["Ms. Lee", "(202) 555-0123", "Soomaali", "#4"])
def test_what_runs_the_other_way_is_set_apart_in_right_to_left(arabic: Format, text: str) -> None:
    assert foreign(arabic, text) == f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def test_plain_numbers_and_own_letters_need_no_setting_apart(arabic: Format, english: Format) -> None:
    assert foreign(arabic, "30") == "30"
    assert foreign(arabic, "المكتبة") == "المكتبة"
    assert foreign(english, "Ms. Lee") == "Ms. Lee"
    assert foreign(english, "(202) 555-0123") == "(202) 555-0123"
    assert foreign(english, "العربية") == "\N{FIRST STRONG ISOLATE}العربية\N{POP DIRECTIONAL ISOLATE}"


def test_a_full_table_has_no_gap() -> None:
    assert read_format(TABLE)[1] == ()


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        ({"name": ""}, "[format] name is missing"),
        ({"pm": ""}, "[format] pm is missing"),
        ({"direction": "up"}, "[format] direction must be ltr or rtl"),
        ({"weekdays": ["mo"] * 7}, "[format] weekdays needs 7 different names"),
        ({"months": ["jan"]}, "[format] months needs 12 different names"),
        ({"when": "{weekday}, {time}"}, "[format] when lacks {day}"),
        ({"day": "{weekday} {day} {month} {year}"}, "[format] day has {year}, which means nothing there"),
        ({"time": "{hour}:{minute}"}, "[format] time needs {hour} and {half}, or {hour24}"),
        ({"time": "{hour24}"}, "[format] time lacks {minute}"),
        ({"when": "{weekday} {day"}, "[format] when has {?}, which means nothing there"),
    ],
)
def test_each_gap_of_a_table_is_named(change: dict[str, Any], gap: str) -> None:
    assert gap in read_format(TABLE | change)[1]
