"""Errors as a plain page: what happened and where to go, never a stack."""

import traceback

import structlog
from flask import Flask, Response, current_app, make_response, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

log = structlog.get_logger()

WORDS = {
    400: ("This could not be read", "Go back, reload the page and try again."),
    401: ("You are signed out", "Open your sign-in link again, or ask for a new one."),
    403: ("This page is not for your role", "If you need it, ask the coordinator of your program."),
    404: ("There is no such page", "It may have moved, or it belongs to another school."),
    405: ("This address is used by a button", "Go back to the page with the button."),
    413: ("That was too much at once", "Make it shorter and try again."),
    500: ("Something went wrong on our side", "Nothing was lost. Try again; if it stays, tell whoever runs hvbot."),
    503: ("The database does not answer", "Try again in a minute."),
}
FORM_TOO_OLD = ("This form is too old", "Go back, reload the page and try again. Nothing was changed.")


def set_up_errors(app: Flask) -> None:
    """Answer each error in our own words."""
    app.register_error_handler(CSRFError, lambda _problem: page(400, FORM_TOO_OLD))
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, unreachable)
    app.register_error_handler(Exception, unforeseen)


def http_error(problem: HTTPException) -> Response:
    """An error that was raised on purpose."""
    code = problem.code or 500
    return page(code, WORDS.get(code, ("This did not work", "Go back and try again.")))


def unreachable(_problem: Exception) -> Response:
    """The database is away."""
    log.error("database unreachable", endpoint=request.endpoint)
    return page(503, WORDS[503])


def unforeseen(problem: Exception) -> Response:
    """A mistake of ours: the log has the kind and the place, the page has neither."""
    log.error("page failed", endpoint=request.endpoint, problem=type(problem).__name__, where=where(problem))
    return page(500, WORDS[500])


def where(problem: Exception) -> str:
    """The innermost place in our code, without the message: that may hold numbers and names."""
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if "hvbot" in frame.filename]
    return f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""


def page(code: int, words: tuple[str, str]) -> Response:
    """One plain page. It is rendered without the context of other pages, which would ask the database who is looking."""
    title, advice = words
    template = current_app.jinja_env.get_template("error.html")
    return make_response(template.render(title=title, advice=advice, request=request), code)
