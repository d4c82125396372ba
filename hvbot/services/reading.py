"""Reads a text against the question that is open, with the languages of the thread."""

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from hvbot.conversation.context import TextReceived
from hvbot.conversation.state import Open, State, Step
from hvbot.runtime import Runtime
from hvbot.services.exchange import Exchange
from hvbot.understanding.lateness import minutes_late
from hvbot.understanding.meaning import Asked, Question, Reading, Start, Stop
from hvbot.understanding.places import place_named
from hvbot.understanding.understand import understand

if TYPE_CHECKING:
    from hvbot.services.inbound import Incoming

QUESTIONS: dict[Step, Question] = {
    Step.CONSENT: Question.CONSENT,
    Step.OFFER: Question.OFFER,
    Step.READ_BACK: Question.OFFER,
    Step.OWN_WORDS: Question.OFFER,
    Step.REMINDER: Question.REMINDER,
}
REMEMBERED_HOURS = 24
LONGEST_NUMBER = 2


def event_of(runtime: Runtime, exchange: Exchange, state: State, incoming: "Incoming") -> TextReceived:
    """A text as an event. What the carrier says of an opt-out goes before our own reading."""
    question = state.newest(exchange.now)
    asked = asked_now(exchange, state, question)
    reading = carrier_reading(incoming) or understand(incoming.body, asked, runtime.catalogue.lexicons)
    place = place_of(runtime, exchange, incoming.body)
    is_late = bool(question and incoming.sent_at and incoming.sent_at < question.asked_at)
    delay = delay_of(runtime, exchange, incoming.body)
    return TextReceived(incoming.body, reading, bare_number(incoming.body), place, is_late, delay)


def place_of(runtime: Runtime, exchange: Exchange, text: str) -> str | None:
    """A place the text names, while a visit is set."""
    if exchange.home is None or exchange.visit is None:
        return None
    return place_named(text, runtime.catalogue.lexicons, exchange.language)


def delay_of(runtime: Runtime, exchange: Exchange, text: str) -> int | None:
    """How many minutes late an educator says to be."""
    if exchange.staff_id is None:
        return None
    return minutes_late(text, runtime.catalogue.lexicons, exchange.language)


def carrier_reading(incoming: "Incoming") -> Reading | None:
    """STOP and START as Twilio's Advanced Opt-Out reports them (parameter OptOutType)."""
    readings = {
        "STOP": Reading(Stop(keyword=True), ("OptOutType STOP",)),
        "START": Reading(Start(), ("OptOutType START",)),
    }
    return readings.get(incoming.opt_out_type or "")


def asked_now(exchange: Exchange, state: State, question: Open | None) -> Asked:
    """The question the text is read against, its times in the school's zone."""
    zone = exchange.site.zone if exchange.site else exchange.now.tzinfo
    shown = shown_options(state, question, exchange.now)
    kind = QUESTIONS.get(question.step, Question.BOOKED) if question else Question.BOOKED
    options = tuple(option.starts_at.astimezone(zone) for option in shown.options) if shown else ()
    return Asked(kind, exchange.now.astimezone(zone), exchange.language, options)


def shown_options(state: State, question: Open | None, now: datetime) -> Open | None:
    """The numbered times a number may mean: of the open question, else of the offer just answered."""
    if question and (question.options or question.step not in {Step.BOOKED, Step.OWN_WORDS}):
        return question
    return state.just_answered(now, REMEMBERED_HOURS * 60)


def bare_number(text: str) -> int | None:
    """The number, where a text is nothing else: "2", " 2. ", "٢"."""
    bare = unicodedata.normalize("NFKC", text).strip(" \t\r\n.,!?)(#\u200e\u200f\ufe0f\u20e3")
    if not bare or len(bare) > LONGEST_NUMBER or not all(character.isdecimal() for character in bare):
        return None
    return int("".join(str(unicodedata.decimal(character)) for character in bare))
