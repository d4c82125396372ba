"""A school with families who have been asked, written straight into the tables."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, select, text

from hvbot.conversation.state import Open, State, Step, to_json
from hvbot.models import (
    Availability,
    Base,
    Conversation,
    Educator,
    Guardian,
    Household,
    HouseholdStudent,
    Invitation,
    InvitationStudent,
    Pair,
    Program,
    Round,
    RoundSchool,
    School,
    Student,
    lookup_hash,
)
from hvbot.runtime import Runtime

DAYS = 30
HOURS = 9
NUMBERS = 100_000
CHUNK = 5000
LANGUAGES = ("en", "es", "zh-Hans", "vi", "ar", "ht", "ru", "so", "pt", "fr", "ko", "tl")


def number(index: int) -> str:
    """A number nobody has: 555-01xx of a thousand area codes, a hundred thousand numbers in all."""
    return f"+1{(200 + index // 100) % 1000:03d}55501{index % 100:02d}"


def channel(index: int) -> str:
    """The channel of a number: where the numbers that nobody has run out, they come again on another one."""
    again = (index - 1) // NUMBERS
    return f"sms{again}" if again else "sms"


def seed(
    runtime: Runtime,
    families: int,
    *,
    asked: bool | int = True,
    pairs: int = 40,
    schools: int = 1,
    languages: Sequence[str] = ("en",),
) -> None:
    """Write a program, schools with pairs who are free for weeks, and families with one guardian each.

    The families of a school stand one after the other; their languages come in turn. Each school has so many pairs.
    Educators have numbers as long as there are any that nobody has. `asked` is how many of the families, from the first,
    have been asked in round 1: all, none or a number.
    """
    now = runtime.clock.now()
    asked = families if asked is True else int(asked)
    with runtime.writing() as session:

        def many(model: Any, rows: Iterable[dict[str, Any]]) -> None:
            waiting = iter(rows)
            while some := list(islice(waiting, CHUNK)):
                session.execute(insert(model.__table__), some)

        def school(index: int) -> int:
            return 1 + (index - 1) * schools // families

        def spoken(index: int) -> str:
            return languages[index % len(languages)]

        many(Program, [{"id": 1, "name": "Bench", "settings": {}, "sending_paused": False, "created_at": now}])
        many(School, (
            {"id": s, "program_id": 1, "ref": f"s{s}" if s > 1 else "s", "name": "Lincoln Elementary" if s == 1 else f"School {s}",
             "zone": "America/New_York", "language": "en"}
            for s in range(1, schools + 1)
        ))  # fmt: skip
        ids = range(1, families + 1)
        educators = range(1, 2 * pairs * schools + 1)
        key = runtime.settings.lookup_key
        state = to_json(State().asking(Open(Step.CONSENT, now - timedelta(hours=1))))
        people = range(1, max(families, min(families + len(educators), NUMBERS)) + 1)
        many(Conversation, (
            {"id": i, "program_id": 1, "channel": channel(i), "address": number(i), "address_hash": lookup_hash(key, number(i)),
             "language": spoken(i),
             "consent": "asked" if i <= asked or asked == families else "none", "state": state if i <= asked else {}, "created_at": now}
            for i in people
        ))  # fmt: skip
        many(Educator, (
            {"id": e, "program_id": 1, "school_id": 1 + (e - 1) // (2 * pairs), "ref": f"e{e}", "name": f"Ms. {e}", "languages": ["en"],
             "trained_on": date(2026, 1, 1), "willing": True, "conversation_id": families + e if families + e in people else None}
            for e in educators
        ))  # fmt: skip
        many(
            Pair,
            [
                {"id": p, "program_id": 1, "school_id": 1 + (p - 1) // pairs, "first_id": 2 * p - 1, "second_id": 2 * p}
                for p in range(1, pairs * schools + 1)
            ],
        )
        first = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=15)
        many(Availability, (
            {"program_id": 1, "educator_id": e, "starts_at": first + timedelta(days=d), "ends_at": first + timedelta(days=d, hours=HOURS)}
            for e in educators for d in range(DAYS)
        ))  # fmt: skip
        many(Household, ({"id": i, "program_id": 1, "ref": f"h{i}"} for i in ids))
        many(
            Student,
            (
                {"id": i, "program_id": 1, "school_id": school(i), "ref": f"c{i}", "first_name": "A", "last_name": "B"}
                for i in ids
            ),
        )
        many(HouseholdStudent, ({"household_id": i, "student_id": i} for i in ids))
        many(Guardian, (
            {"program_id": 1, "ref": f"g{i}", "household_id": i, "conversation_id": i, "name": "G", "language": spoken(i)} for i in ids
        ))  # fmt: skip
        many(
            Round,
            [
                {
                    "id": 1,
                    "program_id": 1,
                    "name": "Fall",
                    "starts_on": now.date(),
                    "ends_on": now.date() + timedelta(days=60),
                    "seed": 1,
                    "created_at": now,
                }
            ],
        )
        many(RoundSchool, ({"round_id": 1, "school_id": s} for s in range(1, schools + 1)))
        if asked:
            many(Invitation, (
                {"id": i, "program_id": 1, "round_id": 1, "household_id": i, "school_id": school(i),
                 "pair_id": (school(i) - 1) * pairs + 1 + i % pairs, "language": spoken(i), "status": "waiting", "asked_at": now - timedelta(hours=1)}
                for i in range(1, asked + 1)
            ))  # fmt: skip
            many(InvitationStudent, ({"invitation_id": i, "student_id": i} for i in range(1, asked + 1)))
    with runtime.engine.begin() as connection:
        # As autovacuum would have done long ago; it counts no empty table, for which PostgreSQL then plans as for an empty one.
        filled = (
            table.name for table in Base.metadata.sorted_tables if connection.execute(select(table).limit(1)).first()
        )
        for name in filled:
            connection.execute(text(f"ANALYZE {name}"))
        if connection.dialect.name == "postgresql":
            go_on_after(connection)


def go_on_after(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that came with their ids."""
    for model in (Program, School, Conversation, Educator, Pair, Household, Student, Round, Invitation):
        name = model.__tablename__
        last = f"(SELECT coalesce(max(id), 1) FROM {name})"
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last})"))
