"""The demo as a visitor plays it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from hvbot.demo import demo_stage
from tests.browser.serving import browsing, serving


@pytest.fixture
def demo() -> Iterator[str]:
    with demo_stage(8000) as (_stage, app), serving(app) as address:
        yield address


def press(page: Any, phone: str, button: str) -> None:
    """Press a quick answer on somebody's phone."""
    quick = page.get_by_role("form", name=f"Quick answers of {phone}")
    quick.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()


def screen(page: Any, phone: str) -> str:
    return str(page.get_by_role("log", name=f"Texts on the phone of {phone}").inner_text())


def figure(page: Any, name: str) -> str:
    return str(
        page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True)).locator("td").first.inner_text()
    )


def test_a_visit_is_booked_and_held_in_a_few_clicks(demo: str) -> None:
    with browsing(1440, 1000) as page:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        page.goto(f"{demo}/demo")
        asked = figure(page, "Asked")
        press(page, "Rosa Marquez", "1")
        press(page, "Rosa Marquez", "2")
        booked = figure(page, "Visit set")
        told = screen(page, "Ms. Vega")
        page.click("text=The evening before the next visit")
        page.wait_for_load_state()
        reminded = screen(page, "Rosa Marquez")
        press(page, "Rosa Marquez", "1")
        page.click("button:has-text('After it')")
        page.wait_for_load_state()
        press(page, "Ms. Vega", "1")
        visited = figure(page, "Visited")
        page.click("text=Visits >> nth=0")
        page.wait_for_load_state()

    assert complaints == []
    assert (asked, booked, visited) == ("14", "1", "1")
    assert re.search(r"Visit \d+ is set", told)
    assert "mañana" in reminded


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_the_phones_fit_the_screen(demo: str, width: int) -> None:
    with browsing(width) as page:
        page.goto(f"{demo}/demo")
        too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        phones = page.locator(".phone").count()

    assert not too_wide
    assert phones == 4


def test_what_is_written_on_one_phone_is_seen_in_another_window(demo: str) -> None:
    with browsing(1440, 1000) as page:
        page.goto(f"{demo}/demo")
        other = page.context.new_page()
        other.goto(f"{demo}/demo")
        press(other, "Kim Tran", "1")
        page.wait_for_selector(".phone:has-text('Kim Tran') .line.mine", timeout=10_000)
        replied = figure(page, "Replied")
        page.wait_for_timeout(2000)
        replied = figure(page, "Replied")

    assert replied == "1"
