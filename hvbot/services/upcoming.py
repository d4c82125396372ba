"""When something falls due next: for clocks that are moved by hand, in the demo, in simulations and in tests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hvbot.models import Conversation, Invitation, OutboundText, Reminder, SubstituteRequest

WAITING: tuple[tuple[Any, Any], ...] = (
    (select(func.min(Reminder.due_at)).where(Reminder.queued_at.is_(None)), Reminder.due_at),
    (select(func.min(Invitation.nudge_due_at)), Invitation.nudge_due_at),
    (select(func.min(Conversation.stop_due_at)), Conversation.stop_due_at),
    (select(func.min(OutboundText.not_before)).where(OutboundText.status == "queued"), OutboundText.not_before),
    (
        select(func.min(SubstituteRequest.deadline)).where(SubstituteRequest.status == "asked"),
        SubstituteRequest.deadline,
    ),
)
LEASES: tuple[tuple[Any, Any], ...] = (
    (
        select(func.min(OutboundText.lease_until)).where(OutboundText.status.in_(("sending", "unknown"))),
        OutboundText.lease_until,
    ),
)


def next_due(
    session: Session, now: datetime, until: datetime, waiting: Sequence[tuple[Any, Any]] = WAITING
) -> datetime | None:
    """The next moment after `now`, at most `until`, at which the worker has something to do."""
    moments = [session.scalar(found.where(column > now, column <= until)) for found, column in waiting]
    return min((moment for moment in moments if moment), default=None)
