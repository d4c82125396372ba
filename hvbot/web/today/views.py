"""Today: the families that need a person, oldest first."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from hvbot.services import replies
from hvbot.services.sending import switch_sending
from hvbot.web.chosen import rounds_of
from hvbot.web.context import found, now, reading, the_runtime, the_viewer
from hvbot.web.paging import asked_page, page_of
from hvbot.web.people import names_of_numbers, present
from hvbot.web.returning import back_to
from hvbot.web.today.queries import SHOWN, matter_of, matters, strip_of

today = Blueprint("today", __name__)
SETTLED_BEFORE = "That was settled before."


@today.get("/today")
def page() -> str:
    """The list."""
    return render_template("today/page.html", **facts())


@today.get("/today/live")
def live() -> str:
    """The part that refreshes itself."""
    return render_template("today/live.html", **facts())


def facts() -> dict[str, Any]:
    """What the page shows."""
    viewer, session = the_viewer(), reading()
    asked = request.args.get("show", SHOWN[0])
    shown = asked if asked in SHOWN else SHOWN[0]
    found_page = page_of(session, matters(viewer, shown), asked_page())
    names = names_of_numbers(session, present(row.Attention.conversation_id for row in found_page.rows), viewer)
    return {
        "shown": shown,
        "page": found_page,
        "names": names,
        "strip": strip_of(session, viewer, now()),
        "nobody_asked": not found_page.rows and not any(each.started_at for each in rounds_of(session, viewer)),
    }


@today.post("/today/<int:attention_id>/take")
def take(attention_id: int) -> Response:
    """This is mine now."""
    viewer = the_viewer()
    matter = found(matter_of(reading(), viewer, attention_id))
    with the_runtime().writing() as session:
        if not replies.take(session, matter.id, user_id=viewer.user_id, now=now()):
            flash(SETTLED_BEFORE)
    return redirect(back_to(url_for("today.page")))


@today.post("/today/<int:attention_id>/settle")
def settle(attention_id: int) -> Response:
    """Done."""
    viewer = the_viewer()
    matter = found(matter_of(reading(), viewer, attention_id))
    with the_runtime().writing() as session:
        done = replies.settle(session, matter.id, user_id=viewer.user_id, now=now())
    flash("Settled. It is kept under Settled, where you can take it back." if done else SETTLED_BEFORE)
    return redirect(back_to(url_for("today.page")))


@today.post("/today/<int:attention_id>/reopen")
def reopen(attention_id: int) -> Response:
    """Settled by mistake."""
    viewer = the_viewer()
    matter = found(matter_of(reading(), viewer, attention_id))
    with the_runtime().writing() as session:
        again = replies.reopen(session, matter.id, user_id=viewer.user_id, now=now())
    flash("It waits under Waiting again." if again else "It waits already, or hvbot settled it.")
    return redirect(back_to(url_for("today.page")))


@today.post("/today/sending")
def sending() -> Response:
    """Stop all texts of the program at once, or let them leave again."""
    viewer, paused = the_viewer(), request.form.get("paused") == "yes"
    with the_runtime().writing() as session:
        switch_sending(session, viewer.program_id, paused=paused, user_id=viewer.user_id, now=now())
    flash("No text leaves until you let them leave again." if paused else "Texts leave again.")
    return redirect(url_for("today.page"))
