"""Days that are only mentioned: told of, hedged, bounded on one side, or denied in a list."""

import pytest

from hvbot.understanding.meaning import Change, Choose, Propose, SpeakLanguage, Stop, Unclear
from tests.understanding.cases import meaning

# The offer is 1) Tuesday 5:30 PM, 2) Thursday 3:00 PM, 3) Saturday 10:00 AM.
TOLD = [
    ("en", "we talked on tuesday"), ("en", "i worked tuesday"), ("en", "until wednesday"), ("en", "fwd: tuesday 5:30"),
    ("en", "tuesday was great"), ("en", "that has to stop raining first"), ("es", "el jueves es su cumpleaños"),
    ("es", "hablamos el martes"), ("fr", "on s'est parlé mardi"), ("pt", "conversamos na terça"), ("ru", "мы говорили во вторник"),
    ("vi", "mình đã nói chuyện hôm thứ ba"), ("zh-Hans", "我们周二聊过"), ("zh-Hant", "星期二傾過"), ("ko", "화요일에 통화했어요"),
    ("ja", "火曜日に話しました"), ("ar", "حكينا يوم الثلاثاء"), ("fa", "سه شنبه حرف زدیم"), ("ur", "منگل کو بات ہوئی تھی"),
    ("hi", "मंगलवार को बात हुई थी"), ("bn", "মঙ্গলবার কথা হয়েছিল"), ("ne", "मंगलबार कुरा भएको थियो"), ("pa", "ਮੰਗਲਵਾਰ ਨੂੰ ਗੱਲ ਹੋਈ ਸੀ"),
    ("uk", "ми говорили у вівторок"), ("pl", "rozmawialiśmy we wtorek"), ("so", "talaadadii ayaan wada hadalnay"),
    ("sw", "tuliongea jumanne"), ("am", "ማክሰኞ ተነጋግረን ነበር"), ("fil", "nag-usap tayo noong martes"), ("ht", "nou te pale madi"),
    ("my", "အင်္ဂါနေ့က ပြောခဲ့တယ်"), ("km", "ថ្ងៃអង្គារយើងបាននិយាយគ្នា"), ("hmn", "peb tau tham hnub tuesday"), ("ps", "د سه شنبې خبرې مو وکړې"),
]  # fmt: skip
HEDGED = [
    ("en", "could be tuesday"), ("en", "tuesday if i can"), ("es", "podria ser el martes"), ("es", "si puedo el martes"),
    ("fr", "mardi si je peux"), ("pt", "se eu conseguir na terça"), ("ru", "если смогу во вторник"), ("ht", "madi si m kapab"),
    ("vi", "nếu tôi rảnh thì thứ ba"), ("zh-Hans", "如果有空就周二"), ("ko", "시간 나면 화요일"), ("ar", "اذا قدرت الثلاثاء"),
    ("so", "haddii aan awoodo talaadada"), ("ur", "اگر وقت ملا تو منگل"), ("hi", "अगर समय मिला तो मंगलवार"), ("fil", "baka sa martes"),
]  # fmt: skip
STRANGE = [
    ("fr", "mardi je déménage"), ("ht", "madi n ap demenaje"), ("uk", "у вівторок переїжджаємо"), ("am", "ማክሰኞ ቤት እንቀይራለን"),
]  # fmt: skip
NAMED = [
    ("en", "Tuesday ms garcia"), ("es", "el martes maestra lopez"), ("fr", "mardi madame Dupont"), ("zh-Hans", "周二吧王老师"),
    ("en", "tuesday Ana"), ("fil", "sa martes na lang po teacher Ana"),
]  # fmt: skip
READ = [
    ("en", "i can't until tuesday", Unclear((1, 2, 3))), ("en", "the 5th in the morning", Choose(3)), ("en", "2, no, 3", Choose(3)),
    ("fil", "hindi ako pwede sa 1 at 2", Choose(3)), ("fr", "le 1 et le 2 ne me vont pas", Choose(3)),
    ("am", "1 እና 2 አይመቹኝም", Choose(3)), ("km", "២ អត់ទេ ៣", Choose(3)), ("zh-Hant", "2 no, 3", Choose(3)),
    ("pa", "dooja time", Choose(2)), ("ar", "ابني مريض خلينا نأجلها", Change()), ("es", "no se ingles", SpeakLanguage("es")),
    ("en", "i told you to stop", Stop()), ("es", "no para de llover", Unclear()),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), TOLD)
def test_a_day_that_is_only_told_of_books_nothing(language: str, text: str) -> None:
    assert meaning(text, language=language) == Unclear()


@pytest.mark.parametrize(("language", "text"), HEDGED)
def test_a_day_in_doubt_is_asked_back(language: str, text: str) -> None:
    assert meaning(text, language=language) == Unclear((1,))


@pytest.mark.parametrize(("language", "text"), STRANGE)
def test_a_day_among_words_that_nobody_knows_is_asked_back(language: str, text: str) -> None:
    assert meaning(text, language=language) == Unclear((1,))


@pytest.mark.parametrize(("language", "text"), NAMED)
def test_a_name_beside_a_day_is_no_strange_word(language: str, text: str) -> None:
    assert meaning(text, language=language) == Choose(1)


@pytest.mark.parametrize(("language", "text", "expected"), READ)
def test_bounds_lists_and_second_thoughts(language: str, text: str, expected: object) -> None:
    question = "reminder" if expected == Change() else "offer"
    assert meaning(text, question, language) == expected


def test_a_week_from_a_day_is_that_day_of_the_week_after() -> None:
    told = meaning("a week from wednesday")
    assert isinstance(told, Propose)
    assert told.when.date is not None
    assert told.when.date.isoformat() == "2026-12-02"
