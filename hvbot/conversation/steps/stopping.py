"""The end of all texts, and the word that may mean the visit or the texts."""

from hvbot.conversation import messages
from hvbot.conversation.context import Context, TextReceived
from hvbot.conversation.effects import Effect, NoReply, RaiseAttention, RevokeConsent, Say
from hvbot.conversation.state import Open, State, Step
from hvbot.conversation.steps.booked import answer_booked
from hvbot.conversation.steps.offering import offer
from hvbot.conversation.turn import Turn, is_a, say
from hvbot.understanding.meaning import Change, Stop


def stop(state: State, meaning: Stop, context: Context) -> Turn:
    """End all texts at once. The visit stays: a person calls about it.

    At its own keywords the carrier answers and blocks, so that a text of ours would be refused or be a second answer.
    """
    if context.consent == "revoked":
        return Turn(state, (NoReply("opted out"),))
    effects: list[Effect] = [RevokeConsent(by_carrier=meaning.keyword)]
    if not meaning.keyword:
        effects.append(Say(messages.STOPPED, purpose="stopped"))
    if context.visit or context.staff_visits:
        effects.append(RaiseAttention("stopped_with_visit"))
    return Turn(State(), tuple(effects))


def ask_stop_or_change(state: State, event: TextReceived, context: Context) -> Turn:
    """Ask once which of the two is meant; a person sees it meanwhile."""
    question = Open(Step.STOP_OR_CHANGE, context.now)
    return say(state.asking(question), Say(messages.STOP_OR_CHANGE), RaiseAttention("stop_or_change", event.text[:200]))


def answer_stop_or_change(state: State, event: TextReceived, context: Context) -> Turn:
    """1 is about the visit, 2 ends all texts."""
    after = state.without(Step.STOP_OR_CHANGE)
    if event.digit == 1 or is_a(event, Change):
        return offer(after, context, messages.OFFER_NEW_TIME)
    if event.digit == 2:
        return stop(after, Stop(), context)
    return answer_booked(after, event, context)
