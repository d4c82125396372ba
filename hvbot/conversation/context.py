"""The facts a turn may look at. Everything is read before; nothing is read during."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hvbot.scheduling.rules import TimeRules
from hvbot.scheduling.slots import Slot
from hvbot.understanding.meaning import Reading


class Person(StrEnum):
    """Who a number belongs to."""

    FAMILY = "family"
    STAFF = "staff"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A visit that is set, as far as a turn needs it."""

    id: int
    version: int
    starts_at: datetime
    status: str = "booked"


@dataclass(frozen=True, slots=True)
class TextReceived:
    """A text came in. `digit` is the number where the text is a bare one; `place` a place it names.

    `minutes_late` where an educator says so. `is_late` when it was written before the question that is open now was asked.
    """

    text: str
    reading: Reading
    digit: int | None = None
    place: str | None = None
    is_late: bool = False
    minutes_late: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is so at the moment of the turn."""

    now: datetime
    rules: TimeRules
    person: Person = Person.FAMILY
    consent: str = "none"
    ready_languages: frozenset[str] = frozenset({"en"})
    language: str = "en"
    has_phone: bool = False
    seed: int = 0
    invited: bool = True
    shared: bool | None = None
    ask_shared: bool = False
    needs_interpreter: bool = False
    visit: VisitFacts | None = None
    slots: tuple[Slot, ...] = ()
    staff_visits: tuple[VisitFacts, ...] = field(default=())
    held_by_person: bool = False
    may_answer_stranger: bool = True

    @property
    def begun(self) -> bool:
        """Tell whether the visit has begun; it stays set until somebody has said what became of it."""
        return self.visit is not None and self.visit.starts_at <= self.now
