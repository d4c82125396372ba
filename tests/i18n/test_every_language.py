"""What holds in every language on disk: its own times and its own words are read back."""

from datetime import UTC, datetime, timedelta

import pytest

from hvbot.conversation import messages
from hvbot.i18n import samples
from hvbot.i18n.catalogue import load_catalogue
from hvbot.i18n.formats import moment
from hvbot.i18n.segments import measure
from hvbot.understanding.examples import collisions, misread
from hvbot.understanding.meaning import Asked, Choose, Question, Stop
from hvbot.understanding.understand import understand

CATALOGUE = load_catalogue()
CODES = sorted(CATALOGUE.languages)
NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC).astimezone(samples.ZONE)
DAYS = [NOW.replace(hour=9 + day % 9, minute=(0, 15, 30, 45)[day % 4]) + timedelta(days=day + 2) for day in range(21)]
FRENCH = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "dimanche")
SPACES_THAT_COST = "\u202f\u00a0\u2009\u200b"


@pytest.fixture(params=CODES)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_it_is_complete_and_says_who_signed_it(code: str) -> None:
    language = CATALOGUE.languages[code]

    assert language.missing == ()
    assert language.review in {"source", "drafted"} or language.is_reviewed


@pytest.mark.parametrize("first", range(0, 21, 3))
def test_a_family_that_copies_an_offered_time_chooses_it(code: str, first: int) -> None:
    options = tuple(DAYS[first : first + 3])
    asked = Asked(Question.OFFER, NOW, code, options)
    for number, option in enumerate(options, 1):
        words = moment(CATALOGUE.format_of(code), "when", option, samples.ZONE)
        assert understand(words, asked, CATALOGUE.lexicons).meaning == Choose(number), words
        day = moment(CATALOGUE.format_of(code), "day", option, samples.ZONE)
        assert understand(day, asked, CATALOGUE.lexicons).meaning == Choose(number), day


def test_every_day_and_month_is_read_as_what_it_is(code: str) -> None:
    form = CATALOGUE.format_of(code)
    for day in (NOW + timedelta(days=3 + 7 * week + week % 7) for week in range(24)):
        options = (day, day + timedelta(days=1), day + timedelta(days=30))
        reading = understand(
            moment(form, "day", day, samples.ZONE), Asked(Question.OFFER, NOW, code, options), CATALOGUE.lexicons
        )
        assert reading.meaning == Choose(1), (moment(form, "day", day, samples.ZONE), reading)


def test_its_examples_are_right_and_its_words_do_not_contradict_each_other(code: str) -> None:
    lexicon = CATALOGUE.lexicons[code]

    assert len(lexicon.table["examples"]) >= 40
    assert list(misread(lexicon.table, CATALOGUE.lexicons, code)) == []
    assert list(collisions(lexicon)) == []


@pytest.mark.fault(33)
def test_its_own_words_for_stop_end_all_texts(code: str) -> None:
    """In the thread's language each phrase of the list, and each word that is one only as a whole reply."""
    lexicon = CATALOGUE.lexicons[code]
    asked = Asked(Question.OFFER, NOW, code, tuple(DAYS[:3]))
    for text in (*lexicon.table["stop"], *lexicon.table.get("stop_whole", ())):
        assert isinstance(understand(text, asked, CATALOGUE.lexicons).meaning, Stop), text


def test_no_space_that_costs_a_segment_leaves(code: str) -> None:
    for message in (messages.OFFER, messages.ASK_LEAVE, messages.STILL_ON):
        body = CATALOGUE.render(message, samples.plain(), code, samples.ZONE).body
        assert not set(body) & set(SPACES_THAT_COST)
        assert measure(body).segments <= 3


def test_haitian_creole_is_not_french() -> None:
    if "ht" in CATALOGUE.languages:
        assert not set(CATALOGUE.format_of("ht").weekdays) & set(FRENCH)
