"""The answer to numbered times: a choice, other words for a time, or none of them."""

from dataclasses import replace
from datetime import datetime, timedelta

from hvbot.conversation import messages
from hvbot.conversation.context import Context, TextReceived
from hvbot.conversation.effects import Book, CallOff, CloseInvitation, Effect, RaiseAttention, Say, Tell, To
from hvbot.conversation.messages import Message
from hvbot.conversation.state import Open, Option, State, Step
from hvbot.conversation.steps.offering import offer, option_of, refuse, show
from hvbot.conversation.turn import Turn, is_a, not_understood, say
from hvbot.scheduling import offers as open_times
from hvbot.scheduling.walltime import local
from hvbot.understanding.meaning import CancelVisit, Change, Choose, No, NoneSuit, Propose, Unclear, When, Yes

CROSSING_MINUTES = 5
NOES_THAT_CLOSE = 2
UNMET: dict[str | None, Message] = {
    "day": messages.OFFER_OTHER_DAY,
    "time": messages.OFFER_OTHER_TIME,
    "limit": messages.OFFER_OTHER_TIME,
    "part": messages.OFFER_OTHER_TIME,
}


def answer_offer(state: State, event: TextReceived, context: Context) -> Turn:
    """Take a choice; search all of the pair's open times for a time in the family's own words."""
    question = newest_offer(state, context)
    match event.reading.meaning:
        case Choose(number) if question and number <= len(question.options):
            return choose(state, question, number, context)
        case Propose(when):
            return propose(state, when, context)
        case NoneSuit() | Change():
            return others(refuse(state, question) if question else state, context)
        case No():
            return refused(state, question, context)
        case CancelVisit():
            return call_off(state, context) if context.visit else decline(state)
        case Yes() if question:
            return show(state.answering(question), context, messages.WHICH, question.options)
        case Unclear(between) if question and between:
            return which(state, question, between, context)
    return not_understood(state, event, context)


def newest_offer(state: State, context: Context) -> Open | None:
    """The newest offer that waits for a number."""
    return next(
        (
            question
            for question in state.questions
            if question.step is Step.OFFER and not question.answered and question.asked_at <= context.now
        ),
        None,
    )


def choose(state: State, question: Open, number: int, context: Context) -> Turn:
    """Book the option, unless an older offer of the last minutes gives the number another meaning."""
    option = question.options[number - 1]
    if other := crossing(state, question, number, context):
        both = (option, other)
        return show(state.without(Step.OFFER), context, messages.WHICH, tuple(sorted(both, key=lambda o: o.starts_at)))
    if is_overtaken(question, context):
        return settled_meanwhile(state, option, context)
    return book(state.answering(question), option, context)


def is_overtaken(question: Open, context: Context) -> bool:
    """Tell whether a visit was set or moved after the offer was shown, as another adult of the home may do."""
    return context.visit is not None and question.visit_id != context.visit.id


def settled_meanwhile(state: State, option: Option, context: Context) -> Turn:
    """Tell the time where it is the one that was picked; else ask before a visit moves that was set after the offer."""
    if context.visit and option.starts_at == context.visit.starts_at:
        return say(settle(state), Say(messages.STILL_ON))
    return read_back(state, option, context)


def crossing(state: State, question: Open, number: int, context: Context) -> Option | None:
    """What the number meant in an older offer that the person may be answering."""
    earliest = context.now - timedelta(minutes=CROSSING_MINUTES)
    for older in state.questions:
        is_other = older is not question and older.step is Step.OFFER and not older.answered
        if is_other and earliest <= older.asked_at <= question.asked_at and number <= len(older.options):
            option = older.options[number - 1]
            return option if option.starts_at != question.options[number - 1].starts_at else None
    return None


def book(state: State, option: Option, context: Context) -> Turn:
    """Book an open time, or offer others at once when it is gone."""
    slot = next((slot for slot in context.slots if is_same(slot.starts_at, slot.pair_id, option)), None)
    if slot is None:
        gone = messages.OFFER_PASSED if has_passed(option.starts_at, context) else messages.OFFER_TAKEN
        return offer(replace(state, refused=(*state.refused, option.starts_at)), context, gone)
    if context.visit:
        return move(state, option_of(slot), context)
    after = state.asking(Open(Step.BOOKED, context.now)).without(Step.READ_BACK, Step.OWN_WORDS)
    shared, effects = ask_shared(replace(after, refused=(), noes=0), context)
    told = (
        Book(option_of(slot)),
        Say(confirmation(slot.interpreter_id, context), purpose="booked"),
        Tell(To.OTHERS, messages.OTHERS_SET, "told"),
        Tell(To.STAFF, messages.EDUCATOR_SET, "staff", Step.STAFF_SET),
    )
    missing = context.needs_interpreter and slot.interpreter_id is None
    seeking = (RaiseAttention("interpreter_missing"),) if missing else ()
    return say(shared, *told, *seeking, *effects)


def is_same(starts_at: datetime, pair_id: int, option: Option) -> bool:
    return starts_at == option.starts_at and (not option.pair_id or pair_id == option.pair_id)


def has_passed(starts_at: datetime, context: Context) -> bool:
    """Tell whether a time is over, or too near for the notice that visits need."""
    return starts_at <= context.now + timedelta(hours=context.rules.notice_hours)


def confirmation(interpreter_id: int | None, context: Context) -> Message:
    """The words of "you are set"."""
    if context.shared:
        return messages.BOOKED_SHARED
    if interpreter_id:
        return messages.BOOKED_INTERPRETER
    return messages.BOOKED_SEEKING if context.needs_interpreter else messages.BOOKED


def ask_shared(state: State, context: Context) -> tuple[State, tuple[Effect, ...]]:
    """Ask who else reads the phone, after the booking and only where the roster lists the number more than once."""
    if not context.ask_shared:
        return state, ()
    return state.asking(Open(Step.SHARED_PHONE, context.now)), (Say(messages.SHARED_PHONE),)


def move(state: State, option: Option, context: Context) -> Turn:
    """Move the visit that is set; everybody who was told the old time is told the new one."""
    after = state.asking(Open(Step.BOOKED, context.now)).without(Step.READ_BACK, Step.REMINDER, Step.OWN_WORDS)
    return say(
        replace(after, refused=(), noes=0),
        Book(option),
        Say(messages.MOVED, purpose="moved"),
        Tell(To.OTHERS, messages.OTHERS_MOVED, "told"),
        Tell(To.STAFF, messages.EDUCATOR_MOVED, "staff", Step.STAFF_SET),
    )


def propose(state: State, when: When, context: Context) -> Turn:
    """Look for a time in the family's own words among all open times, not only those shown."""
    found = open_times.match(when, context.slots, context.rules, context.now, context.seed)
    if len(found.exact) == 1 and is_said(when, found.exact[0].starts_at, context):
        return read_back(state, option_of(found.exact[0]), context)
    if found.exact:
        return show(settle(state), context, messages.OFFER_FITTING, tuple(map(option_of, found.exact)))
    if found.nearest:
        return show(settle(state), context, UNMET[found.unmet], tuple(map(option_of, found.nearest)))
    question = Open(Step.OWN_WORDS, context.now)
    return say(state.asking(question), Say(messages.OWN_WORDS), RaiseAttention("no_times"))


def is_said(when: When, starts_at: datetime, context: Context) -> bool:
    """Tell whether the only time that fits is the one named, not one after it."""
    return when.from_ is None or local(starts_at, context.rules).time() == when.from_


def settle(state: State) -> State:
    """Mark every offer as answered: the person has said something else."""
    questions = tuple(replace(old, answered=True) if old.step is Step.OFFER else old for old in state.questions)
    return replace(state, questions=questions)


def read_back(state: State, option: Option, context: Context) -> Turn:
    """Ask before booking what was said in own words."""
    question = Open(Step.READ_BACK, context.now, (option,))
    return say(settle(state).asking(question), Say(messages.READ_BACK, {"when": option.starts_at}))


def which(state: State, question: Open, between: tuple[int, ...], context: Context) -> Turn:
    """Several of the times may be meant: show just these; one, half said ("maybe thursday"): read it back."""
    options = tuple(question.options[number - 1] for number in between if number <= len(question.options))
    if len(options) == 1:
        return read_back(state, options[0], context)
    return show(state.answering(question), context, messages.WHICH, options)


def others(state: State, context: Context) -> Turn:
    """Offer times that were not refused."""
    return offer(replace(state, missed=0), context, messages.OFFER_OTHERS)


def refused(state: State, question: Open | None, context: Context) -> Turn:
    """A first no may mean the times, a second one means the visit."""
    if state.noes + 1 >= NOES_THAT_CLOSE:
        return call_off(state, context) if context.visit else decline(state)
    after = refuse(state, question) if question else state
    return others(replace(after, noes=state.noes + 1), context)


def decline(state: State) -> Turn:
    """No visit; texts may come again only when the family asks."""
    return say(State(noes=state.noes), CloseInvitation(), Say(messages.DECLINED))


def call_off(state: State, context: Context) -> Turn:
    """The family does not want the visit that is set."""
    return say(
        State(),
        Tell(To.OTHERS, messages.OTHERS_OFF, "told"),
        Tell(To.STAFF, messages.EDUCATOR_OFF, "staff"),
        Say(messages.CALLED_OFF, purpose="off"),
        CallOff(),
    )


def answer_read_back(state: State, event: TextReceived, context: Context) -> Turn:
    """Yes books what was read back; anything else is read as an answer to an offer."""
    question = next(question for question in state.questions if question.step is Step.READ_BACK)
    if event.digit == 1 or is_a(event, Yes):
        return book(state.answering(question), question.options[0], context)
    if event.digit == 2 or is_a(event, No, NoneSuit):
        return others(refuse(state, question), context)
    return answer_offer(state.without(Step.READ_BACK), event, context)
