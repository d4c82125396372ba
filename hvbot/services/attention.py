"""Matters that a person must look at."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hvbot.models import Attention
from hvbot.models.attention import OPEN
from hvbot.models.database import Executor, dialect_of

ATTENTIONS: Any = Attention.__table__
RAISE_ONCE = {
    "postgresql": postgresql.insert(ATTENTIONS).on_conflict_do_nothing(index_elements=["key"], index_where=OPEN),
    "sqlite": sqlite.insert(ATTENTIONS).on_conflict_do_nothing(index_elements=["key"], index_where=OPEN),
}

REASONS: dict[str, str] = {
    "call": "Asked for a call",
    "question": "Wrote something a person should read",
    "not_understood": "Was not understood twice",
    "stop_or_change": "Wrote a word that may mean the visit or all texts",
    "reply_waiting": "Wrote while a person has the conversation",
    "times_in_own_words": "Wrote when a visit would suit; no open time was found",
    "none_suit": "None of the open times suit",
    "no_times": "Said yes, but the pair has no open time",
    "no_pair": "Has no pair of willing, trained educators",
    "interpreter_asked": "Asked for an interpreter",
    "interpreter_missing": "Visit is set, the interpreter is not found yet",
    "language_not_ready": "Needs a language whose texts are not ready",
    "stopped_with_visit": "Ended all texts while a visit is set: call about the visit",
    "wrong_number": "Somebody else has this number",
    "wrong_number_with_visit": "Somebody else has this number, and a visit is set",
    "number_unreachable": "Texts do not arrive at this number",
    "unknown_number": "A number that no roster knows wrote to us",
    "at_visit_time": "Wrote at the hour of a visit: perhaps late or not there; call now",
    "words_after_visit": "Wrote something after the visit",
    "educator_wrote": "An educator wrote something a person should read",
    "educator_cannot": "An educator cannot go to a visit",
    "substitute_missing": "No colleague could be found for a visit",
    "school_closed": "A school closed; its visits of that day were moved",
    "visit_not_held": "A visit was not held",
    "call_task": "Did not answer two texts: phone the family",
    "family_left_roster": "Left the roster while a visit or an invitation is open",
    "number_shared_by_homes": "One number serves two homes that are both invited",
    "late_text": "Wrote while we could not be reached, before our newest question",
    "carrier_knows_more": "The carrier lists texts from our number that hvbot did not send",
    "turn_failed": "A text could not be worked on",
    "send_unknown": "It is not known whether a text left",
    "carrier_refuses": "The carrier refuses our texts: sending is stopped",
    "sending_paused": "The carrier rejects what we send; sending is paused until a person resumes it",
    "day_nearly_full": "The day's number of texts is nearly used up: then invitations and nudges wait for tomorrow",
    "text_refused": "The carrier did not carry a text",
    "worker_late": "Nothing is sent and nobody is reminded: the worker does not run",
    "queue_late": "Texts that are due do not leave",
    "many_unknown": "Of many texts it is not known whether they left",
    "many_fail": "Many texts do not arrive",
    "spend_near": "The month's budget for texts is nearly spent",
}


def raise_attention(
    session: Executor,
    *,
    program_id: int,
    reason: str,
    now: datetime,
    key: str,
    detail: str | None = None,
    school_id: int | None = None,
    conversation_id: int | None = None,
    invitation_id: int | None = None,
    visit_id: int | None = None,
) -> None:
    """Raise a matter, once for as long as it is open under the same key."""
    values = {
        "program_id": program_id,
        "reason": reason,
        "since": now,
        "key": f"{reason}:{key}",
        "detail": detail,
        "school_id": school_id,
        "conversation_id": conversation_id,
        "invitation_id": invitation_id,
        "visit_id": visit_id,
        "status": "open",
    }
    session.execute(RAISE_ONCE[dialect_of(session)], values)


def settle_number(session: Executor, now: datetime, conversation_id: int, reason: str) -> None:
    """Close the matters of a kind about a number: they have settled themselves."""
    matters = update(ATTENTIONS).where(
        ATTENTIONS.c.conversation_id == conversation_id, ATTENTIONS.c.reason == reason, OPEN
    )
    session.execute(matters.values(status="resolved", resolved_at=now))


def settle_home(session: Executor, now: datetime, invitation_id: int, reason: str) -> None:
    """Close the matters of a kind about a home's invitation: they have settled themselves."""
    matters = update(ATTENTIONS).where(ATTENTIONS.c.invitation_id == invitation_id, ATTENTIONS.c.reason == reason, OPEN)
    session.execute(matters.values(status="resolved", resolved_at=now))


def settle_visit(session: Session, now: datetime, visit_id: int, reason: str) -> None:
    """Close a matter about a visit that has settled itself."""
    matters = update(Attention).where(Attention.visit_id == visit_id, Attention.reason == reason, OPEN)
    session.execute(matters.values(status="resolved", resolved_at=now))
