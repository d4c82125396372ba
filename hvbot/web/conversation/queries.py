"""One number's thread: its texts in order, its consent, its visits and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hvbot.models import (
    Attention,
    Consent,
    Conversation,
    Educator,
    Guardian,
    HouseholdStudent,
    InboundText,
    Invitation,
    OutboundText,
    School,
    Student,
    Visit,
)
from hvbot.services.corrections import newest_corrections
from hvbot.web import words
from hvbot.web.context import Viewer
from hvbot.web.scope import own_number, own_school

LATEST = 200
DEFAULT_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text. `mine` is true for what we sent; `note` says what became of it, or how it was read."""

    at: datetime
    mine: bool
    body: str | None
    language: str
    label: str
    note: str
    why: tuple[str, ...] = ()
    trouble: bool = False
    media: int = 0
    inbound_id: int | None = None
    corrected: str = ""

    @property
    def by_hvbot(self) -> bool:
        """Ours, and in the family's language; a person may write in any."""
        return self.mine and self.label != words.PURPOSES["person"]


def conversation_of(session: Session, viewer: Viewer, conversation_id: int) -> Conversation | None:
    """The thread, if it is the viewer's."""
    wanted = select(Conversation).where(
        Conversation.id == conversation_id,
        Conversation.program_id == viewer.program_id,
        own_number(Conversation.id, viewer),
    )
    return session.scalars(wanted).one_or_none()


def bubbles(session: Session, conversation_id: int) -> list[Bubble]:
    """The latest texts both ways, in order."""
    came = session.scalars(
        select(InboundText)
        .where(InboundText.conversation_id == conversation_id)
        .order_by(InboundText.id.desc())
        .limit(LATEST)
    ).all()
    left = session.scalars(
        select(OutboundText)
        .where(OutboundText.conversation_id == conversation_id)
        .order_by(OutboundText.id.desc())
        .limit(LATEST)
    )
    corrected = newest_corrections(session, [each.id for each in came])
    both = [(each.received_at, 0, each.id, came_in(each, corrected.get(each.id, ""))) for each in came]
    both += [(each.sent_at or max(each.created_at, each.not_before), 1, each.id, went_out(each)) for each in left]
    return [bubble for *_, bubble in sorted(both, key=lambda row: row[:3])][-LATEST:]


def came_in(text: InboundText, corrected: str) -> Bubble:
    """A text of theirs with our reading of it."""
    reading = text.reading or {}
    meaning = words.MEANINGS.get(str(reading.get("meaning")), "not read")
    question = words.QUESTIONS.get(text.answers or "", "nothing was asked")
    note = (
        f"Read as: {meaning}. Question: {question}" if text.status != "parked" else "hvbot could not work on this text"
    )
    why = tuple(str(each) for each in reading.get("why", ()))
    parked = text.status == "parked" or reading.get("meaning") == "unclear"
    meant = words.MEANINGS.get(corrected, corrected)
    return Bubble(text.received_at, False, text.body, text.language, "", note, why, parked, text.media, text.id, meant)


def went_out(text: OutboundText) -> Bubble:
    """A text of ours with what became of it."""
    label = words.PURPOSES.get(text.purpose, text.purpose)
    note = words.delivery(text.status, text.reason)
    at = text.sent_at or max(text.created_at, text.not_before)
    return Bubble(at, True, text.body, text.language, label, note, (), text.status in {"failed", "unknown", "dropped"})


def inbound_of(session: Session, conversation_id: int, text_id: int) -> InboundText | None:
    """A text of theirs in this thread."""
    return session.scalars(
        select(InboundText).where(InboundText.id == text_id, InboundText.conversation_id == conversation_id)
    ).one_or_none()


def consents_of(session: Session, conversation_id: int) -> Sequence[Consent]:
    """The evidence, oldest first."""
    return session.scalars(select(Consent).where(Consent.conversation_id == conversation_id).order_by(Consent.id)).all()


def matters_of(session: Session, conversation_id: int) -> Sequence[Attention]:
    """What waits for a person here, oldest first."""
    wanted = select(Attention).where(Attention.conversation_id == conversation_id, Attention.status != "resolved")
    return session.scalars(wanted.order_by(Attention.since)).all()


def guardians_of(session: Session, conversation_id: int) -> Sequence[Guardian]:
    """The adults the roster names for the number."""
    wanted = select(Guardian).where(Guardian.conversation_id == conversation_id, Guardian.gone_at.is_(None))
    return session.scalars(wanted.order_by(Guardian.id)).all()


def educators_of(session: Session, conversation_id: int) -> Sequence[Educator]:
    """The educators with this number."""
    return session.scalars(select(Educator).where(Educator.conversation_id == conversation_id)).all()


def children_of(session: Session, viewer: Viewer, homes: Sequence[int]) -> Sequence[Any]:
    """The children of the homes at the viewer's schools."""
    wanted = (
        select(
            Student.first_name, Student.last_name, Student.grade, School.name.label("school"), School.zone, School.id
        )
        .join(HouseholdStudent, HouseholdStudent.student_id == Student.id)
        .join(School, School.id == Student.school_id)
        .where(
            HouseholdStudent.household_id.in_(homes), Student.gone_at.is_(None), own_school(Student.school_id, viewer)
        )
        .distinct()
    )
    return session.execute(wanted).all()


def invitations_of(session: Session, viewer: Viewer, homes: Sequence[int]) -> Sequence[Invitation]:
    """What the homes were asked, newest first."""
    wanted = select(Invitation).where(Invitation.household_id.in_(homes), own_school(Invitation.school_id, viewer))
    return session.scalars(wanted.order_by(Invitation.id.desc())).all()


def visits_of(session: Session, viewer: Viewer, homes: Sequence[int], staff: Sequence[int]) -> Sequence[Any]:
    """The visits of the homes, or of the educators; newest first."""
    first, second = Educator.__table__.alias("first"), Educator.__table__.alias("second")
    goes = or_(Visit.first_id.in_(staff), Visit.second_id.in_(staff), Visit.interpreter_id.in_(staff))
    wanted = (
        select(Visit, first.c.name.label("first"), second.c.name.label("second"))
        .join(first, first.c.id == Visit.first_id)
        .join(second, second.c.id == Visit.second_id)
        .where(or_(Visit.household_id.in_(homes), goes), own_school(Visit.school_id, viewer))
        .order_by(Visit.starts_at.desc(), Visit.id.desc())
        .limit(30)
    )
    return session.execute(wanted).all()


def zone_of(session: Session, viewer: Viewer, children: Sequence[Any], educators: Sequence[Educator]) -> str:
    """The clock the thread is shown on: of a child's school, else the educator's, else the first school's."""
    if children:
        return str(children[0].zone)
    school_ids = [educator.school_id for educator in educators]
    wanted = (
        select(School.zone)
        .where(School.program_id == viewer.program_id)
        .order_by(School.id.in_(school_ids).desc(), School.id)
    )
    return session.scalars(wanted.limit(1)).first() or DEFAULT_ZONE
