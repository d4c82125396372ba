"""A language is added by adding files only."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polib
import pytest

from hvbot.conversation import messages
from hvbot.conversation.messages import all_messages
from hvbot.i18n.catalogue import Catalogue, Incomplete, load_catalogue
from hvbot.i18n.template import new_file
from hvbot.understanding.meaning import Asked, Change, Choose, No, Question, Stop, Yes
from hvbot.understanding.understand import understand

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
SLOTS = tuple(NOW + timedelta(days=days, hours=7) for days in (1, 2, 5))

KEYWORDS = """
yes = ["sim", "claro"]
no = ["nao", "não"]
none = ["nenhum", "nenhuma"]
change = ["mudar"]
cancel_visit = ["desmarcar"]
stop = ["parar"]
start = ["visita", "voltar"]
help = ["ajuda"]
person = ["ligar"]
wrong_number = ["engano"]
interpreter = ["interprete"]
negators = ["nao"]
after = ["depois das"]
before = ["antes das"]

[ordinals]
1 = ["primeiro"]
2 = ["segundo"]
3 = ["terceiro"]

[places]
ask = ["lugar"]

[format]
name = "português"
english_name = "Portuguese"
direction = "ltr"
weekdays = ["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"]
months = ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"]
when = "{weekday} {day} {month}, {time}"
day = "{weekday} {day} {month}"
time = "{hour24}:{minute}"
am = "AM"
pm = "PM"
"""


def portuguese(locales: Path) -> Path:
    """Put the files of a made-up Portuguese into a folder: each text is the English one, marked."""
    folder = locales / "pt"
    (folder / "LC_MESSAGES").mkdir(parents=True)
    (folder / "keywords.toml").write_text(KEYWORDS, encoding="utf-8")
    file = polib.pofile(new_file("pt"), wrapwidth=0)
    for entry in file:
        entry.msgstr = f"pt: {entry.msgid}"
    file.save(str(folder / "LC_MESSAGES" / "messages.po"))
    return folder


@pytest.fixture
def four(locales: Path) -> Catalogue:
    portuguese(locales)
    return load_catalogue(locales)


def test_the_new_language_is_complete_and_found(four: Catalogue) -> None:
    assert four.languages["pt"].missing == ()
    assert four.resolve("pt-BR") == "pt"
    assert four.languages["pt"].name == "português"
    assert not four.languages["pt"].is_reviewed


def test_every_text_is_written_in_it(four: Catalogue) -> None:
    body = four.render(messages.OFFER, {"times": SLOTS, "minutes": 30}, "pt", ZONE).body

    assert body.split("\n")[1:4] == [
        "1) terça-feira 1 dez, 17:00",
        "2) quarta-feira 2 dez, 17:00",
        "3) sábado 5 dez, 17:00",
    ]
    assert all(four.wording(message, "pt").startswith("pt: ") for message in all_messages().values())
    assert "português" in four.render(messages.LANGUAGE_SET, {"language": "pt"}, "pt", ZONE).body
    assert "portugués" in four.render(messages.LANGUAGE_SET, {"language": "pt"}, "es", ZONE).body


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("sim", Yes()),
        ("não", No()),
        ("parar", Stop()),
        ("mudar", Change()),
        ("2", Choose(2)),
        ("a terceiro", Choose(3)),
    ],
)
def test_its_words_are_understood(four: Catalogue, text: str, meaning: object) -> None:
    question = Question.CONSENT if isinstance(meaning, Yes | No) else Question.OFFER
    if isinstance(meaning, Change):
        question = Question.BOOKED
    asked = Asked(question, NOW.astimezone(ZONE), "pt", tuple(slot.astimezone(ZONE) for slot in SLOTS))

    assert understand(text, asked, four.lexicons).meaning == meaning


def test_a_gap_in_it_closes_it_and_no_other(locales: Path) -> None:
    folder = portuguese(locales)
    (folder / "keywords.toml").write_text(KEYWORDS.replace('"dez"]', "]"), encoding="utf-8")
    catalogue = load_catalogue(locales)

    with pytest.raises(Incomplete, match="months"):
        catalogue.render(messages.NOTED, {}, "pt", ZONE)
    assert all(map(catalogue.ready, ("en", "es", "ar")))
