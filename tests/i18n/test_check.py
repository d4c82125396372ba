"""`python -m hvbot.i18n.check` finds what must not leave, and says how to mend it."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polib
import pytest

from hvbot.conversation import messages
from hvbot.conversation.messages import Message, all_messages
from hvbot.i18n import check
from hvbot.i18n.catalogue import load_catalogue
from hvbot.i18n.template import template_text

PO = "LC_MESSAGES/messages.po"


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, "the edit hit nothing"
    path.write_text(after, encoding="utf-8")


def found(locales: Path) -> list[str]:
    return list(check.problems(load_catalogue(locales), locales))


@pytest.fixture
def worded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], list[str]]]:
    """What is said about an English text that stands in the place of NOTED."""
    catalogue = load_catalogue()

    def problems_of(text: str) -> list[str]:
        message = Message(text)
        monkeypatch.setattr(messages, "NOTED", message)
        fresh = load_catalogue()
        about_words = check.wording_problems(fresh, message, "en", text)
        return [*check.english_problems(fresh, message), *about_words, *check.length_problems(fresh, message, "en")]

    assert catalogue.ready("en")
    return problems_of


def test_the_project_has_nothing_wrong() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hvbot.i18n.check"], capture_output=True, text=True, check=False, timeout=120
    )

    assert done.stdout.startswith(f"{len(all_messages())} texts complete in ")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_changed_text_makes_the_template_old(locales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(locales / "messages.pot", lambda file: file.replace("a park", "the park"))

    assert check.main(["--folder", str(locales)]) == 1
    assert "--write" in capsys.readouterr().out


def test_writing_brings_the_template_and_every_language_up_to_date(locales: Path) -> None:
    edit(locales / "messages.pot", lambda file: file.replace("a park", "the park"))
    edit(locales / "es" / PO, lambda file: file.replace('msgid "a park"', 'msgid "the old park by the river"'))
    edit(
        locales / "es" / PO,
        lambda file: re.sub(r'"X-Review: .*\\n"', r'"X-Review: reviewed by Rosa on 2026-09-01\\n"', file),
    )

    assert check.main(["--folder", str(locales), "--write"]) == 1
    assert (locales / "messages.pot").read_text(encoding="utf-8") == template_text()
    spanish = load_catalogue(locales).languages["es"]
    assert spanish.review == "reviewed by Rosa on 2026-09-01"
    assert [gap.split(" is")[0] for gap in spanish.missing] == ["messages.po: PLACE_PARK"]


def test_writing_twice_changes_nothing(locales: Path) -> None:
    before = {path: path.read_bytes() for path in locales.rglob("messages.po*")}

    assert check.main(["--folder", str(locales), "--write"]) == 0
    assert {path: path.read_bytes() for path in locales.rglob("messages.po*")} == before


def test_writing_gives_a_new_language_its_file(locales: Path) -> None:
    (locales / "pt").mkdir()
    (locales / "pt" / "keywords.toml").write_text("", encoding="utf-8")
    check.main(["--folder", str(locales), "--write"])
    missing = load_catalogue(locales).languages["pt"].missing

    assert sum("is not translated" in gap for gap in missing) == len(all_messages())


def test_the_template_has_every_text_with_its_name_and_note_but_no_line_or_date() -> None:
    entries = {entry.msgid: entry for entry in polib.pofile(template_text())}

    assert set(entries) == {message.text for message in all_messages().values()}
    assert entries[messages.ASK_LEAVE.text].comment.startswith("ASK_LEAVE\nThe first text ever")
    assert not any(entry.occurrences for entry in entries.values())
    assert "Date" not in template_text()


@pytest.mark.parametrize("code", ["es", "ar"])
def test_another_reader_of_catalogues_reads_the_same(locales: Path, code: str) -> None:
    theirs = {entry.msgid: entry.msgstr for entry in polib.pofile(str(locales / code / PO)) if not entry.obsolete}
    catalogue = load_catalogue(locales)

    for message in all_messages().values():
        assert catalogue.wording(message, code) == theirs[message.text]


def test_a_text_that_is_not_translated_is_reported(locales: Path) -> None:
    edit(locales / "ar" / PO, lambda file: re.sub(r'(msgid "a park"\nmsgstr ).*', r'\1""', file))

    assert found(locales) == [
        "ar: messages.po: PLACE_PARK is not translated. Complete locales/ar; until then no text leaves in it."
    ]


def test_a_text_that_is_too_long_is_reported_with_what_it_takes(locales: Path) -> None:
    edit(locales / "es" / PO, lambda file: file.replace("Gracias. Lo vamos a hacer.", "Gracias. " + "Así será. " * 20))
    (problem,) = found(locales)

    assert problem.startswith("es NOTED: 4 segments of UCS-2 (209 characters), at most 3")


def test_stop_may_not_be_translated(locales: Path) -> None:
    edit(locales / "es" / PO, lambda file: file.replace("STOP para terminar", "ALTO para terminar", 1))

    assert (
        "es ASK_LEAVE: STOP must stand in these letters as often as in English: carriers know no other word."
        in found(locales)
    )


def test_a_reply_word_must_be_one_that_is_understood(locales: Path) -> None:
    edit(locales / "es" / PO, lambda file: file.replace("Responda LUGAR", "Responda SITIOS"))
    edit(locales / "ar" / PO, lambda file: file.replace("تغيير", "طماطم"))
    problems = found(locales)

    assert "es BOOKED: has no word for PLACE that es/keywords.toml lists under places.ask: add it there." in problems
    assert "ar BOOKED: has no word for CHANGE that ar/keywords.toml lists under change: add it there." in problems


def test_a_language_that_people_can_ask_for_must_have_a_name(locales: Path) -> None:
    edit(locales / "es" / "keywords.toml", lambda file: file.replace('gu = "guyaratí"\n', ""))

    assert found(locales) == ["es: has no name for gu: add them to [format.languages] of es/keywords.toml."]


def test_a_reply_word_may_not_be_one_that_carriers_act_on(locales: Path) -> None:
    edit(locales / "es" / PO, lambda file: file.replace("Gracias. Lo vamos a hacer.", "Gracias. Responda CANCEL."))

    assert found(locales) == ["es NOTED: asks for CANCEL, at which carriers opt people in or out: choose another word."]


def test_marks_and_conduct_have_no_place_in_any_language(locales: Path) -> None:
    edit(
        locales / "es" / PO,
        lambda file: file.replace("Gracias. Lo vamos a hacer.", "Gracias. Vamos a ver la Conducta."),
    )
    edit(locales / "ar" / PO, lambda file: file.replace("شكرا لكم. سنفعل ذلك.", "شكرا لكم. سلوك."))

    assert sorted(problem.split(":")[0] for problem in found(locales)) == ["ar NOTED", "es NOTED"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Reply yes to go on.", "asks for yes"),
        ("Text CANCEL to us.", "asks for CANCEL"),
        ("Thank you, {child} will see.", "has {child}"),
        ("We saw the grades.", "speaks of 'grades'"),
        ("Participation in this consultation necessitates prior confirmation of availability.", "reads at grade"),
        ("See you soon. " * 25, "3 segments of GSM-7"),
    ],
)
def test_english_that_may_not_leave_is_named(worded: Callable[[str], list[str]], text: str, why: str) -> None:
    assert any(why in problem for problem in worded(text))


@pytest.mark.parametrize(
    "text", ["Thank you. Reply 1 yes, 2 no. STOP to end.", "We text you. Then we end.", "Reply STOP. Text START."]
)
def test_plain_english_passes(worded: Callable[[str], list[str]], text: str) -> None:
    assert worded(text) == []


@pytest.mark.fault(36)
def test_a_first_text_names_the_school_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    personal = Message("Hi from {school}. {first} would like to meet you.")
    monkeypatch.setattr(check, "FIRST_TEXTS", (personal,))
    monkeypatch.setattr(messages, "NOTED", personal)

    assert list(check.english_problems(load_catalogue(), personal)) == [
        "a first text may reach a stranger: it names the school and nothing else."
    ]
