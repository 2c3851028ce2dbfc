"""Line numbers of a log."""

from pathlib import Path

import pytest

from tui_scheduler.services.logs.log_file import LogFile
from tui_scheduler.services.logs.log_lines import CHUNK, LineIndex


def index_of(path: Path, data: bytes) -> tuple[LogFile, LineIndex]:
    path.write_bytes(data)
    log = LogFile(path)
    log.refresh()
    return log, LineIndex(log)


def complete(index: LineIndex) -> None:
    while index.step():
        pass


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


@pytest.mark.parametrize(
    ("data", "lines"),
    [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"\n\n", 2), (b"x" * 3 * CHUNK, 1)],
)
def test_lines_are_counted(path: Path, data: bytes, lines: int) -> None:
    _, index = index_of(path, data)
    complete(index)
    assert index.lines == lines


def test_nothing_is_said_before_all_is_counted(path: Path) -> None:
    _, index = index_of(path, b"line\n" * CHUNK)
    assert index.lines is None
    assert index.step()
    assert index.lines is None
    complete(index)
    assert index.lines == CHUNK


def test_the_end_is_counted_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, index = index_of(path, b"line\n" * CHUNK)
    asked: list[int] = []

    def remembering(start: int, end: int) -> bytes:
        asked.append(start)
        return path.read_bytes()[start:end]

    monkeypatch.setattr(log, "read", remembering)
    complete(index)
    assert asked == [4 * CHUNK, 3 * CHUNK, 2 * CHUNK, CHUNK, 0]


def test_every_line_is_counted_once(path: Path) -> None:
    _, index = index_of(path, b"".join(b"line %d\n" % number for number in range(300_000)))
    complete(index)
    assert index.lines == 300_000


def test_no_number_is_given_for_what_is_not_counted(path: Path) -> None:
    _, index = index_of(path, b"line\n" * CHUNK)
    index.step()
    assert index.lines is None


def test_what_is_written_meanwhile_is_counted_too(path: Path) -> None:
    log, index = index_of(path, b"one\ntw")
    complete(index)
    assert index.lines == 2
    for more, lines in ((b"o\n", 2), (b"three\n" * CHUNK, CHUNK + 2), (b"end", CHUNK + 3)):
        with path.open("ab") as file:
            file.write(more)
        log.refresh()
        complete(index)
        assert index.lines == lines
