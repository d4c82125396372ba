"""A text counts once, is never lost, and holds nobody else up."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from hvbot.models import Attention, Consent, Conversation, InboundText, OutboundText
from hvbot.services.inbound import Incoming, receive
from tests.support import builders
from tests.support.season import Season, form_of


class BrokenInSpanish:
    """A catalogue that fails, as no catalogue should, whenever it writes Spanish."""

    def __init__(self, catalogue: Any) -> None:
        self.catalogue = catalogue

    def __getattr__(self, name: str) -> Any:
        return getattr(self.catalogue, name)

    def render(self, message: Any, params: Any, language: str, zone: Any) -> Any:
        if language == "es":
            raise RuntimeError("a fault in the Spanish texts")
        return self.catalogue.render(message, params, language, zone)


@pytest.fixture
def asked(season: Season) -> Season:
    builders.a_home(season, ("Rosa", "es"))
    builders.a_home(season, ("Kim", "en"))
    builders.start(season)
    return season


def texts_to(season: Season, who: str) -> list[OutboundText]:
    contact = builders.conversation(season, who).id
    return season.rows(select(OutboundText).where(OutboundText.conversation_id == contact))


@pytest.mark.fault(1)
def test_a_repeat_has_no_effect(asked: Season) -> None:
    form = form_of("SM" + "a" * 32, asked.people["Kim"], "yes")

    for _ in range(3):
        asked.post(form)

    assert len(asked.rows(select(InboundText))) == 1
    assert len(asked.rows(select(Consent))) == 1
    assert len(texts_to(asked, "Kim")) == 3


@pytest.mark.fault(1)
def test_a_repeat_after_the_conversation_went_on_has_no_effect(asked: Season) -> None:
    form = form_of("SM" + "a" * 32, asked.people["Kim"], "1")
    asked.post(form)
    asked.text("Kim", "2")
    said = len(texts_to(asked, "Kim"))

    asked.post(form)

    assert len(texts_to(asked, "Kim")) == said


@pytest.mark.fault(42)
def test_a_turn_that_fails_parks_the_text_and_tells_a_person(asked: Season) -> None:
    asked.runtime = replace(asked.runtime, catalogue=BrokenInSpanish(asked.runtime.catalogue))

    asked.text("Rosa", "sí")

    kept = asked.one(select(InboundText))
    matter = asked.one(select(Attention))
    assert (kept.status, kept.body) == ("parked", "sí")
    assert (matter.reason, matter.conversation_id) == ("turn_failed", kept.conversation_id)


@pytest.mark.fault(12)
def test_a_turn_that_fails_leaves_nothing_half_done(asked: Season) -> None:
    asked.runtime = replace(asked.runtime, catalogue=BrokenInSpanish(asked.runtime.catalogue))

    asked.text("Rosa", "sí")

    assert asked.rows(select(Consent)) == []
    assert builders.conversation(asked, "Rosa").consent == "asked"


@pytest.mark.fault(42)
def test_a_parked_text_does_not_hold_up_others(asked: Season) -> None:
    whole = asked.runtime
    asked.runtime = replace(whole, catalogue=BrokenInSpanish(whole.catalogue))
    asked.text("Rosa", "sí")
    asked.text("Kim", "yes")
    asked.runtime = whole
    asked.text("Rosa", "sí")
    asked.tick()

    assert "Pick a time" in asked.bodies("Kim")[-1]
    assert "Elija una hora" in asked.bodies("Rosa")[-1]
    assert [row.status for row in asked.rows(select(InboundText).order_by(InboundText.id))] == [
        "parked",
        "received",
        "received",
    ]


@pytest.mark.fault(42)
def test_a_repeat_of_a_parked_text_stays_parked(asked: Season) -> None:
    whole = asked.runtime
    form = form_of("SM" + "a" * 32, asked.people["Rosa"], "sí")
    asked.runtime = replace(whole, catalogue=BrokenInSpanish(whole.catalogue))
    asked.post(form)
    asked.runtime = whole

    asked.post(form)

    assert asked.one(select(InboundText.status)) == "parked"


def test_how_a_text_was_read_is_kept_for_the_coordinator(asked: Season) -> None:
    asked.text("Rosa", "sí")

    kept = asked.one(select(InboundText))
    assert (kept.answers, kept.reading["meaning"]) == ("consent", "yes")


def test_the_carriers_own_word_for_an_opt_out_counts(asked: Season) -> None:
    asked.text("Rosa", "ALTO", OptOutType="STOP")

    assert builders.conversation(asked, "Rosa").consent == "revoked"
    assert len(texts_to(asked, "Rosa")) == 1


def test_an_unknown_number_has_its_own_thread_on_each_channel(asked: Season) -> None:
    for channel in ("sms", "whatsapp"):
        receive(asked.runtime, Incoming(f"SM{channel}", "+12025550177", "hello", channel))

    threads = asked.rows(select(Conversation.channel).where(Conversation.address == "+12025550177"))
    assert sorted(threads) == ["sms", "whatsapp"]


def test_evidence_of_leave_holds_the_wording_and_the_words(asked: Season) -> None:
    asked.text("Rosa", "sí")

    row = asked.one(select(Consent))
    first = texts_to(asked, "Rosa")[0]
    assert (row.kind, row.language, row.source, row.text) == ("granted", "es", "reply", "sí")
    assert (row.wording, row.wording_text) == (first.wording, first.body)
    assert row.inbound_id == asked.one(select(InboundText.id))


@pytest.mark.parametrize("change", [update(Consent).values(kind="granted"), delete(Consent)], ids=["update", "delete"])
def test_evidence_of_leave_cannot_be_changed(asked: Season, change: Any) -> None:
    asked.text("Rosa", "STOP")

    with pytest.raises(IntegrityError), asked.runtime.writing() as session:
        session.execute(change)

    assert asked.one(select(Consent.kind)) == "revoked"
