"""Phone numbers: how people write them, and the one conversation each of them has."""

import re
from datetime import datetime
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hvbot.models import Conversation, lookup_hash
from hvbot.settings import Settings

CONVERSATIONS: Any = Conversation.__table__

LONGEST = 40
# "(cell)", "Mom": phonenumbers would read the letters as the digits on a keypad.
REMARK = re.compile(r"[\s(,-]*[^\W\d_]\D*$")
# Whether a fixed line takes texts only the carrier knows; these kinds are no family's phone, and some cost money.
NOT_A_PERSON = frozenset(
    {
        PhoneNumberType.UNKNOWN,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PAGER,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


def parse_number(text: str, country: str = "US") -> str | None:
    """The number in E.164, or None where it is no number of a person. `country` reads national forms."""
    if len(text) > LONGEST:
        return None
    try:
        number = phonenumbers.parse(REMARK.sub("", text), country)
    except NumberParseException:
        return None
    if phonenumbers.number_type(number) in NOT_A_PERSON:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def find_conversation(
    session: Session, settings: Settings, program_id: int, address: str, channel: str = "sms"
) -> Conversation | None:
    """The conversation of a number, if it has one."""
    wanted = select(Conversation).where(
        Conversation.program_id == program_id,
        Conversation.channel == channel,
        Conversation.address_hash == lookup_hash(settings.lookup_key, address),
    )
    return session.scalars(wanted).one_or_none()


def conversation_for(
    session: Session,
    settings: Settings,
    program_id: int,
    address: str,
    *,
    language: str,
    now: datetime,
    channel: str = "sms",
) -> Conversation:
    """Find or make the conversation of a number in E.164; `language` is for a new one."""
    found = find_conversation(session, settings, program_id, address, channel)
    if found is None:
        row = conversation_row(settings, program_id, address, language=language, now=now, channel=channel)
        add_conversations(session, [row])
        found = find_conversation(session, settings, program_id, address, channel)
    if found is None:
        raise LookupError("a conversation that was just written cannot be read")
    return found


def conversation_row(
    settings: Settings, program_id: int, address: str, *, language: str, now: datetime, channel: str = "sms"
) -> dict[str, Any]:
    """A new conversation as a row: nothing asked, nothing known of the number."""
    return {
        "program_id": program_id,
        "channel": channel,
        "address": address,
        "address_hash": lookup_hash(settings.lookup_key, address),
        "language": language,
        "language_chosen": False,
        "consent": "none",
        "reach": "unknown",
        "state": {},
        "held_by_person": False,
        "created_at": now,
    }


def add_conversations(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write conversations; one that somebody else has just written stays as it is."""
    if not rows:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(CONVERSATIONS).on_conflict_do_nothing(index_elements=["program_id", "channel", "address_hash"])
    session.execute(statement, rows)
