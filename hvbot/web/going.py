"""Visits with the names of those who go: what the coordinator's list and an educator's own page both ask."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from hvbot.models import Educator, Guardian, School, Visit
from hvbot.reports.people import Query

LIVE = ("booked", "confirmed")
First, Second, Third = aliased(Educator), aliased(Educator), aliased(Educator)


def visits_with_names(*more: Any) -> Query:
    """Every visit with its school, its family's adult and who goes; `more` columns may be of these tables or joined on."""
    return (
        select(
            Visit,
            School.name.label("school"),
            Guardian.name.label("guardian"),
            First.name.label("first"),
            Second.name.label("second"),
            Third.name.label("interpreter"),
            *more,
        )
        .join(School, School.id == Visit.school_id)
        .outerjoin(Guardian, Guardian.id == Visit.guardian_id)
        .join(First, First.id == Visit.first_id)
        .join(Second, Second.id == Visit.second_id)
        .outerjoin(Third, Third.id == Visit.interpreter_id)
    )
