"""The screens as a browser shows them: on a desk, on a phone, without a script, and with hostile words in them."""

from typing import Any

import pytest
from sqlalchemy import select

from hvbot.models import OutboundText
from hvbot.runtime import Runtime
from hvbot.services.users import add_user
from tests.browser.serving import browsing
from tests.web.season import Season

WIDTHS = (1280, 390, 320)


def come_in(page: Any, address: str, runtime: Runtime, role: str = "coordinator") -> None:
    """Use a link as a person does: open it, press the button."""
    url = add_user(runtime, f"{role}@example.org", role).url
    page.goto(f"{address}/sign-in/{url.rsplit('/', 1)[1]}")
    page.click("main button")


def pages_of(season: Season) -> list[str]:
    threads = [f"/conversations/{number}" for number in (season.rosa, season.amina, season.stranger)]
    return ["/today", "/progress", "/families", *threads, "/visits", "/visits?show=all", "/downloads"]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_screen_or_complains(
    address: str, runtime: Runtime, season: Season, width: int
) -> None:
    """A breach of the content policy and a script error both show on the console; a script in a text would open a dialog."""
    with browsing(width) as page:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}") or dialog.dismiss())
        come_in(page, address, runtime)
        for path in pages_of(season):
            page.goto(address + path)
            too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            assert not too_wide, (path, width)
    assert complaints == []


def test_every_page_has_its_landmarks_one_heading_and_labels(address: str, runtime: Runtime, season: Season) -> None:
    faults = """() => {
        const named = (it) => it.labels?.length || it.getAttribute('aria-label') || it.getAttribute('aria-labelledby');
        const fields = [...document.querySelectorAll('input:not([type=hidden]), textarea, select')];
        const ids = [...document.querySelectorAll('[id]')].map((it) => it.id);
        return [
            ...(document.querySelectorAll('h1').length === 1 ? [] : ['h1']),
            ...['main', 'header', 'footer', 'nav'].filter((tag) => !document.querySelector(tag)),
            ...fields.filter((it) => !named(it)).map((it) => `no label: ${it.name}`),
            ...[...document.querySelectorAll('button, a')].filter((it) => !it.textContent.trim()).map(() => 'no name'),
            ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `twice: ${id}`),
            ...(document.documentElement.lang ? [] : ['lang']),
            ...[...document.querySelectorAll('[style], script:not([src]), style')].map(() => 'inline'),
        ];
    }"""
    with browsing() as page:
        come_in(page, address, runtime)
        for path in pages_of(season):
            page.goto(address + path)
            assert page.evaluate(faults) == [], path


def test_a_coordinator_works_without_a_script(address: str, runtime: Runtime, season: Season) -> None:
    with browsing(390, javascript=False) as page:
        come_in(page, address, runtime)
        page.click("text=Open the conversation with Rosa Marquez")
        page.fill("#words", "Le llamo hoy.")
        page.click("button:has-text('How long is it?')")
        length = page.inner_text("#size")
        page.click("button:has-text('Send')")
        flash = page.inner_text("[role=status]")

    assert length.startswith("1 segment (13 characters")
    assert flash == "Your text is on its way."
    with runtime.sessions() as session:
        assert session.scalars(select(OutboundText.body).where(OutboundText.purpose == "person")).all() == [
            "Le llamo hoy."
        ]


def test_the_length_shows_while_one_writes(address: str, runtime: Runtime, season: Season) -> None:
    with browsing() as page:
        come_in(page, address, runtime)
        page.goto(f"{address}/conversations/{season.rosa}")
        page.type("#words", "¿Mañana? " * 10)
        page.wait_for_selector("#size:has-text('segment')")
        length = page.inner_text("#size")

    assert length.startswith("1 segment (")


def test_a_page_refreshes_itself_without_moving_the_focus(address: str, runtime: Runtime, season: Season) -> None:
    from hvbot.services.inbound import Incoming, receive

    with browsing() as page:
        come_in(page, address, runtime)
        page.goto(f"{address}/conversations/{season.bea}")
        page.focus("#words")
        receive(runtime, Incoming("SMlive", "+12025550104", "One more thing"))
        page.wait_for_selector("text=One more thing", timeout=10_000)
        focused = page.evaluate("document.activeElement.id")
        news = page.inner_text("#news")

    assert focused == "words"
    assert "texts in this conversation" in news


def test_arabic_stands_on_the_right(address: str, runtime: Runtime, season: Season) -> None:
    with browsing() as page:
        come_in(page, address, runtime)
        page.goto(f"{address}/conversations/{season.amina}")
        directions = page.evaluate(
            "[...document.querySelectorAll('.bubble-text[lang=ar]')].map((it) => getComputedStyle(it).direction)"
        )

    assert set(directions) == {"rtl"}


def test_everything_is_reached_with_the_keyboard(address: str, runtime: Runtime, season: Season) -> None:
    with browsing() as page:
        come_in(page, address, runtime)
        page.goto(f"{address}/today")
        seen = []
        for _ in range(40):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")

    assert seen[0] == "Skip to the content"
    assert "Open the conversation with Rosa Marquez" in seen
    assert outline != "none"
