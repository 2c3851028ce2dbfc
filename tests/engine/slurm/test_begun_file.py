"""The file that lets a run begin once: what stands in it, halves and rubbish included."""

import os
import resource
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui_scheduler.engine.slurm import begun_file
from tui_scheduler.engine.slurm.begun_file import Begin, BegunRecord, End

BEGIN = Begin("4711", "n3", datetime(2026, 3, 1, 12, tzinfo=UTC))
LATER = datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC)
LINE = f"4711 n3 {BEGIN.at.timestamp()}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "7-abcd1234.status"


def test_nothing_is_said_by_what_is_not_there(path: Path) -> None:
    assert begun_file.read(path) == BegunRecord()


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("0 1772366401 0.5", End(LATER, 0, timedelta(0, 0.5))),
        ("3 1772366401", End(LATER, 3)),
        (
            "- 1772366401 no /x on n3",
            End(LATER, reason="no /x on n3"),
        ),
        ("137 1772366401 nan?", End(LATER, 137)),
    ],
)
def test_begin_and_end_are_read(path: Path, end: str, expected: End) -> None:
    path.write_text(f"{LINE}{end}\n")
    assert begun_file.read(path) == BegunRecord(begin=BEGIN, end=expected)


@pytest.mark.parametrize("length", range(len(LINE)))
def test_half_a_line_says_nothing_yet(path: Path, length: int) -> None:
    path.write_text(LINE[:length])
    assert begun_file.read(path) == BegunRecord(is_torn=True)


@pytest.mark.parametrize(
    "end",
    ["0", "0 17", "-", "x 1772366401 1", "0 soon 1", "0 1e999 1", "\n", "256 1 1", "\u00b2 1 1"],
)
def test_half_an_end_and_rubbish_are_no_end(path: Path, end: str) -> None:
    path.write_text(LINE + end)
    assert begun_file.read(path) == BegunRecord(begin=BEGIN)
    path.write_text(LINE + end + "\n")
    record = begun_file.read(path)
    assert record.begin == BEGIN
    assert record.end is None or record.end.code == 0


@pytest.mark.parametrize("text", ["\n", "a\n", "1 2\n", "1 n1 never\n", "\xff\n" * 3, "1 2 3 4\n"])
def test_a_line_that_is_none_of_ours_is_no_begin(path: Path, text: str) -> None:
    path.write_text(text)
    assert begun_file.read(path).begin is None


def test_what_is_withdrawn_does_not_begin(path: Path) -> None:
    assert begun_file.withdraw(path)
    assert begun_file.withdraw(path)
    assert begun_file.read(path) == BegunRecord(is_withdrawn=True)


def test_what_has_begun_is_not_withdrawn(path: Path) -> None:
    path.write_text(LINE)
    assert not begun_file.withdraw(path)
    path.write_text("")  # it begins just now
    assert not begun_file.withdraw(path)


def test_it_is_withdrawn_also_where_there_is_no_room_to_say_so(path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    assert begun_file.withdraw(path)
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert begun_file.read(path) == BegunRecord(is_torn=True)


def test_a_folder_that_is_gone_says_nothing_and_is_not_made(tmp_path: Path) -> None:
    gone = tmp_path / "gone" / "7-abcd1234.status"
    with pytest.raises(FileNotFoundError):
        begun_file.withdraw(gone)
    with pytest.raises(FileNotFoundError):
        begun_file.read(gone)
    assert not gone.parent.exists()


@pytest.mark.parametrize("plant", ["link", "fifo", "folder"])
def test_what_somebody_put_in_its_place_is_not_read(tmp_path: Path, path: Path, plant: str) -> None:
    match plant:
        case "link":
            (tmp_path / "other").write_text(LINE)
            path.symlink_to(tmp_path / "other")
        case "fifo":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
    with pytest.raises(OSError):  # noqa: PT011  of several kinds
        begun_file.read(path)
