"""Who is told about a visit, and the facts each text about it needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, cast, literal, null, select, union_all

from hvbot.conversation import messages
from hvbot.conversation.messages import Message
from hvbot.models import Conversation, Educator, Guardian
from hvbot.models.database import Executor
from hvbot.models.prepared import Prepared, among
from hvbot.services.facts import Site

# Whoever was told a time hears of every change of it, also after a plain no; the end of texts alone ends that.
TOLD = ("asked", "granted", "declined")
PLACES: dict[str, Message] = {
    "home": messages.PLACE_HOME,
    "park": messages.PLACE_PARK,
    "library": messages.PLACE_LIBRARY,
    "video": messages.PLACE_VIDEO,
}


NUMBERS: Any = Conversation.__table__
GUARDIANS: Any = Guardian.__table__
EDUCATORS: Any = Educator.__table__
HOME = (
    select(
        NUMBERS.c.id.label("conversation_id"),
        NUMBERS.c.language,
        NUMBERS.c.consent,
        NUMBERS.c.shared,
        cast(null(), EDUCATORS.c.id.type).label("id"),
        literal("guardian").label("role"),
        literal("").label("name"),
    )
    .join(GUARDIANS, GUARDIANS.c.conversation_id == NUMBERS.c.id)
    .where(
        GUARDIANS.c.household_id == bindparam("household_id"),
        GUARDIANS.c.gone_at.is_(None),
        GUARDIANS.c.contact_allowed.is_(True),
        NUMBERS.c.consent.in_(TOLD),
    )
    .distinct()
)
STAFF = (
    select(
        EDUCATORS.c.conversation_id,
        NUMBERS.c.language,
        NUMBERS.c.consent,
        NUMBERS.c.shared,
        EDUCATORS.c.id,
        EDUCATORS.c.role,
        EDUCATORS.c.name,
    )
    .select_from(EDUCATORS)
    .outerjoin(NUMBERS, NUMBERS.c.id == EDUCATORS.c.conversation_id)
)
THOSE_GOING = STAFF.where(
    EDUCATORS.c.id.in_([bindparam(name, type_=EDUCATORS.c.id.type) for name in ("first", "second", "third")])
)
AT_HOME = Prepared(HOME.order_by(NUMBERS.c.id))
GOING = Prepared(THOSE_GOING)
EVERYBODY = Prepared(union_all(HOME, THOSE_GOING))
ALL_GOING = Prepared(STAFF.where(among(EDUCATORS.c.id, "ids")))


@dataclass(frozen=True, slots=True)
class Recipient:
    """A number that is told. `educator_id` for staff; `shared` where others read the phone."""

    conversation_id: int
    language: str
    consent: str
    shared: bool | None = None
    educator_id: int | None = None
    role: str = "guardian"
    name: str = ""


def home_numbers(session: Executor, household_id: int) -> list[Recipient]:
    """The adults of a home who were asked and did not end all texts, once a number."""
    return [as_guardian(row) for row in AT_HOME.rows(session, {"household_id": household_id})]


def with_number(people: Sequence[Recipient]) -> list[Recipient]:
    """Those of the people whom a text can reach."""
    return [person for person in people if person.conversation_id]


def staff_of(session: Executor, visit: Any) -> list[Recipient]:
    """Everybody who goes to a visit, with or without a number, in the order first, second, interpreter."""
    return in_order(GOING.rows(session, going(visit)), visit)


def everybody(session: Executor, visit: Any) -> tuple[list[Recipient], list[Recipient]]:
    """The adults of a visit's home, and everybody who goes there, in one query."""
    rows = EVERYBODY.rows(session, {"household_id": visit.household_id, **going(visit)})
    home = [as_guardian(row) for row in rows if row.id is None]
    return sorted(home, key=lambda person: person.conversation_id), in_order(rows, visit)


def going(visit: Any) -> dict[str, Any]:
    """The ids of those who go to a visit, as a query takes them."""
    return {"first": visit.first_id, "second": visit.second_id, "third": visit.interpreter_id}


def in_order(rows: Iterable[Any], visit: Any) -> list[Recipient]:
    """Those of the rows who go to a visit, in the order first, second, interpreter."""
    people = {row.id: as_staff(row) for row in rows if row.id is not None}
    return [people[person] for person in going(visit).values() if person in people]


def staff_of_many(session: Executor, visits: Iterable[Any]) -> dict[int, list[Recipient]]:
    """The same for many visits, by the visit's id, in one query."""
    ids = {visit.id: (visit.first_id, visit.second_id, visit.interpreter_id) for visit in visits}
    wanted = sorted({person for going in ids.values() for person in going if person})
    people = {row.id: as_staff(row) for row in ALL_GOING.rows(session, {"ids": wanted})} if wanted else {}
    return {visit: [people[person] for person in going if person in people] for visit, going in ids.items()}


def as_guardian(row: Any) -> Recipient:
    return Recipient(row.conversation_id, row.language, row.consent, row.shared)


def as_staff(row: Any) -> Recipient:
    consent = row.consent or "none"
    return Recipient(row.conversation_id or 0, row.language or "en", consent, row.shared, row.id, row.role, row.name)


def visit_params(
    visit: Any, people: Sequence[Recipient], site: Site, reader: Recipient | None = None
) -> dict[str, Any]:
    """What every text about a visit may name; `partner` is the one who goes with the reader."""
    pair = [person for person in people if person.role != "interpreter"]
    first, second = (pair[0].name, pair[1].name) if len(pair) > 1 else ("", "")
    partner = first if reader and pair and reader.educator_id == pair[-1].educator_id else second
    return {
        **site_params(site),
        "when": visit.starts_at,
        "time": visit.starts_at,
        "first": first,
        "second": second,
        "partner": partner,
        # The invitation's number stays when the visit moves, so that people keep one name for it.
        "visit": visit.invitation_id,
        "place": place_of(visit, is_staff=bool(reader and reader.educator_id)),
    }


def place_of(visit: Any, *, is_staff: bool) -> str | Message:
    """Where they meet, in the family's own words or ours; the home is "yours" to the family alone."""
    if visit.place_words:
        return str(visit.place_words)[:60]
    if visit.place == "home" and is_staff:
        return messages.PLACE_THEIR_HOME
    return PLACES.get(visit.place, messages.PLACE_HOME)


def site_params(site: Site) -> dict[str, Any]:
    """What every text may name of the school."""
    return {"school": site.name, "phone": site.phone or "", "minutes": site.rules.told}
