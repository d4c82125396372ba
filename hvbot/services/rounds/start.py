"""The start of a round: invitations, first texts and open questions, written in short transactions."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from hvbot.models import Conversation, InboundText, Invitation, InvitationStudent, OutboundText, Round
from hvbot.models.database import dialect_of
from hvbot.models.prepared import Prepared, among, insert_all, new_ids
from hvbot.runtime import Runtime
from hvbot.services.attention import raise_attention
from hvbot.services.audit import audit_row
from hvbot.services.audit import record as record_audit
from hvbot.services.programs import the_program
from hvbot.services.rounds.audience import Home, Pass, Verdict, look_at, open_pass
from hvbot.services.rounds.first_texts import asked_state, invitation_row, letters
from hvbot.services.rounds.making import the_round_of

# While families write, chunks are short: the answer of a family whose number a chunk holds waits until it is over. SQLite has
# one writer: there a start leaves the others at least half of the time then, and else a pause in which a first text gets in.
CHUNK, SHORT_CHUNK = 500, 50
GAP_S = 0.004
WRITING_NOW = timedelta(minutes=1)
ASKED_NOW = ("none", "asked")

INVITATIONS: Any = Invitation.__table__
CHILDREN: Any = InvitationStudent.__table__
TEXTS: Any = OutboundText.__table__
CONVERSATIONS: Any = Conversation.__table__
RECEIVED: Any = InboundText.__table__
ASK = Prepared(
    update(CONVERSATIONS)
    .where(among(CONVERSATIONS.c.id, "ids"))
    .values(
        state=bindparam("new_state", type_=CONVERSATIONS.c.state.type),
        consent=bindparam("new_consent", type_=CONVERSATIONS.c.consent.type),
    )
)
LAST_TEXT = Prepared(select(RECEIVED.c.received_at).order_by(RECEIVED.c.id.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Started:
    """What a start did."""

    homes: int
    texts: int


@dataclass(slots=True)
class Done:
    """What a start has done so far."""

    looked_at: int = 0
    homes: int = 0
    not_asked: int = 0
    texts: int = 0

    def add(self, looked_at: int, verdicts: Sequence[Verdict], texts: int) -> None:
        """Count one chunk."""
        self.looked_at += looked_at
        self.not_asked += sum(why_not is not None for _, why_not in verdicts)
        self.homes += sum(why_not is None for _, why_not in verdicts)
        self.texts += texts


def start_round(runtime: Runtime, round_id: int, progress: Callable[[int, int], None] | None = None) -> Started:
    """Ask the homes of a round, in short transactions; started again it goes on where it stopped and asks nobody twice."""
    now = runtime.clock.now()
    with runtime.sessions() as session:
        the_round = the_round_of(session, round_id)
        this = open_pass(session, the_round, the_program(session, now), runtime.catalogue, now)
        session.expunge_all()
    done, total = Done(), len(this.roll.homes)
    while done.looked_at < total:
        time.sleep(ask_some(runtime, this, done))
        if progress:
            progress(min(done.looked_at, total), total)
    with runtime.writing() as session:
        note_start(session, the_round, done, now)
    return Started(done.homes, done.texts)


def ask_some(runtime: Runtime, this: Pass, done: Done) -> float:
    """Ask the next homes in one transaction; how many seconds to leave to others then."""
    with runtime.writing() as session:
        began = time.monotonic()
        one_writer = dialect_of(session) == "sqlite"
        busy = is_written_to(session, runtime.clock.now())
        size = SHORT_CHUNK if busy else CHUNK
        verdicts = look_at(session, this, slice(done.looked_at, done.looked_at + size), locking=True)
        texts = ask(runtime, session, this, [home for home, why_not in verdicts if why_not is None])
        attend_unreadable(session, this, verdicts)
    done.add(size, verdicts, texts)
    if done.looked_at >= len(this.roll.homes) or not one_writer:
        return 0
    return max(GAP_S, time.monotonic() - began) if busy else GAP_S


def is_written_to(session: Session, now: datetime) -> bool:
    """Tell whether people write to us at the moment."""
    last = LAST_TEXT.first(session, {})
    return last is not None and last.received_at > now - WRITING_NOW


def ask(runtime: Runtime, session: Session, this: Pass, homes: Sequence[Home]) -> int:
    """Write invitations, their children, the first texts, and the question each number is asked; how many texts."""
    sites = {school_id: team.site for school_id, team in this.teams.items()}
    ids = dict(zip((home.id for home in homes), new_ids(session, INVITATIONS, len(homes)), strict=True))
    rows = [
        {"id": ids[home.id], **invitation_row(this.the_round, home, sites[home.school_id], this.now)} for home in homes
    ]
    insert_all(session, INVITATIONS, rows)
    students = [{"invitation_id": ids[home.id], "student_id": student} for home in homes for student in home.students]
    insert_all(session, CHILDREN, students)
    texts = [
        row
        for home in homes
        for row in letters(runtime.catalogue, home, ids[home.id], sites[home.school_id], this.program.id, this.now)
    ]
    insert_all(session, TEXTS, texts)
    open_questions(session, homes, {row["conversation_id"]: row["not_before"] for row in texts})
    return len(texts)


def open_questions(session: Session, homes: Iterable[Home], asked_at: dict[int, datetime]) -> None:
    """Open the question of leave at every number; most have had none and become the same."""
    alike: dict[tuple[int, str], tuple[Any, list[int]]] = {}
    for home in homes:
        for number in home.numbers.values():
            state = asked_state(number.state, asked_at[number.conversation_id])
            consent = "asked" if number.consent in ASKED_NOW else number.consent
            alike.setdefault((id(state), consent), (state, []))[1].append(number.conversation_id)
    for (_, consent), (state, ids) in alike.items():
        ASK.each(session, [{"new_state": state, "new_consent": consent, "ids": ids}])


def note_start(session: Session, the_round: Round, done: Done, now: datetime) -> None:
    """Keep when the round was first started."""
    session.execute(update(Round).where(Round.id == the_round.id, Round.started_at.is_(None)).values(started_at=now))
    detail = {"asked": done.homes, "not_asked": done.not_asked}
    record_audit(
        session, audit_row(the_round.program_id, now, "command", "round.started", "round", the_round.id, detail=detail)
    )


def attend_unreadable(session: Session, this: Pass, verdicts: Iterable[Verdict]) -> None:
    """A person must help the families whose language is not ready: they are not texted in another one."""
    for home, _ in verdicts:
        for conversation_id, language in home.unreadable:
            raise_attention(
                session,
                program_id=this.program.id,
                reason="language_not_ready",
                now=this.now,
                key=str(conversation_id),
                detail=language,
                school_id=home.school_id,
                conversation_id=conversation_id,
            )
