"""Questions to colleagues that nobody answered in time."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.models import School, SubstituteRequest, Visit
from hvbot.runtime import Runtime
from hvbot.services.exchange import CONVERSATIONS, Exchange
from hvbot.services.facts import school_site
from hvbot.services.programs import the_program
from hvbot.services.recipients import home_numbers, staff_of
from hvbot.services.substitutes import pass_deadline

BATCH = 100
REQUESTS: Any = SubstituteRequest.__table__
VISITS: Any = Visit.__table__


def pass_deadlines(runtime: Runtime) -> int:
    """Ask the next colleague where nobody answered in time."""
    with runtime.writing() as session:
        now = runtime.clock.now()
        found = (
            select(REQUESTS)
            .where(REQUESTS.c.status == "asked", REQUESTS.c.deadline <= now)
            .order_by(REQUESTS.c.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows = session.execute(found).all()
        for row in rows:
            exchange = exchange_about(runtime, session, row.visit_id, now)
            pass_deadline(exchange, row)
            exchange.finish()
        return len(rows)


def exchange_about(runtime: Runtime, session: Session, visit_id: int, now: datetime) -> Exchange:
    """An exchange that the worker begins: about a visit, at the number of one who goes or of the home."""
    program = the_program(session, now)
    visit = session.execute(select(VISITS).where(VISITS.c.id == visit_id)).one()
    school = session.get_one(School, visit.school_id)
    numbers = [*home_numbers(session, visit.household_id), *staff_of(session, visit)]
    contact_id = next(person.conversation_id for person in numbers if person.conversation_id)
    contact = session.execute(select(CONVERSATIONS).where(CONVERSATIONS.c.id == contact_id)).one()
    exchange = Exchange(runtime, session, program, contact, now, f"tick{int(now.timestamp())}", "worker")
    exchange.site = school_site(session, program, school)
    return exchange
