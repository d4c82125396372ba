"""Start round 1 of a database in a process that does nothing else, then let the ticks work; what it took, as JSON.

    python -m benchmarks.started URL [ITEMS]

Other benchmarks run it, because only a fresh process knows its own peak of memory. With ITEMS every family falls due to be
nudged and has a reminder due, and so many of each are worked off; then nothing is due, and every task of the worker ticks.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from benchmarks.serving import runtime_on, settle
from hvbot.models import Conversation, Invitation, InvitationStudent, Reminder, Visit
from hvbot.runtime import Runtime
from hvbot.scheduling.reminders import ReminderKind
from hvbot.services.nudging import queue_due_nudges
from hvbot.services.reminding import queue_due_reminders
from hvbot.services.rounds import start_round
from hvbot.worker import TASKS

VISITS: Any = Visit.__table__
REMINDERS: Any = Reminder.__table__
INVITATIONS: Any = Invitation.__table__
CHILDREN: Any = InvitationStudent.__table__
ZONE = ZoneInfo("America/New_York")
CHUNK = 2000
IDLE_TICKS = 20
NOT_HERE = ("outbox", "settle", "reconcile")  # they speak with the carrier


def peak_mib() -> float:
    """The most memory this process has had."""
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def started(runtime: Runtime) -> dict[str, Any]:
    began = time.perf_counter()
    done = start_round(runtime, 1)
    return {"seconds": time.perf_counter() - began, "homes": done.homes, "texts": done.texts, "peak_mib": peak_mib()}


def all_due(runtime: Runtime) -> None:
    """Let every family's nudge be due, and give each a visit tomorrow with a reminder that is due."""
    now = runtime.clock.now()
    found = select(INVITATIONS, CHILDREN.c.student_id).join(CHILDREN, CHILDREN.c.invitation_id == INVITATIONS.c.id)
    last = 0
    while True:
        with runtime.writing() as session:
            rows = session.execute(found.where(INVITATIONS.c.id > last).order_by(INVITATIONS.c.id).limit(CHUNK)).all()
            if not rows:
                session.execute(update(Conversation).values(consent="granted"))
                return
            last = rows[-1].id
            ids = [row.id for row in rows]
            session.execute(update(INVITATIONS).where(INVITATIONS.c.id.in_(ids)).values(nudge_due_at=now))
            session.execute(insert(VISITS), [visit(row, now) for row in rows])
            session.execute(insert(REMINDERS), [reminder(row, now) for row in rows])


def visit(row: Any, now: datetime) -> dict[str, Any]:
    starts = now.replace(second=0, microsecond=0) + timedelta(days=1)
    return {
        "id": row.id, "program_id": 1, "invitation_id": row.id, "round_id": 1, "household_id": row.household_id,
        "student_id": row.student_id, "school_id": row.school_id, "first_id": 2 * row.pair_id - 1, "second_id": 2 * row.pair_id,
        "starts_at": starts, "ends_at": starts + timedelta(minutes=30), "wall": f"{starts.astimezone(ZONE):%Y-%m-%dT%H:%M}",
        "zone": ZONE.key, "created_at": now, "changed_at": now,
    }  # fmt: skip


def reminder(row: Any, now: datetime) -> dict[str, Any]:
    kind, until = ReminderKind.EVENING.value, now + timedelta(hours=12)
    who = {"visit_id": row.id, "version": 1, "kind": kind, "conversation_id": row.household_id}
    return {**who, "due_at": now, "not_after": until}


def worked_off(runtime: Runtime, do: Callable[[Runtime], int], items: int) -> float:
    """Seconds an item."""
    done, began = 0, time.perf_counter()
    while done < items and (some := do(runtime)):
        done += some
    return (time.perf_counter() - began) / done


def nothing_due(runtime: Runtime) -> None:
    far = runtime.clock.now() + timedelta(days=30)
    with runtime.writing() as session:
        session.execute(update(INVITATIONS).values(nudge_due_at=far))
        session.execute(update(REMINDERS).values(due_at=far))


def idle(runtime: Runtime) -> dict[str, float]:
    """Milliseconds of one tick of each task when nothing is due, the median."""
    found = {}
    for task in TASKS:
        if task.name not in NOT_HERE:
            taken = []
            for _ in range(IDLE_TICKS):
                began = time.perf_counter()
                task.do(runtime)
                taken.append((time.perf_counter() - began) * 1000)
            found[task.name] = statistics.median(taken)
    return found


def main() -> None:
    url, items = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with runtime_on(url) as runtime:
        found = started(runtime)
        if items:
            all_due(runtime)
            settle(url)
            for name, do in (("nudges", queue_due_nudges), ("reminders", queue_due_reminders)):
                found[name] = worked_off(runtime, do, items)
            found["ticks_peak_mib"] = peak_mib()
            nothing_due(runtime)
            settle(url)
            found["idle"] = idle(runtime)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
