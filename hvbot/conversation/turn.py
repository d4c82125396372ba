"""One exchange: what was asked, what came back, what follows."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hvbot.conversation import messages
from hvbot.conversation.context import Context, Person, TextReceived
from hvbot.conversation.effects import Effect, NoReply, RaiseAttention, Say
from hvbot.conversation.state import State
from hvbot.understanding.meaning import Meaning

ONCE, TWICE, OFTEN = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Turn:
    """The state after an event, and what must be done."""

    state: State
    effects: tuple[Effect, ...]


Answer = Callable[[State, TextReceived, Context], Turn]


def say(state: State, *effects: Effect) -> Turn:
    """A turn that was understood."""
    return Turn(replace(state, missed=0), effects)


def not_understood(state: State, event: TextReceived, context: Context) -> Turn:
    """Ask once for a number; then hand over to a person; then be silent, for two machines must not talk for ever."""
    missed = state.missed + 1
    after = replace(state, missed=missed)
    if missed == ONCE:
        return Turn(after, (Say(again_for(context)),))
    matter = RaiseAttention("not_understood", event.text[:200])
    if missed == TWICE:
        return Turn(after, (Say(messages.PERSON_ANSWERS), matter))
    return Turn(after, (matter, NoReply("a person answers")))


def again_for(context: Context) -> messages.Message:
    """The first answer to a text that was not understood."""
    return messages.EDUCATOR_NOT_UNDERSTOOD if context.person is Person.STAFF else messages.NOT_UNDERSTOOD


def hand_over(state: State, event: TextReceived, reason: str = "question") -> Turn:
    """A person answers."""
    return say(state, Say(messages.PERSON_ANSWERS), RaiseAttention(reason, event.text[:200]))


def is_a(event: TextReceived, *kinds: type[Meaning]) -> bool:
    """Tell whether a text has one of these meanings."""
    return isinstance(event.reading.meaning, kinds)
