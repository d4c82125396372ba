"""After the visit, after a missed one, and when nothing was asked."""

from hvbot.conversation import messages
from hvbot.conversation.context import Context, TextReceived
from hvbot.conversation.effects import CloseInvitation, NoReply, RaiseAttention, SaveFeltHeard, Say
from hvbot.conversation.state import Open, State, Step
from hvbot.conversation.steps.booked import answer_booked
from hvbot.conversation.steps.offer import answer_offer
from hvbot.conversation.steps.offering import offer
from hvbot.conversation.turn import Turn, hand_over, is_a, not_understood, say
from hvbot.understanding.meaning import Change, No, Propose, Start, Yes

FELT_HEARD = {1: 1, 2: 2, 3: 3}


def answer_thanks(state: State, event: TextReceived, context: Context) -> Turn:
    """Yes, a little, no; own words go to a person."""
    after = state.without(Step.THANKS)
    heard = FELT_HEARD.get(event.digit or 0)
    if heard is None and is_a(event, Yes, No):
        heard = 1 if is_a(event, Yes) else 3
    if heard is None:
        return say(after, Say(messages.THANKS_NOTED), RaiseAttention("words_after_visit", event.text[:200]))
    return say(after, SaveFeltHeard(heard), Say(messages.THANKS_NOTED))


def answer_missed(state: State, event: TextReceived, context: Context) -> Turn:
    """A new time after a visit at which nobody was there, or no thanks."""
    after = state.without(Step.MISSED)
    if event.digit == 1 or is_a(event, Yes, Change):
        return offer(after, context, messages.OFFER_OTHERS)
    if event.digit == 2 or is_a(event, No):
        return say(after, CloseInvitation(), Say(messages.DECLINED))
    return answer_offer(after, event, context)


def answer_begun(state: State, event: TextReceived, context: Context) -> Turn:
    """The visit has begun or is past, and nothing is asked yet: agreement needs no answer, a person reads the rest."""
    if is_a(event, Yes):
        return say(state, NoReply("the visit has begun"))
    return hand_over(state, event, "words_after_visit")


def answer_own_words(state: State, event: TextReceived, context: Context) -> Turn:
    """Times in own words that the machine may find; if not, a person reads them."""
    if is_a(event, Propose):
        return answer_offer(state, event, context)
    return hand_over(state, event, "times_in_own_words")


def answer_nothing_asked(state: State, event: TextReceived, context: Context) -> Turn:
    """A family writes when no question is open: perhaps it wants a visit after all."""
    if context.visit:
        return answer_booked(state, event, context)
    if context.consent == "granted" and context.invited and is_a(event, Yes, Start, Change, Propose):
        return (
            offer(state, context, messages.OFFER) if not is_a(event, Propose) else answer_offer(state, event, context)
        )
    if is_a(event, Yes, Start, Propose):
        return say(state.asking(Open(Step.CONSENT, context.now)), Say(messages.ASK_LEAVE, purpose="resumed"))
    if is_a(event, No):
        return say(state, Say(messages.DECLINED))
    if not event.text.strip():
        return not_understood(state, event, context)
    return hand_over(state, event)
