"""Logs are lines of JSON with ids, and never a number, a name or a text."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from hvbot.logs import HIDDEN, hide_numbers, set_up_logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    set_up_logs(stream=written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def entries(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "number",
    [
        "+12025550123",
        "+1 202 555 0123",
        "+1 (202) 555-0123",
        "(202) 555-0123",
        "202-555-0123",
        "202.555.0123",
        "2025550123",
        "12025550123",
        "%2B12025550123",
        "whatsapp:+12025550123",
        "+442079460123",
        12025550123,
    ],
)
def test_a_number_is_hidden_in_any_form(number: str | int) -> None:
    for value in (number, f"to {number}, twice", f"'{number}'", {"to": [number]}):
        hidden = json.dumps(hide_numbers(value))
        assert HIDDEN in hidden
        assert "555" not in hidden
        assert "0123" not in hidden


@pytest.mark.parametrize(
    "value",
    [
        "SM0123456789abcdef0123456789abcdef",
        "ask:invitation12345:1:67890",
        "2026-09-15T16:02:00.123456+00:00",
        "2026-09-15 16:02:00",
        "2026-11-23",
        "127.0.0.1:8000",
        "21610",
        30005,
        123_456_789,
        1.5,
        True,
        None,
        "",
    ],
)
def test_ids_codes_and_moments_stay(value: object) -> None:
    assert hide_numbers(value) == value


def test_a_line_is_one_json_object(stream: io.StringIO) -> None:
    structlog.get_logger().info("text sent", outbound_id=7, to="+12025550123")

    (entry,) = entries(stream)
    assert (entry["event"], entry["outbound_id"], entry["to"], entry["level"]) == ("text sent", 7, HIDDEN, "info")
    assert entry["timestamp"].startswith("20")


def test_a_librarys_line_goes_the_same_way(stream: io.StringIO) -> None:
    logging.getLogger("somebody").warning("calling %s", "+12025550123")

    (entry,) = entries(stream)
    assert entry["event"] == f"calling {HIDDEN}"


@pytest.mark.parametrize("speaker", ["ours", "a library"])
def test_an_error_tells_where_and_not_what_the_row_held(stream: io.StringIO, speaker: str) -> None:
    log = structlog.get_logger() if speaker == "ours" else logging.getLogger("somebody")
    try:
        int("Rosa Lopez wrote: yes")
    except ValueError:
        log.exception("turn failed")

    (entry,) = entries(stream)
    assert entry["problem"] == "ValueError"
    assert "test_logs.py" in entry["where"][-1]
    assert "Rosa" not in stream.getvalue()


def test_libraries_that_chat_are_quiet(stream: io.StringIO) -> None:
    logging.getLogger("twilio.http_client").info("POST Body=hello")

    assert stream.getvalue() == ""
