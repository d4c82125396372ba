import stat
import zipfile
from pathlib import Path

import pytest

from hvbot.services.roster import RosterError, open_source
from hvbot.services.roster import source as source_module


def a_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def names(path: Path) -> dict[str, str]:
    with open_source(path) as source:
        return {key: file.name for key, file in source.files.items()}


def test_an_archive_is_read_with_or_without_a_folder_inside(tmp_path: Path) -> None:
    flat = a_zip(tmp_path / "flat.zip", {"Students.csv": b"x", "readme.txt": b"x"})
    deep = a_zip(tmp_path / "deep.zip", {"export/students.csv": b"x", "__MACOSX/export/._students.csv": b"x"})

    assert names(flat) == {"students": "Students.csv"}
    assert names(deep) == {"students": "students.csv"}


def test_a_folder_inside_the_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "roster" / "export").mkdir(parents=True)
    (tmp_path / "roster" / "export" / "students.csv").write_text("x")

    assert names(tmp_path / "roster") == {"students": "students.csv"}


@pytest.mark.parametrize("name", ["../students.csv", "/etc/students.csv", "a/../../students.csv", "c:\\students.csv"])
def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RosterError, match="unsafe name"):
        names(a_zip(tmp_path / "bad.zip", {name: b"x"}))


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("students.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(RosterError, match="link"):
        names(tmp_path / "bad.zip")


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match=r"two files users\.csv"):
        names(a_zip(tmp_path / "bad.zip", {"a/users.csv": b"x", "b/users.csv": b"x"}))


def test_a_lower_case_twin_is_passed_over(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "twin.zip", {"academicsessions.csv": b"old", "academicSessions.csv": b"new"})

    with open_source(path) as source:
        assert source.files["academicsessions"].name == "academicSessions.csv"
        assert source.ignored == ("academicsessions.csv",)


def test_too_large_an_archive_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "LARGEST_FILE", 1000)
    path = a_zip(tmp_path / "bomb.zip", {"users.csv": b"0" * 1001})

    with pytest.raises(RosterError, match=r"users\.csv is too large"):
        names(path)


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "cut.zip", {"users.csv": b"sourcedId\n" * 1000})
    content = bytearray(path.read_bytes())
    content[45:60] = bytes(15)
    path.write_bytes(bytes(content))

    def read() -> None:
        with open_source(path) as source:
            source.files["users"].open().read()

    with pytest.raises(RosterError, match="is damaged"):
        read()


@pytest.mark.parametrize(
    ("name", "words"), [("nothing", "is not there"), ("text.zip", "no zip archive"), ("empty", "no CSV file")]
)
def test_what_is_no_roster_is_named(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "text.zip").write_text("hello")
    (tmp_path / "empty").mkdir()

    with pytest.raises(RosterError, match=words):
        names(tmp_path / name)
