"""The last gate: whether a text that is due may leave now. A decision over facts that were read for a whole batch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hvbot.scheduling.quiet import next_moment
from hvbot.scheduling.rules import TimeRules

NONE, ASKED, GRANTED, DECLINED, REVOKED = "none", "asked", "granted", "declined", "revoked"
STRANGERS = frozenset({NONE, ASKED})
INVITED = frozenset({NONE, ASKED, GRANTED})
TOLD = frozenset({ASKED, GRANTED, DECLINED})
WILLING = frozenset({GRANTED})
WRITING = frozenset({NONE, ASKED, GRANTED, DECLINED})
ANYBODY = frozenset({NONE, ASKED, GRANTED, DECLINED, REVOKED})

LIVE = frozenset({"booked", "confirmed"})
LIVE_OR_DONE = LIVE | {"done"}
OVER = frozenset({"done", "closed"})
SETTLED = frozenset({"booked", "done", "declined", "opted_out", "closed"})
LOOK_AGAIN = timedelta(minutes=15)
NO_PHONE = frozenset({"invalid", "landline"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a kind of text needs.

    `consents`: the states of leave that allow it. `answers`: it answers the person's own text, so the number works.
    `once`: one is the end until leave is given anew. `capped`: it counts against the program's weekly and monthly
    number, and waits when that is used up; texts about a visit count but never wait for it. `visit`: states of the visit
    in which it is still true. `settled`: states of the invitation in which nobody needs it any more.
    """

    consents: frozenset[str]
    answers: bool = False
    once: bool = False
    capped: bool = False
    visit: frozenset[str] = LIVE
    settled: frozenset[str] = frozenset()


PURPOSES: dict[str, Purpose] = {
    "ask": Purpose(INVITED, capped=True, settled=OVER),
    "nudge": Purpose(INVITED, capped=True, settled=SETTLED),
    "last": Purpose(INVITED, capped=True, settled=SETTLED),
    "answer": Purpose(WRITING, answers=True),
    "help": Purpose(WRITING, answers=True),
    "offer": Purpose(TOLD, answers=True),
    "booked": Purpose(TOLD),
    "moved": Purpose(TOLD),
    "off": Purpose(TOLD),
    "told": Purpose(TOLD),
    "reminder": Purpose(WILLING),
    "thanks": Purpose(WILLING, visit=LIVE_OR_DONE),
    "stopped": Purpose(ANYBODY, answers=True, once=True),
    "wrong_number": Purpose(ANYBODY, answers=True, once=True),
    "resumed": Purpose(WRITING, answers=True),
    "stranger": Purpose(STRANGERS, answers=True),
    "staff": Purpose(INVITED),
    "person": Purpose(WRITING),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gate looks at.

    `visit_version` is empty for a text that does not depend on the visit being live; `visit_at` is the visit's start.
    `weekly` and `monthly`: unprompted texts that left to the number in seven and thirty days. `full_until`: when the
    sender may carry more, if the day's segments are used up. `said` is true when a text
    of this purpose left since leave was last given or asked. `stop_asked` while the person may have meant the end of all
    texts and has not said so yet.
    """

    purpose: str
    consent: str
    reach: str
    rules: TimeRules
    unprompted: bool = False
    not_after: datetime | None = None
    has_body: bool = True
    visit_version: int | None = None
    visit_now: int | None = None
    visit_status: str | None = None
    visit_at: datetime | None = None
    invitation_status: str | None = None
    weekly: int = 0
    monthly: int = 0
    most_weekly: int = 3
    most_monthly: int = 8
    full_until: datetime | None = None
    said: bool = False
    stop_asked: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Leave (neither is set), never leave (`drop` says why), or try again at `wait_until`."""

    drop: str | None = None
    wait_until: datetime | None = None


LEAVE = Verdict()


def decide(facts: Facts, now: datetime) -> Verdict:
    """Decide about one text; a purpose that the table does not know never leaves."""
    purpose = PURPOSES.get(facts.purpose)
    if purpose is None:
        return Verdict("unknown purpose")
    for refuse in REFUSALS:
        reason = refuse(facts, purpose, now)
        if reason:
            return Verdict(reason)
    return moment(facts, purpose, now)


def without_leave(facts: Facts, purpose: Purpose, _now: datetime) -> str | None:
    return None if facts.consent in purpose.consents else f"consent {facts.consent}"


def said_before(facts: Facts, purpose: Purpose, _now: datetime) -> str | None:
    return "said before" if purpose.once and facts.said else None


def wrong_number(facts: Facts, purpose: Purpose, _now: datetime) -> str | None:
    """Whoever wrote to us has a working number, whatever the carrier said of it earlier."""
    if facts.reach == "wrong" and not purpose.once:
        return "wrong number"
    return f"number {facts.reach}" if facts.reach in NO_PHONE and not purpose.answers else None


def visit_changed(facts: Facts, purpose: Purpose, _now: datetime) -> str | None:
    if facts.visit_version is None:
        return None
    if facts.visit_now != facts.visit_version:
        return "visit changed"
    return None if facts.visit_status in purpose.visit else f"visit {facts.visit_status}"


def settled(facts: Facts, purpose: Purpose, _now: datetime) -> str | None:
    return f"invitation {facts.invitation_status}" if facts.invitation_status in purpose.settled else None


def too_late(facts: Facts, _purpose: Purpose, now: datetime) -> str | None:
    return "too late" if facts.not_after is not None and facts.not_after <= now else None


def emptied(facts: Facts, _purpose: Purpose, _now: datetime) -> str | None:
    return None if facts.has_body else "no words left"


REFUSALS: tuple[Callable[[Facts, Purpose, datetime], str | None], ...] = (
    without_leave,
    said_before,
    wrong_number,
    visit_changed,
    settled,
    too_late,
    emptied,
)


def moment(facts: Facts, purpose: Purpose, now: datetime) -> Verdict:
    """Hold a text that nobody asked for until it may leave; drop it when that would be too late."""
    if not facts.unprompted:
        return LEAVE
    earliest = now + timedelta(days=1) if purpose.capped and used_up(facts) else now
    if purpose.capped and facts.full_until is not None:
        earliest = max(earliest, facts.full_until)
    if facts.stop_asked:
        earliest = max(earliest, now + LOOK_AGAIN)
    at = next_moment(earliest, facts.rules, about_visit=facts.visit_at)
    if at <= now:
        return LEAVE
    if facts.not_after is not None and at >= facts.not_after:
        return Verdict("too late")
    return Verdict(wait_until=at)


def used_up(facts: Facts) -> bool:
    return facts.weekly >= facts.most_weekly or facts.monthly >= facts.most_monthly
