"""hvbot writes a text whole in one language or not at all."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hvbot.conversation import messages
from hvbot.i18n.catalogue import Catalogue, Incomplete, load_catalogue

ZONE = ZoneInfo("America/Los_Angeles")
AT = datetime(2026, 12, 2, 1, 30, tzinfo=UTC)
NAMES = {"first": "Ms. Okafor", "second": "Mr. Lee"}


def write(catalogue: Catalogue, message: messages.Message, code: str, **params: object) -> str:
    return catalogue.render(message, params, code, ZONE).body


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, "the edit hit nothing"
    path.write_text(after, encoding="utf-8")


def test_english_spanish_and_arabic_are_complete(catalogue: Catalogue) -> None:
    assert {code for code in catalogue.languages if catalogue.ready(code)} >= {"en", "es", "ar"}
    assert catalogue.languages["ar"].direction == "rtl"
    assert catalogue.languages["es"].name == "español"
    assert set(catalogue.lexicons) == set(catalogue.languages)


def test_moments_are_written_by_their_placeholder(catalogue: Catalogue) -> None:
    assert "Tuesday Dec 1, 5:30 PM" in write(catalogue, messages.STILL_ON, "en", when=AT)
    assert "hoy, 5:30 PM" in write(catalogue, messages.REMIND_SOON, "es", time=AT, **NAMES)


def test_times_are_numbered_lines(catalogue: Catalogue) -> None:
    body = write(catalogue, messages.WHICH, "en", times=(AT, AT + timedelta(days=1), AT + timedelta(days=4)))

    assert body.split("\n")[1:4] == [
        "1) Tuesday Dec 1, 5:30 PM",
        "2) Wednesday Dec 2, 5:30 PM",
        "3) Saturday Dec 5, 5:30 PM",
    ]


def test_a_message_within_a_message_is_written_in_the_same_language(catalogue: Catalogue) -> None:
    assert write(catalogue, messages.PLACE_SET, "es", when=AT, place=messages.PLACE_LIBRARY).endswith(
        "Lugar: la biblioteca."
    )
    assert write(catalogue, messages.PLACE_SET, "en", when=AT, place="Rosa's café").endswith("Place: Rosa's café.")


def test_a_language_is_named_as_the_reader_says_it(catalogue: Catalogue) -> None:
    assert "Spanish" in write(catalogue, messages.LANGUAGE_SET, "en", language="es")
    assert "español" in write(catalogue, messages.LANGUAGE_SET, "es", language="es")
    assert "العربية" in write(catalogue, messages.LANGUAGE_SET, "ar", language="ar")
    assert "chino" in write(catalogue, messages.LANGUAGE_NOT_READY, "es", language="zh", school="Oak School")


def test_a_language_that_nobody_can_name_is_a_gap(catalogue: Catalogue) -> None:
    with pytest.raises(Incomplete, match="tlh"):
        write(catalogue, messages.LANGUAGE_SET, "en", language="tlh")


def test_segments_and_alphabet_come_with_the_text(catalogue: Catalogue) -> None:
    english = catalogue.render(messages.NOTED, {}, "en", ZONE)
    arabic = catalogue.render(messages.NOTED, {}, "ar", ZONE)

    assert (english.segments, english.encoding) == (1, "GSM-7")
    assert (arabic.segments, arabic.encoding) == (1, "UCS-2")


def test_curly_quotes_in_a_name_cost_nothing(catalogue: Catalogue) -> None:
    rendered = catalogue.render(
        messages.PERSON_CALLS, {"school": "St. Mary\N{RIGHT SINGLE QUOTATION MARK}s"}, "en", ZONE
    )

    assert rendered.encoding == "GSM-7"
    assert "St. Mary's" in rendered.body


def test_braces_in_a_family_s_words_are_just_letters(catalogue: Catalogue) -> None:
    assert "the {school}" in write(catalogue, messages.PLACE_SET, "en", when=AT, place="the {school}")


def test_a_placeholder_without_a_value_is_an_error_of_ours(catalogue: Catalogue) -> None:
    with pytest.raises(KeyError, match="school"):
        write(catalogue, messages.PERSON_CALLS, "en")


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("es", "es"),
        ("es-MX", "es"),
        ("ES_us", "es"),
        ("en-US", "en"),
        ("ar-Arab-EG", "ar"),
        ("xx", None),
        ("", None),
        ("tlh", None),
    ],
)
def test_a_tag_leads_to_a_language_we_have(catalogue: Catalogue, tag: str, code: str | None) -> None:
    assert catalogue.resolve(tag) == code


@pytest.mark.parametrize("tag", ["zh", "zh-CN", "zh_hans_cn", "zh-Hans"])
def test_plain_chinese_is_read_as_simplified(locales: Path, tag: str) -> None:
    (locales / "zh-Hans").mkdir(exist_ok=True)

    assert load_catalogue(locales).resolve(tag) == "zh-Hans"


def test_text_in_a_regional_tag_is_written_in_its_language(catalogue: Catalogue) -> None:
    assert write(catalogue, messages.NOTED, "es-MX") == write(catalogue, messages.NOTED, "es")


@pytest.mark.fault(63)
def test_an_unknown_language_is_not_written_in_english(catalogue: Catalogue) -> None:
    with pytest.raises(Incomplete):
        write(catalogue, messages.NOTED, "xx")


@pytest.mark.fault(63)
def test_one_text_that_is_not_translated_closes_the_language(locales: Path) -> None:
    edit(
        locales / "es/LC_MESSAGES/messages.po",
        lambda file: re.sub(r'(msgid "Thank you. We will do that."\nmsgstr ).*', r'\1""', file),
    )
    catalogue = load_catalogue(locales)

    assert catalogue.languages["es"].missing == ("messages.po: NOTED is not translated",)
    assert not catalogue.ready("es")
    with pytest.raises(Incomplete, match="NOTED"):
        write(catalogue, messages.TIMES_SOON, "es")
    assert catalogue.ready("ar"), "one language never stops the others"


@pytest.mark.fault(63)
@pytest.mark.parametrize(
    ("place", "gap"),
    [
        ("Lugar: el sitio", "messages.po: PLACE_SET lacks {place}"),
        ("Lugar: {place} {school}", "messages.po: PLACE_SET has {school}, which English has not"),
        ("Lugar: {lugar}", "messages.po: PLACE_SET lacks {place} and has {lugar}, which English has not"),
        ("Lugar: {place", "messages.po: PLACE_SET has a brace that cannot be read"),
        (
            "Lugar: {place.__class__}",
            "messages.po: PLACE_SET lacks {place} and has {place.__class__}, which English has not",
        ),
    ],
)
def test_placeholders_that_differ_close_the_language(locales: Path, place: str, gap: str) -> None:
    edit(locales / "es/LC_MESSAGES/messages.po", lambda file: file.replace("Lugar: {place}.", f"{place}.", 1))

    assert load_catalogue(locales).languages["es"].missing == (gap,)


def test_a_fuzzy_translation_is_a_guess_and_does_not_count(locales: Path) -> None:
    edit(
        locales / "es/LC_MESSAGES/messages.po", lambda file: file.replace('msgid "a park"', '#, fuzzy\nmsgid "a park"')
    )

    assert load_catalogue(locales).languages["es"].missing == (
        "messages.po: PLACE_PARK is not translated (it is marked fuzzy)",
    )


@pytest.mark.parametrize("code", ["en", "es", "ar"])
def test_a_missing_month_closes_the_language_even_english(locales: Path, code: str) -> None:
    edit(
        locales / code / "keywords.toml",
        lambda file: re.sub(r"^months = .*$", 'months = ["one"]', file, flags=re.MULTILINE),
    )
    catalogue = load_catalogue(locales)

    assert catalogue.languages[code].missing == ("[format] months needs 12 different names",)
    with pytest.raises(Incomplete, match="months"):
        write(catalogue, messages.NOTED, code)


def test_a_folder_without_keywords_is_a_language_with_gaps(locales: Path) -> None:
    (locales / "es" / "keywords.toml").unlink()

    assert "keywords.toml is missing" in load_catalogue(locales).languages["es"].missing


def test_a_kind_of_word_that_is_missing_closes_the_language(locales: Path) -> None:
    edit(locales / "ar" / "keywords.toml", lambda file: re.sub(r"^negators = [^]]*]$", "", file, flags=re.MULTILINE))

    assert load_catalogue(locales).languages["ar"].missing == ("keywords.toml: negators is missing",)


def test_keywords_that_cannot_be_read_are_a_gap(locales: Path) -> None:
    (locales / "es" / "keywords.toml").write_text("yes = [", encoding="utf-8")

    assert load_catalogue(locales).languages["es"].missing[0].startswith("keywords.toml cannot be read")


def test_drafts_are_told_from_signed_languages(locales: Path) -> None:
    edit(
        locales / "es/LC_MESSAGES/messages.po",
        lambda file: re.sub(r'"X-Review: .*\\n"', r'"X-Review: reviewed by Rosa Diaz on 2026-09-01\\n"', file),
    )
    languages = load_catalogue(locales).languages

    assert languages["es"].review == "reviewed by Rosa Diaz on 2026-09-01"
    assert languages["es"].is_reviewed
    assert languages["ar"].review == "drafted"
    assert not languages["ar"].is_reviewed
    assert languages["en"].is_reviewed


def test_a_folder_without_english_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="en"):
        load_catalogue(tmp_path)
