"""A log that has grown too long loses its middle, also while it is being written."""

import os
import random
import re
import select
import subprocess
from pathlib import Path

import pytest
from tui_scheduler.engine.local.log_cutting import ROOM, Limit, Seams, cut

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


def written(log: Path, seams: Seams) -> int:
    """How many bytes the run has written, as far as the log tells."""
    data = log.read_bytes()
    assert all(data[seam.start : seam.end] == seam.line for seam in seams)
    return len(data) + sum(seam.dropped - len(seam.line) for seam in seams)


class TestOneCut:
    @pytest.mark.parametrize("is_written", [True, False])
    def test_a_log_within_its_limit_is_left_alone(self, log: Path, is_written: bool) -> None:
        data = b"x" * LIMIT.most
        log.write_bytes(data)
        assert cut(log, LIMIT, is_written=is_written) == ()
        assert log.read_bytes() == data

    def test_head_and_tail_are_kept_in_whole_lines(self, log: Path) -> None:
        data = numbered(100_000)
        log.write_bytes(data)
        cut(log, LIMIT, is_written=False)
        head, dropped, tail = parts(log)
        assert data.startswith(head)
        assert data.endswith(tail)
        assert (head[-1:], tail[:5]) == (b"\n", b"line ")
        assert dropped == "1.1 MB"
        assert 49_900 < len(head) <= 50_000
        assert LIMIT.most - 1000 < log.stat().st_size <= LIMIT.size - ROOM + 100

    def test_every_byte_is_counted(self, log: Path) -> None:
        data = numbered(100_000)
        log.write_bytes(data)
        seams = cut(log, LIMIT, is_written=False)
        assert [seam.start for seam in seams] == [log.read_bytes().index(b"-- 1.1 MB")]
        assert written(log, seams) == len(data)

    def test_a_log_that_is_written_is_left_room_to_grow(self, log: Path) -> None:
        data = numbered(100_000)
        log.write_bytes(data)
        cut(log, LIMIT, is_written=True)
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
        cut(log, LIMIT, is_written=is_written)
        head, _, tail = parts(log)
        assert data.startswith(head)
        assert data.endswith(tail)
        assert tail.endswith(b"end\n")

    @pytest.mark.parametrize("data", [b"\0", b"\xff", "é".encode()])
    def test_without_line_ends_it_is_cut_anywhere(self, log: Path, data: bytes) -> None:
        log.write_bytes(data * 1_000_000)
        cut(log, LIMIT, is_written=False)
        head, _, tail = parts(log)
        assert len(head) == 50_000 + len("\n")
        assert (data * 1_000_000).endswith(tail)
        assert log.stat().st_size <= LIMIT.size

    def test_lines_that_are_longer_than_the_log_are_cut_anywhere(self, log: Path) -> None:
        log.write_bytes(b"first\n" + b"x" * 1_000_000 + b"\nlast\n")
        cut(log, LIMIT, is_written=True)
        head, _, tail = parts(log)
        assert head.startswith(b"first\nxxx")
        assert len(head) == 50_000 + len("\n")
        assert tail.endswith(b"x\nlast\n")

    def test_the_smallest_limit_is_kept_too(self, log: Path) -> None:
        log.write_bytes(numbered(1000))
        limit = Limit(4096, 2048, LIMIT.reason)
        cut(log, limit, is_written=True)
        head, _, tail = parts(log)
        assert len(head) > 2000
        assert tail.endswith(b"line 001000\n")
        assert log.stat().st_size <= 4096


class TestMoreCuts:
    def test_there_is_one_line_and_it_counts_everything(self, log: Path) -> None:
        seams: Seams = ()
        data = numbered(210_000)
        for start in range(0, len(data), 120_000):
            append(log, data[start : start + 120_000])
            seams = cut(log, LIMIT, seams, is_written=True)
        seams = cut(log, LIMIT, seams, is_written=False)
        head, dropped, tail = parts(log)
        assert (len(seams), dropped) == (1, "2.5 MB")
        assert written(log, seams) == len(data)
        assert data.startswith(head)
        assert data.endswith(tail)

    def test_a_line_that_looks_like_ours_is_output(self, log: Path) -> None:
        forged = b"-- 9.9 GB of output dropped here: the log is limited to 100 kB --\n"
        log.write_bytes(forged * 10_000)
        seams = cut(log, LIMIT, is_written=True)
        assert written(log, seams) == 10_000 * len(forged)
        assert seams[0].line.startswith(f"-- {size_text(seams[0].dropped)} of output".encode())

    def test_a_log_that_the_run_has_emptied_begins_anew(self, log: Path) -> None:
        log.write_bytes(numbered(10_000))
        seams = cut(log, LIMIT, is_written=True)
        log.write_bytes(numbered(20_000))
        seams = cut(log, LIMIT, seams, is_written=False)
        assert written(log, seams) == 12 * 20_000

    def test_a_smaller_limit_takes_the_line_into_account(self, log: Path) -> None:
        log.write_bytes(numbered(20_000))
        seams = cut(log, LIMIT, is_written=False)
        seams = cut(log, Limit(20_000, 10_000, LIMIT.reason), seams, is_written=False)
        assert len(seams) == 1
        assert written(log, seams) == 12 * 20_000
        assert log.stat().st_size <= 20_000

    def test_a_line_within_the_beginning_stays_where_it_is_true(self, log: Path) -> None:
        log.write_bytes(numbered(20_000))
        first = cut(log, Limit(20_000, 10_000, "the disk was full"), is_written=False)
        append(log, numbered(20_000, first=20_001))
        seams = cut(log, LIMIT, first, is_written=False)
        assert seams[:-1] == first
        assert written(log, seams) == 12 * 40_000

    def test_a_line_within_the_tail_stays_as_well(self, log: Path) -> None:
        log.write_bytes(numbered(20_000))
        first = cut(log, Limit(90_000, 85_000, "the disk was full"), is_written=False)
        append(log, numbered(2_000, first=20_001))
        seams = cut(log, LIMIT, first, is_written=False)
        assert [seam.line for seam in seams[1:]] == [seam.line for seam in first]
        assert written(log, seams) == 12 * 22_000

    @pytest.mark.parametrize("seed", range(10))
    def test_however_it_is_cut_every_byte_is_counted(self, log: Path, seed: int) -> None:
        seams: Seams = ()
        chance, total = random.Random(seed), 0
        for _ in range(50):
            data = bytes(chance.choices(b"abc\n\0", k=chance.choice([0, 10, 1000, 30_000])))
            append(log, data)
            total += len(data)
            size = chance.choice([4096, 20_000, 50_000])
            limit = Limit(size, chance.choice([size // 2, size // 3]), "it is so")
            seams = cut(log, limit, seams, is_written=chance.random() < 0.8)
            assert log.stat().st_size <= limit.size
        assert written(log, seams) == total


class TestWhileItIsWritten:
    def test_the_run_goes_on_and_keeps_its_first_and_its_last_words(self, log: Path) -> None:
        seams: Seams = ()
        flood = ["sh", "-c", "seq 3000000; echo >&2; read line; echo $line"]
        pipe = subprocess.PIPE
        with (
            log.open("ab") as output,
            subprocess.Popen(flood, stdin=pipe, stdout=output, stderr=pipe, text=True) as run,
        ):
            assert run.stderr is not None
            while not select.select([run.stderr], [], [], 0)[0]:
                seams = cut(log, LIMIT, seams, is_written=True)
            run.communicate("the end\n")
        assert run.returncode == 0
        seams = cut(log, LIMIT, seams, is_written=False)
        assert log.read_bytes().startswith(b"1\n2\n3\n")
        assert log.read_bytes().endswith(b"\nthe end\n")
        assert written(log, seams) <= 22_888_896 + len("the end\n")

    def test_it_is_the_same_file_for_whoever_holds_it_open(self, log: Path) -> None:
        with log.open("ab", buffering=0) as run:
            run.write(numbered(20_000))
            cut(log, LIMIT, is_written=True)
            run.write(b"and on\n")
        assert log.read_bytes().endswith(b"line 020000\nand on\n")

    def test_what_is_written_while_the_tail_is_moved_is_moved_too(
        self, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log.write_bytes(numbered(20_000))
        read = os.pread
        words = iter([b"one\n", b"two\n"])

        def writing(file: int, size: int, start: int) -> bytes:
            if start > 230_000:  # it asks for more
                append(log, next(words, b""))
            return read(file, size, start)

        monkeypatch.setattr(os, "pread", writing)
        cut(log, LIMIT, is_written=True)
        assert log.read_bytes().endswith(b"line 020000\none\ntwo\n")

    def test_what_comes_too_fast_to_be_moved_is_said_to_be_missing(
        self, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log.write_bytes(numbered(20_000))
        write, total = os.pwrite, 12 * 20_000

        def slow(file: int, data: bytes, start: int) -> int:
            nonlocal total
            append(log, b"flood\n" * 20_000)
            total += 120_000
            return write(file, data, start)

        monkeypatch.setattr(os, "pwrite", slow)
        seams: Seams = ()
        for _ in range(5):
            seams = cut(log, LIMIT, seams, is_written=True)
            total -= 120_000  # written after the last look
            assert log.stat().st_size <= LIMIT.size
            assert written(log, seams) == total
            assert b"dropped here: it came too fast to be kept --\n" in seams[-1].line
            append(log, b"flood\n" * 20_000)
            total += 120_000

    def test_a_crash_in_between_loses_no_beginning_and_no_end(
        self, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = numbered(20_000)
        log.write_bytes(data)
        with monkeypatch.context() as crash:
            crash.setattr(os, "ftruncate", killed)
            with pytest.raises(KeyboardInterrupt):
                cut(log, LIMIT, is_written=True)
        assert log.read_bytes()[:49_000] == data[:49_000]
        assert log.read_bytes()[-9_000:] == data[-9_000:]
        append(log, b"and on\n")
        cut(log, LIMIT, is_written=False)
        assert log.read_bytes().endswith(b"line 020000\nand on\n")


def killed(*_: object) -> None:
    raise KeyboardInterrupt
