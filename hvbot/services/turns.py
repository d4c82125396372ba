"""Whose turn it is: due texts by rank, and within a rank one of each school after the other.

Nothing is kept from claim to claim: a school's next text has the first turn again. Lots decide between schools at the same
turn, so that a pace of a few texts a claim serves all of them too.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, literal_column, select, true, union_all

from hvbot.models import OutboundText
from hvbot.services.sending import STOPPED
from hvbot.services.texts import LAST_IN_LINE

TEXTS: Any = OutboundText.__table__
EARLY: Any = TEXTS.alias("early")
FIRST: Any = TEXTS.alias("first")
NEXT_SCHOOL: Any = TEXTS.alias("next_school")

NOW: Any = bindparam("now")
# Literals, not parameters: only then do the databases use the index of what is queued.
QUEUED: Any = literal_column("'queued'")
SEED: Any = bindparam("seed")
SEEDS = 1 << 16
PRIME = 65_537
# How far into the line is looked: numbers at its front may have to wait. Shared by the schools, and so many of each at least.
FAR = 1000
OF_EACH = 50


def due(text: Any) -> Any:
    """A queued text whose time has come."""
    return and_(text.c.status == QUEUED, text.c.not_before <= NOW)


def waiting_schools() -> Any:
    """Each school for which something is queued, found in as many steps through the index, and an empty row at the end."""
    least = select(func.min(FIRST.c.school_id).label("id")).where(FIRST.c.status == QUEUED)
    schools = least.cte("schools", recursive=True)
    following = select(func.min(NEXT_SCHOOL.c.school_id)).where(
        NEXT_SCHOOL.c.status == QUEUED, NEXT_SCHOOL.c.school_id > schools.c.id
    )
    return schools.union_all(select(following.scalar_subquery()).where(schools.c.id.is_not(None)))


WAITING: Any = waiting_schools()
RANKS: Any = union_all(
    *(select(literal_column(str(rank)).label("priority")) for rank in range(LAST_IN_LINE + 1))
).subquery("ranks")
SHARE = (
    select(case((func.count() * OF_EACH > FAR, OF_EACH), else_=FAR // func.count()))
    .select_from(WAITING)
    .scalar_subquery()
)


def first_due(text: Any, *columns: Any) -> Select[Any]:
    """The texts at the front of one school and rank."""
    mine = and_(text.c.school_id == WAITING.c.id, text.c.priority == RANKS.c.priority)
    found = select(*columns).where(mine, due(text), text.c.program_id.not_in(STOPPED))
    return found.order_by(text.c.not_before, text.c.id).limit(SHARE).correlate(WAITING, RANKS)


def front(of_each: Any, joined: Any) -> Any:
    """The front of the line, over all schools and ranks."""
    order = (RANKS.c.priority, "turn", "lot")
    school = WAITING.c.id
    turn = func.row_number().over(
        partition_by=(school, RANKS.c.priority), order_by=(of_each.c.not_before, of_each.c.id)
    )
    columns = (
        of_each.c.id,
        of_each.c.conversation_id,
        of_each.c.not_before,
        RANKS.c.priority,
        turn.label("turn"),
        ((school + 1) * SEED % PRIME).label("lot"),
    )
    return select(*columns).select_from(joined).order_by(*order, of_each.c.id).limit(FAR).subquery("front")


def front_on_postgresql() -> Any:
    wanted = (EARLY.c.id, EARLY.c.conversation_id, EARLY.c.not_before)
    of_each = first_due(EARLY, *wanted).lateral("of_each")
    return front(of_each, WAITING.join(RANKS, true()).join(of_each, true()))


def front_on_sqlite() -> Any:
    inner = TEXTS.alias("inner_text")
    return front(
        EARLY, WAITING.join(RANKS, true()).join(EARLY, EARLY.c.id.in_(first_due(inner, inner.c.id).scalar_subquery()))
    )


def in_turn(rows: Iterable[Any], seed: int) -> list[Any]:
    """Claimed texts in the order of the line; they come by rank and age."""
    seen: Counter[tuple[int, int]] = Counter()

    def place(row: Any) -> tuple[int, int, int]:
        key = row.priority, row.turn_of
        seen[key] += 1
        return row.priority, seen[key], (row.turn_of + 1) * seed % PRIME

    return sorted(rows, key=place)
