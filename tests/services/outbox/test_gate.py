"""hvbot's last gate: who may be texted, when, and what is no longer true."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hvbot.scheduling.rules import TimeRules
from hvbot.services.gate import LEAVE, PURPOSES, Facts, Verdict, decide
from hvbot.services.texts import PRIORITY

# A Tuesday, noon in New York.
NOON = datetime(2026, 9, 15, 16, 0, tzinfo=UTC)
RULES = TimeRules(zone=ZoneInfo("America/New_York"))
STATES = ("none", "asked", "granted", "declined", "revoked")
ALLOWED = {
    "ask": "none asked granted",
    "nudge": "none asked granted",
    "last": "none asked granted",
    "answer": "none asked granted declined",
    "help": "none asked granted declined",
    "offer": "asked granted declined",
    "booked": "asked granted declined",
    "moved": "asked granted declined",
    "off": "asked granted declined",
    "told": "asked granted declined",
    "reminder": "granted",
    "thanks": "granted",
    "stopped": "none asked granted declined revoked",
    "wrong_number": "none asked granted declined revoked",
    "resumed": "none asked granted declined",
    "stranger": "none asked",
    "staff": "none asked granted",
    "person": "none asked granted declined",
}


def facts(purpose: str = "answer", **more: Any) -> Facts:
    return replace(Facts(purpose=purpose, consent="granted", reach="unknown", rules=RULES), **more)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_leave_decides_for_each_purpose(purpose: str, state: str) -> None:
    verdict = decide(facts(purpose, consent=state), NOON)

    assert (verdict == LEAVE) == (state in ALLOWED[purpose].split())
    assert verdict.drop in {None, f"consent {state}"}


def test_every_purpose_in_use_has_a_row() -> None:
    assert PRIORITY.keys() <= PURPOSES.keys()
    assert decide(facts("no such purpose"), NOON).drop == "unknown purpose"


@pytest.mark.parametrize("purpose", ["stopped", "wrong_number"])
def test_a_farewell_is_said_once(purpose: str) -> None:
    assert decide(facts(purpose, consent="revoked"), NOON) == LEAVE
    assert decide(facts(purpose, consent="revoked", said=True), NOON).drop == "said before"
    assert decide(facts("answer", said=True), NOON) == LEAVE


@pytest.mark.parametrize(
    ("purpose", "reach", "leaves"),
    [
        ("reminder", "delivered", True),
        ("reminder", "failed", True),
        ("reminder", "invalid", False),
        ("reminder", "landline", False),
        ("answer", "landline", True),
        ("answer", "wrong", False),
        ("wrong_number", "wrong", True),
    ],
)
def test_a_number_that_is_no_phone_gets_only_answers(purpose: str, reach: str, leaves: bool) -> None:
    assert (decide(facts(purpose, reach=reach), NOON) == LEAVE) is leaves


@pytest.mark.parametrize(
    ("purpose", "wanted", "now", "status", "reason"),
    [
        ("reminder", 1, 1, "booked", None),
        ("reminder", 1, 1, "confirmed", None),
        ("reminder", 1, 2, "booked", "visit changed"),
        ("reminder", 1, 1, "moved", "visit moved"),
        ("reminder", 1, 1, "canceled", "visit canceled"),
        ("reminder", 1, None, None, "visit changed"),
        ("reminder", 1, 1, "done", "visit done"),
        ("thanks", 1, 1, "done", None),
        ("off", None, 1, "canceled", None),
    ],
)
def test_a_text_about_a_visit_leaves_while_it_is_true(
    purpose: str, wanted: int | None, now: int | None, status: str | None, reason: str | None
) -> None:
    assert decide(facts(purpose, visit_version=wanted, visit_now=now, visit_status=status), NOON).drop == reason


@pytest.mark.parametrize(("purpose", "status", "leaves"), [
    ("nudge", "waiting", True),
    ("nudge", "talking", True),
    ("nudge", "booked", False),
    ("last", "declined", False),
    ("ask", "booked", True),
    ("ask", "done", False),
    ("reminder", "booked", True),
])  # fmt: skip
def test_a_settled_home_is_not_nudged(purpose: str, status: str, leaves: bool) -> None:
    assert (decide(facts(purpose, invitation_status=status), NOON) == LEAVE) is leaves


def test_a_text_that_is_too_late_is_dropped() -> None:
    assert decide(facts(not_after=NOON), NOON).drop == "too late"
    assert decide(facts(not_after=NOON + timedelta(seconds=1)), NOON) == LEAVE


def test_a_text_without_words_is_dropped() -> None:
    assert decide(facts(has_body=False), NOON).drop == "no words left"


@pytest.mark.parametrize(
    ("hours", "until"),
    [
        (0, None),
        (7, None),  # 19:00
        (8, "2026-09-16T13:00:00+00:00"),  # 20:00, so nine the next morning
        (18, "2026-09-16T13:00:00+00:00"),  # 6:00
    ],
)
def test_an_unprompted_text_waits_for_the_morning(hours: int, until: str | None) -> None:
    now = NOON + timedelta(hours=hours)
    expected = LEAVE if until is None else Verdict(wait_until=datetime.fromisoformat(until))

    assert decide(facts("reminder", unprompted=True), now) == expected
    assert decide(facts("answer"), now) == LEAVE


def test_on_a_sunday_only_a_reminder_of_a_near_visit_leaves() -> None:
    sunday = NOON + timedelta(days=5)
    monday = datetime(2026, 9, 21, 13, 0, tzinfo=UTC)

    assert decide(facts("reminder", unprompted=True), sunday) == Verdict(wait_until=monday)
    assert decide(facts("reminder", unprompted=True, visit_at=sunday + timedelta(days=1)), sunday) == LEAVE


def test_a_closed_day_is_quiet() -> None:
    closed = replace(RULES, closed=frozenset({date(2026, 9, 15)}))

    assert decide(facts("nudge", unprompted=True, rules=closed), NOON).wait_until == NOON + timedelta(hours=21)


def test_a_text_that_would_wait_too_long_is_dropped() -> None:
    evening = NOON + timedelta(hours=9)
    reminder = facts("reminder", unprompted=True, not_after=evening + timedelta(hours=2))

    assert decide(reminder, evening).drop == "too late"


@pytest.mark.parametrize(
    ("purpose", "weekly", "monthly", "leaves"),
    [("nudge", 2, 7, True), ("nudge", 3, 3, False), ("nudge", 0, 8, False), ("reminder", 9, 9, True)],
)
def test_a_number_is_not_nudged_beyond_the_programs_measure(
    purpose: str, weekly: int, monthly: int, leaves: bool
) -> None:
    verdict = decide(facts(purpose, unprompted=True, weekly=weekly, monthly=monthly), NOON)

    assert verdict == (LEAVE if leaves else Verdict(wait_until=NOON + timedelta(days=1)))
