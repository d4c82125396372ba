"""What the carrier's word on a text means for the number, its home, and us."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from hvbot.channels.port import Fault
from hvbot.models import Attention, Conversation, Guardian, Invitation
from hvbot.models.attention import OPEN
from hvbot.runtime import Runtime
from hvbot.services.attention import raise_attention
from hvbot.services.consents import add_consent
from hvbot.services.exchange import Exchange
from hvbot.services.invitations import STILL_ASKED, close_home
from hvbot.services.opening import open_exchange
from hvbot.services.programs import the_program

CONVERSATIONS: Any = Conversation.__table__
INVITATIONS: Any = Invitation.__table__

REACH = {Fault.INVALID: "invalid", Fault.LANDLINE: "landline", Fault.UNREACHABLE: "failed"}
UNREACHED = ("invalid", "landline", "failed", "wrong")
REACHED_AGAIN = ("unknown", "invalid", "landline", "failed")
REFUSES = "carrier_refuses"
STILL_OPEN = ("waiting", "talking")


def refused(runtime: Runtime, session: Session, row: Any, fault: Fault, code: int | None, now: datetime) -> None:
    """Draw the consequences of a refusal or a failed delivery. `row` has id, program_id and conversation_id."""
    if fault is Fault.OUR_SETUP:
        key, detail = str(row.program_id), named(code)
        raise_attention(session, program_id=row.program_id, reason=REFUSES, now=now, key=key, detail=detail)
        return
    if fault in {Fault.OUR_TEXT, Fault.FILTERED}:
        attend_text(session, row, code, now)
        return
    exchange = exchange_about(runtime, session, row, now)
    if fault is Fault.OPTED_OUT:
        opted_out(exchange)
    elif fault in REACH:
        unreached(exchange, REACH[fault], code)
    exchange.finish()


def named(code: int | None) -> str | None:
    """A carrier's code as a person may look it up."""
    return f"code {code}" if code else None


def exchange_about(runtime: Runtime, session: Session, row: Any, now: datetime) -> Exchange:
    """The number of a text, locked, with its home."""
    found = select(CONVERSATIONS).where(CONVERSATIONS.c.id == row.conversation_id).with_for_update(key_share=True)
    contact = session.execute(found).one()
    exchange = open_exchange(runtime, session, the_program(session, now), contact, now, cause=f"out{row.id}")
    exchange.actor = "carrier"
    return exchange


def opted_out(exchange: Exchange) -> None:
    """The carrier blocks the number for us: leave has ended, whatever we thought."""
    if exchange.contact.consent == "revoked":
        return
    add_consent(exchange, "revoked", "carrier", None, None)
    close_home(exchange, "opted_out")
    if exchange.visit is not None:
        exchange.attend("stopped_with_visit")


def unreached(exchange: Exchange, reach: str, code: int | None) -> None:
    """The number cannot be reached; the home cannot either when it has no other number."""
    if exchange.contact.reach != "wrong":
        exchange.contact_changes["reach"] = reach
    exchange.attend("number_unreachable", named(code))
    home = exchange.home
    if home is None or exchange.visit is not None or home.row.status not in STILL_OPEN or others_reached(exchange):
        return
    exchange.invitation_changes["status"] = "unreachable"
    exchange.audit("invitation.unreachable", "invitation", home.row.invitation_id)


def others_reached(exchange: Exchange) -> bool:
    """Tell whether another number of the home was asked, has not refused, and is not known to fail."""
    found = (
        select(func.count())
        .select_from(Guardian)
        .join(Conversation, Conversation.id == Guardian.conversation_id)
        .where(
            Guardian.household_id == (exchange.home.row.household_id if exchange.home else None),
            Guardian.gone_at.is_(None),
            Guardian.contact_allowed.is_(True),
            Conversation.id != exchange.contact.id,
            Conversation.consent.in_(STILL_ASKED),
            Conversation.reach.not_in(UNREACHED),
        )
    )
    return bool(exchange.session.scalar(found))


def attend_text(session: Session, row: Any, code: int | None, now: datetime) -> None:
    """The carrier did not carry this text, and neither the number nor our account is why."""
    raise_attention(
        session,
        program_id=row.program_id,
        reason="text_refused",
        now=now,
        key=str(row.id),
        detail=named(code),
        conversation_id=row.conversation_id,
        invitation_id=row.invitation_id,
    )


def arrived(connection: Connection, row: Any, now: datetime) -> None:
    """A text reached its phone. `row` tells what was known before of its number and its home."""
    if row.reach in REACHED_AGAIN:
        reached = update(CONVERSATIONS).where(
            CONVERSATIONS.c.id == row.conversation_id, CONVERSATIONS.c.reach.in_(REACHED_AGAIN)
        )
        connection.execute(reached.values(reach="delivered"))
    if row.invitation_id is None or (row.home_reached_at and row.home_status != "unreachable"):
        return
    here = INVITATIONS.c.id == row.invitation_id
    first = update(INVITATIONS).where(here, INVITATIONS.c.delivered_at.is_(None))
    connection.execute(first.values(delivered_at=now))
    again = update(INVITATIONS).where(here, INVITATIONS.c.status == "unreachable", INVITATIONS.c.replied_at.is_(None))
    connection.execute(again.values(status="waiting"))


def carrier_accepts(session: Session, now: datetime) -> None:
    """The carrier takes texts again: full batches, and nothing left for a person to mend."""
    mended = update(Attention).where(Attention.reason == REFUSES, OPEN).values(status="resolved", resolved_at=now)
    session.execute(mended)
