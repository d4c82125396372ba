"""What each screen answers in its first lines."""

import csv
import html
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hvbot.clock import MovableClock
from hvbot.models import Attention, AuditEvent, Base, Conversation, InboundText, OutboundText, Program
from hvbot.runtime import Runtime
from hvbot.services.attention import REASONS
from hvbot.services.corrections import corrections
from hvbot.services.inbound import Incoming, receive
from hvbot.web import words
from hvbot.web.downloads.tables import lines
from tests.web.conftest import Browsers, press
from tests.web.season import HOSTILE, NOW, Season, matter


@pytest.fixture
def dana(browser: Browsers, season: Season) -> FlaskClient:
    return browser("coordinator")


def headings(text: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r"<h2>([^<]+)</h2>", text)]


def test_today_lists_what_waits_oldest_first(dana: FlaskClient) -> None:
    assert headings(dana.get("/today").text) == [
        "Was not understood twice",
        "Asked for a call",
        "Ended all texts while a visit is set: call about the visit",
        "A number that no roster knows wrote to us",
        "An educator wrote something a person should read",
    ]


def test_every_reason_has_words_and_a_next_step(dana: FlaskClient, runtime: Runtime, season: Season) -> None:
    with runtime.writing() as session:
        for hours, reason in enumerate(REASONS, start=100):
            matter(session, season, reason, season.school_a, None, hours)
    text = html.unescape(dana.get("/today").text)

    for reason, said in REASONS.items():
        assert said in text
        assert words.NEXT_STEP[reason] in text


def test_taking_a_matter_says_who_has_it(dana: FlaskClient, browser: Browsers, season: Season) -> None:
    press(dana, "/today", f"/today/{season.matter_a}/take")

    assert "taken by you" in dana.get("/today").text
    assert "taken by coordinator@example.org" in browser("coordinator", email="eli@example.org").get("/today").text
    assert headings(dana.get("/today?show=mine").text) == ["Was not understood twice"]


def test_an_empty_list_says_what_to_do_next(runtime: Runtime, browser: Browsers) -> None:
    client = browser("coordinator")
    pages = {
        "/today": "Nothing waits for you",
        "/progress": "hvbot round create",
        "/families": "hvbot roster import",
        "/visits": "When a family picks a time",
    }
    for path, said in pages.items():
        words = re.sub("<[^>]+>", "", client.get(path).text)
        assert said in html.unescape(words), path


def test_progress_counts_like_the_report(dana: FlaskClient) -> None:
    text = dana.get("/progress").text

    assert "Asked: 5 (100%). Delivered: 5 (100%). Replied: 4 (80%). Visit set: 2 (40%). Visited: 1 (20%)." in text
    assert re.search(r"Arabic</th>\s*<td class=\"number\">1</td>", text)


def test_families_keep_their_filters_in_the_address(dana: FlaskClient, season: Season) -> None:
    opted_out = dana.get("/families?stage=opted_out").text
    spanish = dana.get("/families?language=es").text
    of_b = dana.get(f"/families?school={season.school_b}").text

    assert ("Amina Haddad" in opted_out, "Rosa Marquez" in opted_out) == (True, False)
    assert ("Rosa Marquez" in spanish, "Amina Haddad" in spanish) == (True, False)
    assert ("Bea Bbbb-Secret" in of_b, "Rosa Marquez" in of_b) == (True, False)
    assert "?language=es&amp;stage=booked" in spanish
    assert "No family fits" in dana.get("/families?stage=done&language=ar").text


def test_no_address_of_a_page_holds_a_number(dana: FlaskClient, season: Season) -> None:
    for path in ("/today", "/families", "/visits?show=all", f"/conversations/{season.rosa}"):
        links = re.findall(r'(?:href|action)="([^"]+)"', dana.get(path).text)
        assert not [link for link in links if "555" in link and not link.startswith("tel:")], path


def test_long_lists_come_in_pages(dana: FlaskClient, runtime: Runtime, season: Season) -> None:
    with runtime.writing() as session:
        for hours in range(120):
            session.add(
                Attention(
                    program_id=season.program, key=f"k{hours}", reason="question", school_id=season.school_a, since=NOW
                )
            )
    first, last = dana.get("/today").text, dana.get("/today?page=99").text

    assert "Page 1 of 3" in first
    assert "Page 3 of 3" in last
    assert first.count("<h2>") == 50


def test_a_conversation_shows_texts_readings_and_what_became_of_them(dana: FlaskClient, season: Season) -> None:
    text = html.unescape(dana.get(f"/conversations/{season.rosa}").text)

    for said in (
        "Read as: picks one of the times. Question: Which time suits?",
        "because of “<bdi>la 1 por fav</bdi>”",
        "Sent; the phone company has not confirmed it yet",
        "Gave leave",
        "¿Podemos enviarle mensajes?",
        "Ms. Okafor and Mr. Lin",
        "tel:+12025550101",
    ):
        assert said in text
    assert text.index("Elija una hora") < text.index("la 1 por favor") < text.index("¡Listo!")


def test_each_bubble_says_its_language_and_direction(dana: FlaskClient, season: Season) -> None:
    text = dana.get(f"/conversations/{season.amina}").text

    assert 'lang="ar" dir="rtl">مرحبا' in text
    assert "Not sent: they ended all texts" in text


def test_hostile_words_stay_words(dana: FlaskClient, season: Season) -> None:
    for path in ("/today", f"/conversations/{season.rosa}"):
        text = dana.get(path).text
        assert "<script>alert" not in text
        assert html.escape(HOSTILE, quote=False).replace("&#39;", "'") in html.unescape(text).replace(
            "<", "&lt;"
        ).replace(">", "&gt;")
        assert "49" not in re.findall(r"\{\{7\*7\}\}|49(?=</)", text)


def test_answering_in_own_words_goes_through_the_outbox(dana: FlaskClient, runtime: Runtime, season: Season) -> None:
    press(
        dana, f"/conversations/{season.rosa}", f"/conversations/{season.rosa}/answer", words="Le llamo hoy.", keep="yes"
    )

    with runtime.sessions() as session:
        text = session.scalars(select(OutboundText).where(OutboundText.purpose == "person")).one()
        contact = session.get_one(Conversation, season.rosa)
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "text.by_person")).one()
    assert (text.body, text.status, text.language, text.segments) == ("Le llamo hoy.", "queued", "es", 1)
    assert contact.held_by_person
    assert event.actor.startswith("user:")


def test_pressing_send_twice_sends_once(dana: FlaskClient, runtime: Runtime, season: Season) -> None:
    for _ in range(2):
        press(dana, f"/conversations/{season.rosa}", f"/conversations/{season.rosa}/answer", words="Hola", token="abc")

    with runtime.sessions() as session:
        assert len(session.scalars(select(OutboundText).where(OutboundText.purpose == "person")).all()) == 1


def test_nobody_writes_to_who_ended_all_texts(dana: FlaskClient, runtime: Runtime, season: Season) -> None:
    page = dana.get(f"/conversations/{season.amina}").text
    answer = press(dana, "/today", f"/conversations/{season.amina}/answer", words="Hello")

    assert "They ended all texts" in page
    assert "<textarea" not in page
    assert answer.status_code == 409  # type: ignore[attr-defined]
    with runtime.sessions() as session:
        assert not session.scalars(select(OutboundText).where(OutboundText.purpose == "person")).all()


@pytest.mark.parametrize(("said", "why"), [("   ", "Write something first"), ("x" * 1001, "longer than 1000")])
def test_words_that_cannot_leave_come_back_with_the_reason(
    dana: FlaskClient, season: Season, said: str, why: str
) -> None:
    answer = press(dana, "/today", f"/conversations/{season.rosa}/answer", words=said)

    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert why in answer.text  # type: ignore[attr-defined]


def test_the_length_is_told_without_a_script(dana: FlaskClient, season: Season) -> None:
    words_in_arabic = "سلام" * 20
    page = press(dana, "/today", f"/conversations/{season.rosa}/answer", words=words_in_arabic, do="measure")
    count = press(dana, f"/conversations/{season.rosa}", "/conversations/count", words=words_in_arabic)

    assert "2 segments (80 characters, UCS-2)" in page.text  # type: ignore[attr-defined]
    assert words_in_arabic in page.text  # type: ignore[attr-defined]
    assert count.json == {"segments": 2, "encoding": "UCS-2", "units": 80}  # type: ignore[attr-defined]


def test_a_conversation_is_taken_over_and_given_back(dana: FlaskClient, runtime: Runtime, season: Season) -> None:
    path = f"/conversations/{season.bea}"
    press(dana, path, f"{path}/hold", held="yes")
    receive(runtime, Incoming("SMheld", "+12025550104", "Are you there?"))
    held = dana.get(path).text
    press(dana, path, f"{path}/hold", held="no")

    assert "Give it back to hvbot" in held
    assert "Take it over" in dana.get(path).text
    with runtime.sessions() as session:
        assert (
            session.scalars(select(Attention).where(Attention.reason == "reply_waiting")).one().conversation_id
            == season.bea
        )
        texts = session.scalars(select(InboundText).where(InboundText.carrier_id == "SMheld")).all()
    assert len(texts) == 1


def test_visits_are_listed_by_what_is_asked(dana: FlaskClient) -> None:
    coming, past = dana.get("/visits").text, dana.get("/visits?show=past").text

    assert ("Rosa Marquez" in coming, "Dora Done" in coming) == (True, False)
    assert ("Rosa Marquez" in past, "Dora Done" in past) == (False, True)
    assert "Tue Oct 6, 2026, 11:00 PM" in coming


def test_every_table_can_be_downloaded_and_it_is_on_record(dana: FlaskClient, runtime: Runtime) -> None:
    for name in ("visits", "responses", "consents", "texts", "attention"):
        answer = dana.get(f"/downloads/{name}.csv")
        rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
        assert len(rows) > 1, name
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert dana.get("/downloads/users.csv").status_code == 404
    with runtime.sessions() as session:
        taken = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "report.download")).all()
    assert [each["report"] for each in taken if each] == ["visits", "responses", "consents", "texts", "attention"]


@pytest.mark.fault(57)
@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\uff1d1"])
def test_no_cell_becomes_a_formula(cell: str) -> None:
    (_, row) = list(lines(("a", "b"), [(cell, 7)]))

    assert next(csv.reader(io.StringIO(row, newline="")))[0] == f"'{cell}"


def test_the_first_page_is_that_of_the_role(browser: Browsers, season: Season) -> None:
    pages = {"coordinator": "/today", "educator": "/mine", "partner": "/progress"}

    for role, page in pages.items():
        assert browser(role, email=f"{role}1@example.org").get("/").headers["Location"] == page


def test_health_needs_no_session(browser: Browsers, season: Season) -> None:
    answer = browser().get("/healthz")

    assert (answer.status_code, answer.json["database"]) == (200, "ok")  # type: ignore[index]


def test_an_unreachable_database_is_told_as_such(runtime: Runtime, browser: Browsers, season: Season) -> None:
    client = browser("coordinator")
    Base.metadata.drop_all(runtime.engine)

    answer = client.get("/today")

    assert answer.status_code == 503
    assert "The database does not answer" in answer.text


def test_going_back_stays_on_our_pages(dana: FlaskClient, season: Season) -> None:
    for wanted in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = press(dana, "/today", f"/today/{season.matter_a}/take", back=wanted)
        assert answer.headers["Location"] == "/today"  # type: ignore[attr-defined]
    answer = press(dana, "/today", f"/today/{season.matter_a}/take", back=f"/conversations/{season.rosa}")
    assert answer.headers["Location"] == f"/conversations/{season.rosa}"  # type: ignore[attr-defined]


@pytest.mark.fault(50)
def test_a_worker_that_is_late_is_shown(dana: FlaskClient, clock: MovableClock) -> None:
    clock.advance(minutes=10)

    assert "Texts are not leaving" in dana.get("/today").text


def test_all_texts_are_stopped_and_let_go_with_one_switch(dana: FlaskClient, runtime: Runtime, season: Season) -> None:
    press(dana, "/today", "/today/sending", paused="yes")
    stopped = dana.get("/today").text
    with runtime.sessions() as session:
        was = session.get_one(Program, season.program).sending_paused
    press(dana, "/today", "/today/sending", paused="no")

    assert was
    assert "All texts are stopped" in stopped
    assert "All texts are stopped" not in dana.get("/today").text
    with runtime.sessions() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "program")).all()
    assert actions == ["sending.paused", "sending.resumed"]


def test_words_cover_what_the_tables_hold() -> None:
    """A state without words would show as a code."""
    from hvbot.conversation.state import Step
    from hvbot.services.gate import PURPOSES

    assert {step.value for step in Step} == set(words.QUESTIONS)
    assert set(PURPOSES) == set(words.PURPOSES)
    assert set(REASONS) == set(words.NEXT_STEP)


def test_a_reading_is_corrected_as_an_example_and_changes_nothing_else(
    dana: FlaskClient, runtime: Runtime, season: Season
) -> None:
    path = f"/conversations/{season.rosa}"
    text_id = int(re.search(rf"{path}/texts/(\d+)/meaning", dana.get(path).text)[1])  # type: ignore[index]
    with runtime.sessions() as session:
        before = session.get_one(InboundText, text_id).reading

    press(dana, path, f"{path}/texts/{text_id}/meaning", means="change")

    assert "A person says it means: wants another time" in dana.get(path).text
    with runtime.sessions() as session:
        assert session.get_one(InboundText, text_id).reading == before
        kept = list(corrections(session, 1))
    assert [(row[1], row[5]) for row in kept] == [("es", "change")]
    with runtime.sessions() as session:
        assert list(corrections(session, 1, "ar")) == []


def test_a_correction_must_be_a_meaning_and_the_text_of_this_thread(dana: FlaskClient, season: Season) -> None:
    path = f"/conversations/{season.rosa}"
    text_id = int(re.search(rf"{path}/texts/(\d+)/meaning", dana.get(path).text)[1])  # type: ignore[index]

    assert press(dana, path, f"{path}/texts/{text_id}/meaning", means="nonsense").status_code == 400
    other = f"/conversations/{season.amina}/texts/{text_id}/meaning"
    assert press(dana, path, other, means="change").status_code == 404
