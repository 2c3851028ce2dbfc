"""A log that has grown too long loses its middle, also while it is being written."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tui_scheduler.engine import log_cutting
from tui_scheduler.engine.log_cutting import ROOM, Limit, Seam, cut
from tui_scheduler.sizes import size_text

LIMIT = Limit(100_000, 50_000, "the log is limited to 100 kB")
LINE = re.compile(rb"-- (.+) of output dropped here: the log is limited to 100 kB --\n")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "1.log"


def numbered(count: int, first: int = 1) -> bytes:
    return b"".join(b"line %06d\n" % number for number in range(first, first + count))


def append(log: Path, data: bytes) -> None:
    with log.open("ab") as file:
        file.write(data)


def parts(log: Path) -> tuple[bytes, str, bytes]:
    """What is left of a log: head, the size that is said to be missing, tail."""
    head, dropped, tail = LINE.split(log.read_bytes())
    return head, dropped.decode(), tail


class TestOneCut:
    @pytest.mark.parametrize("is_written", [True, False])
    def test_a_log_within_its_limit_is_left_alone(self, log: Path, is_written: bool) -> None:
        data = b"x" * LIMIT.most
        log.write_bytes(data)
        assert cut(log, LIMIT, None, is_written=is_written) is None
        assert log.read_bytes() == data

    def test_head_and_tail_are_kept_in_whole_lines(self, log: Path) -> None:
        data = numbered(100_000)
        log.write_bytes(data)
        cut(log, LIMIT, None, is_written=False)
        head, dropped, tail = parts(log)
        assert data.startswith(head)
        assert data.endswith(tail)
        assert (head[-1:], tail[:5]) == (b"\n", b"line ")
        assert dropped == "1.1 MB"
        assert 49_900 < len(head) <= 50_000
        assert LIMIT.most - 1000 < log.stat().st_size <= LIMIT.size - ROOM + 100

    def test_the_seam_counts_every_byte(self, log: Path) -> None:
        data = numbered(100_000)
        log.write_bytes(data)
        seam = cut(log, LIMIT, None, is_written=False)
        head, _, tail = parts(log)
        assert seam is not None
        assert seam.dropped == len(data) - len(head) - len(tail)
        assert seam.start == len(head)

    def test_a_log_that_is_written_is_left_room_to_grow(self, log: Path) -> None:
        data = numbered(100_000)
        log.write_bytes(data)
        cut(log, LIMIT, None, is_written=True)
        _, _, tail = parts(log)
        assert data.endswith(tail)
        assert 9_000 < len(tail) < 10_000

    @pytest.mark.parametrize("over", [1, 50, 100, 200, 5000])
    @pytest.mark.parametrize("is_written", [True, False])
    def test_a_log_that_is_hardly_too_long_keeps_its_end(
        self, log: Path, over: int, is_written: bool
    ) -> None:
        data = numbered(LIMIT.most)[: LIMIT.most + over - 4] + b"end\n"
        log.write_bytes(data)
        cut(log, LIMIT, None, is_written=is_written)
        head, _, tail = parts(log)
        assert data.startswith(head)
        assert data.endswith(tail)
        assert tail.endswith(b"end\n")

    @pytest.mark.parametrize("data", [b"\0", b"\xff", "é".encode()])
    def test_without_line_ends_it_is_cut_anywhere(self, log: Path, data: bytes) -> None:
        log.write_bytes(data * 1_000_000)
        cut(log, LIMIT, None, is_written=False)
        head, _, tail = parts(log)
        assert len(head) == 50_000 + len("\n")
        assert (data * 1_000_000).endswith(tail)
        assert log.stat().st_size <= LIMIT.size

    def test_lines_that_are_longer_than_the_log_are_cut_anywhere(self, log: Path) -> None:
        log.write_bytes(b"first\n" + b"x" * 1_000_000 + b"\nlast\n")
        cut(log, LIMIT, None, is_written=True)
        head, _, tail = parts(log)
        assert head.startswith(b"first\nxxx")
        assert len(head) == 50_000 + len("\n")
        assert tail.endswith(b"x\nlast\n")

    def test_the_smallest_limit_is_kept_too(self, log: Path) -> None:
        log.write_bytes(numbered(1000))
        limit = Limit(4096, 2048, LIMIT.reason)
        cut(log, limit, None, is_written=True)
        head, _, tail = parts(log)
        assert len(head) > 2000
        assert tail.endswith(b"line 001000\n")
        assert log.stat().st_size <= 4096


class TestMoreCuts:
    def test_there_is_one_line_and_it_counts_everything(self, log: Path) -> None:
        log.write_bytes(numbered(10_000))
        seam, written = None, 10_000
        for _ in range(20):
            seam = cut(log, LIMIT, seam, is_written=True)
            append(log, numbered(10_000, first=written + 1))
            written += 10_000
        seam = cut(log, LIMIT, seam, is_written=False)
        head, dropped, tail = parts(log)
        assert seam is not None
        assert len(head) + seam.dropped + len(tail) == 12 * written
        assert dropped == "2.4 MB"
        assert numbered(written).startswith(head)
        assert numbered(written).endswith(tail)

    def test_a_line_that_looks_like_ours_is_output(self, log: Path) -> None:
        forged = b"-- 9.9 GB of output dropped here: the log is limited to 100 kB --\n"
        log.write_bytes(forged * 10_000)
        seam = cut(log, LIMIT, None, is_written=True)
        assert seam is not None
        assert seam.dropped < 10_000 * len(forged)
        assert seam.line.startswith(f"-- {size_text(seam.dropped)} of output".encode())
        assert seam.line in log.read_bytes()

    def test_a_log_that_the_run_has_emptied_begins_anew(self, log: Path) -> None:
        log.write_bytes(numbered(10_000))
        seam = cut(log, LIMIT, None, is_written=True)
        log.write_bytes(numbered(20_000))
        seam = cut(log, LIMIT, seam, is_written=False)
        head, _, tail = parts(log)
        assert seam is not None
        assert seam.dropped == 12 * 20_000 - len(head) - len(tail)

    def test_a_smaller_limit_takes_the_line_into_account(self, log: Path) -> None:
        log.write_bytes(numbered(20_000))
        seam = cut(log, LIMIT, None, is_written=False)
        seam = cut(log, Limit(20_000, 10_000, LIMIT.reason), seam, is_written=False)
        head, _, tail = parts(log)
        assert seam is not None
        assert seam.dropped == 12 * 20_000 - len(head) - len(tail)
        assert log.stat().st_size <= 20_000

    def test_a_line_within_the_beginning_stays_where_it_is_true(self, log: Path) -> None:
        log.write_bytes(numbered(20_000))
        small = cut(log, Limit(20_000, 10_000, "the disk was full"), None, is_written=False)
        append(log, numbered(20_000, first=20_001))
        large = cut(log, LIMIT, small, is_written=False)
        head, _, tail = parts(log)
        assert small is not None
        assert large is not None
        assert small.line in head
        kept = len(head) - len(small.line) + len(tail)
        assert small.dropped + large.dropped + kept == 12 * 40_000


class TestWhileItIsWritten:
    def test_the_run_goes_on_and_keeps_its_first_and_its_last_words(self, log: Path) -> None:
        seam: Seam | None = None
        with log.open("ab") as output, subprocess.Popen(["seq", "3000000"], stdout=output) as run:
            while run.poll() is None:
                seam = cut(log, LIMIT, seam, is_written=True)
        assert run.returncode == 0
        seam = cut(log, LIMIT, seam, is_written=False)
        head, _, tail = parts(log)
        assert head.startswith(b"1\n2\n3\n")
        assert tail.endswith(b"\n2999999\n3000000\n")
        assert seam is not None
        assert len(head) + seam.dropped + len(tail) <= len(
            "".join(f"{n}\n" for n in range(3_000_001))
        )

    def test_it_is_the_same_file_for_whoever_holds_it_open(self, log: Path) -> None:
        with log.open("ab", buffering=0) as run:
            run.write(numbered(20_000))
            cut(log, LIMIT, None, is_written=True)
            run.write(b"and on\n")
        assert log.read_bytes().endswith(b"line 020000\nand on\n")

    def test_what_is_written_while_the_tail_is_moved_is_moved_too(
        self, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log.write_bytes(numbered(20_000))
        read = os.pread
        words = iter([b"one\n", b"two\n"])

        def writing(file: int, size: int, start: int) -> bytes:
            if size == log_cutting._BLOCK:
                append(log, next(words, b""))
            return read(file, size, start)

        monkeypatch.setattr(os, "pread", writing)
        cut(log, LIMIT, None, is_written=True)
        assert log.read_bytes().endswith(b"line 020000\none\ntwo\n")

    def test_a_crash_in_between_loses_no_beginning_and_no_end(
        self, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = numbered(20_000)
        log.write_bytes(data)
        with monkeypatch.context() as crash:
            crash.setattr(os, "ftruncate", killed)
            with pytest.raises(KeyboardInterrupt):
                cut(log, LIMIT, None, is_written=True)
        assert log.read_bytes()[:49_000] == data[:49_000]
        assert log.read_bytes()[-9_000:] == data[-9_000:]
        append(log, b"and on\n")
        cut(log, LIMIT, None, is_written=False)
        assert log.read_bytes().endswith(b"line 020000\nand on\n")


def killed(*_: object) -> None:
    raise KeyboardInterrupt
