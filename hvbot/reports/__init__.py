"""Reports: one module each with a title, columns and rows, found by this table.

The command prints them, the dashboard shows them and offers them as CSV. Ids are the roster's. Rows come one by one
from the database, as plain values, moments as ISO text.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from hvbot.reports import attention, consents, responses, texts, visits

Row = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One report.

    `rows(session, program_id, round_id=None, schools=None)` gives its rows: of one round, or of all; of some schools (row
    ids), or of all. `consents` also takes `at`, a moment whose state is wanted.
    """

    title: str
    columns: tuple[str, ...]
    rows: Callable[..., Iterator[Row]]


def report_of(module: ModuleType) -> Report:
    return Report(module.TITLE, module.COLUMNS, module.rows)


REPORTS: Mapping[str, Report] = {
    "visits": report_of(visits),
    "responses": report_of(responses),
    "consents": report_of(consents),
    "texts": report_of(texts),
    "attention": report_of(attention),
}
