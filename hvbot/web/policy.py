"""Who may come to which page: one table. A route that is not in it keeps the app from starting."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, abort, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from hvbot.web.context import the_viewer
from hvbot.web.lifetime import keep_alive

FORBIDDEN, UNAUTHORIZED = 403, 401


@dataclass(frozen=True, slots=True)
class Policy:
    """`roles` may come; empty means everybody. `token`: for a machine that brings one, which the view itself checks.

    `quiet` pages refresh themselves and do not keep a session alive.
    """

    roles: frozenset[str] = frozenset()
    webhook: bool = False
    token: bool = False
    quiet: bool = False


PUBLIC = Policy()
WEBHOOK = Policy(webhook=True)
TOKEN = Policy(token=True)
SIGNED_IN = Policy(frozenset({"coordinator", "school_lead", "educator", "partner"}))
COORDINATOR = Policy(frozenset({"coordinator"}))
SCHOOL = Policy(frozenset({"coordinator", "school_lead"}))
TOTALS = Policy(frozenset({"coordinator", "school_lead", "partner"}))
EDUCATOR = Policy(frozenset({"educator"}))

POLICIES: Mapping[str, Policy] = {
    "static": PUBLIC,
    "front.healthz": PUBLIC,
    "front.metrics": TOKEN,
    "front.home": SIGNED_IN,
    "signin.needed": PUBLIC,
    "signin.link": PUBLIC,
    "signin.enter": PUBLIC,
    "signin.leave": SIGNED_IN,
    "webhooks.inbound": WEBHOOK,
    "webhooks.status": WEBHOOK,
    "today.page": SCHOOL,
    "today.live": Policy(SCHOOL.roles, quiet=True),
    "today.take": COORDINATOR,
    "today.settle": COORDINATOR,
    "today.reopen": COORDINATOR,
    "today.sending": COORDINATOR,
    "progress.page": TOTALS,
    "progress.live": Policy(TOTALS.roles, quiet=True),
    "families.page": SCHOOL,
    "conversation.page": COORDINATOR,
    "conversation.live": Policy(COORDINATOR.roles, quiet=True),
    "conversation.answer": COORDINATOR,
    "conversation.hold": COORDINATOR,
    "conversation.count": COORDINATOR,
    "conversation.correct": COORDINATOR,
    "visits.page": SCHOOL,
    "mine.page": EDUCATOR,
    "downloads.page": SCHOOL,
    "downloads.table": SCHOOL,
}


class UndeclaredRoute(RuntimeError):
    """A route has no policy."""


def set_up_policy(app: Flask, policies: Mapping[str, Policy]) -> None:
    """Refuse to start with an undeclared route; then ask the table before every view."""
    undeclared = {rule.endpoint for rule in app.url_map.iter_rules()} - policies.keys()
    if undeclared:
        raise UndeclaredRoute(f"no policy for {', '.join(sorted(undeclared))}: add it to POLICIES in web/policy.py")

    @app.before_request
    def ask() -> Response | None:
        return enforce(policies[request.endpoint]) if request.endpoint else None


def enforce(policy: Policy) -> Response | None:
    """Let the request through, send it to the sign-in page, or refuse."""
    if not policy.roles:
        return None
    if not current_user.is_authenticated or not keep_alive(counts=not policy.quiet):
        if policy.quiet or request.method != "GET":
            abort(UNAUTHORIZED)
        return redirect(url_for("signin.needed"))
    g.viewer = current_user.viewer
    if the_viewer().role not in policy.roles:
        abort(FORBIDDEN)
    return None
