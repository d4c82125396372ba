"""Tables as CSV that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# A cell that begins like this is run as a formula by spreadsheets (OWASP, CSV injection).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BOM = "\ufeff"


def lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file line by line. The mark at the start makes spreadsheets read it as UTF-8."""
    yield BOM + line(columns)
    for row in rows:
        yield line([safe(cell) for cell in row])


def line(cells: Sequence[object]) -> str:
    """One line."""
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def safe(cell: object) -> object:
    """A cell as text that stays text."""
    if not isinstance(cell, str):
        return "" if cell is None else cell
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
