"""During a deployment the release before runs on the new tables: nothing it reads may be gone, nothing it writes refused.

What is to be removed goes in two releases: the first stops using it, the second drops it and names it in RETIRED here, which
says that the release before no longer knows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, inspect

from hvbot.models import schema
from tests.migrations.samples import SAMPLES, count, write
from tests.migrations.test_schema import REVISIONS

STEPS = list(pairwise(REVISIONS))
# Migration to the tables and columns that it drops and the release before does not use any more: {"0009": {"visit.note"}}
RETIRED: dict[str, set[str]] = {}


@dataclass(frozen=True)
class Column:
    kind: str
    nullable: bool
    default: bool


@dataclass(frozen=True)
class Table:
    columns: dict[str, Column]
    rules: frozenset[str]


def tables_of(engine: Engine) -> dict[str, Table]:
    """What the database says of its tables: columns, and every rule that may refuse a row."""
    found = inspect(engine)
    return {name: Table(columns_of(found, name), frozenset(rules_of(found, name))) for name in found.get_table_names()}


def columns_of(found: Any, table: str) -> dict[str, Column]:
    keys = found.get_pk_constraint(table)["constrained_columns"]
    return {
        each["name"]: Column(
            str(each["type"]),
            each["nullable"],
            each["default"] is not None or bool(each.get("autoincrement") is True) or keys == [each["name"]],
        )
        for each in found.get_columns(table)
    }


def rules_of(found: Any, table: str) -> Iterator[str]:
    for each in found.get_unique_constraints(table):
        yield f"unique {each['column_names']}"
    for each in found.get_indexes(table):
        if each["unique"]:
            where = sorted(str(value) for name, value in each.get("dialect_options", {}).items() if "where" in name)
            yield f"unique {each['column_names']} {where}"
    for each in found.get_check_constraints(table):
        yield f"check {each['sqltext']}"
    for each in found.get_foreign_keys(table):
        yield f"key {each['constrained_columns']} to {each['referred_table']}"
    yield f"primary {found.get_pk_constraint(table)['constrained_columns']}"


def hurts(before: dict[str, Table], after: dict[str, Table]) -> Iterator[str]:
    """What the release before would stumble over, as `table` or `table.column` and why."""
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            yield f"{name} is gone"
            continue
        yield from (f"{name} has a new rule: {rule}" for rule in sorted(new.rules - old.rules) if about(rule, old))
        for column, was in old.columns.items():
            now = new.columns.get(column)
            if now is None:
                yield f"{name}.{column} is gone"
            elif now.kind != was.kind:
                yield f"{name}.{column} was {was.kind} and is {now.kind}"
            elif was.nullable and not now.nullable:
                yield f"{name}.{column} may no longer be empty"
            elif was.default and not now.default:
                yield f"{name}.{column} has lost its default"
        for column in new.columns.keys() - old.columns.keys():
            if not (new.columns[column].nullable or new.columns[column].default):
                yield f"{name}.{column} is new and must be filled"


def about(rule: str, old: Table) -> bool:
    """A rule on new columns alone does not touch rows in which they are empty."""
    return not rule.startswith(("key", "unique")) or any(
        f"'{column}'" in rule.partition("]")[0] for column in old.columns
    )


@pytest.mark.fault(52)
@pytest.mark.parametrize(("old", "new"), STEPS)
def test_the_release_before_works_on_the_tables_of_each_migration(engine: Engine, old: str, new: str) -> None:
    schema.upgrade(engine, old)
    before = tables_of(engine)
    schema.upgrade(engine, new)

    found = [each for each in hurts(before, tables_of(engine)) if each.partition(" ")[0] not in RETIRED.get(new, set())]
    assert found == []


@pytest.mark.fault(52)
@pytest.mark.parametrize(("old", "new"), STEPS)
def test_what_the_release_before_writes_is_taken_by_the_new_tables(engine: Engine, old: str, new: str) -> None:
    schema.upgrade(engine, new)
    with engine.begin() as connection:
        write(connection, SAMPLES[old])

    with engine.connect() as connection:
        assert count(connection, SAMPLES[old]) == {table: len(rows) for table, rows in SAMPLES[old].items()}


HARM = {
    "DROP TABLE carrier_event": "carrier_event is gone",
    "ALTER TABLE carrier_event RENAME TO report": "carrier_event is gone",
    "ALTER TABLE closed_day RENAME COLUMN reason TO why": "closed_day.reason is gone",
    "ALTER TABLE closed_day DROP COLUMN reason": "closed_day.reason is gone",
    "CREATE UNIQUE INDEX one ON outbound_text (carrier_id)": "outbound_text has a new rule: unique ['carrier_id']",
}
HARM_POSTGRESQL = {
    "ALTER TABLE closed_day ALTER COLUMN reason SET NOT NULL": "closed_day.reason may no longer be empty",
    "ALTER TABLE closed_day ADD COLUMN by text NOT NULL": "closed_day.by is new and must be filled",
    "ALTER TABLE closed_day ALTER COLUMN reason TYPE varchar(3)": "closed_day.reason was TEXT and is VARCHAR(3)",
    "ALTER TABLE closed_day ADD CHECK (reason <> '')": "closed_day has a new rule: check",
}


@pytest.mark.parametrize("harm", HARM)
def test_harm_is_seen(engine: Engine, harm: str) -> None:
    assert seen(engine, harm).startswith(HARM[harm])


@pytest.mark.parametrize("harm", HARM_POSTGRESQL)
def test_harm_that_sqlite_cannot_do_by_itself_is_seen(postgres_url: str, harm: str) -> None:
    from hvbot.models.database import make_engine

    engine = make_engine(postgres_url)
    assert seen(engine, harm).startswith(HARM_POSTGRESQL[harm])
    engine.dispose()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE closed_day ADD COLUMN more text",
        "ALTER TABLE closed_day ADD COLUMN more integer NOT NULL DEFAULT 0",
        "CREATE TABLE fresh (id integer PRIMARY KEY, must integer NOT NULL)",
        "CREATE INDEX quick ON outbound_text (carrier_id)",
    ],
)
def test_what_only_adds_hurts_nobody(engine: Engine, change: str) -> None:
    assert seen(engine, change) == ""


def seen(engine: Engine, change: str) -> str:
    schema.upgrade(engine)
    before = tables_of(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(change)
    return "; ".join(hurts(before, tables_of(engine)))
