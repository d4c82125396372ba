"""Signing in and out. Looking at a link changes nothing, because mail scanners look; the button uses it up."""

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from hvbot.services import users
from hvbot.services.users import LinkRefused
from hvbot.web import lifetime
from hvbot.web.accounts import account_of
from hvbot.web.context import now, reading, the_runtime, the_viewer

signin = Blueprint("signin", __name__)
GONE = 410
REFUSED = {
    "unknown": "This link is not one of ours. It may have been cut off by the mail program: copy all of it.",
    "used": "This link was used before. Each link works once.",
    "expired": "This link is too old. Links work for a day.",
    "closed": "This account is closed.",
}


@signin.get("/sign-in")
def needed() -> str:
    """How to come in."""
    return render_template("signin/needed.html")


@signin.get("/sign-in/<token>")
def link(token: str) -> tuple[str, int] | str:
    """One button."""
    try:
        user = users.look_at_link(reading(), token, now())
    except LinkRefused as refusal:
        return refused(refusal)
    return render_template("signin/link.html", token=token, email=user.email)


@signin.post("/sign-in/<token>")
def enter(token: str) -> Response | tuple[str, int]:
    """Use the link up and begin a session."""
    try:
        with the_runtime().writing() as session:
            user = users.use_link(session, token, now())
    except LinkRefused as refusal:
        return refused(refusal)
    account = account_of(user)
    if account is None:
        abort(403)
    lifetime.begin(account)
    return redirect(url_for("front.home"))


def refused(refusal: LinkRefused) -> tuple[str, int]:
    """Say why, and what to do."""
    return render_template("signin/refused.html", why=REFUSED[refusal.why]), GONE


@signin.post("/sign-out")
def leave() -> Response:
    """End every session of this user, here and on other devices."""
    with the_runtime().writing() as session:
        users.sign_out(session, the_viewer().user_id, now())
    lifetime.end()
    return redirect(url_for("signin.needed"))
