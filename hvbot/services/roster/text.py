"""From bytes to rows of cells: encodings, delimiters and the other things that spreadsheets do to a CSV file."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from hvbot.services.roster.problems import Problems
from hvbot.services.roster.rows import Problem, RosterError
from hvbot.services.roster.source import SourceFile

LONGEST_LINE = 1024 * 1024
BLOCK = 1024 * 1024
DELIMITERS = ",;\t|"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LOST = "\ufffd"
# Control characters: PostgreSQL refuses NUL, and none of them belongs into a name.
UNWANTED = {code: " " if code in (9, 10, 13) else None for code in (*range(32), *range(127, 160))}
WINDOWS = "hvbot-windows-1252"


def read_as_windows(problem: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as Windows-1252, which is what Excel writes when it is not told otherwise."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    wrong = problem.object[problem.start : problem.end]
    return wrong.decode("cp1252", errors="replace"), problem.end


codecs.register_error(WINDOWS, read_as_windows)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes are read; `guessed` where some of them were no UTF-8."""

    name: str
    errors: str = "strict"
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One row of cells, and the number a spreadsheet shows beside it."""

    row: int
    cells: list[str]


def sniff_encoding(file: SourceFile) -> Encoding:
    """Read the file once to know its encoding: a wrong letter may come as late as the last row."""
    with file.open() as stream:
        head = stream.read(BLOCK)
        for mark, name in BYTE_ORDER_MARKS:
            if head.startswith(mark):
                return Encoding(name, errors=WINDOWS if name == "utf-8-sig" else "replace")
        if wide := wide_encoding(head[:1000]):
            return Encoding(wide, errors="replace")
        return sniff_narrow(head, stream)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of a header is zero."""
    half = max(len(head) // 2, 1)
    if head[1::2].count(0) > half * 0.7:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > half * 0.7 else None


def sniff_narrow(block: bytes, stream: BinaryIO) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block:
            decoder.decode(block)
            block = stream.read(BLOCK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return Encoding("utf-8", errors=WINDOWS, guessed=True)
    return Encoding("utf-8")


def sniff_delimiter(line: str) -> str:
    """The delimiter is the one that the header line has most of."""
    return max(DELIMITERS, key=line.count)


def lines(stream: io.TextIOBase, name: str) -> Iterator[str]:
    """Lines of bounded length, so that a file of another kind cannot fill the memory."""
    while line := stream.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise RosterError(f"{name} has a line of more than a million letters: it is no CSV file")
        yield line


def records(file: SourceFile, problems: Problems) -> Iterator[Record]:
    """The rows of a file. What is wrong with its form is added to `problems`; empty rows are counted but not given.

    A quotation mark that is never closed swallows what follows; that is said, with row 0, because rows are missing.
    """
    encoding = sniff_encoding(file)
    if encoding.guessed:
        problems.append(guessed_letters(file.name))
    with file.open() as raw, io.TextIOWrapper(raw, encoding.name, encoding.errors, newline="") as stream:
        first, skipped = first_line(stream, file.name)
        yield from parse(file.name, first, skipped, lines(stream, file.name), problems)


def first_line(stream: io.TextIOWrapper, name: str) -> tuple[str, int]:
    """The first line with letters on it, and how many were passed over. Excel may write `sep=;` above the header."""
    skipped = 0
    for line in lines(stream, name):
        if line.strip(' \t\r\n,;|"') and not line.lower().startswith("sep="):
            return line, skipped
        skipped += 1
    return "", skipped


def parse(name: str, first: str, row: int, rest: Iterator[str], problems: Problems) -> Iterator[Record]:
    def all_lines() -> Iterator[str]:
        yield first
        yield from rest

    reader = csv.reader(all_lines(), delimiter=sniff_delimiter(first), strict=True)
    while True:
        row += 1
        try:
            cells = [clean(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as problem:
            problems.append(broken_row(name, row, str(problem)))
            if is_cut_short(str(problem)):
                problems.cut(name)
            continue
        if any(cells):
            yield Record(row, cells)


def clean(cell: str) -> str:
    """A cell without what spreadsheets wrap around it: blanks, control characters, and `="..."`."""
    if not cell.isascii() or not cell.isprintable():
        cell = unicodedata.normalize("NFC", cell.translate(UNWANTED)).replace("\xa0", " ")
    cell = cell.strip()
    if cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1].strip()
    return cell


def guessed_letters(name: str) -> Problem:
    return Problem(
        name,
        0,
        "is not UTF-8; its letters were read as Windows-1252",
        "look at a few names with accents, or save the file as 'CSV UTF-8'",
        "warning",
    )


def broken_row(name: str, row: int, why: str) -> Problem:
    if is_cut_short(why):
        remedy = "close the quotation mark in or above this row; the rows after it could not be read"
        return Problem(name, row, "a quotation mark is opened and never closed", remedy)
    return Problem(name, row, f"the row is no CSV ({why})", "put cells with quotation marks into quotation marks")


def is_cut_short(why: str) -> bool:
    """Tell by the csv module's words whether it ran over rows in search of a quotation mark."""
    return "unexpected end" in why or "field larger" in why
