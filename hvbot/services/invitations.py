"""What becomes of a family's invitation."""

from sqlalchemy import func, select

from hvbot.models import Conversation, Guardian
from hvbot.scheduling.nudges import NUDGE_AFTER_DAYS
from hvbot.scheduling.quiet import other_hour
from hvbot.services.exchange import Exchange

STILL_ASKED = ("asked", "granted")
SHOW_AGAIN_DAYS = 2


def close_home(exchange: Exchange, status: str) -> None:
    """Close the invitation unless another adult of the home may still answer.

    A visit that is set stays, with its status; a person calls about it.
    """
    if exchange.home is None or exchange.visit is not None or others_may_answer(exchange):
        return
    exchange.invitation_changes |= {"status": status, "nudge_due_at": None}
    exchange.audit(f"invitation.{status}", "invitation", exchange.home.row.invitation_id)


def others_may_answer(exchange: Exchange) -> bool:
    """Tell whether another number of the home was asked and has not refused."""
    if exchange.home is None:
        return False
    found = (
        select(func.count())
        .select_from(Guardian)
        .join(Conversation, Conversation.id == Guardian.conversation_id)
        .where(
            Guardian.household_id == exchange.home.row.household_id,
            Guardian.gone_at.is_(None),
            Guardian.contact_allowed.is_(True),
            Conversation.id != exchange.contact.id,
            Conversation.consent.in_(STILL_ASKED),
        )
    )
    return bool(exchange.session.scalar(found))


def await_times(exchange: Exchange) -> None:
    """Note that the home is to be shown times as soon as any is open; a visit that is set is not waited for."""
    if exchange.visit is None:
        exchange.invitation_changes |= {"times_wanted_at": exchange.now, "nudge_due_at": None}


def count_felt_heard(exchange: Exchange, answer: int) -> None:
    """Keep the answer with the invitation; reports show it only in sums."""
    exchange.invitation_changes["felt_heard"] = answer


def note_consent(exchange: Exchange) -> None:
    """Note the first yes of a home; where it picks no time, times are shown once more some days later."""
    home = exchange.home
    if home is None or exchange.visit is not None:
        return
    again = other_hour(exchange.now, SHOW_AGAIN_DAYS, home.site.rules, home.row.household_id)
    exchange.invitation_changes |= {
        "consented_at": exchange.now,
        "status": "talking",
        "nudges": 0,
        "nudge_due_at": again,
    }


def replied(exchange: Exchange) -> None:
    """Note the first answer of a home. It may be neither yes nor no: the ladder of nudges goes on from there."""
    home = exchange.home
    if home is None or home.row.replied_at:
        return
    exchange.invitation_changes |= {"replied_at": exchange.now}
    if home.row.status == "waiting":
        again = other_hour(exchange.now, NUDGE_AFTER_DAYS, home.site.rules, home.row.household_id)
        exchange.invitation_changes |= {"status": "talking", "nudge_due_at": again}
