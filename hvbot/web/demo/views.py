"""The simulated phones beside the figures. Whoever opens the demo is its coordinator; nothing of this exists elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from hvbot.models import Attention, Conversation, User
from hvbot.web.accounts import account_of
from hvbot.web.chosen import round_in, rounds_of
from hvbot.web.context import found, now, reading, the_viewer
from hvbot.web.demo import queries
from hvbot.web.demo.stage import JUMPS, Stage, moment_of, zone_of
from hvbot.web.lifetime import begin
from hvbot.web.policy import COORDINATOR, Policy
from hvbot.web.progress.chart import bars
from hvbot.web.progress.queries import FUNNEL, LABELS, NUMBERS, responses

DEMO_USER = "coordinator@demo.example"
DEMO_POLICIES: Mapping[str, Policy] = {
    "demo.page": COORDINATOR,
    "demo.phone": COORDINATOR,
    "demo.figures": COORDINATOR,
    "demo.write": COORDINATOR,
    "demo.jump": COORDINATOR,
}
MOST_PHONES = 4
LONGEST_TEXT = 1000
OPEN_TO_ALL = ("webhooks", "static")


def make_demo(stage: Stage, first: Sequence[str]) -> Blueprint:
    """The pages of the demo. `first` are the roster's ids of those whose phones are shown first."""
    demo = Blueprint("demo", __name__, url_prefix="/demo")
    demo.record_once(lambda state: state.app.extensions.update(stage=stage, first_phones=first))
    demo.before_app_request(let_in)
    demo.app_context_processor(clock_for_all)
    for rule, view in (("", page), ("/phones/<int:number>", phone), ("/figures", figures)):
        demo.add_url_rule(rule, view_func=view)
    for rule, button in (("/phones/<int:number>/write", write), ("/jump/<name>", jump)):
        demo.add_url_rule(rule, view_func=button, methods=["POST"])
    return demo


def the_stage() -> Stage:
    """The stage this app plays on."""
    stage: Stage = current_app.extensions["stage"]
    return stage


def clock_for_all() -> dict[str, Any]:
    """What every page of the demo knows."""
    return {"demo": True, "demo_clock": clock_words(the_stage()) if is_page() else ""}


def page() -> str:
    """Phones side by side, the clock, the figures."""
    shown = shown_phones(current_app.extensions["first_phones"])
    everybody = queries.owners(reading())
    chosen = sorted((owner for owner in everybody if owner.id in shown), key=lambda owner: shown.index(owner.id))
    phones = [queries.phone_of(reading(), owner, now()) for owner in chosen]
    return render_template(
        "demo/page.html", everybody=everybody, phones=phones, shown=shown, **figure_facts(the_stage())
    )


def phone(number: int) -> str:
    """One phone's screen, which refreshes itself."""
    owner = found(next((each for each in queries.owners(reading()) if each.id == number), None))
    screen = queries.phone_of(reading(), owner, now())
    return render_template("demo/screen.html", phone=screen, zone=str(zone_of(reading())))


def figures() -> str:
    """The clock and the figures, which refresh themselves."""
    return render_template("demo/figures.html", **figure_facts(the_stage()))


def write(number: int) -> Response:
    """The owner of a phone sends a text."""
    address = found(reading().scalars(select(Conversation.address).where(Conversation.id == number)).one_or_none())
    words = (request.form.get("quick") or request.form.get("words", ""))[:LONGEST_TEXT].strip()
    if words:
        the_stage().writes(address, words)
    return redirect(back_to_phones(f"phone-{number}"))


def jump(name: str) -> Response:
    """Move the clock."""
    found(JUMPS.get(name))
    if not the_stage().jump(name):
        flash("There is no such moment ahead: set a visit first, or choose a later one.")
    return redirect(back_to_phones("clock"))


def let_in() -> None:
    """Sign the demo's coordinator in; a jump of the clock ends no session here."""
    if request.blueprint in OPEN_TO_ALL or request.endpoint in OPEN_TO_ALL:
        return
    if current_user.is_authenticated:
        session["began"] = session["seen"] = now().isoformat()
        return
    user = reading().scalars(select(User).where(User.email == DEMO_USER)).one()
    begin(found(account_of(user)))


def is_page() -> bool:
    return request.endpoint is not None and request.endpoint not in OPEN_TO_ALL


def clock_words(stage: Stage) -> str:
    """The virtual clock for the header."""
    local = stage.clock.now().astimezone(zone_of(reading()))
    return f"{local:%a %b} {local.day}, {local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"


def shown_phones(first: Sequence[str]) -> tuple[int, ...]:
    """The phones the address names, or those that are shown first."""
    asked = [int(part) for part in request.args.get("phones", "").split("-") if part.isascii() and part.isdigit()]
    chosen = asked or queries.numbers_of(reading(), first)
    return tuple(dict.fromkeys(chosen))[:MOST_PHONES]


def back_to_phones(anchor: str) -> str:
    """The page with the same phones on it."""
    phones = "".join(sign for sign in request.form.get("phones", "") if sign.isdigit() or sign == "-")
    return url_for("demo.page", phones=phones or None, _anchor=anchor)


def figure_facts(stage: Stage) -> dict[str, Any]:
    """The clock, where it can jump, and how families are answering."""
    db, viewer = reading(), the_viewer()
    chosen = round_in(rounds_of(db, viewer))
    totals = responses(db, viewer, chosen.id).total if chosen else dict.fromkeys(NUMBERS, 0)
    visit, zone = queries.coming_visit(db, now()), zone_of(db)
    moments = {name: moment_of(name, now(), zone, visit) for name in JUMPS}
    waiting = select(func.count(Attention.id)).where(Attention.status != "resolved")
    return {
        "clock": stage.clock.now(),
        "zone": str(zone),
        "jumps": {name: moment for name, moment in moments.items() if moment and moment > now()},
        "titles": JUMPS,
        "visit": visit,
        "total": totals,
        "labels": LABELS,
        "numbers": NUMBERS,
        "chart": bars([(LABELS[name], totals[name]) for name in FUNNEL]),
        "waiting": db.scalar(waiting) or 0,
        "happenings": queries.happenings(db),
    }
