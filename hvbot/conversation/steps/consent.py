"""The answer to "may we text you?". Only a yes to this question is consent."""

from dataclasses import replace

from hvbot.conversation import messages
from hvbot.conversation.context import Context, TextReceived
from hvbot.conversation.effects import DeclineConsent, GrantConsent, Say
from hvbot.conversation.state import Open, State, Step
from hvbot.conversation.steps.offering import offer
from hvbot.conversation.turn import Turn, is_a, not_understood, say
from hvbot.understanding.meaning import CancelVisit, Change, Choose, No, NoneSuit, Propose, Yes


def answer_consent(state: State, event: TextReceived, context: Context) -> Turn:
    """Yes leads to the offer at once; a day or a choice is friendly but no yes yet."""
    if is_a(event, Yes):
        return granted(state, context)
    if is_a(event, No, CancelVisit, NoneSuit):
        return say(state.without(Step.CONSENT), DeclineConsent(), Say(messages.DECLINED))
    if is_a(event, Propose, Choose, Change):
        return say(ask_leave(state, context), Say(messages.ASK_LEAVE_AGAIN))
    return not_understood(state, event, context)


def granted(state: State, context: Context) -> Turn:
    """Thank, and offer times in the same breath: a willing family writes two texts."""
    asked = replace(state.without(Step.CONSENT), missed=0, noes=0)
    if context.begun:
        return Turn(asked, (GrantConsent(), Say(messages.WELCOME)))
    if context.visit:
        return Turn(
            asked.asking(Open(Step.BOOKED, context.now)),
            (GrantConsent(), Say(messages.WELCOME), Say(messages.STILL_ON)),
        )
    if not context.invited:
        return Turn(asked, (GrantConsent(), Say(messages.PERSON_ANSWERS)))
    return offer(asked, context, messages.OFFER, GrantConsent(), Say(messages.WELCOME))


def ask_leave(state: State, context: Context) -> State:
    """Open the question of leave."""
    return state.asking(Open(Step.CONSENT, context.now))
