"""Progress: whether families are answering, and how it stands in each school and language."""

from typing import Any

from flask import Blueprint, render_template

from hvbot.web.chosen import round_in, rounds_of
from hvbot.web.context import reading, the_viewer
from hvbot.web.progress.chart import bars
from hvbot.web.progress.queries import FUNNEL, LABELS, NUMBERS, responses
from hvbot.web.shown import is_signed

progress = Blueprint("progress", __name__)


@progress.get("/progress")
def page() -> str:
    """The figures of one round."""
    return render_template("progress/page.html", **facts())


@progress.get("/progress/live")
def live() -> str:
    """The part that refreshes itself."""
    return render_template("progress/live.html", **facts())


def facts() -> dict[str, Any]:
    """What the page shows."""
    viewer, session = the_viewer(), reading()
    rounds = rounds_of(session, viewer)
    chosen = round_in(rounds)
    found = responses(session, viewer, chosen.id) if chosen else None
    chart = bars([(LABELS[name], found.total[name]) for name in FUNNEL]) if found else ()
    return {
        "rounds": rounds,
        "round": chosen,
        "found": found,
        "chart": chart,
        "labels": LABELS,
        "numbers": NUMBERS,
        "drafts": [code for code in (found.languages if found else ()) if not is_signed(code)],
    }
