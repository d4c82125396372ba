"""What a text asks people to send back is understood when they do."""

from datetime import UTC, datetime

import pytest

from hvbot.conversation import messages
from hvbot.conversation.messages import Message
from hvbot.i18n.asked import asked_words
from hvbot.i18n.catalogue import LOCALES, Catalogue
from hvbot.i18n.check import LATIN_EVERYWHERE, REPLY_WORDS
from hvbot.understanding.meaning import Asked, AskPerson, Change, Help, Question, Start, Stop
from hvbot.understanding.understand import understand

CODES = sorted(path.parent.name for path in LOCALES.glob("*/keywords.toml"))
NOW = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
MEANT: list[tuple[Message, type]] = [
    (messages.MOVED, Change),
    (messages.NOT_UNDERSTOOD, AskPerson),
    (messages.CALLED_OFF, Start),
    (messages.DECLINED, Start),
]


def reading(catalogue: Catalogue, text: str, code: str, question: Question = Question.BOOKED) -> object:
    return understand(text, Asked(question, NOW, code), catalogue.lexicons).meaning


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("message", "meaning"), MEANT)
def test_the_word_asked_for_is_understood(catalogue: Catalogue, code: str, message: Message, meaning: type) -> None:
    (word,) = asked_words(catalogue.wording(message, code))

    assert isinstance(reading(catalogue, word, code), meaning)
    assert isinstance(reading(catalogue, word.lower(), code), meaning)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("word", "meaning"), [("CHANGE", Change), ("CALL", AskPerson), ("VISIT", Start)])
def test_the_english_word_is_understood_in_every_thread(
    catalogue: Catalogue, code: str, word: str, meaning: type
) -> None:
    assert isinstance(reading(catalogue, word, code), meaning)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("word", "meaning"), [("STOP", Stop), ("HELP", Help), ("START", Start)])
def test_the_carriers_words_are_understood_in_every_thread(
    catalogue: Catalogue, code: str, word: str, meaning: type
) -> None:
    assert word in LATIN_EVERYWHERE
    assert isinstance(reading(catalogue, word, code), meaning)


@pytest.mark.parametrize("code", CODES)
def test_both_words_of_the_booking_text_are_asked_for(catalogue: Catalogue, code: str) -> None:
    assert len(asked_words(catalogue.wording(messages.BOOKED, code))) == 2
    assert len(REPLY_WORDS) == 4
