"""Texts to people other than the one who wrote: about a visit, each in the reader's own language."""

from datetime import datetime
from typing import Any

from hvbot.conversation import messages
from hvbot.conversation.effects import Tell, To
from hvbot.conversation.messages import NAMES, Message
from hvbot.conversation.state import Open, Step
from hvbot.scheduling.quiet import next_moment
from hvbot.services.exchange import Exchange
from hvbot.services.recipients import Recipient, visit_params, with_number
from hvbot.services.texts import Letter
from hvbot.services.visits import visit_of

# These say that a visit is not: the last gate must not hold them back because it is not.
NOT_ABOUT_A_LIVE_VISIT = {
    messages.EDUCATOR_OFF,
    messages.OTHERS_OFF,
    messages.SCHOOL_MOVES,
    messages.SCHOOL_OFF,
    messages.MISSED,
}
TOLD_ONCE = {messages.EDUCATOR_MAY_BE_LATE}
DURING_A_VISIT = {*TOLD_ONCE, messages.TEACHERS_LATE}
AT_HOME = {To.OTHERS, To.HOME, To.WILLING}
TO_INTERPRETER: dict[Message, Message] = {messages.EDUCATOR_SET: messages.INTERPRETER_SET}


def tell(exchange: Exchange, effect: Tell) -> None:
    """Text the people an effect names about the exchange's visit."""
    if effect.visit_id:
        exchange.visit = visit_of(exchange.connection, effect.visit_id)
    visit = exchange.visit
    if visit is None or exchange.site is None:
        return
    for person in recipients(exchange, effect.to, visit):
        tell_one(exchange, person, effect.message, effect.purpose, effect.opens, dict(effect.params))


def recipients(exchange: Exchange, to: To, visit: Any) -> list[Recipient]:
    """Who is meant, never the one who wrote."""
    found = exchange.at_home(visit.household_id) if to in AT_HOME else with_number(exchange.going(visit))
    if to is To.WILLING:
        found = [person for person in found if person.consent == "granted"]
    if to is To.PARTNER:
        found = [person for person in found if person.role != "interpreter"]
    return [person for person in found if to is To.HOME or person.conversation_id != exchange.contact.id]


def tell_one(
    exchange: Exchange,
    person: Recipient,
    message: Message,
    purpose: str,
    opens: Step | None = None,
    params: dict[str, Any] | None = None,
    question: Open | None = None,
) -> None:
    """Queue one text about the visit and open its question in the reader's conversation."""
    visit, site = exchange.visit, exchange.site
    if site is None:
        return
    words = TO_INTERPRETER.get(message, message) if person.role == "interpreter" else message
    at = next_moment(exchange.now, site.rules, about_visit=visit.starts_at)
    standard = visit_params(visit, exchange.going(visit), site, person)
    language = exchange.language if person.role == "interpreter" else person.language
    letter = Letter(
        program_id=exchange.program.id,
        conversation_id=person.conversation_id,
        message=words,
        params={"language": language, **standard, **(params or {})},
        language=person.language,
        zone=site.zone,
        school_id=site.id,
        purpose=purpose,
        intent=f"{purpose}-{NAMES[words].lower()}:{about(words, visit, exchange)}:{visit.version}:{person.conversation_id}",
        not_before=at,
        not_after=useful_until(words, visit),
        invitation_id=visit.invitation_id,
        visit_id=visit.id,
        visit_version=None if words in NOT_ABOUT_A_LIVE_VISIT else visit.version,
        unprompted=True,
    )
    exchange.queue(letter, question or (Open(opens, at, (), visit.id, visit.version) if opens else None))


def about(words: Message, visit: Any, exchange: Exchange) -> str:
    """What a text is about: each change is told; that somebody may be late is told once of the home and once of the pair."""
    if words in TOLD_ONCE:
        return f"visit{visit.id}.{'staff' if exchange.staff_id else 'home'}"
    return f"visit{visit.id}.{exchange.cause}"


def useful_until(words: Message, visit: Any) -> datetime | None:
    """When it is too late for a text: nobody is told of a visit that has begun."""
    if words in NOT_ABOUT_A_LIVE_VISIT:
        return None
    return visit.ends_at if words in DURING_A_VISIT else visit.starts_at  # type: ignore[no-any-return]
