"""Made-up facts to fill texts with, at their longest for counting, at their plainest for reading."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hvbot.conversation import messages
from hvbot.conversation.messages import Message

ZONE = ZoneInfo("America/New_York")
SHOWN = 3

LONG: Mapping[str, Any] = {
    "school": "Meadowview Elementary",
    "first": "Ms. Ramirez-Cole",
    "second": "Mr. Whitfield-Lee",
    "partner": "Ms. Ramirez-Cole",
    "phone": "(202) 555-0123",
    "place": "the community center on Oak Street",
    "minutes": 45,
    "late": 45,
    "visit": 12345,
    "language": "ht",
}
PLAIN: Mapping[str, Any] = {
    "school": "Oak School",
    "first": "Ms. Lee",
    "second": "Mr. Cole",
    "partner": "Ms. Lee",
    "phone": "(202) 555-0123",
    "place": messages.PLACE_PARK,
    "minutes": 30,
    "late": 10,
    "visit": 7,
    "language": "en",
}
KNOWN = frozenset(LONG) | {"when", "time", "times"}


def filled(params: Mapping[str, Any], at: datetime, shown: tuple[datetime, ...]) -> dict[str, Any]:
    """All placeholders at once."""
    return {**params, "when": at, "time": at, "times": shown}


def plain() -> dict[str, Any]:
    """An easy filling: it is our own words that are graded."""
    at = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
    return filled(PLAIN, at, tuple(at + timedelta(days=days) for days in range(SHOWN)))


def worst(message: Message) -> Iterator[dict[str, Any]]:
    """Long names with every weekday of every month; each list of times with the day that is widest in some alphabet."""
    days = list(two_digit_days())
    if "{when}" not in message.text and "{times}" not in message.text:
        days = days[:1]
    for at in days:
        yield filled(LONG, at, (at,) * SHOWN)


def two_digit_days() -> Iterator[datetime]:
    """Half past twelve of each weekday in each month of a year."""
    for month in range(1, 13):
        first = date(2026, month, 20)
        yield from (
            datetime(day.year, day.month, day.day, 12, 30, tzinfo=ZONE)
            for day in (first + timedelta(days=days) for days in range(7))
        )
