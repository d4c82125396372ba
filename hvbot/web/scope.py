"""Who may see which rows. Every query of a screen passes through one of these."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select, true

from hvbot.models import Attention, HouseholdStudent, Student
from hvbot.reports.people import at_schools
from hvbot.web.context import Viewer


def own_school(column: Any, viewer: Viewer) -> ColumnElement[bool]:
    """A row that names one school."""
    return true() if viewer.schools is None else column.in_(viewer.schools)


def own_home(household_id: Any, viewer: Viewer) -> ColumnElement[bool]:
    """A home with a child at one of the viewer's schools."""
    if viewer.schools is None:
        return true()
    children = (
        select(HouseholdStudent.household_id)
        .join(Student, Student.id == HouseholdStudent.student_id)
        .where(Student.school_id.in_(viewer.schools))
    )
    mine: ColumnElement[bool] = household_id.in_(children)
    return mine


def own_number(conversation_id: Any, viewer: Viewer) -> ColumnElement[bool]:
    """A number of a family or an educator of the viewer's schools, or one about which they were asked to look."""
    if viewer.schools is None:
        return true()
    asked = select(Attention.conversation_id).where(
        Attention.school_id.in_(viewer.schools), Attention.conversation_id.is_not(None)
    )
    return or_(at_schools(conversation_id, viewer.schools), conversation_id.in_(asked))


def own_matter(viewer: Viewer) -> ColumnElement[bool]:
    """A matter of one of the viewer's schools."""
    if viewer.schools is None:
        return true()
    return or_(
        Attention.school_id.in_(viewer.schools),
        Attention.school_id.is_(None) & at_schools(Attention.conversation_id, viewer.schools),
    )
