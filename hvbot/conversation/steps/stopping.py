"""The end of all texts, and the word that may mean the visit or the texts."""

from hvbot.conversation import messages
from hvbot.conversation.context import Context, TextReceived
from hvbot.conversation.effects import Effect, NoReply, RaiseAttention, RevokeConsent, Say, Settle
from hvbot.conversation.state import Open, State, Step
from hvbot.conversation.steps.afterwards import answer_nothing_asked
from hvbot.conversation.steps.offering import offer
from hvbot.conversation.turn import Turn, is_a, not_understood, say
from hvbot.understanding.meaning import CancelVisit, Change, NoneSuit, Propose, Stop

THE_VISIT, ALL_TEXTS = 1, 2


def stop(state: State, meaning: Stop, context: Context) -> Turn:
    """End all texts at once. The visit stays: a person calls about it.

    At its own keywords the carrier answers and blocks, so that a text of ours would be refused or be a second answer.
    """
    if context.consent == "revoked":
        return Turn(state, (NoReply("opted out"),))
    effects: list[Effect] = [RevokeConsent(by_carrier=meaning.keyword)]
    if not meaning.keyword:
        effects.append(Say(messages.STOPPED, purpose="stopped"))
    if state.stop_asked:
        effects.append(Settle("stop_or_change"))
    if context.visit or context.staff_visits:
        effects.append(RaiseAttention("stopped_with_visit"))
    return Turn(State(), tuple(effects))


def visit_or_texts(state: State, event: TextReceived, context: Context) -> Turn:
    """A word for cancel: with a visit set it may mean either, so we ask, once. Else, or said again, it ends all texts.

    Until it is answered no text leaves that nobody asked for, and silence counts as the end of all texts. A person sees
    it meanwhile, for the visit may be near.
    """
    if context.visit is None or state.stop_asked:
        return stop(state, Stop(), context)
    question = Open(Step.STOP_OR_CHANGE, context.now)
    return say(state.asking(question), Say(messages.STOP_OR_CHANGE), RaiseAttention("stop_or_change", event.text[:200]))


def chooses_stop(state: State, event: TextReceived) -> bool:
    """Tell whether the number that ends all texts was chosen; it counts also where a person has the conversation."""
    return state.stop_asked is not None and event.digit == ALL_TEXTS


def answer_stop_or_change(state: State, event: TextReceived, context: Context) -> Turn:
    """What is about the visit lets texts go on; what is neither leaves the question open."""
    after = state.without(Step.STOP_OR_CHANGE)
    if event.digit == THE_VISIT:
        return settled(offer(after, context, messages.OFFER_NEW_TIME if context.visit else messages.OFFER_OTHERS))
    if event.place or is_a(event, Change, NoneSuit, Propose, CancelVisit):
        return settled(answer_nothing_asked(after, event, context))
    return not_understood(state, event, context)


def settled(turn: Turn) -> Turn:
    """The question of all texts is answered, so that nobody need look."""
    return Turn(turn.state, (Settle("stop_or_change"), *turn.effects))
