"""Leave to text, and its end. Rows are only added; the conversation keeps the fold."""

from typing import Any

from sqlalchemy import bindparam, select

from hvbot.models import Consent, OutboundText
from hvbot.models.batch import Write
from hvbot.models.prepared import Prepared
from hvbot.services.exchange import Exchange

CONSENTS: Any = Consent.__table__
TEXTS: Any = OutboundText.__table__
ASKING = ("ask", "nudge", "resumed", "answer")

# The newest text that asked: what the person saw when they answered.
SEEN = Prepared(
    select(TEXTS.c.wording, TEXTS.c.body)
    .where(TEXTS.c.conversation_id == bindparam("reader"), TEXTS.c.purpose.in_(ASKING), TEXTS.c.body.is_not(None))
    .order_by(TEXTS.c.id.desc())
    .limit(1)
)
EVIDENCE = Write(CONSENTS)

FOLD = {
    "asked": "asked",
    "granted": "granted",
    "declined": "declined",
    "revoked": "revoked",
    "wrong_number": "revoked",
    "resumed": "asked",
}


def add_consent(exchange: Exchange, kind: str, source: str, text: str | None, inbound_id: int | None) -> None:
    """Add one row of evidence with the words the person saw, and keep the fold with the conversation."""
    seen = SEEN.first(exchange.connection, {"reader": exchange.contact.id})
    row = {
        "program_id": exchange.program.id,
        "conversation_id": exchange.contact.id,
        "kind": kind,
        "channel": exchange.contact.channel,
        "source": source,
        "language": exchange.language,
        "wording": seen.wording if seen else None,
        "wording_text": seen.body if seen else None,
        "text": text,
        "inbound_id": inbound_id,
        "at": exchange.now,
    }
    exchange.batch.add(EVIDENCE, row)
    exchange.contact_changes["consent"] = FOLD[kind]
    exchange.audit(f"consent.{kind}", "conversation", exchange.contact.id)
