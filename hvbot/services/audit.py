"""The audit: every change of state, in the transaction that makes it."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from hvbot.models import AuditEvent
from hvbot.models.batch import Write

EVENTS: Any = AuditEvent.__table__
AUDIT = Write(EVENTS)


def audit_row(
    program_id: int,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    subject_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    cause: str | None = None,
    detail: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """One event as a row; `detail` holds ids and codes, never names, numbers or bodies."""
    return {
        "program_id": program_id,
        "at": at,
        "actor": actor,
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "before": before,
        "after": after,
        "cause": cause,
        "detail": detail,
    }


def record(session: Session, row: dict[str, Any]) -> None:
    """Write one event."""
    session.execute(insert(EVENTS), row)
