"""The first text to a home, its invitation, and the question its numbers are asked: as rows."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from hvbot.conversation import messages
from hvbot.conversation.state import Open, State, Step, from_json, to_json
from hvbot.i18n.catalogue import Catalogue
from hvbot.models import Round
from hvbot.scheduling.nudges import first_nudge
from hvbot.scheduling.quiet import next_moment
from hvbot.scheduling.rules import TimeRules
from hvbot.services.facts import Site
from hvbot.services.recipients import site_params
from hvbot.services.rounds.audience import Home
from hvbot.services.texts import Letter, outbound_row


def invitation_row(the_round: Round, home: Home, site: Site, now: datetime) -> dict[str, Any]:
    """An invitation; its first nudge is due when the ladder says."""
    asked_at = first_moment(now, site.rules)
    return {
        "program_id": the_round.program_id,
        "round_id": the_round.id,
        "household_id": home.id,
        "school_id": home.school_id,
        "pair_id": home.pair_id,
        "language": home.language,
        "status": "waiting",
        "asked_at": asked_at,
        "nudges": 0,
        "nudge_due_at": first_nudge(asked_at, site.rules, home.id),
    }


def letters(
    catalogue: Catalogue, home: Home, invitation_id: int, site: Site, program_id: int, now: datetime
) -> list[dict[str, Any]]:
    """The first text to each number of a home. In one language it is the same at a whole school but for its address."""
    return [
        {
            **first_text(catalogue, number.language, site, program_id, now),
            "conversation_id": number.conversation_id,
            "invitation_id": invitation_id,
            "intent": f"ask:invitation{invitation_id}:1:{number.conversation_id}",
        }
        for number in home.numbers.values()
    ]


@lru_cache(maxsize=1024)
def first_text(catalogue: Catalogue, language: str, site: Site, program_id: int, now: datetime) -> dict[str, Any]:
    """Ask leave: who we are, what we want, the ways out; no child, no class, no address. Copy it before changing it."""
    letter = Letter(
        program_id=program_id,
        conversation_id=0,
        message=messages.ASK_LEAVE,
        params=site_params(site),
        language=language,
        zone=site.zone,
        school_id=site.id,
        purpose="ask",
        intent="",
        not_before=first_moment(now, site.rules),
        unprompted=True,
    )
    return outbound_row(catalogue, letter, now)


@lru_cache(maxsize=1024)
def first_moment(now: datetime, rules: TimeRules) -> datetime:
    """When the first texts of a school may leave."""
    return next_moment(now, rules)


def asked_state(state: Mapping[str, Any], asked_at: datetime) -> dict[str, Any]:
    """A conversation's state with the question of leave; most have none yet, and then it is the same for a school."""
    if not state:
        return first_state(asked_at)
    return to_json(from_json(dict(state)).asking(Open(Step.CONSENT, asked_at)))


@lru_cache(maxsize=1024)
def first_state(asked_at: datetime) -> dict[str, Any]:
    """The state of a conversation that begins. Copy it before changing it."""
    return to_json(State().asking(Open(Step.CONSENT, asked_at)))
