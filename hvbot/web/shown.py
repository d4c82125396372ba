"""How values look in templates: moments on the school's clock, languages by name, numbers masked."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from flask import Flask, g, request
from markupsafe import Markup

from hvbot.models import Attention
from hvbot.services.attention import REASONS
from hvbot.web import words
from hvbot.web.context import now, the_runtime
from hvbot.web.people import shown_name


def set_up_templates(app: Flask) -> None:
    """Give templates our words and filters."""
    app.jinja_env.filters.update(
        age=age,
        day_and_time=day_and_time,
        clock=clock,
        language=language_name,
        direction=direction,
        masked=masked,
        signed=is_signed,
        detail=detail,
    )
    app.jinja_env.globals.update(
        words=words, REASONS=REASONS, with_query=with_query, percent=percent, shown_name=shown_name
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(common)


def common() -> dict[str, Any]:
    """What every page knows. The viewer is empty for one who is not signed in; an error page needs no database."""
    return {"viewer": g.get("viewer")}


def age(moment: datetime) -> str:
    """How long ago, as people say it."""
    seconds = max(0, int((now() - moment).total_seconds()))
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            count = seconds // unit
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "less than a minute"


def day_and_time(moment: datetime | None, zone: str) -> str:
    """Such as "Tue Dec 1, 2026, 5:30 PM" on the school's clock."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a %b} {local.day}, {local.year}, {clock(moment, zone)}"


def clock(moment: datetime, zone: str) -> str:
    """The clock time alone."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"


def language_name(code: str) -> str:
    """A language's English name, or its code where we do not have it."""
    known = the_runtime().catalogue.languages.get(code)
    return known.english_name if known else name_elsewhere(code)


def name_elsewhere(code: str) -> str:
    """The name of a language that hvbot does not speak yet; its code where nobody knows it."""
    try:
        return Locale.parse(code, sep="-").english_name or code
    except (UnknownLocaleError, ValueError):
        return code


def is_signed(code: str) -> bool:
    """Tell whether a named speaker has read a language's texts."""
    catalogue = the_runtime().catalogue
    resolved = catalogue.resolve(code)
    return resolved is not None and catalogue.languages[resolved].is_reviewed


def detail(matter: Attention) -> str:
    """What a matter tells beside its reason: mostly somebody's own words; never a bare code."""
    if matter.reason == "language_not_ready" and matter.detail:
        return language_name(matter.detail)
    return matter.detail or ""


def direction(code: str) -> str:
    """Left to right or right to left; the browser decides for languages we do not know."""
    known = the_runtime().catalogue.languages.get(code)
    return known.direction if known else "auto"


def masked(number: str) -> str:
    """The last two digits, which are enough to tell two phones of one home apart."""
    return f"\u2026{number[-2:]}"


def with_query(**changes: Any) -> Markup:
    """The address of this page with some of its filters changed; a change of filter goes back to the first page."""
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if key != "page"}
    kept |= changes
    query = urlencode({key: value for key, value in kept.items() if value not in {None, ""}})
    return Markup("?{}").format(query)


def percent(part: int, whole: int) -> str:
    """A share in whole percent; a dash where there is nothing to share."""
    return f"{round(100 * part / whole)}%" if whole else "\u2013"
