"""Showing numbered times."""

from dataclasses import replace
from datetime import datetime

from hvbot.conversation import messages
from hvbot.conversation.context import Context
from hvbot.conversation.effects import AwaitTimes, Effect, RaiseAttention, Say
from hvbot.conversation.messages import Message
from hvbot.conversation.state import Open, Option, State, Step
from hvbot.conversation.turn import Turn
from hvbot.scheduling.offers import PLENTY, choose_three
from hvbot.scheduling.slots import Slot


def option_of(slot: Slot) -> Option:
    """An open time as it is shown and remembered."""
    return Option(slot.starts_at, slot.pair_id, slot.interpreter_id)


def show(
    state: State,
    context: Context,
    message: Message,
    options: tuple[Option, ...],
    *first: Effect,
    step: Step = Step.OFFER,
) -> Turn:
    """Show numbered times and wait for a number."""
    visit_id = context.visit.id if context.visit else None
    question = Open(step, context.now, options, visit_id)
    times = tuple(option.starts_at for option in options)
    return Turn(state.asking(question), (*first, Say(message, {"times": times}, purpose="offer")))


def offer(state: State, context: Context, message: Message, *first: Effect) -> Turn:
    """Offer three open times that were not refused yet; without any, ask for the family's own words."""
    refused: frozenset[datetime] = frozenset(state.refused)
    slots = choose_three(on_the_half_hour(context.slots), context.rules, context.seed, exclude=refused)
    if slots:
        return show(state, context, message, tuple(map(option_of, slots)), *first)
    return nothing_open(state, context, *first)


def on_the_half_hour(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Where times abound, those that are easy to remember; a family that names another time is found it all the same."""
    easy = tuple(slot for slot in slots if slot.starts_at.minute in {0, 30})
    return easy if len(easy) >= PLENTY else slots


def nothing_open(state: State, context: Context, *first: Effect) -> Turn:
    """No time is open: before any offer we promise times, after one we ask for the family's own words."""
    if state.refused:
        question = Open(Step.OWN_WORDS, context.now)
        return Turn(state.asking(question), (*first, Say(messages.OWN_WORDS), RaiseAttention("none_suit")))
    return Turn(state, (*first, Say(messages.TIMES_SOON), RaiseAttention("no_times"), AwaitTimes()))


def refuse(state: State, question: Open) -> State:
    """Remember that these times do not suit."""
    refused = dict.fromkeys((*state.refused, *(option.starts_at for option in question.options)))
    return replace(state.answering(question), refused=tuple(refused))
