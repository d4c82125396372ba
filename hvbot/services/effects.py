"""Carries out what a turn decided, in order, in the transaction that stored the text."""

from dataclasses import dataclass
from typing import assert_never

from hvbot.conversation import effects as do
from hvbot.services import substitutes, visits
from hvbot.services.consents import add_consent
from hvbot.services.exchange import Exchange
from hvbot.services.invitations import await_times, close_home, count_felt_heard, note_consent
from hvbot.services.telling import tell


@dataclass(frozen=True, slots=True)
class Cause:
    """The text that led to the effects."""

    inbound_id: int | None
    text: str | None


def apply(exchange: Exchange, effect: do.Effect, cause: Cause) -> None:  # noqa: C901, PLR0912, PLR0915 - the table of effects
    """Carry out one effect."""
    match effect:
        case do.Say(message, params, purpose):
            exchange.say(message, params, purpose)
        case do.Tell():
            tell(exchange, effect)
        case do.GrantConsent():
            add_consent(exchange, "granted", "reply", cause.text, cause.inbound_id)
            note_consent(exchange)
        case do.DeclineConsent():
            add_consent(exchange, "declined", "reply", cause.text, cause.inbound_id)
            close_home(exchange, "declined")
        case do.RevokeConsent(by_carrier):
            source = "carrier" if by_carrier else "reply"
            add_consent(exchange, "revoked", source, cause.text, cause.inbound_id)
            close_home(exchange, "opted_out")
        case do.ResumeTexts():
            add_consent(exchange, "resumed", "reply", cause.text, cause.inbound_id)
        case do.MarkWrongNumber():
            add_consent(exchange, "wrong_number", "reply", cause.text, cause.inbound_id)
            exchange.contact_changes["reach"] = "wrong"
            close_home(exchange, "unreachable")
        case do.Book(slot):
            visits.book(exchange, slot)
        case do.CallOff():
            visits.call_off(exchange)
            exchange.invitation_changes |= {"status": "declined", "nudge_due_at": None}
        case do.ConfirmVisit():
            visits.confirm(exchange)
        case do.SetPlace(place, words):
            visits.set_place(exchange, place, words)
        case do.SetLanguage(code):
            set_language(exchange, code)
        case do.SetShared(shared):
            exchange.contact_changes["shared"] = shared
        case do.SaveFeltHeard(answer):
            count_felt_heard(exchange, answer)
        case do.CloseInvitation():
            close_home(exchange, "declined")
        case do.AwaitTimes():
            await_times(exchange)
        case do.RaiseAttention(reason, detail):
            exchange.attend(reason, detail)
        case do.Settle(reason):
            exchange.settle(reason)
        case do.CannotGo(visit_id):
            substitutes.cannot_go(exchange, visit_id)
        case do.TakeVisit(visit_id):
            substitutes.take(exchange, visit_id)
        case do.RefuseVisit(visit_id):
            substitutes.refuse(exchange, visit_id)
        case do.RecordOutcome(visit_id, outcome):
            substitutes.record_outcome(exchange, visit_id, outcome)
        case do.NoReply(reason):
            exchange.audit("text.no_reply", "inbound_text", cause.inbound_id or 0, detail={"reason": reason})
        case _:
            assert_never(effect)


def set_language(exchange: Exchange, code: str) -> None:
    """Go on in another language; the roster no longer overrules it."""
    exchange.language = code
    exchange.contact_changes |= {"language": code, "language_chosen": True}
    exchange.audit("conversation.language", "conversation", exchange.contact.id, detail={"language": code})
