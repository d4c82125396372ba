"""What educators and interpreters answer."""

from hvbot.conversation import messages
from hvbot.conversation.context import Context, TextReceived, VisitFacts
from hvbot.conversation.effects import (
    CannotGo,
    Effect,
    NoReply,
    RaiseAttention,
    RecordOutcome,
    RefuseVisit,
    Say,
    TakeVisit,
    Tell,
    To,
)
from hvbot.conversation.state import Open, Option, State, Step
from hvbot.conversation.steps.at_the_hour import is_near
from hvbot.conversation.turn import Turn, is_a, not_understood, say
from hvbot.understanding.meaning import CancelVisit, Change, Choose, No, NoneSuit, Propose, Yes

CANNOT = 2
# A text that a visit is set has no such answers.
ONLY_OUTCOMES = (1, 3)
OUTCOMES = {1: "done", 2: "missed", 3: "not_held"}
CANNOT_MEANINGS = (No, Change, CancelVisit, NoneSuit)


def answer_staff(state: State, event: TextReceived, context: Context) -> Turn:
    """Take the newest question that has the answer."""
    if event.minutes_late and (visit := visit_now(context)):
        return late(state, event, event.minutes_late, visit)
    question = state.newest(context.now)
    match question:
        case Open(step=Step.STAFF_ASKED, visit_id=int()):
            return answer_asked(state, question, event, context)
        case Open(step=Step.STAFF_HAPPENED, visit_id=int()):
            return answer_happened(state, question, event, context)
        case Open(step=Step.STAFF_WHICH):
            return answer_which(state, question, event, context)
    if (past := unreported(state, context)) and (event.digit in ONLY_OUTCOMES or is_a(event, Yes)):
        return answer_happened(state, past, event, context)
    return answer_set(state, question, event, context)


def visit_now(context: Context) -> VisitFacts | None:
    """The visit to which the educator is on the way."""
    return next((visit for visit in context.staff_visits if is_near(visit, context.now)), None)


def late(state: State, event: TextReceived, minutes: int, visit: VisitFacts) -> Turn:
    """Tell the family how late its teachers will be; a person and the colleague hear it too."""
    params = {"late": minutes}
    told = Tell(To.WILLING, messages.TEACHERS_LATE, "told", Step.REMINDER, visit_id=visit.id, params=params)
    colleague = Tell(To.PARTNER, messages.EDUCATOR_MAY_BE_LATE, "staff", visit_id=visit.id)
    return say(state, told, colleague, Say(messages.EDUCATOR_THANKS), RaiseAttention("at_visit_time", event.text[:200]))


def unreported(state: State, context: Context) -> Open | None:
    """The visit of which we asked whether it happened, where something was told or reminded of since."""
    asked = (question for question in state.questions if question.step is Step.STAFF_HAPPENED)
    return next((question for question in asked if not question.answered and question.asked_at <= context.now), None)


def answer_asked(state: State, question: Open, event: TextReceived, context: Context) -> Turn:
    """Will they go in a colleague's place? Free to say no."""
    visit_id = question.visit_id or 0
    if event.digit == 1 or is_a(event, Yes):
        return say(state.without(Step.STAFF_ASKED), TakeVisit(visit_id))
    if event.digit == CANNOT or is_a(event, *CANNOT_MEANINGS):
        return say(state.without(Step.STAFF_ASKED), RefuseVisit(visit_id), Say(messages.EDUCATOR_NOT_NEEDED))
    return staff_not_understood(state, event, context)


def answer_happened(state: State, question: Open, event: TextReceived, context: Context) -> Turn:
    """Did the visit happen?"""
    outcome = OUTCOMES.get(event.digit or 0)
    if outcome is None and is_a(event, Yes, No):
        outcome = "done" if is_a(event, Yes) else "not_held"
    if outcome is None:
        return staff_not_understood(state, event, context)
    after = state.answering(question)
    return say(after, RecordOutcome(question.visit_id or 0, outcome), Say(messages.EDUCATOR_THANKS))


def answer_which(state: State, question: Open, event: TextReceived, context: Context) -> Turn:
    """Which of several visits they cannot go to."""
    number = event.digit or (event.reading.meaning.option if isinstance(event.reading.meaning, Choose) else 0)
    if not 1 <= number <= len(question.options):
        return staff_not_understood(state, event, context)
    return cannot_go(state.without(Step.STAFF_WHICH), question.options[number - 1].visit_id or 0)


def answer_set(state: State, question: Open | None, event: TextReceived, context: Context) -> Turn:
    """A visit is set; only "can't" asks for something."""
    if not context.staff_visits:
        return staff_not_understood(state, event, context)
    says_day = isinstance(event.reading.meaning, Propose)
    if event.digit == CANNOT or is_a(event, *CANNOT_MEANINGS):
        return which_visit(state, question, context)
    if says_day:
        return hand_over_staff(state, event, context)
    if is_a(event, Yes) or event.digit == 1:
        return say(state, NoReply("agreed"))
    return staff_not_understood(state, event, context)


def which_visit(state: State, question: Open | None, context: Context) -> Turn:
    """The visit the newest question was about, if only that can be meant; else ask."""
    visits = context.staff_visits
    if len(visits) == 1:
        return cannot_go(state, visits[0].id)
    told = next((visit for visit in visits if question and visit.id == question.visit_id), None)
    if told and question and question.step is Step.STAFF_SET and is_fresh(question, context):
        return cannot_go(state, told.id)
    return ask_which(state, visits, context)


def is_fresh(question: Open, context: Context) -> bool:
    """Tell whether a question is so new that a digit can only mean it."""
    return (context.now - question.asked_at).total_seconds() < 12 * 3600


def ask_which(state: State, visits: tuple[VisitFacts, ...], context: Context) -> Turn:
    """Show the visits that are set."""
    options = tuple(Option(visit.starts_at, visit_id=visit.id) for visit in visits[:5])
    question = Open(Step.STAFF_WHICH, context.now, options)
    times = tuple(option.starts_at for option in options)
    return say(state.asking(question), Say(messages.EDUCATOR_WHICH, {"times": times}, purpose="staff"))


def cannot_go(state: State, visit_id: int) -> Turn:
    """Free them; the service looks for somebody else before the family is troubled, and says what came of it."""
    return say(state, CannotGo(visit_id))


def hand_over_staff(state: State, event: TextReceived, context: Context) -> Turn:
    """A coordinator reads it."""
    return say(state, Say(messages.EDUCATOR_NOT_UNDERSTOOD), *for_coordinator(event, context))


def staff_not_understood(state: State, event: TextReceived, context: Context) -> Turn:
    """Every word of an educator that we cannot read goes to the coordinator at once."""
    turn = not_understood(state, event, context)
    return Turn(turn.state, (*turn.effects, *for_coordinator(event, context)))


def for_coordinator(event: TextReceived, context: Context) -> tuple[Effect, ...]:
    """What an educator wrote; at the hour of a visit the colleague is told too, for somebody may be late."""
    visit = visit_now(context)
    if visit is None:
        return (RaiseAttention("educator_wrote", event.text[:200]),)
    told = Tell(To.PARTNER, messages.EDUCATOR_MAY_BE_LATE, "staff", visit_id=visit.id)
    return (told, RaiseAttention("at_visit_time", event.text[:200]))
