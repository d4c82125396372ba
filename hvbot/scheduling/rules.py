"""A school's rules about time, as one value."""

from dataclasses import dataclass, field
from datetime import date, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class TimeRules:
    """When visits may be and when texts may leave, in the school's own zone.

    Durations are minutes. `visit_days` and `text_days` hold weekdays, 0 for Monday to 6 for Sunday.
    """

    zone: ZoneInfo
    visit_from: time = time(8, 0)
    visit_until: time = time(20, 0)
    visit_days: frozenset[int] = frozenset(range(7))
    closed: frozenset[date] = field(default=frozenset())
    held: int = 45
    told: int = 30
    travel: int = 15
    step: int = 15
    notice_hours: int = 24
    text_from: time = time(9, 0)
    text_until: time = time(20, 0)
    text_days: frozenset[int] = frozenset(range(6))
