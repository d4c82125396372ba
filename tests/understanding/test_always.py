"""What holds for every text, and for every line of the interface."""

import json

from hypothesis import given
from hypothesis import strategies as st

from hvbot.understanding.lines import answer_line
from hvbot.understanding.meaning import Choose, Question, Unclear
from tests.understanding.cases import LEXICONS, OPTIONS, read

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)
LINE = {
    "id": 7,
    "language": "es",
    "question": "offer",
    "now": "2026-11-24T12:00",
    "timezone": "America/New_York",
    "options": ["2026-12-01T17:30-05:00"],
}


@given(ANY_TEXT, st.sampled_from(list(Question)), st.sampled_from(["en", "es", "ar"]))
def test_nothing_breaks_it_and_options_exist(text, question, language):
    reading = read(text, question, language)

    assert reading == read(text, question, language)
    if isinstance(reading.meaning, Choose):
        assert 1 <= reading.meaning.option <= len(OPTIONS)
    if isinstance(reading.meaning, Unclear):
        assert all(1 <= option <= len(OPTIONS) for option in reading.meaning.between)


def test_a_million_characters_are_read_as_quickly_as_the_first_hundreds():
    assert isinstance(read("a " * 500_000).meaning, Unclear)


def test_a_line_is_answered_with_its_id():
    answer = json.loads(answer_line(json.dumps({**LINE, "text": "el viernes después de las 6"}), LEXICONS))

    assert answer["id"] == 7
    assert answer["meaning"] == "propose"
    assert answer["when"] == {"weekday": "fri", "from": "18:00"}
    assert "viernes" in answer["why"]


def test_a_choice_names_its_option():
    answer = json.loads(answer_line(json.dumps({**LINE, "text": "1"}), LEXICONS))

    assert (answer["meaning"], answer["option"]) == ("choose", 1)


@given(
    st.one_of(
        ANY_TEXT,
        st.builds(
            json.dumps,
            st.dictionaries(
                st.sampled_from([*LINE, "text"]), st.one_of(st.none(), st.integers(), ANY_TEXT, st.lists(st.integers()))
            ),
        ),
    )
)
def test_bad_lines_get_an_error_and_never_an_exception(line):
    answer = json.loads(answer_line(line, LEXICONS))

    assert "error" in answer or "meaning" in answer


def test_an_error_names_what_is_wrong():
    for change, named in [
        ({"language": "xx"}, "language"),
        ({"timezone": "Mars"}, "timezone"),
        ({"question": "?"}, "question"),
        ({"now": "x"}, "now"),
        ({"options": ["x"]}, "options"),
    ]:
        answer = json.loads(answer_line(json.dumps({**LINE, "text": "1", **change}), LEXICONS))
        assert named in answer["error"]
        assert answer["id"] == 7
