"""A phone that answers by itself: the same words are answered a few times, then a person is told and nothing more is said."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2s

from hvbot.conversation.context import Context, TextReceived
from hvbot.conversation.effects import Effect, NoReply, RaiseAttention, Say, Settle
from hvbot.conversation.state import Heard, State
from hvbot.conversation.turn import Turn

MOST_SAME = 3
SAME_FOR = timedelta(hours=2)
KEPT_WORDS = 4
TALK = (Say, RaiseAttention, Settle, NoReply)


def without_end(state: State, turn: Turn, event: TextReceived, context: Context) -> Turn:
    """The turn, without an answer when it only talks and the same words were answered often enough.

    A bare number is never taken for a machine's: people choose, and choose again.
    """
    if event.digit is not None or not is_talk(turn):
        return turn
    heard = hear(state, event, context.now)
    after = replace(turn.state, heard=heard)
    if heard[0].times <= MOST_SAME:
        return Turn(after, turn.effects)
    matters = tuple(effect for effect in turn.effects if isinstance(effect, RaiseAttention))
    told = matters or (RaiseAttention("not_understood", event.text[:200]),)
    return Turn(after, (*told, NoReply("the same again")))


def is_talk(turn: Turn) -> bool:
    """Tell whether a turn says something, and does nothing."""
    return any(isinstance(effect, Say) for effect in turn.effects) and all(map(is_harmless, turn.effects))


def is_harmless(effect: Effect) -> bool:
    return isinstance(effect, TALK)


def hear(state: State, event: TextReceived, now: datetime) -> tuple[Heard, ...]:
    """What was heard lately, these words first."""
    words = fingerprint(event.text)
    lately = [old for old in state.heard if now - old.at <= SAME_FOR]
    before = next((old.times for old in lately if old.words == words), 0)
    return (Heard(words, before + 1, now), *(old for old in lately if old.words != words))[:KEPT_WORDS]


def fingerprint(text: str) -> str:
    """The first line of a text: where our own list of times comes back, the times below it are others each time."""
    line = next(iter(text.strip().splitlines()), "")
    return blake2s(" ".join(line.casefold().split()).encode("utf-8", "replace"), digest_size=6).hexdigest()
