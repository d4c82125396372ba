"""Where am I next, with whom, and is it still on?"""

from flask import Blueprint, render_template

from hvbot.web.context import now, reading, the_viewer
from hvbot.web.mine.queries import educators_of, visits_of

mine = Blueprint("mine", __name__)


@mine.get("/mine")
def page() -> str:
    """The educator's own visits; nobody else's."""
    session = reading()
    educators = educators_of(session, the_viewer())
    visits = visits_of(session, [educator.id for educator in educators], now()) if educators else []
    return render_template("mine/page.html", educators=educators, visits=visits)
