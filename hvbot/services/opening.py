"""Opens an exchange: whose number it is, and what is set."""

from datetime import datetime
from typing import Any

from hvbot.models.database import Executor
from hvbot.runtime import Runtime
from hvbot.services.exchange import Exchange
from hvbot.services.facts import STAFF, any_site, home_of, school_site
from hvbot.services.programs import Settled


def open_exchange(
    runtime: Runtime, executor: Executor, program: Settled, contact: Any, now: datetime, cause: str = ""
) -> Exchange:
    """The facts of a number: a family with its invitation, an educator, or nobody we know."""
    exchange = Exchange(
        runtime, executor, program, contact, now, cause, f"conversation:{contact.id}", language=contact.language
    )
    exchange.home = home_of(exchange.connection, program, contact.id, now)
    if exchange.home:
        exchange.site = exchange.home.site
        exchange.visit = exchange.home.visit
        return exchange
    session = exchange.session
    staff = session.execute(STAFF, {"conversation_id": contact.id}).first()
    if staff:
        exchange.staff_id = staff[0]
        exchange.site = school_site(session, program, staff[3])
    else:
        exchange.site = any_site(session, program)
    return exchange
