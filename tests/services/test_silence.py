"""Silence that counts: its evidence, what is held meanwhile, and that four workers end texts once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hvbot.models import Attention, Consent, Conversation, InboundText, OutboundText
from hvbot.services.programs import set_setting
from hvbot.services.reminding import queue_due_reminders
from hvbot.services.silence import end_after_silence
from tests.services.test_due import at_once
from tests.support import builders
from tests.support.invariants import violations
from tests.support.season import Season

DAY = timedelta(hours=24)


@pytest.fixture
def asked(season: Season) -> Season:
    """Rosa has a visit and wrote a word that may end all texts; Carlos is of her home."""
    builders.a_home(season, ("Rosa", "es"), ("Carlos", "en"))
    builders.start(season)
    for words in ("1", "1", "cancelar"):
        season.clock.advance(minutes=1)
        season.text("Rosa", words)
        season.tick()
    return season


def rosa(season: Season) -> Conversation:
    return builders.conversation(season, "Rosa")


def reasons(season: Season) -> list[str]:
    return season.rows(select(Attention.reason).where(Attention.status != "resolved"))


def test_silence_for_a_day_ends_all_texts_with_the_word_as_evidence(asked: Season) -> None:
    word = asked.one(select(InboundText).where(InboundText.body == "cancelar"))
    assert rosa(asked).stop_due_at == word.received_at + DAY

    asked.run_until(asked.clock.now() + DAY - timedelta(seconds=1))
    assert rosa(asked).consent == "granted"
    asked.run_until(asked.clock.now() + timedelta(seconds=1))

    assert rosa(asked).consent == "revoked"
    assert rosa(asked).stop_due_at is None
    row = asked.one(select(Consent).where(Consent.kind == "revoked"))
    assert (row.source, row.text, row.inbound_id, row.language) == ("silence", "cancelar", word.id, "es")
    assert row.wording.startswith("STOP_OR_CHANGE@")
    assert "2" in row.wording_text
    assert "stopped_with_visit" in reasons(asked)
    assert "stop_or_change" not in reasons(asked)
    assert violations(asked) == []


@pytest.mark.fault(49)
def test_four_workers_end_texts_once(asked: Season) -> None:
    asked.clock.advance(hours=24)

    at_once(asked, end_after_silence)

    assert len(asked.rows(select(Consent).where(Consent.kind == "revoked"))) == 1


def test_the_program_says_how_long_we_wait(season: Season) -> None:
    with season.runtime.writing() as session:
        set_setting(session, "stop_after_hours=2", season.clock.now())
    builders.a_home(season, ("Rosa", "es"))
    builders.start(season)
    for words in ("1", "1", "cancelar"):
        season.text("Rosa", words)

    assert rosa(season).stop_due_at == season.clock.now() + timedelta(hours=2)


def test_news_of_the_visit_is_held_until_the_answer(asked: Season) -> None:
    before = len(asked.bodies("Rosa"))
    asked.text("Carlos", "1")
    asked.text("Carlos", "change")
    asked.text("Carlos", "2")
    asked.tick()
    assert len(asked.bodies("Rosa")) == before
    held = asked.one(select(OutboundText).where(OutboundText.wording.like("OTHERS_MOVED@%")))
    assert (held.status, held.not_before) == ("queued", asked.clock.now() + timedelta(minutes=15))

    asked.text("Rosa", "1")
    asked.run_until(asked.clock.now() + timedelta(minutes=15))

    assert len(asked.bodies("Rosa")) == before + 2
    assert rosa(asked).stop_due_at is None


def test_a_reminder_waits_for_the_answer_and_asks_nothing_before_it(asked: Season) -> None:
    asked.clock.move_to(builders.on(asked, builders.FIRST_DAY.replace(month=12, day=6), builders.time(18, 5)))
    with asked.runtime.writing() as session:
        session.get_one(Conversation, rosa(asked).id).stop_due_at = asked.clock.now() + timedelta(hours=1)
    queue_due_reminders(asked.runtime)
    mine = OutboundText.conversation_id == rosa(asked).id
    assert asked.rows(select(OutboundText).where(OutboundText.purpose == "reminder", mine)) == []

    asked.text("Rosa", "1")
    asked.tick()

    assert any("mañana" in body for body in asked.bodies("Rosa"))


def test_who_was_blocked_meanwhile_is_not_ended_twice(asked: Season) -> None:
    builders.a_number(asked, "Rosa", "es", consent="revoked")

    asked.run_until(asked.clock.now() + DAY)

    assert asked.rows(select(Consent).where(Consent.kind == "revoked")) == []
    assert rosa(asked).stop_due_at is None
