"""The `understand` interface: one JSON line in, one out. Nothing that is given stops it."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hvbot.understanding.lexicon import Lexicons
from hvbot.understanding.meaning import Asked, Choose, Propose, Question, Reading, SpeakLanguage
from hvbot.understanding.understand import understand
from hvbot.understanding.wording import when_fields

MOST_OPTIONS = 9


class BadLine(ValueError):
    """A line cannot be read; the message names the field and the remedy."""


def answer_line(line: str, lexicons: Lexicons) -> str:
    """Answer one line; a line that cannot be read is answered with an error and its id, where it has one."""
    given: Any = None
    try:
        given = json.loads(line)
        answer = answered(given, lexicons)
    except (BadLine, json.JSONDecodeError, RecursionError) as problem:
        message = f"no JSON: {problem}" if not isinstance(problem, BadLine) else str(problem)
        answer = {"id": given.get("id") if isinstance(given, dict) else None, "error": message}
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace").decode()


def answered(given: Any, lexicons: Lexicons) -> dict[str, Any]:
    """Read the text of one request."""
    if not isinstance(given, dict):
        raise BadLine("a line must be a JSON object with id, language, question, now, timezone, options, text")
    text = given.get("text")
    if not isinstance(text, str):
        raise BadLine("text must be a string")
    reading = understand(text, asked_of(given, lexicons), lexicons)
    return {"id": given.get("id"), "meaning": reading.meaning.name, **details(reading), "why": "; ".join(reading.why)}


def asked_of(given: Mapping[str, Any], lexicons: Lexicons) -> Asked:
    """The question, the moment and the times of a request."""
    zone = zone_of(given.get("timezone", "UTC"))
    language = language_of(str(given.get("language", "en")), lexicons)
    try:
        question = Question(given.get("question", "offer"))
    except ValueError:
        raise BadLine(f"question must be one of {', '.join(Question)}") from None
    options = given.get("options") or []
    if not isinstance(options, list) or len(options) > MOST_OPTIONS:
        raise BadLine(f"options must be a list of at most {MOST_OPTIONS} times")
    now = moment_of(given.get("now"), zone, "now")
    return Asked(question, now, language, tuple(moment_of(option, zone, "options") for option in options))


def zone_of(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadLine(f"timezone {name!r} is unknown; an IANA name such as America/Chicago is needed") from None


def language_of(code: str, lexicons: Lexicons) -> str:
    """The language of the thread, `es-MX` read as `es`."""
    found = lexicons.find(code)
    if found is None:
        raise BadLine(f"language {code!r} is unknown; known are {', '.join(sorted(lexicons))}")
    return found


def moment_of(value: Any, zone: ZoneInfo, field: str) -> dt.datetime:
    """A local time; without an offset it is read in the zone."""
    try:
        moment = dt.datetime.fromisoformat(str(value))
        return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        raise BadLine(f"{field}: {value!r} is no time such as 2026-08-18T16:00-05:00") from None


def details(reading: Reading) -> dict[str, Any]:
    """What a meaning carries."""
    match reading.meaning:
        case Choose(option):
            return {"option": option}
        case Propose(when):
            return {"when": when_fields(when)}
        case SpeakLanguage(to):
            return {"to": to}
    return {}
