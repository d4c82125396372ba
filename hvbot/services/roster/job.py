"""One import under way: what it reads from, what it writes to, and what it has learned."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from hvbot.models import Conversation, Educator, School, lookup_hash
from hvbot.services.numbers import add_conversations, conversation_row
from hvbot.services.roster.problems import Problems
from hvbot.services.roster.stage import Stage
from hvbot.services.roster.tally import Tally
from hvbot.settings import Settings

T = TypeVar("T")
CHUNK = 1000


@dataclass(slots=True)
class Job:
    """An import of one staged roster into one program.

    `transact` opens a short transaction for each chunk; when `writes` is false everything is looked up and counted and
    nothing written, and rows that would be new have a negative id, each its own. `told` holds the kinds of rows that
    the roster tells in full, so that what it does not list is gone.
    """

    settings: Settings
    program_id: int
    zone: str
    now: datetime
    stage: Stage
    problems: Problems
    transact: Callable[[], AbstractContextManager[Session]]
    writes: bool
    told: frozenset[str] = frozenset()
    tally: Tally = field(default_factory=Tally)
    schools: dict[str, int] = field(default_factory=dict)
    educators: dict[str, int] = field(default_factory=dict)
    progress: Callable[[int], None] = lambda _rows: None

    def learn_schools(self) -> None:
        """Look up every school's id."""
        with self.transact() as session:
            found = session.execute(select(School.ref, School.id).where(School.program_id == self.program_id))
            self.schools = self.with_new(dict(found.all()), "school")

    def learn_educators(self) -> None:
        """Look up every educator's and interpreter's id."""
        with self.transact() as session:
            found = session.execute(select(Educator.ref, Educator.id).where(Educator.program_id == self.program_id))
            self.educators = self.with_new(dict(found.all()), "educator")

    def with_new(self, ids: dict[str, int], kind: str) -> dict[str, int]:
        """Give those a stand-in id who would be new."""
        for ref in self.stage.refs(kind) if not self.writes else ():
            ids.setdefault(ref, -1 - len(ids))
        return ids


def chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut a stream into lists."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, size)):
        yield chunk


def stand_ins(ids: dict[str, int], refs: Iterable[str]) -> dict[str, int]:
    """Add a negative id of its own for each of the refs that has none."""
    for ref in refs:
        ids.setdefault(ref, -1 - len(ids))
    return ids


def write_rows(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows at once."""
    if rows:
        session.execute(insert(table), list(rows))


def change_rows(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update many rows at once by id; every row names the same columns."""
    if rows:
        columns = [name for name in rows[0] if name != "id"]
        statement = update(table).where(table.c.id == bindparam("row_id"))
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
        parameters = [{"row_id": row["id"], **{f"new_{name}": row[name] for name in columns}} for row in rows]
        session.execute(statement.values(values), parameters)


def tell_planner(job: Job, chunk: int, *tables: Any) -> None:
    """Let PostgreSQL count tables that are filling up, after the first, tenth and hundredth chunk.

    Without figures it takes the index on the program alone, and reads the whole table for every chunk: an import of
    40,000 families took 84 s, with them 16 s.
    """
    if job.writes and chunk in (1, 10, 100):
        with job.transact() as session:
            if session.get_bind().dialect.name == "postgresql":
                for table in tables:
                    session.execute(text(f"ANALYZE {table.name}"))


@dataclass(frozen=True, slots=True)
class Contact:
    """The conversation of a number; `id` is negative where it is still to be made."""

    id: int
    language: str
    language_chosen: bool


def contacts_of(job: Job, session: Session, languages: Mapping[str, str]) -> dict[str, Contact]:
    """The conversations of numbers in E.164, made where missing; `languages` gives the language of a new one."""
    found = find_contacts(job, session, languages)
    missing = [number for number in languages if number not in found]
    if missing and job.writes:
        rows = [
            conversation_row(job.settings, job.program_id, number, language=languages[number], now=job.now)
            for number in missing
        ]
        add_conversations(session, rows)
        found |= find_contacts(job, session, missing)
    fresh = {number: Contact(-1 - place, languages[number], False) for place, number in enumerate(missing)}
    return {**fresh, **found}


def find_contacts(job: Job, session: Session, numbers: Iterable[str]) -> dict[str, Contact]:
    hashes = {lookup_hash(job.settings.lookup_key, number): number for number in numbers}
    if not hashes:
        return {}
    found = session.execute(
        select(Conversation.address_hash, Conversation.id, Conversation.language, Conversation.language_chosen).where(
            Conversation.program_id == job.program_id,
            Conversation.channel == "sms",
            Conversation.address_hash.in_(hashes),
        )
    )
    return {hashes[mark]: Contact(key, language, chosen) for mark, key, language, chosen in found}
