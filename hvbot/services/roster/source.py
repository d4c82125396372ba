"""A folder or zip archive of CSV files, opened safely: nothing is unpacked, and sizes are limited."""

import stat
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from hvbot.services.roster.rows import RosterError

MOST_FILES = 500
LARGEST_FILE = 512 * 1024 * 1024
LARGEST_TOTAL = 1024 * 1024 * 1024
ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One CSV file: its name without folders, its size in bytes, and how to open it."""

    name: str
    size: int
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Source:
    """The CSV files of a roster by lower-case name without the ending, and the names of files that were passed over."""

    files: Mapping[str, SourceFile]
    ignored: tuple[str, ...] = field(default=())

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.values())


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a roster folder or zip archive.

    Raises:
        RosterError: it is neither, holds no CSV file, or is unsafe or too large.

    """
    if path.is_dir():
        yield gather(folder_files(path))
    elif path.is_file():
        with open_archive(path) as archive:
            yield gather(archive_files(archive))
    else:
        raise RosterError(f"{path} is not there: name a folder or a .zip file with the roster's CSV files")


@contextmanager
def open_archive(path: Path) -> Iterator[ZipFile]:
    try:
        archive = ZipFile(path)
    except BadZipFile:
        raise RosterError(
            f"{path.name} is no zip archive: name the folder that holds the CSV files, or a .zip of them"
        ) from None
    with archive:
        try:
            yield archive
        except (BadZipFile, zlib.error, EOFError, NotImplementedError) as problem:
            raise RosterError(f"{path.name} is damaged ({problem}): export or zip the roster again") from problem


def folder_files(folder: Path) -> Iterator[SourceFile]:
    """The CSV files directly in a folder, or in the only folder inside it."""
    found = sorted(path for path in folder.iterdir() if is_csv(path.name) and path.is_file())
    inner = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith((".", "__"))]
    if not found and len(inner) == 1:
        found = sorted(path for path in inner[0].iterdir() if is_csv(path.name) and path.is_file())
    for path in found:
        yield SourceFile(path.name, path.stat().st_size, opener(path))


def opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def archive_files(archive: ZipFile) -> Iterator[SourceFile]:
    """The CSV files in an archive, read where they are: no path of the archive ever reaches the disk."""
    members = archive.infolist()
    if len(members) > MOST_FILES:
        raise RosterError(f"the archive holds {len(members)} files, more than {MOST_FILES}: this is no roster")
    for member in members:
        refuse_unsafe(member)
        name = PurePosixPath(member.filename.replace("\\", "/")).name
        if not member.is_dir() and is_csv(name):
            yield SourceFile(name, member.file_size, member_opener(archive, member))


def member_opener(archive: ZipFile, member: ZipInfo) -> Callable[[], BinaryIO]:
    # `file_size` is what the archive claims, and zipfile never gives out more than that.
    return lambda: cast(BinaryIO, archive.open(member))


def refuse_unsafe(member: ZipInfo) -> None:
    """Refuse names that lead out of the archive, links and encryption: an honest export has none of them."""
    name = member.filename.replace("\\", "/")
    if name.startswith("/") or ":" in name or ".." in name.split("/"):
        raise RosterError(f"the archive holds the unsafe name {member.filename!r}: zip the CSV files again")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise RosterError(f"the archive holds the link {member.filename!r}: zip the CSV files themselves")
    if member.flag_bits & ENCRYPTED:
        raise RosterError("the archive is locked with a password: zip the CSV files again without one")


def is_csv(name: str) -> bool:
    """Tell a CSV file from the rest; macOS puts `._users.csv` companions into archives."""
    return name.lower().endswith(".csv") and not name.startswith(".")


def gather(files: Iterable[SourceFile]) -> Source:
    """Key the files by name; of names that differ in case only, the one in mixed case is the standard's own."""
    chosen: dict[str, SourceFile] = {}
    ignored: list[str] = []
    for found in files:
        file = found
        key = file.name.lower().removesuffix(".csv").strip()
        other = chosen.get(key)
        if other is not None and other.name == file.name:
            raise RosterError(f"there are two files {file.name}: put one roster into one folder or archive")
        if other is not None:
            file, passed = (file, other) if file.name != file.name.lower() else (other, file)
            ignored.append(passed.name)
        chosen[key] = file
    source = Source(chosen, tuple(ignored))
    check_size(source)
    return source


def check_size(source: Source) -> None:
    if not source.files:
        raise RosterError("there is no CSV file: a roster is a folder or .zip with files such as students.csv")
    large = [file.name for file in source.files.values() if file.size > LARGEST_FILE]
    if large or source.size > LARGEST_TOTAL:
        raise RosterError(f"{', '.join(large) or 'the roster'} is too large: import the schools in several parts")
