"""Logs by byte offsets."""

import random
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_scheduler.services.logs import log_file
from tui_scheduler.services.logs.log_file import BLOCK, LONGEST, Change, Line, LogFile


def log_of(path: Path, data: bytes) -> LogFile:
    path.write_bytes(data)
    log = LogFile(path)
    log.refresh()
    return log


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


def texts(log: LogFile) -> list[bytes]:
    return [log.bytes_of(line) for line in log.lines_from(0)]


class TestLines:
    @pytest.mark.parametrize(
        ("data", "lines"),
        [
            (b"", []),
            (b"\n", [b""]),
            (b"one", [b"one"]),
            (b"one\ntwo\n", [b"one", b"two"]),
            (b"one\n\ntwo", [b"one", b"", b"two"]),
            (b"\n\n", [b"", b""]),
        ],
    )
    def test_lines_are_read_with_and_without_a_last_line_end(
        self, path: Path, data: bytes, lines: list[bytes]
    ) -> None:
        assert texts(log_of(path, data)) == lines

    def test_a_line_is_found_from_any_of_its_bytes(self, path: Path) -> None:
        log = log_of(path, b"first\nsecond\nthird")
        assert log.line_at(0) == log.line_at(5) == Line(0, 5, 6)
        assert log.line_at(6) == log.line_at(12) == Line(6, 12, 13)
        assert log.line_at(17) == Line(13, 18, 18)

    def test_lines_before_come_nearest_first(self, path: Path) -> None:
        log = log_of(path, b"a\nb\nc\n")
        assert [log.bytes_of(line) for line in log.lines_before(4)] == [b"b", b"a"]

    def test_the_tail_begins_so_many_lines_before_the_end(self, path: Path) -> None:
        log = log_of(path, b"a\nb\nc\nd")
        assert [log.tail(count) for count in (0, 1, 2, 9)] == [7, 6, 4, 0]

    def test_the_lines_of_the_tail_are_whole_however_long(self, path: Path) -> None:
        log = log_of(path, b"a\n" + b"x" * 3 * BLOCK + b"\n" + b"50%\r" * BLOCK)
        assert [log.tail(count) for count in (1, 2, 3)] == [3 * BLOCK + 3, 2, 0]

    @given(content=st.text("ab\n", max_size=40), lines=st.integers(1, 12), block=st.integers(1, 9))
    def test_the_tail_is_what_reading_all_would_give(
        self, tmp_path_factory: pytest.TempPathFactory, content: str, lines: int, block: int
    ) -> None:
        log = log_of(tmp_path_factory.getbasetemp() / "any.log", content.encode())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(log_file, "BLOCK", block)
            left = content[log.tail(lines) :]
        assert left == "".join(content.splitlines(keepends=True)[-lines:])

    def test_a_megabyte_without_a_line_end_comes_in_pieces(self, path: Path) -> None:
        data = b"start\n" + b"x" * 1_000_000 + b"\nend\n"
        log = log_of(path, data)
        pieces = list(log.lines_from(0))
        assert all(piece.end - piece.start <= 2 * BLOCK for piece in pieces)
        assert b"".join(log.bytes_of(piece) for piece in pieces[1:-1]) == b"x" * 1_000_000
        assert texts(log)[-1] == b"end"

    @pytest.mark.parametrize("state", [b"50%\r", b"|\b/\b", b"\x1b[G50%", b"50%\x1b[3D"])
    def test_what_is_written_over_itself_is_one_line(self, path: Path, state: bytes) -> None:
        bar = state * (9 * BLOCK // len(state))
        log = log_of(path, b"start\n" + bar + b"\nend\n")
        lines = list(log.lines_from(0))
        assert [log.bytes_of(line) for line in lines] == [b"start", bar, b"end"]
        assert list(log.lines_before(log.size)) == lines[::-1]
        assert log.start_of(7 * BLOCK) == 6

    def test_even_that_has_an_end(self, path: Path) -> None:
        log = log_of(path, b"50%\r" * (LONGEST // 4 + 10))
        lines = [Line(0, LONGEST, LONGEST), Line(LONGEST, log.size, log.size)]
        assert list(log.lines_from(0)) == lines
        assert list(log.lines_before(log.size)) == lines[::-1]

    def test_the_ends_of_a_long_line_are_not_looked_for_again(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log = log_of(path, b"start\n" + b"50%\r" * 500_000)
        (line,) = log.lines_from(6)
        read: list[int] = []

        def counting(start: int, end: int) -> bytes:
            read.append(end - start)
            return path.read_bytes()[start:end]

        monkeypatch.setattr(log, "read", counting)
        with path.open("ab") as file:
            file.write(b"60%\r")
        log.refresh()
        assert log.line_at(log.size) == Line(6, line.end + 4, line.next + 4)
        assert next(log.lines_before(log.size)).start == 6
        assert sum(read) < 4 * BLOCK

    def test_no_character_is_cut_in_two(self, path: Path) -> None:
        log = log_of(path, "€".encode() * 90_000)
        assert len(texts(log)) > 2
        assert "".join(text.decode() for text in texts(log)) == "€" * 90_000

    @pytest.mark.parametrize("seed", range(5))
    def test_reading_forwards_and_backwards_gives_the_same_lines(
        self, path: Path, seed: int
    ) -> None:
        chance = random.Random(seed)
        sizes = [chance.choice([0, 1, 80, 500, BLOCK - 1, BLOCK, 3 * BLOCK]) for _ in range(40)]
        kinds = [b"x", b"\x1b[31m", b"10%\r", "日本".encode(), b"|\b/\b", b"\x80"]
        data = b"\n".join(chance.choice(kinds) * (size // 3) for size in sizes)
        log = log_of(path, data)
        lines = list(log.lines_from(0))
        assert list(log.lines_before(log.size)) == lines[::-1]
        assert all(line.next == following.start for line, following in pairwise(lines))
        for _ in range(200):
            line = chance.choice(lines)
            assert log.start_of(chance.randrange(line.start, line.next)) == line.start

    def test_the_end_of_a_large_log_is_read_without_the_rest(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log = log_of(path, b"a line of a log\n" * 500_000)
        read: list[int] = []

        def counting(start: int, end: int) -> bytes:
            read.append(end - start)
            return path.read_bytes()[start:end]

        monkeypatch.setattr(log, "read", counting)
        assert len(list(islice(log.lines_before(log.size), 50))) == 50
        assert sum(read) <= 2 * BLOCK


class TestChanges:
    def test_a_log_that_does_not_exist_yet_is_empty(self, path: Path) -> None:
        log = LogFile(path)
        assert log.refresh() is Change.NONE
        assert (log.size, log.read(0, 10), log.tail(5)) == (0, b"", 0)

    def test_a_log_appears_and_grows(self, path: Path) -> None:
        log = LogFile(path)
        log.refresh()
        path.write_bytes(b"one\ntw")
        assert log.refresh() is Change.GROWN
        assert texts(log) == [b"one", b"tw"]
        with path.open("ab") as file:
            file.write(b"o\nthree\n")
        assert log.refresh() is Change.GROWN
        assert texts(log) == [b"one", b"two", b"three"]
        assert log.refresh() is Change.NONE

    def test_growth_over_the_edge_of_a_block_is_seen_whole(self, path: Path) -> None:
        log = log_of(path, b"\n" + b"x" * (BLOCK - 3))
        assert len(texts(log)) == 2
        with path.open("ab") as file:
            file.write(b"yyyyyy\nnext")
        log.refresh()
        assert texts(log) == [b"", b"x" * (BLOCK - 3) + b"yyyyyy", b"next"]

    def test_truncation_makes_it_another_log(self, path: Path) -> None:
        log = log_of(path, b"a long line\n" * 10)
        texts(log)
        path.write_bytes(b"new\n")
        assert log.refresh() is Change.REPLACED
        assert texts(log) == [b"new"]

    def test_a_log_that_was_cut_and_has_grown_since_is_another_log(self, path: Path) -> None:
        log = log_of(path, b"".join(b"line %d\n" % number for number in range(20_000)))
        texts(log)
        path.write_bytes(b"".join(b"line %d\n" % number for number in range(10_000, 30_000)))
        assert path.stat().st_size > log.size
        assert log.refresh() is Change.REPLACED
        assert texts(log)[0] == b"line 10000"

    def test_a_log_that_only_grows_is_never_another_one(self, path: Path) -> None:
        log = log_of(path, b"")
        for size in (1, 63, 1, 64, 65, 100_000, 1):
            with path.open("ab") as file:
                file.write(bytes([97 + size % 26]) * size)
            assert log.refresh() is Change.GROWN
        assert log.refresh() is Change.NONE

    def test_another_file_of_the_same_name_is_another_log(self, path: Path) -> None:
        log = log_of(path, b"old\n")
        other = path.with_suffix(".new")
        other.write_bytes(b"newer and longer\n")
        other.replace(path)
        assert log.refresh() is Change.REPLACED
        assert texts(log) == [b"newer and longer"]

    def test_a_log_may_vanish_and_come_back(self, path: Path) -> None:
        log = log_of(path, b"here\n")
        path.unlink()
        assert log.refresh() is Change.MISSING
        assert texts(log) == []
        assert log.refresh() is Change.NONE
        path.write_bytes(b"again\n")
        assert log.refresh() is Change.GROWN
        assert texts(log) == [b"again"]

    def test_reading_what_is_no_longer_there_gives_nothing(self, path: Path) -> None:
        log = log_of(path, b"a line\n" * 10)
        path.write_bytes(b"")
        assert log.read(0, 100) == b""
        assert [log.bytes_of(line) for line in log.lines_from(0)] != []

    def test_a_folder_is_read_as_nothing(self, tmp_path: Path) -> None:
        log = LogFile(tmp_path)
        log.refresh()
        assert log.read(0, 10) == b""
