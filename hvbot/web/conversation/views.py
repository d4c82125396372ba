"""Conversation: the texts, what hvbot made of them, and a coordinator's own words."""

import secrets
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hvbot.i18n.segments import measure, normalise
from hvbot.services import corrections, replies
from hvbot.services.replies import ReplyRefused
from hvbot.web import words
from hvbot.web.context import found, now, reading, the_runtime, the_viewer
from hvbot.web.conversation import queries
from hvbot.web.people import names_of_numbers

conversation = Blueprint("conversation", __name__)
BAD_REQUEST, CONFLICT = 400, 409


@conversation.get("/conversations/<int:conversation_id>")
def page(conversation_id: int) -> str:
    """The thread with everything about it."""
    return render_template("conversation/page.html", **facts(conversation_id))


@conversation.get("/conversations/<int:conversation_id>/live")
def live(conversation_id: int) -> str:
    """The texts, which refresh themselves."""
    return render_template("conversation/live.html", **facts(conversation_id))


def facts(conversation_id: int, words_so_far: str = "", refusal: str = "") -> dict[str, Any]:
    """What the page shows."""
    viewer, session = the_viewer(), reading()
    contact = found(queries.conversation_of(session, viewer, conversation_id))
    guardians, educators = queries.guardians_of(session, contact.id), queries.educators_of(session, contact.id)
    homes = sorted({guardian.household_id for guardian in guardians})
    children = queries.children_of(session, viewer, homes)
    return {
        "contact": contact,
        "name": names_of_numbers(session, [contact.id], viewer)[contact.id],
        "guardians": guardians,
        "educators": educators,
        "children": children,
        "zone": queries.zone_of(session, viewer, children, educators),
        "bubbles": queries.bubbles(session, contact.id),
        "consents": queries.consents_of(session, contact.id),
        "matters": queries.matters_of(session, contact.id),
        "invitations": queries.invitations_of(session, viewer, homes),
        "visits": queries.visits_of(session, viewer, homes, [educator.id for educator in educators]),
        "why_not": replies.why_not(contact),
        "form_token": secrets.token_hex(8),
        "words_so_far": words_so_far,
        "refusal": refusal,
        "size": measure(normalise(words_so_far)) if words_so_far else None,
    }


@conversation.post("/conversations/<int:conversation_id>/answer")
def answer(conversation_id: int) -> AnyResponse | tuple[str, int] | str:
    """Send a coordinator's own words, or only say how long they are."""
    viewer = the_viewer()
    contact = found(queries.conversation_of(reading(), viewer, conversation_id))
    text = request.form.get("words", "")
    if request.form.get("do") == "measure":
        return render_template("conversation/page.html", **facts(contact.id, text))
    try:
        send(contact.id, text, keep=request.form.get("keep") == "yes")
    except ReplyRefused as refusal:
        return render_template("conversation/page.html", **facts(contact.id, text, str(refusal))), CONFLICT
    flash("Your text is on its way.")
    return redirect(url_for("conversation.page", conversation_id=contact.id))


def send(conversation_id: int, text: str, *, keep: bool) -> None:
    """Queue the words; with `keep` hvbot stays quiet until the conversation is given back."""
    token = "".join(sign for sign in request.form.get("token", "") if sign.isascii() and sign.isalnum())[:16] or None
    with the_runtime().writing() as session:
        user_id = the_viewer().user_id
        replies.queue_reply(session, conversation_id, text, user_id=user_id, now=now(), token=token)
        if keep:
            replies.hold(session, conversation_id, held=True, user_id=user_id, now=now())


@conversation.post("/conversations/<int:conversation_id>/hold")
def hold(conversation_id: int) -> AnyResponse:
    """Take the conversation over, or give it back."""
    viewer = the_viewer()
    contact = found(queries.conversation_of(reading(), viewer, conversation_id))
    held = request.form.get("held") == "yes"
    with the_runtime().writing() as session:
        replies.hold(session, contact.id, held=held, user_id=viewer.user_id, now=now())
    flash("You have the conversation now. hvbot stays quiet." if held else "hvbot answers again.")
    return redirect(url_for("conversation.page", conversation_id=contact.id))


@conversation.post("/conversations/<int:conversation_id>/texts/<int:text_id>/meaning")
def correct(conversation_id: int, text_id: int) -> AnyResponse:
    """Keep what a reply really meant, as an example for the lexicon's owner; nothing else changes."""
    viewer, session = the_viewer(), reading()
    contact = found(queries.conversation_of(session, viewer, conversation_id))
    text = found(queries.inbound_of(session, contact.id, text_id))
    means = request.form.get("means", "")
    if means not in words.MEANINGS:
        abort(BAD_REQUEST)
    with the_runtime().writing() as writing:
        corrections.correct(writing, text, means, viewer.user_id, now())
    flash("Kept as an example. What hvbot did is not changed by it: write to the family, or mend the visit.")
    return redirect(url_for("conversation.page", conversation_id=contact.id))


@conversation.post("/conversations/count")
def count() -> Response:
    """How many segments some words take; posted, so that no address ever holds them."""
    size = measure(normalise(request.form.get("words", "")[: replies.LONGEST * 2]))
    return jsonify(segments=size.segments, encoding=size.encoding, units=size.units)
