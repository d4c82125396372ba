"""What a family may write while a visit is set."""

from hvbot.conversation import messages
from hvbot.conversation.context import Context, TextReceived
from hvbot.conversation.effects import ConfirmVisit, NoReply, Say, SetPlace, SetShared, Tell, To
from hvbot.conversation.state import Open, State, Step
from hvbot.conversation.steps.offer import answer_offer, call_off, propose, read_back
from hvbot.conversation.steps.offering import offer
from hvbot.conversation.turn import Turn, hand_over, is_a, not_understood, say
from hvbot.understanding.meaning import CancelVisit, Change, Choose, No, NoneSuit, Propose, Yes

SECOND_THOUGHT_MINUTES = 24 * 60
PLACES = {1: "home", 2: "park", 3: "library", 4: "video"}


def answer_booked(state: State, event: TextReceived, context: Context) -> Turn:
    """A new time, another place, no visit at all, or a second thought about the option just chosen."""
    if event.place == "ask":
        return say(state.asking(Open(Step.PLACE, context.now)), Say(messages.PLACE))
    if event.place:
        return set_place(state, event.place, None)
    match event.reading.meaning:
        case Choose(number):
            return second_thought(state, number, context)
        case Change() | NoneSuit():
            return offer(state, context, messages.OFFER_NEW_TIME)
        case Propose(when):
            return propose(state, when, context)
        case CancelVisit():
            return call_off(state, context)
        case Yes() | No():
            return say(state, Say(messages.STILL_ON))
    return hand_over(state, event)


def second_thought(state: State, number: int, context: Context) -> Turn:
    """A repeat of the number just booked changes nothing; another number is read back before the visit moves."""
    answered = state.just_answered(context.now, SECOND_THOUGHT_MINUTES)
    if not answered or number > len(answered.options) or not context.visit:
        return say(state, NoReply("a number nobody asked for"))
    option = answered.options[number - 1]
    if option.starts_at == context.visit.starts_at:
        return say(state, Say(messages.STILL_ON))
    return read_back(state, option, context)


def answer_reminder(state: State, event: TextReceived, context: Context) -> Turn:
    """Still good, another time, or not now."""
    if is_a(event, Yes):
        question = next(question for question in state.questions if question.step is Step.REMINDER)
        return say(state.answering(question), ConfirmVisit(), Say(messages.STILL_ON))
    if is_a(event, No, CancelVisit):
        return call_off(state, context)
    if is_a(event, Change, NoneSuit):
        return offer(state.without(Step.REMINDER), context, messages.OFFER_NEW_TIME)
    if is_a(event, Propose):
        return answer_offer(state.without(Step.REMINDER), event, context)
    return answer_booked(state, event, context)


def answer_place(state: State, event: TextReceived, context: Context) -> Turn:
    """One of the four, or the family's own words, which the educators get as they are."""
    place = PLACES.get(event.digit or 0) or event.place
    if place and place != "ask":
        return set_place(state, place, None)
    if is_a(event, Change, CancelVisit, Propose):
        return answer_booked(state.without(Step.PLACE), event, context)
    if event.digit is not None or not event.text.strip():
        return not_understood(state, event, context)
    if is_a(event, Yes, No):
        return say(state.without(Step.PLACE), Say(messages.STILL_ON))
    return set_place(state, "other", event.text.strip()[:120])


def set_place(state: State, place: str, words: str | None) -> Turn:
    """Keep the place and tell the educators."""
    told = Tell(To.STAFF, messages.EDUCATOR_PLACE, "staff")
    return say(state.without(Step.PLACE), SetPlace(place, words), Say(messages.PLACE_SET), told)


def answer_shared(state: State, event: TextReceived, context: Context) -> Turn:
    """Only me, or others too; anything else is about the visit."""
    shared = {1: False, 2: True}.get(event.digit or 0)
    if shared is None and is_a(event, Yes, No):
        shared = is_a(event, Yes)
    if shared is None:
        return answer_booked(state.without(Step.SHARED_PHONE), event, context)
    return say(state.without(Step.SHARED_PHONE), SetShared(shared), Say(messages.NOTED))
