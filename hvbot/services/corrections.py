"""A coordinator's word on what a reply meant: kept as an example for whoever owns the lexicon, never applied."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.models import AuditEvent, InboundText
from hvbot.services.audit import audit_row, record

ACTION = "text.corrected"
COLUMNS = ("at", "language", "question", "text", "read_as", "means")


def correct(session: Session, text: InboundText, means: str, user_id: int, now: datetime) -> None:
    """Keep what a reply meant; the newest word on a reply counts."""
    was = str((text.reading or {}).get("meaning", ""))
    detail = {"read_as": was, "means": means}
    actor = f"user:{user_id}"
    record(session, audit_row(text.program_id, now, actor, ACTION, "inbound_text", text.id, detail=detail))


def corrections(session: Session, program_id: int, language: str | None = None) -> Iterator[tuple[Any, ...]]:
    """Every corrected reply whose words are still kept, oldest first, with the newest word on it."""
    wanted = (
        select(AuditEvent.at, AuditEvent.detail, InboundText)
        .join(InboundText, InboundText.id == AuditEvent.subject_id)
        .where(AuditEvent.action == ACTION, AuditEvent.program_id == program_id, InboundText.body.is_not(None))
        .order_by(AuditEvent.id)
    )
    newest = {text.id: (at, detail, text) for at, detail, text in session.execute(wanted)}
    for at, detail, text in newest.values():
        if language is None or text.language == language:
            yield at, text.language, text.answers, text.body, detail["read_as"], detail["means"]


def newest_corrections(session: Session, texts: list[int]) -> dict[int, str]:
    """What each of some texts was corrected to."""
    wanted = (
        select(AuditEvent.subject_id, AuditEvent.detail)
        .where(AuditEvent.subject == "inbound_text", AuditEvent.subject_id.in_(texts), AuditEvent.action == ACTION)
        .order_by(AuditEvent.id)
    )
    return {subject: str(detail["means"]) for subject, detail in session.execute(wanted)}
