"""The one way out: claim, gate, hand over, record. No transaction is open while the carrier is asked."""

import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from time import monotonic
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import bindparam, func, or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hvbot.channels.port import CONNECTIONS, Emulated, Fault, Parcel, Receipt, SendError
from hvbot.runtime import Runtime
from hvbot.services.callbacks import callback_url, record_status
from hvbot.services.claims import TEXTS, Claim, State, claims, state_of
from hvbot.services.comeback import must_compare
from hvbot.services.landing import LOOK_S, changed_consents
from hvbot.services.outcomes import carrier_accepts, refused
from hvbot.services.pace import give_back, room, sender_name, take_room
from hvbot.services.sending import stopped_programs
from hvbot.services.settling import settle_unknown

__all__ = ["send_due", "settle_unknown"]

log = structlog.get_logger()

BATCH = 2 * CONNECTIONS  # a multiple of the threads, so that none idles at the end of a batch
LEASE = timedelta(seconds=60)
# The carrier's time limit and a reserve: a text is not handed over when its lease could end meanwhile.
NEEDED = timedelta(seconds=15)
SLOW_BATCH = 2
# The first batch after a pause: had the carrier begun to refuse us, no more would be tried at once.
FIRST_BATCH = 16
PAUSE = timedelta(minutes=1)
SILENT_TEXTS = 8
BACK_OFF_S = 5.0
LONGEST_BACK_OFF_S = 300.0
REFUSED_BACK_OFF_S = 60.0

SEND = (
    update(TEXTS)
    .where(TEXTS.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        status="sending",
        reason=None,
        attempts=TEXTS.c.attempts + 1,
        lease_until=bindparam("until"),
        lease_token=bindparam("token"),
    )
)
AT = TEXTS.c.id == bindparam("at")
DROP = update(TEXTS).where(AT).values(status="dropped", reason=bindparam("why"))
# Tried no more today: later texts to the number need not wait for it.
WAIT = update(TEXTS).where(AT).values(not_before=bindparam("when"), attempts=0)
OURS = (AT, TEXTS.c.lease_token == bindparam("token"))
# A receipt is true even when it comes after the lease; it settles what had become unknown meanwhile.
SENT = (
    update(TEXTS)
    .where(*OURS, or_(TEXTS.c.status == "sending", TEXTS.c.status == "unknown"))
    .values(
        status="sent",
        reason=None,
        lease_until=None,
        carrier_id=func.coalesce(TEXTS.c.carrier_id, bindparam("sid")),
        sent_at=func.coalesce(TEXTS.c.sent_at, bindparam("when")),
        segments=func.coalesce(bindparam("parts"), TEXTS.c.segments),
    )
)
STILL_OURS = (*OURS, TEXTS.c.status == "sending")
UNKNOWN = update(TEXTS).where(*STILL_OURS).values(status="unknown")
HELD_BACK = update(TEXTS).where(*STILL_OURS).values(status="queued", lease_until=None, attempts=TEXTS.c.attempts - 1)
AGAIN = (
    update(TEXTS)
    .where(*STILL_OURS)
    .values(status="queued", lease_until=None, not_before=bindparam("when"), error_code=bindparam("code"))
)
FAILED = (
    update(TEXTS)
    .where(*STILL_OURS)
    .values(status="failed", lease_until=None, reason=bindparam("why"), error_code=bindparam("code"))
)

# When each channel of this process last accepted all of a batch.
ACCEPTED_AT: WeakKeyDictionary[Any, datetime] = WeakKeyDictionary()

Answer = Receipt | SendError | None
"""What the carrier said; None when it was not asked."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was claimed: how many texts were dropped or put off, those that leave, and the lease on them."""

    settled: int
    leaving: tuple[Claim, ...]
    token: str
    until: datetime


def send_due(runtime: Runtime) -> int:
    """Send one batch of what is due; how many texts got anywhere, so 0 means that there is nothing to do for now.

    Any number of workers may do this at once: a text is claimed once, and nobody sends what somebody else has claimed.
    """
    batch = claim(runtime)
    answers = hand_over(runtime, batch)
    record(runtime, batch, answers)
    remember(runtime, answers)
    report(runtime)
    moved = sum(isinstance(answer, Receipt) or is_final(answer) for answer in answers)
    return batch.settled + moved


def is_final(answer: Answer) -> bool:
    return isinstance(answer, SendError) and answer.fault not in {Fault.RETRY, Fault.UNKNOWN, Fault.OUR_SETUP}


def remember(runtime: Runtime, answers: Sequence[Answer]) -> None:
    """Remember whether the carrier accepts what it is given."""
    if answers and all(isinstance(answer, Receipt) for answer in answers):
        ACCEPTED_AT[runtime.channel] = runtime.clock.now()
    elif answers:
        ACCEPTED_AT.pop(runtime.channel, None)


def claim(runtime: Runtime) -> Batch:
    """Claim what may leave, in one transaction with the last gate and the sender's pace."""
    token, sender = uuid4().hex, sender_name(runtime)
    with runtime.writing() as session:
        now = runtime.clock.now()
        until = now + LEASE
        state = state_of(session, sender, now)
        most = batch_size(state, now, accepts(runtime, now)) if state else 0
        if state is None or most < 1 or must_compare(runtime, session, state.moments, now):
            return Batch(0, (), token, until)
        found = claims(session, now, most, state.load.tomorrow if state.load.is_full else None)
        drops = [{"at": each.row.id, "why": each.verdict.drop} for each in found if each.verdict.drop]
        waits = [{"at": each.row.id, "when": each.verdict.wait_until} for each in found if each.verdict.wait_until]
        leaving = [each for each in found if not (each.verdict.drop or each.verdict.wait_until)]
        for statement, values in ((DROP, drops), (WAIT, waits)):
            if values:
                session.execute(statement, values)
        if leaving:
            rows = [each.row for each in leaving]
            taken = {row.id for row in take_room(session, sender, state.program, rows, now)}
            leaving = [each for each in leaving if each.row.id in taken]
        if leaving:
            session.execute(SEND, {"ids": [each.row.id for each in leaving], "until": until, "token": token})
    return Batch(len(drops) + len(waits), tuple(leaving), token, until)


def accepts(runtime: Runtime, now: datetime) -> bool:
    """Tell whether the carrier accepted all of the last batch, a short while ago."""
    last = ACCEPTED_AT.get(runtime.channel)
    return last is not None and abs(now - last) < PAUSE


def batch_size(state: State, now: datetime, is_accepting: bool) -> int:
    """A full batch, if the sender has room for it; one text where the carrier refuses us, few where it does not answer,
    to feel our way.
    """
    full = BATCH if is_accepting else min(FIRST_BATCH, BATCH)
    most = 1 if state.refused else SLOW_BATCH if state.silent >= SILENT_TEXTS else full
    return min(most, room(state.load, now))


def hand_over(runtime: Runtime, batch: Batch) -> list[Answer]:
    """Hand over each text, several at once, in the order of the line."""
    line = Line(runtime, batch)
    if len(batch.leaving) < 2:  # a thread for one text is a waste
        return [line.send(each.row) for each in batch.leaving]
    return list(threads(CONNECTIONS).map(lambda each: line.send(each.row), batch.leaving))


@lru_cache(maxsize=2)
def threads(count: int) -> ThreadPoolExecutor:
    """The threads that hand over, as many as connections, kept from batch to batch."""
    return ThreadPoolExecutor(count, thread_name_prefix="outbox")


class Line:
    """One batch on its way. It stops when a person stops all texts, and when the carrier says that we are the problem, or
    says nothing any more. Whoever gave or ended leave since the claim is left out: the next claim's gate decides anew.
    """

    def __init__(self, runtime: Runtime, batch: Batch) -> None:
        self.runtime = runtime
        self.until = batch.until
        self.consents = {each.row.conversation_id: each.row.consent for each in batch.leaving}
        self.stopped = threading.Event()
        self.silent = 0
        self.lock = threading.Lock()
        self.looked_at: float | None = None
        self.paused: frozenset[int] = frozenset()
        self.changed: frozenset[int] = frozenset()

    def send(self, row: Any) -> Answer:
        """Hand over one text, unless the line has stopped or the lease may not last."""
        self.look()
        now = self.runtime.clock.now()
        left_out = row.program_id in self.paused or row.conversation_id in self.changed
        if left_out or self.stopped.is_set() or now + NEEDED > self.until:
            return None
        try:
            return self.runtime.channel.send(parcel(self.runtime, row, now))
        except SendError as problem:
            self.notice(problem.fault)
            return problem
        except Exception as problem:  # noqa: BLE001 - whatever failed, the text may have been accepted
            log.error("hand-over failed", outbound_id=row.id, problem=type(problem).__name__)  # noqa: TRY400
            return SendError(Fault.UNKNOWN)

    def look(self) -> None:
        """See first, and then ten times a second, who wants no more texts; whoever cannot see that sends nothing."""
        with self.lock:
            if self.looked_at is not None and monotonic() - self.looked_at < LOOK_S:
                return
            try:
                with self.runtime.sessions() as session:
                    self.paused = stopped_programs(session)
                    self.changed = changed_consents(session, self.consents)
            except SQLAlchemyError:
                self.stopped.set()
            self.looked_at = monotonic()

    def notice(self, fault: Fault) -> None:
        self.silent += fault is Fault.UNKNOWN
        if fault is Fault.OUR_SETUP or self.silent >= SILENT_TEXTS:
            self.stopped.set()


def parcel(runtime: Runtime, row: Any, now: datetime) -> Parcel:
    """A row as the channel takes it."""
    to = row.address if row.channel == "sms" else f"{row.channel}:{row.address}"
    valid_for = int((row.not_after - now).total_seconds()) if row.not_after else None
    return Parcel(row.id, to, row.body, callback_url(runtime.settings, row.id), valid_for)


def record(runtime: Runtime, batch: Batch, answers: Sequence[Answer]) -> None:
    """Record what the carrier said. A worker whose lease passed changes nothing but by a receipt."""
    now = runtime.clock.now()
    pairs = list(zip((each.row for each in batch.leaving), answers, strict=True))
    sent = [accepted(row, batch.token, answer, now) for row, answer in pairs if isinstance(answer, Receipt)]
    back = [{"at": row.id, "token": batch.token} for row, answer in pairs if answer is None]
    if sent or back:
        with runtime.writing() as session:
            if sent:
                session.execute(SENT, sent)
                carrier_accepts(session, now)
            if back:
                session.execute(HELD_BACK, back)
                unused = sum(row.segments for row, answer in pairs if answer is None)
                give_back(session, sender_name(runtime), unused)
    for row, answer in pairs:
        if isinstance(answer, Receipt):
            runtime.took("hand_over", (now - row.not_before).total_seconds())
        if isinstance(answer, SendError):
            # Each in a transaction of its own: what follows locks the number and its invitation.
            with runtime.writing() as session:
                record_fault(runtime, session, row, batch.token, answer, now)


def accepted(row: Any, token: str, receipt: Receipt, now: datetime) -> dict[str, Any]:
    return {"at": row.id, "token": token, "sid": receipt.carrier_id, "when": now, "parts": receipt.segments}


def record_fault(runtime: Runtime, session: Session, row: Any, token: str, problem: SendError, now: datetime) -> None:
    """Record that a text was not, or perhaps not, accepted, and what follows for its number."""
    log.info("not sent", outbound_id=row.id, fault=problem.fault.value, code=problem.code)
    ours = {"at": row.id, "token": token}
    if problem.fault is Fault.UNKNOWN:
        session.execute(UNKNOWN, ours)
        return
    if problem.fault in {Fault.RETRY, Fault.OUR_SETUP}:
        when = again_at(now, row.attempts, problem, random.random())  # noqa: S311 - jitter, no secret
        changed = session.execute(AGAIN, {**ours, "when": when, "code": problem.code})
    else:
        changed = session.execute(FAILED, {**ours, "why": problem.fault.value, "code": problem.code})
    if changed.rowcount and problem.fault is not Fault.RETRY:  # type: ignore[attr-defined]
        refused(runtime, session, row, problem.fault, problem.code, now)


def again_at(now: datetime, attempts: int, problem: SendError, chance: float) -> datetime:
    """When to try again: longer each time, as long as the carrier asks, and not all at one moment."""
    first = REFUSED_BACK_OFF_S if problem.fault is Fault.OUR_SETUP else BACK_OFF_S
    wait = max(min(LONGEST_BACK_OFF_S, first * 2 ** min(attempts, 10)), problem.retry_after or 0.0)
    return now + timedelta(seconds=wait * (1 + chance / 4))


def report(runtime: Runtime) -> None:
    """Take in what a carrier inside this process says of the texts; a real one posts it."""
    if isinstance(runtime.channel, Emulated):
        for outbound_id, form in runtime.channel.statuses():
            record_status(runtime, outbound_id, form)
