"""The way in, and the answers to machines that watch whether we are alive and how we do."""

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from hvbot.services.figures import PAGE_TYPE, may_read
from hvbot.services.health import health
from hvbot.web.context import the_runtime, the_viewer

NOT_FOUND, UNAVAILABLE = 404, 503

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


@front.get("/metrics")
def metrics() -> Response:
    """The figures for Prometheus; to everybody without the token it looks as if there were none."""
    runtime = the_runtime()
    if runtime.meter is None or not may_read(runtime.settings, request.headers.get("Authorization", "")):
        abort(NOT_FOUND)
    try:
        return Response(runtime.meter.page(runtime), content_type=PAGE_TYPE)
    except SQLAlchemyError:
        return Response(status=UNAVAILABLE)
