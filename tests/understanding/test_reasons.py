"""What a reply only mentions: reasons, other plans, other people, times that exclude each other, questions that deny."""

from dataclasses import replace

import pytest

from hvbot.understanding.examples import is_right, shown
from hvbot.understanding.understand import understand
from tests.understanding.score import load_lexicons, situations

LEXICONS = load_lexicons()
SITUATIONS = situations()


def check(text: str, situation: str, expected: str, language: str = "en") -> None:
    reading = understand(text, replace(SITUATIONS[situation], language=language), LEXICONS)
    assert is_right(expected, reading), f"{text!r} means {shown(reading)}, because of {reading.why}"


@pytest.mark.parametrize(
    ("text", "situation", "expected"),
    [
        ("mornings when the kids are at school", "C", "propose part=morning"),
        ("after 5 because we eat at 4", "C", "propose from=17:00"),
        ("thursday because wednesday we go to church", "A", "choose 3"),
        ("sunday after church", "C", "propose weekday=sun"),
        ("at 4 because wednesday im off", "C", "propose weekday=wed from=16:00"),
    ],
)
def test_a_reason_names_no_time(text: str, situation: str, expected: str) -> None:
    check(text, situation, expected)


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("i work until 5. after 5:30 is good", "propose from=17:30", "en"),
        ("me levanto a las 3. Después de las 4 está bien", "propose from=16:00", "es"),
        ("平日は仕事です、土曜日がいい", "propose weekday=sat", "ja"),
        ("not before 4 we are not home", "propose from=16:00", "en"),
        ("after 4 dont ring the bell", "propose from=16:00", "en"),
        ("between 3 n 5", "propose from=15:00 until=17:00", "en"),
        ("最晚六点半", "propose until=18:30", "zh-Hans"),
        ("周末吧 平时太忙了", "propose part=weekend", "zh-Hans"),
        ("my mornings are full. wednesday at 4", "propose weekday=wed from=16:00", "en"),
    ],
)
def test_of_times_that_exclude_each_other_the_last_holds(text: str, expected: str, language: str) -> None:
    check(text, "C", expected, language)


@pytest.mark.parametrize(
    ("text", "situation", "expected", "language"),
    [
        ("cant it be at 7?", "C", "propose from=19:00", "en"),
        ("no puede ser un viernes despues de las 4?", "A", "propose weekday=fri from=16:00", "es"),
    ],
)
def test_a_question_that_denies_asks_for_what_it_names(text: str, situation: str, expected: str, language: str) -> None:
    check(text, situation, expected, language)


def test_a_question_that_denies_an_offered_time_chooses_nothing() -> None:
    assert understand("cant do tuesday?", SITUATIONS["A"], LEXICONS).meaning.name != "choose"


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("please cancel the home visit", "cancel", "en"),
        ("was the home visit canceled? who do i cancel it with", "unclear", "en"),
        ("cancel our home visit on me?", "unclear", "en"),
        ("cancelen por favor nuestra visita", "cancel", "es"),
        ("отмените пожалуйста наш визит", "cancel", "ru"),
    ],
)
def test_a_word_for_the_visit_tells_what_is_called_off(text: str, expected: str, language: str) -> None:
    check(text, "booked", expected, language)


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("mandelo en ingles por favor", "language en", "es"),
        ("发英文吧", "language en", "zh-Hans"),
        ("发英文给我 我中文看得慢", "language en", "zh-Hans"),
        ("my husband speaks english", "unclear|yes", "es"),
    ],
)
def test_a_language_beside_a_word_for_texting_is_wanted(text: str, expected: str, language: str) -> None:
    check(text, "consent", expected, language)


def test_god_willing_takes_no_yes_back() -> None:
    check("yes we will be home, god willing", "reminder", "yes")
    check("claro que si, si dios quiere", "reminder", "yes", "es")
    check("maybe, god willing", "reminder", "unclear")


def test_at_the_latest_is_not_the_last_of_the_list() -> None:
    check("最晚六点", "A", "unclear 1 2", "zh-Hans")


def test_a_phrase_outweighs_one_word_that_nobody_knows() -> None:
    check("pedimos la tercera opcion", "A", "choose 3", "es")


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("leave my wife alone", "stop", "en"),
        ("dejen a mi familia tranquila", "stop", "es"),
        ("laissez ma femme tranquille", "stop", "fr"),
        ("xin để gia đình tôi yên", "stop", "vi"),
        ("залиште мою дружину у спокої", "stop", "uk"),
        ("dont leave my son alone", "unclear", "en"),
        ("dejen a mi hijo tranquilo hasta las 5", "unclear", "es"),
        ("stop it u keep waking up my mother", "stop", "en"),
        ("please dont quit sending these", "unclear", "en"),
    ],
)
def test_a_plea_for_peace_ends_all_texts_whoever_stands_in_it(text: str, expected: str, language: str) -> None:
    check(text, "consent", expected, language)


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("tuesday i have dialysis but the 3rd works", "choose 3", "en"),
        ("i have tuesday free", "choose 1", "en"),
        ("jeudi j'ai un entretien", "unclear 1 2", "fr"),
        ("j'ai une dispo jeudi", "choose 3", "fr"),
        ("в четверг у меня процедура", "unclear 1 2", "ru"),
        ("not interested in thursday", "unclear 1 2", "en"),
        ("no home visits on thursdays please", "unclear 1 2", "en"),
        ("2 no no 3", "choose 3", "en"),
        ("my ex says he wants number 1 but he doesnt live here", "unclear", "en"),
        ("mi suegra quiere la 1 pero ella no vive aqui", "unclear", "es"),
        ("el camion no para aqui hasta las 4", "unclear", "es"),
    ],
)
def test_plans_and_people_that_rule_a_day_out_or_say_nothing(text: str, expected: str, language: str) -> None:
    check(text, "A", expected, language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mornings before the baby's nap", "propose part=morning"),
        ("mornings before 10", "propose until=10:00 part=morning"),
        ("weekdays only please, weekends are for family", "propose part=weekday"),
        ("only weekends, weekdays are hard", "propose part=weekend"),
    ],
)
def test_what_a_time_is_measured_by_is_no_time(text: str, expected: str) -> None:
    check(text, "C", expected)


@pytest.mark.parametrize(
    ("text", "situation", "expected"),
    [
        ("if 2 doesnt work then 3", "A", "unclear 2 3"),
        ("any of them except the 1st", "A", "unclear 2 3"),
        ("what about 7 on the 3rd", "A", "propose date=2026-12-03 from=19:00"),
        ("4:15 on the 2nd", "A", "propose date=2026-12-02 from=16:15"),
        ("4pm, the 2nd one", "A", "choose 2"),
        ("not mondays", "C", "unclear"),
        ("weds n fridays after 5", "C", "propose weekday=wed from=17:00"),
        ("all 3 work", "A", "choose 1"),
        ("any of the three", "A", "choose 1"),
        ("all of them but 3", "A", "unclear 1 2"),
        ("all work but 3 is best", "A", "choose 3"),
        ("any day but evenings", "A", "choose 2"),
        ("tuesday no wednesday yes", "A", "choose 2"),
        ("we have church on wednesday so the first one", "A", "choose 1"),
        ("tues ok wed we have church", "A", "choose 1"),
        ("i have work tues and wed", "A", "choose 3"),
    ],
)
def test_suppositions_exceptions_and_days_of_the_month(text: str, situation: str, expected: str) -> None:
    check(text, situation, expected)


@pytest.mark.parametrize(
    ("text", "situation", "expected"),
    [
        ("dont text me after 8", "C", "unclear"),
        ("end of the day is best", "C", "propose part=evening"),
        ("i need to cancel my dentist appt lol wrong chat", "booked", "unclear"),
        ("i need to cancel my visit", "booked", "cancel"),
        ("i need to cancel", "booked", "cancel"),
        ("cancel the home visit", "booked", "cancel"),
    ],
)
def test_what_ends_or_is_called_off_is_about_the_visit(text: str, situation: str, expected: str) -> None:
    check(text, situation, expected)
