"""Statements of the hot path: compiled once for each database, then run by the driver alone.

SQLAlchemy spends more time around a small statement than the database on it. A `Prepared` keeps what counts, one
typed statement for both databases, and leaves out the rest: result objects, events, caches keyed by the statement.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from hvbot.models.database import Executor, as_json, dialect_of

Convert = Callable[[Any], Any]
CURSOR = "hvbot cursor"
IN_COPY = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
BY_INDEX = "SET LOCAL enable_seqscan = off"


class Prepared:
    """A statement with named parameters; its rows are named tuples."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._texts: dict[str, DriverText] = {}

    def rows(self, executor: Executor, values: Mapping[str, Any]) -> list[Any]:
        """Run it and read all rows."""
        connection = connection_of(executor)
        text = self.text(connection.dialect)
        return [text.row(row) for row in fetched(connection, text.sql, text.parameters(values))]

    def first(self, executor: Executor, values: Mapping[str, Any]) -> Any:
        """Run it and read the first row; None when there is none."""
        return next(iter(self.rows(executor, values)), None)

    def each(self, executor: Executor, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it once for each row of values; nothing is read."""
        connection = connection_of(executor)
        text = self.text(connection.dialect)
        with driver_cursor(connection, text.sql) as cursor:
            cursor.executemany(text.sql, text.many(list(rows)))

    def text(self, dialect: Dialect) -> "DriverText":
        """The statement as a driver takes it."""
        return self._texts.get(dialect.name) or self._compile(dialect)

    def _compile(self, dialect: Dialect) -> "DriverText":
        text = driver_text(self._statement, dialect)
        self._texts[dialect.name] = text
        return text


@dataclass(frozen=True, slots=True)
class DriverText:
    """A statement as the driver takes it, with what turns values into its parameters and its rows into ours."""

    sql: str
    names: Sequence[str]
    given: Mapping[str, Any]
    writers: Mapping[str, Convert]
    readers: Sequence[tuple[int, Convert]]
    make: Callable[[Sequence[Any]], Any]
    is_positional: bool

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        found = {**self.given, **values}
        for name, write in self.writers.items():
            found[name] = write(found[name])
        return [found[name] for name in self.names] if self.is_positional else found

    def many(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The values of many rows as the driver takes them."""
        found = zip(*self.columns(rows), strict=True)
        return list(found) if self.is_positional else [dict(zip(self.names, row, strict=True)) for row in found]

    def columns(self, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
        """The values of many rows, column by column."""
        return [self._column(name, rows) for name in self.names]

    def _column(self, name: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """One value of each row; a moment or a state that stands in many of them is turned once."""
        values = [self.given[name] if name in self.given and name not in row else row[name] for row in rows]
        write = self.writers.get(name)
        return values if write is None else once_each(write, values)

    def row(self, read: Sequence[Any]) -> Any:
        """A row of the driver with our types and names."""
        values = list(read)
        for index, convert in self.readers:
            values[index] = convert(values[index])
        return self.make(values)


def insert_all(executor: Executor, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many rows of plain values with the same columns, every one of which is given."""
    if rows and dialect_of(executor) == "postgresql":
        copy_all(executor, table, rows)
    elif rows:
        insert_of(table, tuple(rows[0])).each(executor, rows)


def copy_all(executor: Executor, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many rows as one stream: PostgreSQL takes it in less time than a statement a row."""
    connection = connection_of(executor)
    text = insert_of(table, tuple(rows[0])).text(connection.dialect)
    sql = f"COPY {table.name} ({', '.join(text.names)}) FROM STDIN"
    columns = [once_each(as_copied, column) for column in text.columns(rows)]
    lines = "".join("\t".join(row) + "\n" for row in zip(*columns, strict=True))
    with driver_cursor(connection, sql) as cursor, cursor.copy(sql) as stream:
        stream.write(lines)


def as_copied(value: Any) -> str:
    """A value in the text format of COPY."""
    if value is None:
        return "\\N"
    return str(value).translate(IN_COPY)


def once_each(convert: Convert, values: Sequence[Any]) -> list[Any]:
    """Convert values, each object once however often it is there."""
    converted = {key: convert(value) for key, value in {id(value): value for value in values}.items()}
    return [converted[id(value)] for value in values]


@lru_cache(maxsize=64)
def insert_of(table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).values({table.c[name]: bindparam(name) for name in columns}))


def driver_text(statement: Any, dialect: Dialect) -> DriverText:
    """Compile a statement for a database."""
    compiled = statement.compile(dialect=dialect)
    binds: Mapping[BindParameter[Any], str] = compiled.bind_names
    required = {name: None for bind, name in binds.items() if bind.required}
    text = compiled.construct_expanded_state(required)
    columns: Sequence[Column[Any]] = list(statement.exported_columns)
    readers = [(index, reader_of(column.type, dialect)) for index, column in enumerate(columns)]
    return DriverText(
        sql=text.statement,
        names=text.positiontup or list(text.parameters),
        given={name: value for name, value in text.parameters.items() if name not in required},
        writers={name: write for bind, name in binds.items() if (write := writer_of(bind.type, dialect))},
        readers=[(index, read) for index, read in readers if read],
        make=row_of([column.key for column in columns]),
        is_positional=compiled.positional,
    )


def row_of(names: Sequence[str]) -> Convert:
    """What makes a named tuple of a row's values."""
    kind: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024 - the names are the statement's
    make: Convert = kind._make
    return make


def writer_of(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """What turns a value into a parameter; None when the driver takes it as it is."""
    return kind.dialect_impl(dialect).bind_processor(dialect)


def reader_of(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """What turns a column of a row into a value; None when the driver gives it as it is."""
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def connection_of(executor: Executor) -> Connection:
    """The connection of the transaction. A session that was given one is not asked, which would begin its own work."""
    if isinstance(executor, Connection):
        return executor
    return executor.bind if isinstance(executor.bind, Connection) else executor.connection()


def fetched(connection: Connection, sql: str, parameters: Any) -> list[Any]:
    """Run a statement with the driver's cursor and read all its rows."""
    cursor = cursor_of(connection)
    try:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
    except connection.dialect.loaded_dbapi.Error as problem:
        raise known(connection, sql, problem) from problem


@contextmanager
def driver_cursor(connection: Connection, sql: str) -> Iterator[Any]:
    """The driver's cursor, for what is not just read."""
    try:
        yield cursor_of(connection)
    except connection.dialect.loaded_dbapi.Error as problem:
        raise known(connection, sql, problem) from problem


def cursor_of(connection: Connection) -> Any:
    """The driver's cursor, one for as long as the driver's connection lives."""
    kept = connection.info
    return kept.get(CURSOR) or kept.setdefault(CURSOR, connection.connection.cursor())


def known(connection: Connection, sql: str, problem: Any) -> Exception:
    """The driver's error as SQLAlchemy's; parameters are not shown in errors: they hold numbers and words."""
    dialect = connection.dialect
    is_gone = dialect.is_disconnect(problem, connection.connection.driver_connection, cursor_of(connection))
    told: Any = DBAPIError.instance(
        sql, None, problem, dialect.loaded_dbapi.Error, connection_invalidated=is_gone, dialect=dialect
    )
    if is_gone:
        connection.invalidate(problem)
    return told  # type: ignore[no-any-return]


def read_by_index(executor: Executor) -> None:
    """Let PostgreSQL find rows by index for the rest of the transaction, whatever it believes of the tables.

    A plan that was made for a table of some hundred rows is kept while the table grows to a hundred thousand.
    """
    if dialect_of(executor) == "postgresql":
        with driver_cursor(connection_of(executor), BY_INDEX) as cursor:
            cursor.execute(BY_INDEX)


class Ids(TypeDecorator[Sequence[int]]):
    """A list of ids as one parameter, however long: an array, or JSON where there are no arrays."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(BigInteger) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        return list(value or ()) if dialect.name == "postgresql" else as_json(list(value or ()))


class Among(FunctionElement[bool]):
    """Tell whether a column is one of a list of ids."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Stand as a condition of its own: compared with 1, as SQLAlchemy does for SQLite, no index would be used."""
        return self


def among(column: Any, name: str) -> ColumnElement[bool]:
    """The column is one of the ids given under a name; the statement stays the same, whatever the list."""
    return Among(column, bindparam(name, type_=Ids()))


class NextId(FunctionElement[int]):
    """The id that the next row of a table gets: taken from its sequence, or one more than the last under the lock."""

    type = BigInteger()
    inherit_cache = False

    def __init__(self, table: str) -> None:
        super().__init__()
        self.table = table


def next_id(table: Any) -> ColumnElement[int]:
    """An id for a row that is written later in the transaction, so that others can name it before."""
    return NextId(table.name)


def new_ids(executor: Executor, table: Table, count: int) -> Sequence[int]:
    """Ids for rows that are written later in the transaction: from the sequence, or after the last under the lock."""
    if dialect_of(executor) == "sqlite":
        first = one_id(table).first(executor, {}).id
        return range(first, first + count)
    return [row.id for row in many_ids(table).rows(executor, {"count": count})]


@lru_cache(maxsize=64)
def one_id(table: Table) -> Prepared:
    return Prepared(select(next_id(table).label("id")))


@lru_cache(maxsize=64)
def many_ids(table: Table) -> Prepared:
    numbers = func.generate_series(1, bindparam("count", type_=Integer())).table_valued("n")
    return Prepared(select(next_id(table).label("id")).select_from(numbers))


@compiles(NextId, "postgresql")
def next_id_on_postgresql(element: NextId, _compiler: Any, **_how: Any) -> str:
    return f"nextval(pg_get_serial_sequence('{element.table}', 'id'))"


@compiles(NextId, "sqlite")
def next_id_on_sqlite(element: NextId, _compiler: Any, **_how: Any) -> str:
    return f"(SELECT coalesce(max(id), 0) + 1 FROM {element.table})"  # noqa: S608 - a table of ours


@compiles(Among, "postgresql")
def among_on_postgresql(element: Among, compiler: Any, **how: Any) -> str:
    column, ids = (compiler.process(each, **how) for each in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(Among, "sqlite")
def among_on_sqlite(element: Among, compiler: Any, **how: Any) -> str:
    column, ids = (compiler.process(each, **how) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - ids is a parameter
