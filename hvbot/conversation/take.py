"""Answer one text: the words that win over everything first, then the question that is open."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from hvbot.conversation import messages
from hvbot.conversation.context import Context, Person, TextReceived
from hvbot.conversation.effects import (
    MarkWrongNumber,
    NoReply,
    RaiseAttention,
    ResumeTexts,
    Say,
    SetLanguage,
)
from hvbot.conversation.loops import without_end
from hvbot.conversation.messages import Message
from hvbot.conversation.state import Open, Option, State, Step
from hvbot.conversation.steps.afterwards import (
    answer_begun,
    answer_missed,
    answer_nothing_asked,
    answer_own_words,
    answer_thanks,
)
from hvbot.conversation.steps.at_the_hour import at_the_hour
from hvbot.conversation.steps.booked import answer_booked, answer_place, answer_reminder, answer_shared
from hvbot.conversation.steps.consent import answer_consent
from hvbot.conversation.steps.offer import answer_offer, answer_read_back
from hvbot.conversation.steps.staff import answer_staff
from hvbot.conversation.steps.stopping import answer_stop_or_change, chooses_stop, stop, visit_or_texts
from hvbot.conversation.turn import Answer, Turn, hand_over, say
from hvbot.understanding.meaning import (
    AskInterpreter,
    AskPerson,
    Change,
    Choose,
    Help,
    Meaning,
    No,
    NoneSuit,
    Propose,
    SpeakLanguage,
    Start,
    Stop,
    Unclear,
    WrongNumber,
    Yes,
)

ANSWERS: Mapping[Step, Answer] = {
    Step.CONSENT: answer_consent,
    Step.OFFER: answer_offer,
    Step.READ_BACK: answer_read_back,
    Step.OWN_WORDS: answer_own_words,
    Step.BOOKED: answer_booked,
    Step.PLACE: answer_place,
    Step.REMINDER: answer_reminder,
    Step.SHARED_PHONE: answer_shared,
    Step.STOP_OR_CHANGE: answer_stop_or_change,
    Step.THANKS: answer_thanks,
    Step.MISSED: answer_missed,
    Step.STAFF_SET: answer_staff,
    Step.STAFF_WHICH: answer_staff,
    Step.STAFF_ASKED: answer_staff,
    Step.STAFF_HAPPENED: answer_staff,
}

# What may look at the open times, by the question that is open: searching them is the dearest part of a turn.
MEANINGS_ABOUT_TIMES: Mapping[Step | None, tuple[type[Meaning], ...]] = {
    Step.CONSENT: (Yes,),
    Step.OFFER: (Choose, Propose, NoneSuit, Change, No),
    Step.READ_BACK: (Yes, Choose, Propose, NoneSuit, Change, No),
    Step.OWN_WORDS: (Propose,),
    Step.BOOKED: (Propose, NoneSuit, Change),
    Step.PLACE: (Propose, Change),
    Step.REMINDER: (Propose, NoneSuit, Change),
    Step.SHARED_PHONE: (Propose, NoneSuit, Change),
    Step.STOP_OR_CHANGE: (Propose, NoneSuit, Change),
    Step.MISSED: (Yes, Choose, Propose, NoneSuit, Change),
    None: (Yes, Start, Propose, NoneSuit, Change),
}
DIGITS_ABOUT_TIMES: Mapping[Step, Collection[int]] = {
    Step.READ_BACK: (1, 2),
    Step.STOP_OR_CHANGE: (1,),
    Step.MISSED: (1,),
}

# A visit is set or over: whoever only thanks then wants no answer.
QUIET_STEPS = {Step.BOOKED, Step.STAFF_SET, Step.STAFF_HAPPENED, Step.REMINDER}

# Their answers name the visit; once it is over or off they are void.
ABOUT_A_VISIT = (Step.BOOKED, Step.PLACE, Step.REMINDER, Step.SHARED_PHONE)
UNTIL_THE_VISIT = (*ABOUT_A_VISIT, Step.OFFER, Step.READ_BACK, Step.OWN_WORDS)

REPEATED: Mapping[Step, Message] = {
    Step.CONSENT: messages.ASK_LEAVE,
    Step.OFFER: messages.OFFER,
    Step.READ_BACK: messages.READ_BACK,
    Step.OWN_WORDS: messages.OWN_WORDS,
    Step.PLACE: messages.PLACE,
    Step.SHARED_PHONE: messages.SHARED_PHONE,
    Step.STOP_OR_CHANGE: messages.STOP_OR_CHANGE,
    Step.THANKS: messages.THANKS,
    Step.MISSED: messages.MISSED,
}


def take_turn(state: State, event: TextReceived, context: Context) -> Turn:
    """Answer one text; not without end, when a machine answers us."""
    return without_end(state, decide(state, event, context), event, context)


def decide(state: State, event: TextReceived, context: Context) -> Turn:
    """What a text calls for.

    An opt-out, a wrong number and their like are honored at every step, so they are decided before the step is asked.
    """
    meaning = event.reading.meaning
    if isinstance(meaning, Stop):
        return stop(state, meaning, context)
    if chooses_stop(state, event) and not event.is_late:
        return stop(state, Stop(), context)
    if context.consent == "revoked":
        return resume(state, context) if isinstance(meaning, Start) else Turn(state, (NoReply("opted out"),))
    if context.person is Person.STRANGER:
        return answer_stranger(state, event, context)
    if context.held_by_person:
        return for_the_person(state, event)
    if event.is_late:
        return hand_over(state, event, "late_text")
    return anywhere(state, event, context) or at_step(state, event, context)


def for_the_person(state: State, event: TextReceived) -> Turn:
    """Who took the conversation reads it, and knows whether it answers what we asked."""
    after = state.without(Step.STOP_OR_CHANGE)
    return Turn(after, (RaiseAttention("reply_waiting", event.text[:200]), NoReply("a person answers")))


def still_asked(state: State, *, has_visit: bool) -> State:
    """The questions that are not void."""
    return state if has_visit else state.without(*ABOUT_A_VISIT)


def needs_times(state: State, event: TextReceived, now: datetime, *, has_visit: bool) -> bool:
    """Tell whether the turn may look at the open times."""
    question = still_asked(state, has_visit=has_visit).newest(now)
    step = question.step if question else None
    by_digit = step is not None and event.digit in DIGITS_ABOUT_TIMES.get(step, ())
    return by_digit or isinstance(event.reading.meaning, MEANINGS_ABOUT_TIMES.get(step, ()))


def chosen(state: State, event: TextReceived, now: datetime, *, has_visit: bool) -> Option | None:
    """The one time that the turn will look at, if that is still open."""
    question, meaning = still_asked(state, has_visit=has_visit).newest(now), event.reading.meaning
    match question:
        case Open(step=Step.OFFER, options=options) if isinstance(meaning, Choose) and meaning.option <= len(options):
            return options[meaning.option - 1]
        case Open(step=Step.READ_BACK, options=(option,)) if event.digit == 1 or isinstance(meaning, Yes):
            return option
    return None


def at_step(state: State, event: TextReceived, context: Context) -> Turn:
    """Ask the newest open question what the text means to it."""
    if context.person is Person.STAFF:
        return answer_staff(state, event, context)
    if context.begun:
        return at_the_hour(after_begin(state, event, context), event, context)
    still = still_asked(state, has_visit=context.visit is not None)
    question = still.newest(context.now)
    turn = ANSWERS[question.step](still, event, context) if question else answer_nothing_asked(still, event, context)
    return at_the_hour(turn, event, context)


def after_begin(state: State, event: TextReceived, context: Context) -> Turn:
    """Once the visit has begun, what was asked about its time is void."""
    still = state.without(*UNTIL_THE_VISIT)
    question = still.newest(context.now)
    return ANSWERS[question.step](still, event, context) if question else answer_begun(still, event, context)


def anywhere(state: State, event: TextReceived, context: Context) -> Turn | None:
    """What means the same at every step."""
    match event.reading.meaning:
        case Unclear(about="cancel") if context.person is Person.FAMILY:
            return visit_or_texts(state, event, context)
        case Unclear(about="courtesy") if not waits(state, context):
            return Turn(state, (NoReply("thanks"),))
        case WrongNumber():
            return wrong_number(state, context)
        case Help():
            words = messages.WHO_WE_ARE_PHONE if context.has_phone else messages.WHO_WE_ARE
            return say(state, Say(words))
        case AskPerson():
            return say(state, Say(messages.PERSON_CALLS), RaiseAttention("call"))
        case AskInterpreter():
            return say(state, Say(messages.INTERPRETER_NOTED), RaiseAttention("interpreter_asked"))
        case SpeakLanguage(to):
            return speak(state, to, context)
    return None


def waits(state: State, context: Context) -> bool:
    """Tell whether a question is open that thanks do not answer."""
    question = state.newest(context.now)
    return question is not None and question.step not in QUIET_STEPS


def resume(state: State, context: Context) -> Turn:
    """Lift the opt-out, and ask leave afresh."""
    if context.person is not Person.FAMILY:
        return Turn(state, (ResumeTexts(),))
    asked = State().asking(Open(Step.CONSENT, context.now))
    return Turn(asked, (ResumeTexts(), Say(messages.RESUMED, purpose="resumed")))


def wrong_number(state: State, context: Context) -> Turn:
    """Apologize once, then silence."""
    matter = RaiseAttention("wrong_number_with_visit" if context.visit else "wrong_number")
    return Turn(State(), (MarkWrongNumber(), Say(messages.WRONG_NUMBER, purpose="wrong_number"), matter))


def speak(state: State, code: str, context: Context) -> Turn:
    """Go on in another language, repeating what is open; or say that we cannot yet."""
    if code not in context.ready_languages:
        return say(
            state, Say(messages.LANGUAGE_NOT_READY, {"language": code}), RaiseAttention("language_not_ready", code)
        )
    question = state.newest(context.now)
    words = REPEATED.get(question.step) if question else None
    if question is None or words is None:
        return say(state, SetLanguage(code), Say(messages.LANGUAGE_SET, {"language": code}))
    times = tuple(option.starts_at for option in question.options)
    params = {"times": times, "when": times[0]} if times else {}
    return say(state, SetLanguage(code), Say(words, params))


def answer_stranger(state: State, event: TextReceived, context: Context) -> Turn:
    """A number nobody knows gets one polite answer a day; every text is counted."""
    matter = RaiseAttention("unknown_number")
    if not context.may_answer_stranger:
        return Turn(replace(state, missed=state.missed + 1), (matter, NoReply("answered today")))
    return Turn(state, (Say(messages.STRANGER, purpose="stranger"), matter))
