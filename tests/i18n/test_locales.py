"""Every text in every language of the project, with the longest facts and on every day."""

import json
import random
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from babel import Locale
from babel.dates import get_day_names, get_month_names

from hvbot.conversation import messages
from hvbot.conversation.messages import all_messages
from hvbot.i18n import samples
from hvbot.i18n.catalogue import LOCALES, Catalogue, load_catalogue
from hvbot.i18n.check import SEGMENTS_ALLOWED
from hvbot.i18n.segments import normalise

CODES = sorted(path.parent.name for path in LOCALES.glob("*/keywords.toml"))
INVISIBLE = {
    *map(chr, range(0x2000, 0x200C)),
    "\N{NARROW NO-BREAK SPACE}",
    "\N{NO-BREAK SPACE}",
    "\N{ZERO WIDTH NO-BREAK SPACE}",
}

# Languages whose names are not all those that CLDR has, and why.
OWN_NAMES = {
    "fa": "months as Afghans write them, whom most of the schools' Persian texts reach; Iranians can read them",
    "hmn": "no locale: Hmong in Roman letters is not in CLDR",
    "ht": "CLDR's file is a stub that answers in French (CLDR-18105)",
    "ps": "the weekdays of Afghan media: CLDR's Saturday also means week",
}

# One locale a process: Babel writes resolved aliases into data that all locales share (issue 1234).
ASK_CLDR = """
import json, sys
from babel.dates import get_day_names, get_month_names
code = sys.argv[1].replace("-", "_")
days = get_day_names("wide", "format", code)
months = [get_month_names(width, "format", code) for width in ("abbreviated", "wide")]
print(json.dumps([[days[n] for n in range(7)], [[names[n] for names in months] for n in range(1, 13)]]))
"""


@pytest.mark.parametrize("code", random.Random(1234).sample(CODES, len(CODES)))
def test_names_are_those_of_cldr_unless_we_know_better(catalogue: Catalogue, code: str) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASK_CLDR, code], capture_output=True, text=True, check=False, timeout=60
    )
    ours = catalogue.format_of(code)
    weekdays, months = json.loads(asked.stdout) if asked.returncode == 0 else ([""] * 7, [[""]] * 12)
    are_days = all(our == theirs for our, theirs in zip(ours.weekdays, weekdays, strict=True))
    are_months = all(
        our in {name.rstrip(".") for name in either} for our, either in zip(ours.months, months, strict=True)
    )

    assert (are_days and are_months) != (code in OWN_NAMES)


def every_text(catalogue: Catalogue, codes: list[str]) -> dict[tuple[str, str], str]:
    return {
        (code, name): catalogue.render(message, samples.plain(), code, samples.ZONE).body
        for code in codes
        for name, message in all_messages().items()
    }


@pytest.mark.parametrize("seed", range(4))
def test_texts_are_the_same_whatever_language_was_used_before(seed: int) -> None:
    expected = {code: every_text(load_catalogue(), [code]) for code in CODES}
    order = random.Random(seed).sample(CODES, len(CODES))
    for stub in random.Random(seed).sample(["nv", "quc", "hnj", "he", "ht", "es", "ar"], 7):
        get_month_names("abbreviated", "stand-alone", Locale.parse(stub))
        get_day_names("abbreviated", "stand-alone", Locale.parse(stub))

    assert every_text(load_catalogue(), order) == {key: text for code in order for key, text in expected[code].items()}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", all_messages())
def test_a_text_stays_within_its_segments(catalogue: Catalogue, code: str, name: str) -> None:
    for params in samples.worst(all_messages()[name]):
        text = catalogue.render(all_messages()[name], params, code, samples.ZONE)
        assert text.segments <= SEGMENTS_ALLOWED[text.encoding], text.body


@pytest.mark.parametrize("code", CODES)
def test_no_text_holds_a_space_that_cannot_be_seen(catalogue: Catalogue, code: str) -> None:
    for text in every_text(catalogue, [code]).values():
        assert not INVISIBLE & set(text)
        assert "{" not in text


@pytest.mark.parametrize("code", CODES)
def test_options_are_lines_with_digit_weekday_day_and_clock(catalogue: Catalogue, code: str) -> None:
    form = catalogue.format_of(code)
    first = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
    times = tuple(first + timedelta(days=number, minutes=15 * number) for number in range(9))
    body = catalogue.render(messages.EDUCATOR_WHICH, {"times": times}, code, samples.ZONE).body
    options = [line for line in body.split("\n") if line[0].isdigit()]

    assert len(options) == 9
    for number, (line, at) in enumerate(zip(options, times, strict=True), 1):
        local = at.astimezone(samples.ZONE)
        assert line.startswith(f"{number}) ")
        assert normalise(form.weekdays[local.weekday()]) in line
        assert re.search(rf"(?<!\d){local.day}(?![\d:])", line)
        assert f"{local.hour % 12 or 12}:{local.minute:02}" in line
        assert form.pm in line


def test_right_to_left_lines_end_with_the_clock_set_apart(catalogue: Catalogue) -> None:
    body = catalogue.render(messages.WHICH, samples.plain(), "ar", samples.ZONE).body

    for line in body.split("\n")[1:4]:
        assert line.endswith(" \N{FIRST STRONG ISOLATE}5:30 PM\N{POP DIRECTIONAL ISOLATE}")
    assert body.count("\N{FIRST STRONG ISOLATE}") == body.count("\N{POP DIRECTIONAL ISOLATE}") == 3


@pytest.mark.parametrize("code", CODES)
def test_the_first_text_says_who_what_and_how_to_end_it(catalogue: Catalogue, code: str) -> None:
    body = catalogue.render(messages.ASK_LEAVE, samples.plain(), code, samples.ZONE).body

    assert "Oak School" in body
    assert all(re.search(rf"(?<!\d){digit}(?!\d)", body) for digit in (1, 2, 3))
    assert "STOP" in body
