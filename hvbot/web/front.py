"""The way in, and the answer to whether we are alive."""

from flask import Blueprint, Response, jsonify, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from hvbot.services.health import health
from hvbot.web.context import the_runtime, the_viewer

front = Blueprint("front", __name__)
FIRST_PAGE = {
    "coordinator": "today.page",
    "school_lead": "today.page",
    "educator": "mine.page",
    "partner": "progress.page",
}


@front.get("/")
def home() -> AnyResponse:
    """The first page of each role."""
    return redirect(url_for(FIRST_PAGE[the_viewer().role]))


@front.get("/healthz")
def healthz() -> Response:
    """200 when the database answers, else 503."""
    well, facts = health(the_runtime())
    answer = jsonify(facts)
    answer.status_code = 200 if well else 503
    return answer
