"""A log keeps its beginning and its latest output, and tells every byte that is not there."""

import errno
import os
import random
import re
import stat
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import pytest

from tests.engine.local.system_calls import SystemCalls, failing, full, killed
from tui_scheduler.engine.local import capped_log
from tui_scheduler.engine.local.capped_log import LEAST, ROOM, SMALLEST, Limits, Log
from tui_scheduler.sizes import size_text

CAP = 100_000
UNLIMITED = Limits(0, 0)
DROPPED = re.compile(
    rb"-- ([\d,]+) bytes of output dropped here(?: within a line)?:"
    rb" the log is limited to 100 kB --\n"
)
OURS = re.compile(
    rb"^-- (?:([\d,]+) bytes? of output (?:dropped here|not kept)( within a line)?: .*"
    rb"|a note) --\n",
    re.MULTILINE,
)
FULL = b"x\n" * ((CAP - ROOM) // 2)
"""What a log has before it must be cut to take any more."""


class Disk:
    """A disk that is as full as the test says."""

    def __init__(self, percent_free: float) -> None:
        self.percent_free = percent_free

    def __call__(self, folder: bytes) -> float:
        assert Path(os.fsdecode(folder)).is_dir()
        return self.percent_free


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> SystemCalls:
    return SystemCalls(monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "1.log"


@pytest.fixture
def new_log(path: Path) -> Iterator[Callable[..., Log]]:
    """Makes logs, each as a keeper of its own would: only the file itself is shared."""
    logs = []

    def new(limits: Limits | int = CAP, path: Path = path) -> Log:
        limits = Limits(limits, 0) if isinstance(limits, int) else limits
        logs.append(Log(os.fsencode(path), limits))
        return logs[-1]

    yield new
    for log in logs:
        log.close()


def numbered(count: int, first: int = 1) -> bytes:
    return b"".join(b"line %06d\n" % number for number in range(first, first + count))


def drawn(chance: random.Random, letters: bytes, count: int) -> bytes:
    """So many of ``letters``, at random."""
    return chance.randbytes(count).translate(bytes(islice(cycle(letters), 256)))


def store(log: Log, data: bytes, most: int | None = None) -> int:
    """Append output, and see that there are never more than ``most`` bytes; counts the turns."""
    turns = 0
    for _ in log.store(data):
        turns += 1
        assert most is None or size_of(log) <= most
    assert most is None or size_of(log) <= most
    return turns


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def size_of(log: Log) -> int:
    path = Path(os.fsdecode(log.path))
    return path.stat().st_size if path.exists() else 0


def explains(content: bytes, written: bytes) -> bool:
    """Whether a log is what was written, apart from what its lines say is missing."""

    def fits(start: int, place: int) -> bool:
        line = OURS.search(content, start)
        part = content[start : line.start() if line else None]
        if line is None:
            return part == written[place:]
        if line[1] is None:  # the line end before a note may be ours as well
            options = {part, part.removesuffix(b"\n")}
        else:
            options = {part.removesuffix(b"\n") if line[2] else part}
        missing = int((line[1] or b"0").replace(b",", b""))
        return any(
            written.startswith(part, place) and fits(line.end(), place + len(part) + missing)
            for part in options
        )

    return fits(0, 0)


def parts(path: Path) -> tuple[bytes, int, bytes]:
    """What is left of a log: head, the bytes that are said to be missing, tail."""
    head, dropped, tail = DROPPED.split(path.read_bytes())
    return head, int(dropped.replace(b",", b"")), tail


NewLog = Callable[..., Log]


class TestWithinItsLimit:
    def test_it_is_left_alone(self, path: Path, new_log: NewLog) -> None:
        data = b"x" * (CAP - ROOM)
        assert store(new_log(), data) == 0
        assert path.read_bytes() == data

    def test_no_limit_is_no_limit(self, path: Path, new_log: NewLog) -> None:
        data = numbered(100_000)
        assert store(new_log(UNLIMITED), data) == 0
        assert path.read_bytes() == data

    def test_it_is_made_at_the_first_byte_for_the_user_alone(
        self, tmp_path: Path, new_log: NewLog
    ) -> None:
        path = tmp_path / "00001" / "1.log"
        log = new_log(path=path)
        assert not path.parent.exists()
        store(log, b"one\n")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        path.unlink()
        path.parent.rmdir()
        store(log, b"two\n")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_every_folder_that_is_made_is_for_the_user_alone(
        self, tmp_path: Path, new_log: NewLog
    ) -> None:
        umask = os.umask(0o077)  # as a keeper has it
        try:
            store(new_log(path=tmp_path / "logs" / "00001" / "1.log"), b"one\n")
        finally:
            os.umask(umask)
        for folder in (tmp_path / "logs", tmp_path / "logs" / "00001"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_what_is_written_is_not_copied_before(
        self, path: Path, new_log: NewLog, system: SystemCalls
    ) -> None:
        data, written = numbered(20_000), []

        def write(file: int, part: memoryview) -> int:
            written.append(part.obj)
            return os.write(file, part)

        system.do(write=write)
        store(new_log(), data)
        assert len(written) > 1
        assert all(each is data for each in written)

    def test_a_log_that_is_closed_holds_no_descriptor(self, path: Path, new_log: NewLog) -> None:
        before = len(os.listdir("/dev/fd"))  # noqa: PTH208
        log = new_log()
        store(log, numbered(20_000))
        log.close()
        assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208


class TestCutting:
    def test_head_and_tail_are_kept_in_whole_lines(self, path: Path, new_log: NewLog) -> None:
        data = numbered(100_000)
        store(new_log(), data, CAP)
        head, dropped, tail = parts(path)
        assert data.startswith(head)
        assert data.endswith(tail)
        assert (head[-1:], tail[:5]) == (b"\n", b"line ")
        assert 49_900 < len(head) <= 50_000
        assert 9_000 < len(tail) < 49_000
        assert len(head) + dropped + len(tail) == len(data)

    @pytest.mark.parametrize("over", [1, 50, 100, 200, 5000])
    def test_one_that_is_hardly_too_long_keeps_its_end(
        self, path: Path, new_log: NewLog, over: int
    ) -> None:
        data = numbered(CAP)[: CAP - ROOM + over - 4] + b"end\n"
        store(new_log(), data, CAP)
        assert path.read_bytes().endswith(b"end\n")
        assert explains(path.read_bytes(), data)

    @pytest.mark.parametrize("character", [b"\0", b"\xff", "é".encode()])
    def test_without_line_ends_it_is_cut_anywhere(
        self, path: Path, new_log: NewLog, character: bytes
    ) -> None:
        data = character * 1_000_000
        store(new_log(), data, CAP)
        head, dropped, tail = parts(path)
        assert len(head) == 50_000 + len("\n")
        assert data.endswith(tail)
        assert len(head) - 1 + dropped + len(tail) == len(data)

    def test_lines_that_are_longer_than_the_log_are_cut_anywhere(
        self, path: Path, new_log: NewLog
    ) -> None:
        store(new_log(), b"first\n" + b"x" * 1_000_000 + b"\nlast\n", CAP)
        head, _, tail = parts(path)
        assert head.startswith(b"first\nxxx")
        assert len(head) == 50_000 + len("\n")
        assert tail.endswith(b"x\nlast\n")

    def test_the_smallest_limit_is_kept_too(self, path: Path, new_log: NewLog) -> None:
        data = numbered(1000)
        store(new_log(1), data, SMALLEST)
        content = path.read_bytes()
        assert content.startswith(data[:2000])
        assert content.endswith(b"line 001000\n")
        assert explains(content, data)

    def test_the_latest_output_is_there_at_any_time(self, path: Path, new_log: NewLog) -> None:
        log = new_log()
        for line in range(1000):
            store(log, data := b"%d\n" % line * 100, CAP)
            assert path.read_bytes().endswith(data)

    @pytest.mark.parametrize("size", [999, 120_000])
    def test_there_is_one_line_and_it_counts_everything(
        self, path: Path, new_log: NewLog, size: int
    ) -> None:
        log, data = new_log(), numbered(210_000)
        for piece in in_pieces(data, size):
            store(log, piece, CAP)
        head, dropped, tail = parts(path)
        assert len(head) + dropped + len(tail) == len(data)
        assert explains(path.read_bytes(), data)

    def test_a_line_that_looks_like_ours_is_output(self, path: Path, new_log: NewLog) -> None:
        forged = b"-- 9,999 bytes of output dropped here: the log is limited to 100 kB --\n"
        log = new_log()
        for piece in in_pieces(forged * 10_000, 33_333):
            store(log, piece, CAP)
        counts = [int(each[1].replace(b",", b"")) for each in OURS.finditer(path.read_bytes())]
        [dropped] = set(counts) - {9999}
        ours = len(f"-- {dropped:,}") - len("-- 9,999")
        assert size_of(log) - len(forged) - ours + dropped == 10_000 * len(forged)

    @pytest.mark.parametrize("letters", [b"abc\n\0", b"abc", b"ab" * 30 + b"\n", b"\n"], ids=len)
    @pytest.mark.parametrize("seed", range(8))
    def test_however_it_comes_every_byte_is_kept_or_counted(
        self, path: Path, new_log: NewLog, seed: int, letters: bytes
    ) -> None:
        chance = random.Random(seed)
        cap = chance.choice([SMALLEST, 5000, 20_000, 50_000])
        log, written = new_log(cap), b""
        for _ in range(60):
            if chance.random() < 0.1:
                log.note("a note")
                assert size_of(log) <= cap
            data = drawn(chance, letters, chance.choice([0, 1, 10, 1000, 30_000]))
            store(log, data, cap)
            written += data
        assert explains(path.read_bytes(), written)

    @pytest.mark.parametrize("seed", range(8))
    def test_also_when_the_disk_is_nearly_full_now_and_then(
        self, path: Path, new_log: NewLog, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(capped_log, "_LOOK_AT_DISK", 0)
        monkeypatch.setattr(capped_log, "LEAST", 8000)
        chance, disk = random.Random(seed), Disk(50)
        log, written = new_log(Limits(CAP, 5, disk)), b""
        for _ in range(100):
            disk.percent_free = chance.choice([4, 50])
            data = drawn(chance, b"abcdefg\n", chance.choice([10, 1000, 10_000]))
            store(log, data, CAP)
            written += data
            if chance.random() < 0.1:
                log.note("a note")
                assert size_of(log) <= CAP
        assert explains(path.read_bytes(), written)


class TestAfterAnotherKeeper:
    @pytest.mark.parametrize("letters", [b"abc\n\0", b"abc"], ids=len)
    @pytest.mark.parametrize("seed", range(8))
    def test_the_new_one_goes_on_counting(
        self,
        path: Path,
        new_log: NewLog,
        seed: int,
        letters: bytes,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        chance = random.Random(seed)
        monkeypatch.setattr(capped_log, "_BLOCK", chance.choice([300, 1024 * 1024]))
        cap = chance.choice([SMALLEST, 20_000, CAP])
        log, written = new_log(cap), b""
        for _ in range(60):
            if chance.random() < 0.2:
                log = new_log(cap)
            data = drawn(chance, letters, chance.choice([10, 1000, 30_000]))
            store(log, data, cap)
            written += data
        assert explains(path.read_bytes(), written)

    @pytest.mark.parametrize("cap", [SMALLEST, 20_000, 300_000])
    def test_with_another_limit_as_well(self, path: Path, new_log: NewLog, cap: int) -> None:
        data = numbered(20_000)
        store(new_log(), data, CAP)
        more = numbered(50_000, first=20_001)
        log = new_log(cap)
        store(log, b"")
        store(log, more)
        assert size_of(log) <= cap
        assert explains(path.read_bytes(), data + more)

    def test_what_was_lost_is_counted_on_too(
        self, path: Path, new_log: NewLog, system: SystemCalls
    ) -> None:
        log = new_log()
        store(log, b"one\n")
        system.do(write=full)
        store(log, b"lost\n" * 1000)
        system.do()
        store(log, b"two\n" * 10_000)
        log.close()
        assert b"-- 5,000 bytes of output not kept: the disk was full --\n" in path.read_bytes()
        store(new_log(SMALLEST), more := numbered(10_000), None)
        content = path.read_bytes()
        assert b"not kept" in content  # near the beginning
        assert explains(content, b"one\n" + b"lost\n" * 1000 + b"two\n" * 10_000 + more)

    @pytest.mark.parametrize(
        "forged",
        [b"9" * 5000, b",", b"9" * 26, b"9,9,9,,", b"-1", b""],
        ids=["long", "comma", "most", "commas", "less", "nothing"],
    )
    @pytest.mark.parametrize("where", [b"", b" within a line"])
    def test_no_output_can_confuse_it(
        self, path: Path, new_log: NewLog, forged: bytes, where: bytes
    ) -> None:
        line = b"-- %s bytes of output dropped here%s: so --\n" % (forged, where)
        for _ in range(3):
            log = new_log()
            store(log, line * 10, CAP)
            store(log, numbered(20_000), CAP)
            assert path.read_bytes().endswith(b"line 020000\n")
            assert not log.losses

    def test_a_line_within_the_beginning_stays_where_it_is_true(
        self, path: Path, new_log: NewLog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(capped_log, "_LOOK_AT_DISK", 0)
        disk = Disk(4)
        log = new_log(Limits(1_000_000, 5, disk))
        store(log, first := numbered(20_000), LEAST)
        disk.percent_free = 50
        store(log, second := numbered(200_000, first=20_001), 1_000_000)
        content = path.read_bytes()
        assert explains(content, first + second)
        assert [bytes(line[0]).split(b": ")[1] for line in OURS.finditer(content)] == [
            b"the disk is nearly full (4 % free) --\n",
            b"the log is limited to 1.0 MB --\n",
        ]


class TestDiskReserve:
    @pytest.fixture(autouse=True)
    def always_look(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(capped_log, "_LOOK_AT_DISK", 0)

    @pytest.mark.parametrize("cap", [0, 1_000_000])
    def test_a_new_log_has_little_and_says_why(self, path: Path, new_log: NewLog, cap: int) -> None:
        data = numbered(100_000)
        store(new_log(Limits(cap, 5, Disk(4.96))), data, LEAST)
        content = path.read_bytes()
        assert content.startswith(b"line 000001\n")
        assert content.endswith(b"line 100000\n")
        assert b" of output dropped here: the disk is nearly full (4.9 % free) --\n" in content
        assert explains(content, data)

    def test_with_enough_left_only_the_cap_counts(self, path: Path, new_log: NewLog) -> None:
        log = new_log(Limits(1_000_000, 5, Disk(5)))
        store(log, numbered(100_000), 1_000_000)
        assert size_of(log) > 500_000

    def test_a_smaller_cap_counts_all_the_same(self, path: Path, new_log: NewLog) -> None:
        store(new_log(Limits(50_000, 5, Disk(1))), numbered(10_000), 50_000)
        assert b"the log is limited to 50.0 kB" in path.read_bytes()

    def test_what_was_there_before_is_not_taken_away(self, path: Path, new_log: NewLog) -> None:
        before = b"before\n" * 100_000
        path.write_bytes(before)
        log = new_log(Limits(1_000_000, 5, Disk(4)))
        store(log, b"since\n" * 30_000, len(before) + LEAST)
        assert path.read_bytes().startswith(before + b"since\n")

    def test_when_there_is_room_again_logs_may_grow(self, path: Path, new_log: NewLog) -> None:
        disk = Disk(4)
        log = new_log(Limits(1_000_000, 5, disk))
        store(log, b"a line\n" * 100_000, LEAST)
        disk.percent_free = 50
        store(log, b"a line\n" * 100_000, 1_000_000)
        assert 700_000 < size_of(log) < 700_000 + LEAST

    def test_it_is_not_looked_at_for_every_byte(
        self, path: Path, new_log: NewLog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(capped_log, "_LOOK_AT_DISK", 3600)
        looks = []

        def free(folder: bytes) -> float:
            looks.append(folder)
            return 50

        log = new_log(Limits(0, 5, free))
        for _ in range(100):
            store(log, b"a line\n")
        assert looks == [os.fsencode(path.parent)]

    def test_a_real_disk_tells_how_much_of_it_is_free(self, tmp_path: Path) -> None:
        assert 0 < capped_log.percent_free(os.fsencode(tmp_path)) <= 100

    def test_a_disk_that_cannot_be_asked_is_not_full(self, tmp_path: Path) -> None:
        assert capped_log.percent_free(os.fsencode(tmp_path / "none")) == 100


class TestNotes:
    def test_a_note_stands_on_a_line_of_its_own(self, path: Path, new_log: NewLog) -> None:
        log = new_log()
        log.note("begun")
        store(log, b"one\n")
        log.note("two")
        store(log, b"three")
        log.note("four")
        store(log, b"five")
        assert path.read_bytes() == b"-- begun --\none\n-- two --\nthree\n-- four --\nfive"

    def test_also_after_another_keeper(self, path: Path, new_log: NewLog) -> None:
        store(new_log(), b"one")
        new_log().note("two")
        new_log().note("three")
        assert path.read_bytes() == b"one\n-- two --\n-- three --\n"

    def test_and_after_somebody_else_has_written(self, path: Path, new_log: NewLog) -> None:
        log = new_log()
        store(log, b"one\n")
        with path.open("ab") as file:
            file.write(b"theirs")
        log.note("ours")
        store(log, b"two\n")
        assert path.read_bytes() == b"one\ntheirs\n-- ours --\ntwo\n"

    @pytest.mark.parametrize("cap", [SMALLEST, CAP])
    def test_there_is_room_for_any_number_of_them(
        self, path: Path, new_log: NewLog, cap: int
    ) -> None:
        log = new_log(cap)
        store(log, b"x" * (cap - ROOM), cap)
        for number in range(200):
            log.note(f"note {number:>50}")
            assert size_of(log) <= cap
            assert path.read_bytes().endswith(f" {number} --\n".encode())

    @pytest.mark.parametrize("text", ["x" * 100_000, "é" * 100_000, "\udcff" * 100_000])
    def test_a_long_one_is_cut(self, path: Path, new_log: NewLog, text: str) -> None:
        log = new_log(SMALLEST)
        store(log, b"x" * (SMALLEST - ROOM), SMALLEST)
        log.note(text)
        assert size_of(log) <= SMALLEST
        assert path.read_bytes().endswith(b" --\n")
        assert len(path.read_bytes().splitlines()[-1]) > ROOM - 30

    def test_without_room_there_is_none_nor_a_part_of_it(
        self, path: Path, new_log: NewLog, system: SystemCalls
    ) -> None:
        log = new_log()
        store(log, b"one")
        for trouble in (full, part):
            system.do(write=trouble)
            with pytest.raises(OSError, match="No space left"):
                log.note("two")
        system.do()
        log.note("three")
        assert path.read_bytes() == b"one\n-- three --\n"


def part(file: int, data: bytes | memoryview) -> int:
    return os.write(file, data[: len(data) // 2])


class TestTrouble:
    def test_a_full_disk_costs_no_more_than_it_must(
        self, path: Path, new_log: NewLog, system: SystemCalls
    ) -> None:
        log = new_log()
        store(log, b"one")
        system.do(write=full)
        for _ in range(3):
            store(log, b"two, three")
        assert log.losses == {"the disk was full": 30}
        system.do()
        store(log, b"four\n")
        store(log, b"five\n")
        lost = b"-- 30 bytes of output not kept within a line: the disk was full --\n"
        assert path.read_bytes() == b"one\n" + lost + b"four\nfive\n"
        assert log.losses == {"the disk was full": 30}

    def test_what_there_is_room_for_is_written(
        self, path: Path, new_log: NewLog, system: SystemCalls
    ) -> None:
        log = new_log()
        system.do(write=lambda file, data: os.write(file, data[:7]))
        store(log, b"one two three four five\n")
        assert path.read_bytes() == b"one two three four five\n"

    @pytest.mark.parametrize("seed", range(8))
    def test_whatever_a_disk_takes_every_byte_is_kept_or_counted(
        self, path: Path, new_log: NewLog, system: SystemCalls, seed: int
    ) -> None:
        chance = random.Random(seed)

        def write(file: int, data: memoryview) -> int:
            room = chance.choice([0, len(data) // 2, len(data)])
            return os.write(file, data[:room]) if room else full()

        system.do(write=write)
        cap = chance.choice([SMALLEST, 20_000])
        log, written = new_log(cap), b""
        for _ in range(300):
            data = drawn(chance, b"abc\n", chance.choice([1, 10, 100, 1000]))
            store(log, data, cap)
            written += data
        system.do()
        log.close()
        assert explains(path.read_bytes(), written)

    def test_a_loss_is_told_at_the_end_if_nothing_comes_after_it(
        self, path: Path, new_log: NewLog, system: SystemCalls
    ) -> None:
        log = new_log()
        system.do(write=full)
        store(log, b"one\n")
        system.do()
        log.close()
        assert path.read_bytes() == b"-- 4 bytes of output not kept: the disk was full --\n"
        log.close()
        assert path.read_bytes().count(b"\n") == 1

    def test_also_of_one_that_was_removed_meanwhile(
        self, path: Path, new_log: NewLog, system: SystemCalls
    ) -> None:
        log = new_log()
        store(log, b"one\n")
        system.do(write=full)
        store(log, b"lost\n")
        system.do()
        path.unlink()
        log.close()
        assert path.read_bytes() == (
            b"-- 5 bytes of output not kept: the disk was full --\n"
            b"-- 4 bytes of output not kept: the log was removed --\n"
        )

    def test_losses_are_counted_by_reason(
        self, path: Path, new_log: NewLog, system: SystemCalls
    ) -> None:
        log = new_log()
        for trouble in (full, failing(errno.EIO), full):
            system.do(write=trouble)
            store(log, b"lost")
        system.do()
        store(log, b"kept")
        assert log.losses == {"the disk was full": 8, "Input/output error": 4}
        assert path.read_bytes() == (
            b"-- 8 bytes of output not kept: the disk was full --\n"
            b"-- 4 bytes of output not kept: Input/output error --\n"
            b"kept"
        )

    def test_a_log_that_cannot_be_cut_stays_within_its_limit(
        self, path: Path, new_log: NewLog, system: SystemCalls
    ) -> None:
        log = new_log()
        system.do(pwrite=failing(errno.EIO))
        for _ in range(100):
            store(log, b"a line\n" * 1000, CAP)
        kept = size_of(log)
        assert log.losses == {"Input/output error": 700_000 - kept}
        system.do()
        store(log, b"a line\n" * 1000, CAP)
        assert explains(path.read_bytes(), b"a line\n" * 101_000)

    def test_one_that_was_removed_is_made_anew_and_says_so(
        self, path: Path, new_log: NewLog
    ) -> None:
        log = new_log()
        store(log, b"one\n" * 1000)
        log.note("a note")
        path.unlink()
        store(log, b"two\n")
        lost = b"-- 4,000 bytes of output not kept: the log was removed --\n"
        assert path.read_bytes() == lost + b"two\n"
        assert log.losses == {"the log was removed": 4000}

    def test_nothing_is_said_of_one_that_was_empty(self, path: Path, new_log: NewLog) -> None:
        log = new_log()
        log.note("a note")
        path.unlink()
        store(log, b"one\n")
        assert path.read_bytes() == b"one\n"

    def test_one_that_was_removed_is_not_made_again_for_nothing(
        self, path: Path, new_log: NewLog
    ) -> None:
        log = new_log()
        store(log, b"one\n")
        path.unlink()
        log.close()
        assert not path.exists()

    def test_one_that_was_cut_before_it_was_removed_is_counted_whole(
        self, path: Path, new_log: NewLog
    ) -> None:
        log = new_log()
        store(log, numbered(20_000))
        path.unlink()
        store(log, numbered(20_000))
        assert log.losses == {"the log was removed": 240_000}
        assert explains(path.read_bytes(), numbered(20_000) * 2)

    def test_one_that_was_renamed_is_the_same_log_still(self, path: Path, new_log: NewLog) -> None:
        log = new_log()
        store(log, first := numbered(7000))
        moved = path.rename(path.with_suffix(".old"))
        store(log, second := numbered(20_000, first=7001))
        assert not path.exists()
        assert moved.stat().st_size <= CAP
        assert explains(moved.read_bytes(), first + second)

    @pytest.mark.parametrize("count", [1000, 20_000])
    def test_one_that_was_emptied_begins_anew_and_says_so(
        self, path: Path, new_log: NewLog, count: int
    ) -> None:
        log = new_log()
        store(log, first := numbered(count), CAP)
        os.truncate(path, 0)
        store(log, second := numbered(20_000), CAP)
        assert log.losses == {"the log was truncated": len(first)}
        assert path.read_bytes().startswith(
            b"-- %s bytes of output not kept: the log was truncated --\nline 000001\n"
            % f"{len(first):,}".encode()
        )
        assert explains(path.read_bytes(), first + second)

    def test_one_that_has_lost_its_end_says_so(self, path: Path, new_log: NewLog) -> None:
        log = new_log()
        store(log, b"one\n" * 10)
        os.truncate(path, 22)
        store(log, b"two\n")
        lost = b"-- 18 bytes of output not kept within a line: the log was truncated --\n"
        assert path.read_bytes() == b"one\n" * 5 + b"on\n" + lost + b"two\n"

    def test_one_that_somebody_has_filled_anew_is_cut_as_well(
        self, path: Path, new_log: NewLog
    ) -> None:
        log = new_log()
        store(log, numbered(20_000))
        path.write_bytes(b"theirs\n" * 20_000)
        store(log, b"ours\n" * 20_000, 240_000)
        assert size_of(log) <= CAP
        assert path.read_bytes().startswith(b"theirs\n")
        assert explains(path.read_bytes(), b"theirs\n" * 20_000 + b"ours\n" * 20_000)

    def test_one_that_is_emptied_while_it_is_cut_has_no_hole(
        self, path: Path, new_log: NewLog
    ) -> None:
        log = new_log()
        store(log, FULL)
        turns = log.store(b"y\n" * 1000)
        next(turns)
        os.truncate(path, 0)
        assert list(turns) == []
        assert b"\0" not in path.read_bytes()
        assert "the log was truncated" in log.losses
        assert path.read_bytes().endswith(b" --\n" + b"y\n" * 1000)

    def test_one_that_is_removed_while_it_is_cut_is_made_anew(
        self, path: Path, new_log: NewLog
    ) -> None:
        log = new_log()
        store(log, FULL)
        turns = log.store(b"y\n" * 1000)
        next(turns)
        path.unlink()
        assert list(turns) == []
        assert explains(path.read_bytes(), FULL + b"y\n" * 1000)

    @pytest.mark.parametrize(
        ("kind", "reason"),
        [
            ("pipe", "its log is not a regular file"),
            ("device", "its log is not a regular file"),
            ("folder", "Is a directory"),
            ("link", "its log is a symbolic link"),
            ("dead link", "its log is a symbolic link"),
            ("in a file", "Not a directory"),
        ],
    )
    def test_what_is_no_file_is_no_log(
        self, tmp_path: Path, new_log: NewLog, kind: str, reason: str
    ) -> None:
        path = tmp_path / "1.log"
        other = tmp_path / "other"
        other.write_bytes(b"other\n")
        match kind:
            case "pipe":
                os.mkfifo(path)
            case "device":
                path = Path("/dev/full" if Path("/dev/full").exists() else "/dev/null")
            case "folder":
                path.mkdir()
            case "link":
                path.symlink_to(other)
            case "dead link":
                path.symlink_to(tmp_path / "none")
            case _:
                path = other / "1.log"
        before = len(os.listdir("/dev/fd"))  # noqa: PTH208
        log = new_log(path=path)
        store(log, b"one\n")
        store(log, b"two\n")
        assert log.losses == {reason: 8}
        with pytest.raises(OSError, match=r"\w"):
            log.note("three")
        log.close()
        assert other.read_bytes() == b"other\n"
        assert not (tmp_path / "none").exists()
        assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208

    def test_it_is_found_again_when_the_trouble_is_over(
        self, tmp_path: Path, new_log: NewLog
    ) -> None:
        folder = tmp_path / "logs"
        folder.write_bytes(b"")
        log = new_log(path=folder / "1.log")
        store(log, b"one\n")
        folder.unlink()
        store(log, b"two\n")
        lost = b"-- 4 bytes of output not kept: Not a directory --\n"
        assert (folder / "1.log").read_bytes() == lost + b"two\n"

    def test_the_folder_of_the_database_is_not_made_in_its_place(
        self, tmp_path: Path, new_log: NewLog
    ) -> None:
        """It may only have been moved away, and would come back into what we made."""
        log = new_log(path=tmp_path / "moved" / "logs" / "00000" / "1.log")
        store(log, b"one\n")
        assert log.losses == {"No such file or directory": 4}
        assert not (tmp_path / "moved").exists()


class TestTurns:
    def test_others_have_theirs_while_a_large_log_is_cut(
        self, tmp_path: Path, new_log: NewLog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(capped_log, "_BLOCK", 1000)
        large, small = new_log(path=tmp_path / "large"), new_log(path=tmp_path / "small")
        store(large, data := numbered(8000))
        turns = 0
        for _ in large.store(more := numbered(1000, first=8001)):
            turns += 1
            store(small, b"a line\n")
            assert size_of(large) <= CAP
        assert turns >= 9
        assert (tmp_path / "small").read_bytes() == b"a line\n" * turns
        assert explains((tmp_path / "large").read_bytes(), data + more)

    def test_and_while_one_is_looked_through_that_another_keeper_had(
        self, path: Path, new_log: NewLog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(capped_log, "_BLOCK", 1000)
        store(new_log(), data := numbered(8000))
        assert store(new_log(), more := numbered(1000, first=8001), CAP) >= 9 + 96
        assert explains(path.read_bytes(), data + more)

    def test_what_somebody_appends_meanwhile_is_moved_too(
        self, path: Path, new_log: NewLog
    ) -> None:
        log = new_log()
        store(log, FULL)
        turns = log.store(b"y\n")
        next(turns)
        with path.open("ab") as file:
            file.write(b"theirs\n")
        assert len(list(turns)) == 1
        assert path.read_bytes().endswith(b"x\ntheirs\ny\n")


class TestCrashes:
    BEFORE = numbered(8248)
    AFTER = numbered(1000, first=8249)

    def check(self, path: Path, new_log: NewLog) -> None:
        """Nothing is missing at both ends, and whoever comes next goes on."""
        assert path.stat().st_size <= CAP
        assert path.read_bytes()[:49_000] == self.BEFORE[:49_000]
        assert path.read_bytes()[-9_000:] == self.BEFORE[-9_000:]
        store(new_log(), self.AFTER, CAP)
        assert path.read_bytes()[:49_000] == self.BEFORE[:49_000]
        assert path.read_bytes()[-18_000:] == (self.BEFORE + self.AFTER)[-18_000:]
        assert len(OURS.findall(path.read_bytes())) == 1

    @pytest.mark.parametrize("turns", range(1, 11))
    def test_between_two_blocks_it_loses_neither_beginning_nor_end(
        self, path: Path, new_log: NewLog, monkeypatch: pytest.MonkeyPatch, turns: int
    ) -> None:
        monkeypatch.setattr(capped_log, "_BLOCK", 1000)
        log = new_log()
        store(log, self.BEFORE)
        work = log.store(b"lost\n")
        assert len(list(islice(work, turns))) == turns
        work.close()  # type: ignore[attr-defined]
        self.check(path, new_log)

    @pytest.mark.parametrize("calls", range(11))
    def test_nor_at_any_write(
        self,
        path: Path,
        new_log: NewLog,
        system: SystemCalls,
        monkeypatch: pytest.MonkeyPatch,
        calls: int,
    ) -> None:
        monkeypatch.setattr(capped_log, "_BLOCK", 1000)
        log = new_log()
        store(log, self.BEFORE)
        left = calls

        def pwrite(file: int, data: bytes, place: int) -> int:
            nonlocal left
            left -= 1
            return os.pwrite(file, data, place) if left >= 0 else killed()

        system.do(pwrite=pwrite)
        with pytest.raises(KeyboardInterrupt):
            store(log, b"lost\n")
        system.do()
        self.check(path, new_log)

    def test_nor_before_the_last_call(
        self, path: Path, new_log: NewLog, system: SystemCalls
    ) -> None:
        log = new_log()
        store(log, self.BEFORE)
        system.do(ftruncate=killed)
        with pytest.raises(KeyboardInterrupt):
            store(log, b"lost\n")
        system.do()
        self.check(path, new_log)


def test_sizes_read_as_everywhere_else() -> None:
    chance = random.Random(1)
    sizes = [chance.randrange(10 ** chance.randint(1, 17)) for _ in range(10_000)]
    for size in (*range(2000), *(10**power - 1 for power in range(18)), *sizes):
        assert capped_log.size_text(size) == size_text(size)
