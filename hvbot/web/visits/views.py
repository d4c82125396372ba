"""Visits: the list."""

from flask import Blueprint, render_template, request

from hvbot.web.chosen import asked_id, round_in, rounds_of, schools_of
from hvbot.web.context import found, now, reading, the_viewer
from hvbot.web.paging import asked_page, page_of
from hvbot.web.visits import queries
from hvbot.web.visits.queries import SHOWN, Filters

visits = Blueprint("visits", __name__)


@visits.get("/visits")
def page() -> str:
    """One page of visits."""
    viewer, session = the_viewer(), reading()
    rounds, schools = rounds_of(session, viewer), schools_of(session, viewer)
    asked, school_id = request.args.get("show", "coming"), asked_id("school")
    chosen = round_in(rounds) if asked_id("round") else None
    if school_id:
        found(next((school for school in schools if school.id == school_id), None))
    filters = Filters(asked if asked in SHOWN else "coming", chosen.id if chosen else None, school_id)
    listed = page_of(session, queries.visits(viewer, filters, now()), asked_page())
    return render_template(
        "visits/page.html", page=listed, filters=filters, shown=SHOWN, rounds=rounds, round=chosen, schools=schools
    )
