"""Single values as people and spreadsheets write them."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hvbot.services.numbers import parse_number
from hvbot.services.roster.languages import NAMES
from hvbot.understanding.codes import canonical

YES = frozenset({"yes", "y", "true", "t", "1", "x", "si", "sí"})
NO = frozenset({"no", "n", "false", "f", "0"})
SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
WHOLE_WITH_ZEROS = re.compile(r"(\d{7,15})[.,]0+")
TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
# A region says which clocks and spellings a family likes, not which texts it can read; Dari is the exception.
KEEPS_REGION = frozenset({"fa-AF"})
AMERICAN_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\s*([AaPp]\.?[Mm]\.?)?")
NOON = 12
# What people write for American zones. "EST" is a zone of its own without daylight saving time, and nobody means it.
ZONES = {
    "eastern": "America/New_York",
    "et": "America/New_York",
    "est": "America/New_York",
    "edt": "America/New_York",
    "est5edt": "America/New_York",
    "central": "America/Chicago",
    "ct": "America/Chicago",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "cst6cdt": "America/Chicago",
    "mountain": "America/Denver",
    "mt": "America/Denver",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "mst7mdt": "America/Denver",
    "arizona": "America/Phoenix",
    "pacific": "America/Los_Angeles",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "pst8pdt": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "akst": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "hst": "Pacific/Honolulu",
}


class Unreadable(ValueError):
    """A cell cannot be read; `remedy` says what to write instead."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


def read_yes_no(column: str, text: str | None) -> bool | None:
    """Yes or no in the usual ways; None where nothing is said."""
    if not text:
        return None
    word = text.lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unreadable(f"{column} '{text}' is neither yes nor no", "write yes or no")


def read_ref(column: str, text: str | None) -> str:
    """The roster's own id, exactly as it stands."""
    if not text:
        raise Unreadable(f"{column} is empty", "every row needs it")
    if SCIENTIFIC.fullmatch(text):
        raise Unreadable(
            f"{column} '{text}' was damaged by a spreadsheet",
            "format the column as text and export the file again",
        )
    return text


def read_refs(column: str, text: str) -> tuple[str, ...]:
    """Ids separated by semicolons."""
    return tuple(dict.fromkeys(read_ref(column, part.strip()) for part in text.split(";") if part.strip()))


def read_phone(text: str, country: str = "US") -> str:
    """The number in E.164, empty where it is none that can be texted.

    Raises:
        Unreadable: a spreadsheet has rounded the number, so that nobody can know it.

    """
    return parse_number(undamaged(text.lstrip("=@'\"").rstrip("\"'").strip()), country) or ""


def undamaged(text: str) -> str:
    """Take back what spreadsheets do to numbers: `1.2025550123E+10`, `2025550123.0`."""
    if whole := WHOLE_WITH_ZEROS.fullmatch(text):
        return whole[1]
    if damaged := SCIENTIFIC.fullmatch(text):
        return written_out(text, damaged)
    return text


def written_out(text: str, damaged: re.Match[str]) -> str:
    if len(damaged[2] or "") < int(damaged[3]):
        raise Unreadable(
            f"phone '{text}' was rounded by a spreadsheet: its last digits are lost",
            "format the column as text and export the file again",
        )
    return str(int(Decimal(text.replace(",", "."))))


def read_language(column: str, text: str | None) -> str | None:
    """A language as a BCP-47 tag: `Spanish`, `spa` and `es-MX` are es, `zh` is zh-Hans. None where nothing is said."""
    if not text:
        return None
    found = language_tag(text)
    if found is None:
        raise Unreadable(f"{column} '{text}' is no language we know", "write its code, such as es, so or zh-Hans")
    return found


@cache
def language_tag(text: str) -> str | None:
    name = re.sub(r"[^\w]+", " ", text.lower().replace("_", " ")).strip()
    tag = canonical(NAMES.get(name, text))
    if not TAG.fullmatch(tag):
        return None
    if tag in KEEPS_REGION:
        return tag
    language, *rest = tag.split("-")
    return canonical("-".join([NAMES.get(language, language), *(part for part in rest if len(part) == 4)]))


def read_zone(column: str, text: str | None) -> str | None:
    """A time zone by its IANA name, or by what Americans call it."""
    if not text:
        return None
    name = text.strip().lower().replace(" ", "_")
    short = re.sub(r"(_standard|_daylight)?(_time)?(_zone)?$", "", name.removeprefix("us/"))
    found = ZONES.get(short) or zones().get(name)
    if found is None:
        raise Unreadable(f"{column} '{text}' is no time zone", "write an IANA name such as America/Chicago")
    return ZoneInfo(found).key


@cache
def zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def read_day(column: str, text: str | None) -> str | None:
    """A day as ISO text, also from 8/18/2026, the American way in which Excel rewrites dates."""
    if not text:
        return None
    try:
        return american_day(text) or date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise Unreadable(f"{column} '{text}' is no day", "write it as 2026-08-18") from None


def american_day(text: str) -> str | None:
    found = AMERICAN_DATE.match(text)
    return date(int(found[3]), int(found[1]), int(found[2])).isoformat() if found else None


def read_clock(column: str, text: str | None) -> str | None:
    """A time of day as ISO text, also from 3:30 PM."""
    if not text:
        return None
    try:
        return clock(text).isoformat("minutes")
    except ValueError:
        raise Unreadable(f"{column} '{text}' is no time of day", "write it as 15:30") from None


def clock(text: str) -> time:
    found = CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower().replace(".", "")
    if half and not 1 <= hour <= NOON:
        raise ValueError(text)
    return time(hour % NOON + NOON * (half == "pm") if half else hour, minute)


def read_moment(column: str, text: str | None) -> str:
    """A local day and time as ISO text without an offset."""
    day, _, rest = (text or "").replace("T", " ", 1).partition(" ")
    try:
        found = read_day(column, day), clock(rest)
    except ValueError:
        found = None, time()
    if found[0] is None:
        raise Unreadable(f"{column} '{text}' is no local time", "write it as 2026-08-18T16:00, without an offset")
    return datetime.combine(date.fromisoformat(found[0]), found[1]).isoformat(timespec="minutes")
