"""Names for numbers and homes, read for a whole page at once; shortened for whoever may not see them in full."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hvbot.models import Educator, Guardian
from hvbot.web.context import Viewer

UNKNOWN = "Unknown number"


@dataclass(frozen=True, slots=True)
class Named:
    """Whose number it is. `kind`: family, educator or unknown."""

    name: str
    kind: str


def initials(name: str) -> str:
    """A name for those who need only tell families apart."""
    return " ".join(f"{part[0]}." for part in name.split() if part) or "\u2013"


def shown_name(name: str, viewer: Viewer) -> str:
    """A family's name as the viewer may see it."""
    return name if viewer.is_coordinator else initials(name)


def names_of_numbers(session: Session, ids: Collection[int], viewer: Viewer) -> Mapping[int, Named]:
    """Whose numbers these are."""
    found: dict[int, Named] = {}
    for number, names in grouped(session, Educator, ids).items():
        found[number] = Named(", ".join(names), "educator")
    for number, names in grouped(session, Guardian, ids).items():
        found[number] = Named(", ".join(shown_name(name, viewer) for name in names), "family")
    return defaultdict(lambda: Named(UNKNOWN, "unknown"), found)


def grouped(session: Session, kind: type[Guardian] | type[Educator], ids: Collection[int]) -> dict[int, list[str]]:
    """The names the roster has for each number, once each."""
    if not ids:
        return {}
    rows = session.execute(
        select(kind.conversation_id, kind.name).where(kind.conversation_id.in_(ids)).order_by(kind.id)
    )
    names: dict[int, list[str]] = defaultdict(list)
    for number, name in rows:
        if number and name not in names[number]:
            names[number].append(name)
    return names


def present(ids: Iterable[int | None]) -> list[int]:
    """The ids that are there, once each."""
    return sorted({each for each in ids if each is not None})
