"""Puts the facts of an exchange together for the turn."""

from datetime import timedelta
from typing import Any

from hvbot.conversation.context import Context, Person, TextReceived, VisitFacts
from hvbot.conversation.state import Option, State
from hvbot.conversation.take import chosen, needs_times
from hvbot.scheduling.rules import TimeRules
from hvbot.services.calendars import OpenTimes, open_times, still_open
from hvbot.services.exchange import Exchange
from hvbot.services.facts import STAFF_VISITS, Home
from hvbot.services.programs import languages_of
from hvbot.understanding.meaning import Propose

STRANGER_DAYS = 1


def context_for(exchange: Exchange, state: State, event: TextReceived) -> Context:
    """Everything the turn may look at; open times are searched only where the text can lead to one."""
    contact, site = exchange.contact, exchange.site
    times = times_of(exchange, state, event)
    return Context(
        now=exchange.now,
        rules=site.rules if site else TimeRules(zone=exchange.now.tzinfo),  # type: ignore[arg-type]
        person=person_of(exchange),
        consent=contact.consent,
        ready_languages=languages_of(exchange.program, exchange.runtime.catalogue),
        language=exchange.language,
        has_phone=bool(site and site.phone),
        seed=contact.id,
        invited=is_invited(exchange),
        shared=contact.shared,
        ask_shared=asks_shared(exchange),
        needs_interpreter=times.needs_interpreter,
        visit=facts_of(exchange.visit) if exchange.visit else None,
        slots=times.slots,
        staff_visits=staff_visits(exchange),
        held_by_person=contact.held_by_person,
        may_answer_stranger=may_answer(exchange),
    )


def person_of(exchange: Exchange) -> Person:
    """Whose number it is."""
    if exchange.home:
        return Person.FAMILY
    return Person.STAFF if exchange.staff_id else Person.STRANGER


def is_invited(exchange: Exchange) -> bool:
    """Tell whether the round still runs."""
    return exchange.home is not None and exchange.home.until() > exchange.now


def asks_shared(exchange: Exchange) -> bool:
    """Ask who else reads the phone only where the roster lists it more than once, and only once."""
    if exchange.home is None or exchange.visit is not None:
        return False
    contact = exchange.contact
    return contact.consent == "granted" and contact.shared is None and exchange.home.row.listed > 1


def times_of(exchange: Exchange, state: State, event: TextReceived) -> OpenTimes:
    """The home's open times, as many of them as the turn may look at."""
    home, site = exchange.home, exchange.site
    has_visit = exchange.visit is not None
    if home is None or site is None or not needs_times(state, event, exchange.now, has_visit=has_visit):
        return OpenTimes(())
    option = chosen(state, event, exchange.now, has_visit=has_visit)
    if option and (only := time_chosen(exchange, home, option)).slots:
        return only
    is_said = isinstance(event.reading.meaning, Propose)
    return open_times(
        exchange.connection,
        program_id=exchange.program.id,
        school_id=site.id,
        school_language=site.language,
        preferred_pair=home.row.pair_id,
        language=exchange.language,
        rules=site.rules,
        now=exchange.now,
        until=home.until(),
        far=is_said,
        easy=not is_said and option is None,
        own=[home.pair] if home.pair else [],
    )


def time_chosen(exchange: Exchange, home: Home, option: Option) -> OpenTimes:
    """The time of an option, if the home's own pair has it still."""
    if home.pair is None or option.pair_id != home.pair.id or option.starts_at > home.until():
        return OpenTimes(())
    return still_open(
        exchange.connection,
        option.starts_at,
        program_id=exchange.program.id,
        pair=home.pair,
        school_language=home.site.language,
        language=exchange.language,
        rules=home.site.rules,
        now=exchange.now,
    )


def facts_of(visit: Any) -> VisitFacts:
    """A visit's row as the turn sees it."""
    return VisitFacts(visit.id, visit.version, visit.starts_at, visit.status)


def staff_visits(exchange: Exchange) -> tuple[VisitFacts, ...]:
    """The visits an educator goes to."""
    if exchange.staff_id is None:
        return ()
    rows = exchange.connection.execute(STAFF_VISITS, {"person": exchange.staff_id, "now": exchange.now})
    return tuple(facts_of(row) for row in rows)


def may_answer(exchange: Exchange) -> bool:
    """A number nobody knows is answered once a day."""
    last = exchange.contact.answered_stranger_at
    return last is None or last <= exchange.now - timedelta(days=STRANGER_DAYS)
