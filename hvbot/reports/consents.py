"""Who gave leave to be texted, when, and with which words: the evidence, or the state at any moment."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hvbot.models import Consent
from hvbot.reports.people import moment, person_of, scope, streamed

TITLE = "Consents"
COLUMNS = ("person", "kind", "at", "source", "language", "wording", "text")
EVIDENCE = select(
    person_of(Consent.conversation_id),
    Consent.kind,
    Consent.at,
    Consent.source,
    Consent.language,
    Consent.wording,
    Consent.text,
).order_by(Consent.id)


def rows(
    session: Session,
    program_id: int,
    round_id: int | None = None,
    schools: Collection[int] | None = None,
    at: datetime | None = None,
) -> Iterator[tuple[str | int | None, ...]]:
    """Every piece of evidence, oldest first; with `at`, for each number the one that was in force at that moment."""
    found = scope(EVIDENCE.where(Consent.program_id == program_id), Consent.conversation_id, round_id, schools)
    if at is not None:
        found = found.where(Consent.id.in_(in_force(at)))
    for it in session.execute(streamed(found)):
        yield (it.person, it.kind, moment(it.at), it.source, it.language, it.wording, it.text)


def in_force(at: datetime) -> Select[int]:
    """The last word of each number up to a moment; rows are only ever added, so it can be told for ever."""
    return select(func.max(Consent.id)).where(Consent.at <= at).group_by(Consent.conversation_id)
