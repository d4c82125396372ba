"""The hour of the visit: whoever writes then may be late or not there, and the pair is on its way."""

from datetime import datetime, timedelta

from hvbot.conversation import messages
from hvbot.conversation.context import Context, TextReceived, VisitFacts
from hvbot.conversation.effects import Book, CallOff, RaiseAttention, SetPlace, Tell, To
from hvbot.conversation.turn import Turn, is_a
from hvbot.understanding.meaning import CancelVisit, Change, No, NoneSuit, Propose, Unclear

# The reminder two hours before is answered in this time.
BEFORE = timedelta(hours=2, minutes=15)
AFTER = timedelta(hours=1)


def is_near(visit: VisitFacts, now: datetime) -> bool:
    """Tell whether the pair is on its way or waits at the door."""
    return visit.starts_at - BEFORE <= now <= visit.starts_at + AFTER


def at_the_hour(turn: Turn, event: TextReceived, context: Context) -> Turn:
    """Tell a person and the pair at once of a text that may mean "late" or "not at home"."""
    visit = context.visit
    if visit is None or not is_near(visit, context.now) or not is_worrying(event, context) or is_settled(turn):
        return turn
    others = (effect for effect in turn.effects if not isinstance(effect, RaiseAttention))
    told = Tell(To.STAFF, messages.EDUCATOR_MAY_BE_LATE, "staff")
    return Turn(turn.state, (*others, told, RaiseAttention("at_visit_time", event.text[:200])))


def is_worrying(event: TextReceived, context: Context) -> bool:
    """Tell whether a text asks for another time, or is in words that we cannot read."""
    if context.begun and is_a(event, No, CancelVisit):
        return True
    unread = is_a(event, Unclear) and event.digit is None and event.place is None
    return unread or is_a(event, Change, NoneSuit, Propose)


def is_settled(turn: Turn) -> bool:
    """Tell whether the educators hear by themselves what the text led to, or it answers something else."""
    asked_of_all_texts = turn.state.stop_asked is not None
    return asked_of_all_texts or any(isinstance(effect, Book | CallOff | SetPlace) for effect in turn.effects)
