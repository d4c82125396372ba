"""Answers to numbered times, as families type them."""

import datetime as dt

import pytest

from hvbot.understanding.meaning import AskPerson, Choose, NoneSuit, Part, Propose, Stop, Unclear, Yes
from tests.understanding.cases import at, meaning, when

CHOICES = [
    ("en", "2", 2), ("en", "#2", 2), ("en", "2.", 2), ("en", "option 3 please", 3), ("en", "the second one", 2),
    ("en", "2nd", 2), ("en", "number two works", 2), ("en", "2️⃣", 2), ("en", "٢", 2), ("en", "２", 2),
    ("en", "2!! no wait 3", 3), ("en", "the last one", 3), ("en", "third", 3), ("en", "yes 1", 1), ("en", "1 then", 1),
    ("en", "tuesday", 1), ("en", "tusday", 1), ("en", "thurs at 3", 2), ("en", "sat morning", 3), ("en", "530", 1),
    ("en", "5:30pm works", 1), ("en", "saturday or sunday works", 3), ("en", "not 1, 3 is better", 3), ("en", "dec 3 at 3pm", 2), ("en", "12/5", 3),
    ("en", "Thursday, 3 o'clock please", 2), ("en", "before noon saturday", 3), ("en", "after 5 on weekdays", 1),
    ("en", "we are free tue evening", 1), ("en", "let's do the first", 1), ("en", "10am", 3), ("en", "the 3 pm one", 2),
    ("es", "la segunda", 2), ("es", "la 2", 2), ("es", "2da", 2), ("es", "el jueves", 2), ("es", "el primero", 1),
    ("es", "la de las 5:30", 1), ("es", "el de las 3", 2), ("es", "a las cinco y media el martes", 1), ("es", "la una", 1),
    ("es", "el sabado en la mañana", 3), ("es", "el 3 de diciembre", 2), ("es", "no el martes no puedo, el jueves si", 2),
    ("es", "sabado 10 am", 3), ("es", "cualquiera", 1), ("es", "para el martes", 1), ("es", "la opcion 3 porfa", 3),
    ("ar", "٢", 2), ("ar", "الثاني", 2), ("ar", "الثلاثاء", 1), ("ar", "يوم الخميس الساعة 3", 2), ("ar", "٥:٣٠", 1),
    ("ar", "الخميس الساعة الثالثة", 2), ("ar", "السبت الصبح", 3), ("ar", "el talat", 1), ("ar", "رقم 3", 3),
    ("ar", "الساعة الخامسة والنصف", 1), ("ar", "الأخير", 3), ("ar", "yom el khamis", 2),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "option"), CHOICES)
def test_a_choice_is_understood(language, text, option):
    assert meaning(text, language=language) == Choose(option)


def test_an_option_is_never_zero():
    assert meaning("N0") == Unclear()


PROPOSALS = [
    ("en", "thursday 5", when(weekday=3, from_=at(17))),
    ("en", "friday after 4:30", when(weekday=4, from_=at(16, 30))),
    ("en", "can't, work nights, sunday?", when(weekday=6)),
    ("en", "tmrw 4pm", when(date=dt.date(2026, 11, 25), from_=at(16))),
    ("en", "half past four", when(from_=at(16, 30))),
    ("en", "mon 4-6pm", when(weekday=0, from_=at(16), until=at(18))),
    ("en", "noon on friday", when(weekday=4, from_=at(12))),
    ("en", "wednesday mornings", when(weekday=2, part=Part.MORNING)),
    ("en", "in three days", when(date=dt.date(2026, 11, 27))),
    ("en", "december 10", when(date=dt.date(2026, 12, 10))),
    ("es", "el martes a las 5", when(weekday=1, from_=at(17))),
    ("es", "mañana a las 4 y media", when(date=dt.date(2026, 11, 25), from_=at(16, 30))),
    ("es", "2 de la tarde", when(from_=at(14))),
    ("es", "entre semana despues de las 6", when(part=Part.WEEKDAY, from_=at(18))),
    ("es", "pasado mañana", when(date=dt.date(2026, 11, 26))),
    ("es", "los domingos en la tarde", when(weekday=6, part=Part.AFTERNOON)),
    ("ar", "بكرة الساعة 4", when(date=dt.date(2026, 11, 25), from_=at(16))),
    ("ar", "bukra", when(date=dt.date(2026, 11, 25))),
    ("ar", "يوم الأحد", when(weekday=6)),
]


@pytest.mark.parametrize(("language", "text", "expected"), PROPOSALS)
def test_a_time_in_own_words_says_only_what_was_said(language, text, expected):
    assert meaning(text, language=language) == Propose(expected)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "0"),
        ("en", "none of these work"),
        ("en", "neither"),
        ("en", "can't do any of those"),
        ("es", "ninguna me sirve"),
        ("ar", "ولا واحد"),
    ],
)
def test_none_of_them(language, text):
    assert meaning(text, language=language) == NoneSuit()


@pytest.mark.parametrize(
    ("text", "between"),
    [("1 or 2", (1, 2)), ("tuesday or thursday", (1, 2)), ("not tuesday", (2, 3)), ("all but thursday", (1, 3))],
)
def test_two_that_fit_are_asked_about(text, between):
    assert meaning(text) == Unclear(between)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "room 3"),
        ("en", "i have 2 kids"),
        ("es", "tengo 2 hijos"),
        ("en", "maybe"),
        ("en", "hmm what should we prepare?"),
        ("en", 'Liked "Pick a time"'),
        ("en", ""),
        ("en", "🙂🙂"),
        ("es", "quizas"),
        ("ar", "إن شاء الله"),
        ("en", "how long does it take"),
        ("en", "do you have 3 teachers"),
    ],
)
def test_what_must_not_act_does_not(language, text):
    assert meaning(text, language=language) == Unclear()


def test_a_number_in_a_wish_for_a_call_is_no_choice():
    assert meaning("call me at 2") == AskPerson()


def test_yes_to_several_times_is_only_a_yes():
    assert meaning("yes") == Yes()


@pytest.mark.fault(33)
@pytest.mark.parametrize("text", ["the bus stop at 5", "stop by on sunday", "para el martes"])
def test_a_stop_inside_another_word_group_does_not_stop(text):
    assert not isinstance(meaning(text), Stop)
