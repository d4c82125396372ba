"""hvbot reads and shows the school's clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hvbot.scheduling.walltime import changes_clocks, local, minutes, resolve

from .cases import CHICAGO, FALL, SPRING, US_ZONES, days_around, is_shown_once

NEVER_CHANGED = {"America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico"}


@pytest.mark.fault(46)
@pytest.mark.parametrize("name", US_ZONES)
@pytest.mark.parametrize("changed", [SPRING, FALL])
def test_every_wall_time_around_a_change_is_resolved_or_refused(name: str, changed: date) -> None:
    zone = ZoneInfo(name)
    for day in days_around(changed, 1):
        for quarter in range(96):
            wall = datetime.combine(day, time(quarter // 4, quarter % 4 * 15))
            if is_shown_once(wall, zone):
                assert resolve(wall, zone).astimezone(zone).replace(tzinfo=None) == wall
            else:
                with pytest.raises(ValueError, match=name):
                    resolve(wall, zone)


@pytest.mark.parametrize(("wall", "reason"), [("2027-03-14T02:30", "does not exist"), ("2026-11-01T01:30", "twice")])
def test_a_refusal_says_why(wall: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        resolve(datetime.fromisoformat(wall), CHICAGO.zone)


def test_bare_and_aware_times_are_not_mixed_up() -> None:
    with pytest.raises(ValueError, match="no offset"):
        local(datetime(2026, 9, 1, 12), CHICAGO)
    with pytest.raises(ValueError, match="bare"):
        resolve(datetime(2026, 9, 1, 12, tzinfo=UTC), CHICAGO.zone)


@pytest.mark.parametrize("name", US_ZONES)
@pytest.mark.parametrize("changed", [SPRING, FALL])
def test_the_days_of_change_are_known(name: str, changed: date) -> None:
    found = [day for day in days_around(changed) if changes_clocks(day, ZoneInfo(name))]

    assert found == ([] if name in NEVER_CHANGED else [changed])


def test_minutes_are_counted_from_midnight() -> None:
    assert timedelta(minutes=minutes(time(17, 45))) == timedelta(hours=17, minutes=45)
