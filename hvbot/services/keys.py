"""The key by which numbers are looked up: whether a database was made with ours, and how it is given a new one."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from hvbot.models import Conversation, Program, lookup_hash
from hvbot.runtime import Runtime
from hvbot.services.audit import audit_row, record
from hvbot.settings import Settings

CONVERSATIONS: Any = Conversation.__table__
ADDRESSES = select(CONVERSATIONS.c.id, CONVERSATIONS.c.address, CONVERSATIONS.c.address_hash)
OLDEST = ADDRESSES.order_by(CONVERSATIONS.c.id).limit(1)
CHANGE = update(CONVERSATIONS).where(CONVERSATIONS.c.id == bindparam("at")).values(address_hash=bindparam("to"))


class UnknownKey(Exception):
    """The numbers were stored with a key that is neither SECRET_KEY nor SECRET_KEY_PREVIOUS."""


def fits(session: Session, settings: Settings) -> bool:
    """Tell whether SECRET_KEY is the one with which the numbers were stored; with another every family is a stranger."""
    row = session.execute(OLDEST).one_or_none()
    return row is None or row.address_hash == lookup_hash(settings.lookup_key, row.address)


def rekey(runtime: Runtime) -> int:
    """Store every number under the new key, in one transaction; how many had the one before.

    Raises:
        UnknownKey: a number was stored with a third key; nothing is changed.
    """
    settings, now = runtime.settings, runtime.clock.now()
    with runtime.writing() as session:
        rows = session.execute(ADDRESSES.order_by(CONVERSATIONS.c.id).with_for_update()).all()
        changes = [
            {"at": row.id, "to": lookup_hash(settings.lookup_key, row.address)} for row in rows if stale(settings, row)
        ]
        if changes:
            session.execute(CHANGE, changes)
            note(session, len(changes), now)
    return len(changes)


def stale(settings: Settings, row: Any) -> bool:
    """Tell whether a number still has the key before.

    Raises:
        UnknownKey: it has neither.
    """
    mine, *before = (lookup_hash(key, row.address) for key in settings.keys("lookup"))
    if row.address_hash not in {mine, *before}:
        raise UnknownKey
    return bool(row.address_hash != mine)


def note(session: Session, count: int, now: datetime) -> None:
    """Write down that the key was changed."""
    for program_id in session.scalars(select(Program.id)):
        record(
            session,
            audit_row(program_id, now, "command", "key.changed", "program", program_id, detail={"numbers": count}),
        )
