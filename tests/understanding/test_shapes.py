"""How languages differ in shape: where they write the part of the day, "after", "not"; spaces; hours counted from dawn.

The lexicons here are a few words each, so that a failure is the engine's and never a word list's.
"""

import datetime as dt

import pytest

from hvbot.understanding.examples import shown
from hvbot.understanding.lexicon import Lexicon, Lexicons
from hvbot.understanding.meaning import Asked, Question
from hvbot.understanding.normalise import tokens_of
from hvbot.understanding.understand import understand
from tests.understanding.cases import NOW, OPTIONS

CHINESE = {
    "yes": ["可以", "好"],
    "cannot": ["不行"],
    "negators": ["不"],
    "fillers": ["吧", "的"],
    "onward": ["以后"],
    "earlier": ["之前"],
    "to": ["到"],
    "hour": ["点"],
    "minute": ["分"],
    "half": ["半"],
    "day_mark": ["号"],
    "day_unit": ["天"],
    "in": ["后"],
    "next_week": ["下周二", "下周"],
    "numbers": {"2": ["二", "两"], "3": ["三"], "5": ["五"]},
    "weekdays": {"tue": ["周二", "下周二"], "sat": ["周六"]},
    "months": {"12": ["12月"]},
    "parts": {"morning": ["上午"], "afternoon": ["下午"], "evening": ["晚上"]},
}
HINDI = {
    "yes": ["हाँ"],
    "negators": ["नहीं"],
    "cannot": ["नहीं आ सकते"],
    "no": ["नहीं"],
    "option": ["नंबर"],
    "not_counted": ["गली"],
    "places": {"home": ["घर"]},
    "person": ["फोन करो"],
    "stop": ["मैसेज मत करो"],
    "stop_verbs": ["मत भेजो"],
    "texting": ["मैसेज"],
    "fillers": ["को"],
    "onward": ["के बाद"],
    "earlier": ["से पहले"],
    "to": ["से"],
    "hour": ["बजे"],
    "plus_half": ["साढ़े"],
    "minus_quarter": ["पौने"],
    "numbers": {"5": ["पाँच"], "6": ["छह"]},
    "weekdays": {"tue": ["मंगलवार"], "thu": ["गुरुवार"], "sat": ["शनिवार"]},
    "parts": {"evening": ["शाम"]},
    "clocks": {"1:30": ["डेढ़"]},
    "negation_follows": True,
}
SWAHILI = {
    "hour": ["saa"],
    "numbers": {"3": ["tatu"], "4": ["nne"], "9": ["tisa"], "10": ["kumi"]},
    "parts": {"morning": ["asubuhi"], "evening": ["jioni"]},
    "yes": ["sawa"],
    "stop_whole": ["acha"],
    "dawn_clock": True,
}
KHMER = {"hour": ["ម៉ោង"], "the_day": ["ថ្ងៃទី"], "day_mark": ["ថ្ងៃទី"], "parts": {"morning": ["ព្រឹក"]}}
RUSSIAN = {
    "hour": ["час", "ч"],
    "ordinal_endings": ["го"],
    "negators": ["не"],
    "and": ["и"],
    "fillers": ["подходят"],
    "minus_half": ["половина"],
    "minus_quarter": ["без четверти"],
    "hours": {"6": ["шестого", "шесть"]},
    "clocks": {"5:30": ["полшестого"]},
    "months": {"12": ["декабря"]},
}
TOY = Lexicons(
    {
        code: Lexicon(code, table)
        for code, table in (
            ("zh", CHINESE),
            ("hi", HINDI),
            ("sw", SWAHILI),
            ("ru", RUSSIAN),
            ("km", KHMER),
            ("ur", {"yes": ["acha"]}),
        )
    }
)


def reads(code, text, options=OPTIONS):
    return shown(understand(text, Asked(Question.OFFER, NOW, code, tuple(options)), TOY))


@pytest.mark.parametrize(
    ("code", "text", "meaning"),
    [
        ("zh", "下午三点", "choose 2"),
        ("zh", "下午3点", "choose 2"),
        ("zh", "周二五点半", "choose 1"),
        ("zh", "五点30分", "choose 1"),
        ("zh", "周六晚上", "propose weekday=sat part=evening"),
        ("zh", "下周二", "choose 1"),
        ("zh", "12月3号", "choose 2"),
        ("zh", "三天后", "propose date=2026-11-27"),
        ("hi", "साढ़े पाँच बजे", "choose 1"),
        ("hi", "पौने छह बजे", "propose from=17:45"),
        ("hi", "डेढ़ बजे", "propose from=13:30"),
        ("hi", "गुरुवार नहीं शनिवार", "choose 3"),
        ("ru", "полшестого", "choose 1"),
        ("ru", "половина шестого", "choose 1"),
        ("ru", "без четверти шесть", "propose from=17:45"),
        ("ru", "5-30", "choose 1"),
        ("ru", "3.12", "choose 2"),
        ("ru", "3-го декабря", "choose 2"),
        ("ru", "15ч", "choose 2"),
        ("ru", "17ч30", "choose 1"),
        ("ru", "1 и 2 не подходят", "choose 3"),
        ("km", "ថ្ងៃទី៣ម៉ោង១០", "propose date=2026-12-03 from=10:00"),
    ],
)
def test_a_time_is_found_wherever_its_words_stand(code, text, meaning):
    assert reads(code, text) == meaning


@pytest.mark.parametrize(
    ("code", "text", "meaning"),
    [
        ("zh", "五点以后", "propose from=17:00"),
        ("zh", "五点之前", "propose until=17:00"),
        ("zh", "下午两点到五点", "propose from=14:00 until=17:00"),
        ("hi", "शाम 5 बजे के बाद", "propose from=17:00"),
        ("hi", "6 बजे से पहले", "propose until=18:00"),
        ("hi", "शाम को 5 से 6 बजे", "propose from=17:00 until=18:00"),
    ],
)
def test_a_limit_may_follow_its_time(code, text, meaning):
    assert set(reads(code, text, ()).split()) == set(meaning.split())


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("3 नंबर", "choose 3"),
        ("3 नंबर गली", "unclear"),
        ("घर नंबर 3", "unclear"),
        ("नहीं फोन करो", "person"),
        ("फोन करो नहीं", "no"),
        ("नहीं मैसेज मत करो", "stop"),
    ],
)
def test_a_not_reaches_back_and_a_label_takes_a_number(text, meaning):
    assert reads("hi", text) == meaning


def test_what_is_denied_may_stand_before_the_not():
    assert reads("hi", "मंगलवार को नहीं आ सकते") == "unclear 2 3"
    assert reads("zh", "周二不行") == "unclear 2 3"


def test_a_stop_may_follow_its_noun():
    assert reads("hi", "मैसेज मत भेजो") == "stop"


def test_an_hour_may_be_counted_from_dawn_and_is_then_never_taken_as_exact():
    four = (OPTIONS[0].replace(hour=16, minute=0), OPTIONS[1].replace(hour=9))
    assert reads("sw", "saa kumi jioni", four) == "choose 1"
    assert reads("sw", "saa tatu asubuhi", four) == "choose 2"
    assert reads("sw", "saa 4 jioni", four) == "choose 1"
    asked = Asked(Question.OFFER, NOW, "sw", four)
    assert not understand("saa kumi jioni", asked, TOY).explicit


def test_an_hour_from_dawn_is_never_booked_by_the_other_count():
    ten = (OPTIONS[0], OPTIONS[2])
    assert reads("sw", "saa kumi", ten) == "unclear 2"
    assert reads("sw", "saa kumi", ()) == "propose from=16:00"


def test_an_hour_that_both_counts_may_mean_is_asked_back():
    both = (OPTIONS[0].replace(hour=16, minute=0), OPTIONS[1].replace(hour=10))
    assert reads("sw", "saa kumi", both) == "unclear 1 2"


def test_a_stop_of_another_language_needs_a_word_the_thread_does_not_know():
    assert reads("sw", "acha") == "stop"
    assert reads("zh", "acha") == "stop"
    assert reads("ur", "acha") == "yes"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("ဘယ်နေ့", ["ဘယ်", "နေ့"]),
        ("មិនបាន", ["មិ", "ន", "បា", "ន"]),
        ("ញុំទៅស្រុក", ["ញុំ", "ទៅ", "ស្រុ", "ក"]),
        ("화요일에", ["화", "요", "일", "에"]),
        ("п'ятниця", ["пятниця"]),
        ("ሠላም ፫", ["ሰላም", "3"]),
        ("५ बजे।", ["5", "बजे", "."]),
        ("ika-3", ["ika", "3"]),
    ],
)
def test_a_token_is_a_word_or_a_syllable_with_its_marks(text, tokens):
    assert [token.text for token in tokens_of(text)] == tokens


def test_syllables_of_no_known_word_are_one_unknown_word():
    times = (dt.datetime(2026, 12, 1, 17, 30, tzinfo=NOW.tzinfo),)
    assert reads("zh", "孩子生病了周二五点半可以", times) == "choose 1"


ENGLISH = {
    "negators": ["not"],
    "yes_whole": ["were good", "good"],
    "soft_yes": ["were good"],
    "no": ["no"],
    "option": ["number", "slot", "option"],
    "fillers": ["the", "is", "better", "on", "please", "it", "off", "do you have"],
    "busy": ["away"],
    "to": ["to"],
    "until": ["until"],
    "or": ["or"],
    "after": ["from", "after"],
    "at": ["at"],
    "the_day": ["the"],
    "last": ["the latest", "last"],
    "first": ["earliest"],
    "earlier": ["at the latest", "the latest"],
    "onward": ["at the earliest"],
    "past": ["past"],
    "to_hour": ["to"],
    "half": ["half"],
    "plus_half": ["half"],
    "pm": ["pm"],
    "ago": ["last"],
    "question": ["do you have"],
    "asks_first": ["is"],
    "day_off": ["off"],
    "not_us": ["this isnt"],
    "not_us_named": ["im not"],
    "help": ["who are you"],
    "parts": {"morning": ["morning"], "evening": ["evening"]},
    "short": {"you": ["u"], "are": ["r"]},
    "ordinal_endings": ["th", "rd"],
    "numbers": {"1": ["one"], "5": ["five"], "10": ["ten"]},
    "weekdays": {"mon": ["mon", "mwf"], "tue": ["tuesday"], "wed": ["mwf"], "fri": ["friday", "mwf"]},
    "months": {"12": ["dec"]},
}
HAITIAN = {"the_day": ["le"], "at": ["le", "a"], "to": ["a"], "fillers": ["le"], "hour": ["è"], "ago": ["pase"]}
KOREAN = {"not_us_after": ["아니에요"], "weekdays": {"tue": ["화요일"]}}
WORDS = Lexicons({"en": Lexicon("en", ENGLISH), "ht": Lexicon("ht", HAITIAN), "ko": Lexicon("ko", KOREAN)})


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("number2", "choose 2"),
        ("not 1, 3 is better", "choose 3"),
        ("not 1, 3", "choose 2"),
        ("the 3 pm slot", "choose 2"),
        ("the 10 slot", "choose 3"),
        ("5:30 or 10", "unclear 1 3"),
        ("away dec 1-3", "choose 3"),
        ("away 12/1 - 12/4", "choose 3"),
        ("away from the 3rd to the 30th", "choose 1"),
        ("away on the 1th", "unclear 2 3"),
        ("friday from 5 to 7", "propose weekday=fri from=17:00 until=19:00"),
        ("ten to five", "propose from=16:50"),
        ("half five", "choose 1"),
        ("half past five", "choose 1"),
        ("5 at the latest", "unclear 2 3"),
        ("5 at the earliest", "choose 1"),
        ("mwf", "propose weekday=mon"),
        ("dec. 3rd, 2026", "choose 2"),
        ("tuesday", "choose 1"),
        ("last tuesday", "unclear"),
        ("last tuesday is good", "unclear"),
        ("last the tuesday is good", "unclear"),
        ("it is 555-0123", "unclear"),
        ("were good, no", "no"),
        ("were good", "unclear"),
        ("this isnt maria", "wrong_number"),
        ("this isnt maria tuesday", "unclear"),
        ("I'm not Maria", "wrong_number"),
        ("im not hungry", "unclear"),
        ("who r u", "help"),
        ("9am-11am", "choose 3"),
        ("3 one", "choose 3"),
        ("not tuesday evening", "unclear 2 3"),
        ("not tuesday morning", "unclear"),
        ("were good on 2", "choose 2"),
        ("mon or friday after 4", "propose weekday=mon from=16:00"),
        ("do you have friday", "propose weekday=fri"),
        ("do you have 3", "unclear"),
        ("is parking on tuesday please", "unclear"),
        ("gladly on tuesday please", "choose 1"),
        ("is tuesday on", "choose 1"),
        ("tuesday off", "choose 1"),
        ("tuesday off?", "unclear"),
    ],
)
def test_what_stands_around_a_number_or_a_day_decides_how_it_is_meant(text, meaning):
    asked = Asked(Question.OFFER, NOW, "en", OPTIONS)
    assert shown(understand(text, asked, WORDS)) == meaning


@pytest.mark.parametrize(
    ("code", "text", "meaning"),
    [
        ("ht", "le 5 a 10è", "choose 3"),
        ("ht", "le 6 a 10è", "propose date=2026-12-06 from=10:00"),
        ("ht", "6è a 10è", "propose from=18:00 until=22:00"),
        ("ko", "마리아 아니에요", "wrong_number"),
        ("ko", "화요일 아니에요", "choose 1"),
    ],
)
def test_languages_differ_in_what_stands_beside_a_number_or_a_name(code, text, meaning):
    asked = Asked(Question.OFFER, NOW, code, OPTIONS)
    assert shown(understand(text, asked, WORDS)) == meaning
