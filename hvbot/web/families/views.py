"""Families: the list, with filters in the address."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request

from hvbot.web import words
from hvbot.web.chosen import asked_id, round_in, rounds_of, schools_of
from hvbot.web.context import found, reading, the_viewer
from hvbot.web.families.queries import Filters, adults_of, children_of, homes, languages_of, stage_counts
from hvbot.web.paging import asked_page, page_of

families = Blueprint("families", __name__)


@families.get("/families")
def page() -> str:
    """One page of homes."""
    viewer, session = the_viewer(), reading()
    rounds, schools = rounds_of(session, viewer), schools_of(session, viewer)
    chosen, languages = round_in(rounds), languages_of(session, viewer)
    filters = Filters(chosen.id if chosen else None, asked_stage(), asked_language(languages), asked_id("school"))
    if filters.school_id:
        found(next((school for school in schools if school.id == filters.school_id), None))
    listed = page_of(session, homes(viewer, filters), asked_page())
    ids = [row.id for row in listed.rows]
    return render_template(
        "families/page.html",
        rounds=rounds,
        round=chosen,
        schools=schools,
        languages=languages,
        filters=filters,
        counts=stage_counts(session, viewer, filters),
        page=listed,
        adults=adults_of(session, viewer, ids),
        children=children_of(session, viewer, ids),
    )


def asked_stage() -> str | None:
    """The stage the address asks for."""
    stage = request.args.get("stage")
    return stage if stage in words.STAGES else None


def asked_language(known: Sequence[str]) -> str | None:
    """The language the address asks for."""
    language = request.args.get("language")
    return language if language in known else None
