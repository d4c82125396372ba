"""What families want, in each question's context."""

import pytest

from hvbot.understanding.meaning import (
    AskInterpreter,
    AskPerson,
    CancelVisit,
    Change,
    Help,
    No,
    SpeakLanguage,
    Start,
    Stop,
    Unclear,
    WrongNumber,
    Yes,
)
from tests.understanding.cases import meaning, read

CASES = [
    ("consent", "en", "1", Yes()), ("consent", "en", "2", No()), ("consent", "en", "3", WrongNumber()),
    ("consent", "en", "Yes!!", Yes()), ("consent", "en", "yess", Yes()), ("consent", "en", "sure why not", Yes()),
    ("consent", "en", "yes tuesday after 5", Yes()), ("consent", "en", "we'd love to!", Yes()),
    ("consent", "en", "no problem", Yes()), ("consent", "en", "👍", Yes()), ("consent", "en", "not now", No()),
    ("consent", "en", "no thank you", No()), ("consent", "en", "i guess so", Unclear()),
    ("consent", "en", "yes, but what is it about?", Help()), ("consent", "en", "ok?", Unclear()),
    ("consent", "es", "si", Yes()), ("consent", "es", "claro que sí", Yes()), ("consent", "es", "no gracias", No()),
    ("consent", "es", "no hay problema", Yes()), ("consent", "es", "a ver", Unclear()), ("consent", "es", "siiii", Yes()),
    ("consent", "ar", "نعم", Yes()), ("consent", "ar", "na3am", Yes()), ("consent", "ar", "la2", No()),
    ("consent", "ar", "لا شكرا", No()), ("consent", "ar", "ما في مشكلة", Yes()), ("consent", "en", "نعم", Yes()),
    ("consent", "en", "who is this?", Help()), ("consent", "es", "quien es?", Help()), ("consent", "ar", "مين معي", Help()),
    ("consent", "en", "is my child in trouble?", Help()), ("consent", "en", "wrong number", WrongNumber()),
    ("consent", "en", "I don't have kids", WrongNumber()), ("consent", "es", "número equivocado", WrongNumber()),
    ("consent", "ar", "رقم غلط", WrongNumber()), ("consent", "en", "español por favor", SpeakLanguage("es")),
    ("consent", "en", "arabic please", SpeakLanguage("ar")), ("consent", "es", "english", SpeakLanguage("en")),
    ("consent", "ar", "بالانجليزي لو سمحت", SpeakLanguage("en")), ("consent", "en", "cancelar", Stop()),
    ("offer", "en", "call me please", AskPerson()), ("offer", "es", "me puede llamar", AskPerson()),
    ("offer", "ar", "اتصلوا بي", AskPerson()), ("offer", "en", "need an interpreter", AskInterpreter()),
    ("offer", "es", "necesito un interprete", AskInterpreter()), ("offer", "ar", "بدي مترجم", AskInterpreter()),
    ("booked", "en", "CHANGE", Change()), ("booked", "en", "something came up", Change()), ("booked", "en", "can't make it", Change()),
    ("booked", "es", "cambiar la cita", Change()), ("booked", "es", "no puedo", Change()), ("booked", "ar", "تغيير الموعد", Change()),
    ("booked", "en", "cancel the visit", CancelVisit()), ("booked", "es", "ya no vengan", CancelVisit()),
    ("booked", "ar", "الغاء الزيارة", CancelVisit()), ("booked", "es", "cancelar", Unclear(about="cancel")),
    ("booked", "en", "see you then", Yes()),
    ("reminder", "en", "1", Yes()), ("reminder", "en", "2", Change()), ("reminder", "en", "3", CancelVisit()),
    ("reminder", "en", "yes still good", Yes()), ("reminder", "es", "ahi estaremos", Yes()),
]  # fmt: skip


@pytest.mark.parametrize(("question", "language", "text", "expected"), CASES)
def test_what_is_wanted(question, language, text, expected):
    assert meaning(text, question, language) == expected


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " Stop. ", "Unsubscribe", "CANCEL", "end", "QUIT", "stopall", "revoke", "OptOut"]
)
def test_the_carriers_own_words_are_known_as_such(word):
    assert meaning(word) == Stop(keyword=True)


@pytest.mark.parametrize("word", ["START", "unstop"])
def test_the_carriers_words_for_beginning_again(word):
    assert meaning(word) == Start()


@pytest.mark.fault(33)
@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me", "no more texts", "take me off this list", "remove my number", "leave me alone",
        "STOP.. thank you", "dont text me again", "unsubscribe me please", "no me manden mas mensajes", "ya no me escriban",
        "dejen de mandar mensajes", "quitenme de la lista", "لا ترسلوا لي رسائل", "أوقفوا الرسائل", "توقف", "khalas", "ya basta",
        "no quiero recibir mensajes", "stop stop stop", "opt out",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_an_opt_out_is_honored_in_any_words_and_any_thread(text, language):
    assert isinstance(meaning(text, "consent", language), Stop)


def test_the_words_that_decided_are_told_with_their_file():
    assert read("el martes", language="es").why == ("el martes: weekday Tuesday (es)",)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "thank you so much!"), ("es", "muchas gracias, bendiciones"), ("ar", "شكرا لكم")]
)
def test_thanks_alone_are_only_thanks(language, text):
    assert meaning(text, "booked", language) == Unclear(about="courtesy")
