"""Values with valid defaults, and short ways to take a turn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hvbot.conversation.context import Context, TextReceived, VisitFacts
from hvbot.conversation.effects import Effect, Say
from hvbot.conversation.messages import Message
from hvbot.conversation.state import Open, Option, State, Step
from hvbot.conversation.take import take_turn
from hvbot.conversation.turn import Turn
from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.slots import Slot
from hvbot.understanding.meaning import Meaning, Reading, Unclear

RULES = TimeRules(zone=ZoneInfo("America/New_York"))
NOON = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 21, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1, hours=1)
SATURDAY = MONDAY + timedelta(days=5, hours=-5)
NEXT_MONDAY = MONDAY + timedelta(days=7)
SLOTS = tuple(Slot(moment, 1) for moment in (MONDAY, TUESDAY, SATURDAY, NEXT_MONDAY))
VISIT = VisitFacts(7, 1, MONDAY)


def option(moment: datetime) -> Option:
    return Option(moment, 1)


def a_context(**changes: object) -> Context:
    base = Context(NOON, RULES, consent="granted", slots=SLOTS, ready_languages=frozenset({"en", "es"}))
    return replace(base, **changes)  # type: ignore[arg-type]


def asked(step: Step, *moments: datetime, **more: object) -> State:
    question = Open(step, NOON - timedelta(minutes=10), tuple(map(option, moments)), **more)  # type: ignore[arg-type]
    return State((question,))


def a_text(
    meaning: Meaning | None = None, text: str = "...", digit: int | None = None, place: str | None = None
) -> TextReceived:
    return TextReceived(text, Reading(meaning or Unclear()), digit, place)


def turn(state: State, event: TextReceived | Meaning, context: Context | None = None) -> Turn:
    received = event if isinstance(event, TextReceived) else a_text(event)
    return take_turn(state, received, context or a_context())


def said(done: Turn) -> list[Message]:
    return [effect.message for effect in done.effects if isinstance(effect, Say)]


def has(done: Turn, *kinds: type[Effect]) -> bool:
    return all(any(isinstance(effect, kind) for effect in done.effects) for kind in kinds)
