"""What a keeper has written down is read by whoever comes after it, however it ended."""

import errno
import fcntl
import os
import random
import resource
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.engine.local.system_calls import SystemCalls, failing, full
from tui_scheduler.engine.local import journals, keeper
from tui_scheduler.engine.local.journals import Usage, read_journal, trace_of
from tui_scheduler.engine.runner import Ended

BOOT = "0b9f4f6c-1c51-4d3f-9d6c-2f6d0d6a6f10"
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
TIME = f"{MOMENT.timestamp():.6f}"
LARGEST = 2**63 - 1


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> SystemCalls:
    return SystemCalls(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keepers"


@pytest.fixture
def kept(folder: Path) -> Iterator[keeper.Journal]:
    """A journal whose keeper lives."""
    journal = new_journal(folder)
    yield journal
    with suppress(OSError):
        die(journal)


def new_journal(folder: Path) -> keeper.Journal:
    return keeper.Journal(os.fsencode(folder), BOOT)


def die(journal: keeper.Journal) -> None:
    """Let go of the file as the kernel does it."""
    os.close(journal._file)


def path_of(journal: keeper.Journal) -> Path:
    return Path(os.fsdecode(journal.path))


def begin(journal: keeper.Journal, run: int, token: str = "t0", pid: int = 4711) -> None:
    journal.reserve()
    journal.write("begin", run, token)
    journal.unrecorded.add(run)
    journal.write("pid", run, pid, "1234", TIME, 99)


def end(journal: keeper.Journal, run: int, status: int = 0) -> None:
    journal.write("end", run, status, TIME)
    journal.write("cost", run, "1.250000", 4096)


def written(folder: Path, *lines: str, last: bytes = b"") -> Path:
    """A journal of a keeper that is gone."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{1:020d}-4711{keeper.JOURNAL_SUFFIX}"
    path.write_bytes("".join(f"{line}\n" for line in lines).encode() + last)
    return path


class TestReading:
    def test_what_is_written_is_read(self, kept: keeper.Journal) -> None:
        begin(kept, 17, "3f9a2c")
        end(kept, 17, 256)
        kept.write("closed")
        journal = read_journal(path_of(kept))
        assert (journal.boot, journal.is_closed) == (BOOT, True)
        assert journal.keeper_pid() == os.getpid()
        [trace] = journal.traces.values()
        assert (trace.run_id, trace.token, trace.was_refused) == (17, "3f9a2c", False)
        assert (trace.pid, trace.start, trace.pipe) == (4711, "1234", 99)
        assert trace.start_time == MOMENT
        assert trace.ended() == Ended(
            end_time=MOMENT, exit_code=1, cpu_time=timedelta(seconds=1.25), peak_memory=4096
        )

    def test_it_is_read_at_any_time(self, kept: keeper.Journal) -> None:
        def trace() -> journals.Trace:
            return read_journal(path_of(kept)).traces[17, "t"]

        assert read_journal(path_of(kept)).traces == {}
        kept.write("begin", 17, "t")
        assert (trace().pid, trace().ended()) == (None, None)
        kept.write("pid", 17, 4711, "-", TIME, 99)
        assert (trace().pid, trace().start, trace().ended()) == (4711, "-", None)
        kept.write("end", 17, 9, TIME)
        assert trace().ended() == Ended(end_time=MOMENT, exit_code=None, signal=9)
        kept.write("cost", 17, "0.000001", 1)
        assert trace().usage == Usage(timedelta(microseconds=1), 1)
        assert not read_journal(path_of(kept)).is_closed

    def test_a_refused_run_is_known_as_such(self, kept: keeper.Journal) -> None:
        kept.write("begin", 17, "t")
        kept.write("no", 17)
        assert read_journal(path_of(kept)).traces[17, "t"].was_refused

    def test_two_runs_with_the_same_number_are_told_apart(self, kept: keeper.Journal) -> None:
        begin(kept, 17, "before", pid=1000)
        end(kept, 17, 256)
        begin(kept, 17, "after", pid=2000)
        journal = read_journal(path_of(kept))
        before, after = journal.traces[17, "before"], journal.traces[17, "after"]
        assert (before.pid, before.wait_status) == (1000, 256)
        assert (after.pid, after.wait_status) == (2000, None)
        end(kept, 17, 9)
        journal = read_journal(path_of(kept))
        assert journal.traces[17, "before"].wait_status == 256
        assert journal.traces[17, "after"].wait_status == 9

    @pytest.mark.parametrize(
        "torn",
        [
            b"end 17 256 1767323045.678901",
            b"end 17 256",
            b"begin 18 t",
            b"closed",
            b"\0\0\0\0",
            b"end 17 256 17673\0\0\0\0\0\0\0\0",
            b"\xff\xfe",
        ],
    )
    def test_a_last_line_without_an_end_is_not_written(self, folder: Path, torn: bytes) -> None:
        path = written(folder, "boot b", "begin 17 t", last=torn + bytes(5000))
        journal = read_journal(path)
        assert list(journal.traces) == [(17, "t")]
        assert not journal.is_closed
        assert journal.traces[17, "t"].ended() is None

    @pytest.mark.parametrize(
        "line",
        [
            "",
            " ",
            "\0\0\0\0end 17 0 1767323045.678901",
            "end 17 0 1767323045.678901\0",
            "end 17 0",
            "end 17 zero 1767323045.678901",
            "end 17 0 now",
            "end 17 0 nan",
            "end 17 0 inf",
            "end 17 0 1e20",
            "end 17 0 1e17",
            "end 17 0 -1e12",
            "end 17 -1 1767323045.678901",
            "end 17 65536 1767323045.678901",
            f"end 17 {'9' * 5000} 1767323045.678901",
            "end 18 0 1767323045.678901",
            "end  17 0 1767323045.678901",
            "end 17 0 1767323045.678901 more",
            "\x0cend 17 0 1767323045.678901",
            "pid 17",
            "pid 17 1000 1234 never 99",
            "pid 17 1000 1234 1767323045.678901 pipe",
            "pid 17 -1 1234 1767323045.678901 99",
            "pid 17 0 1234 1767323045.678901 99",
            "pid 18 1000 1234 1767323045.678901 99",
            "no 18",
            "no seventeen",
            "cost 17 nan 4096",
            "cost 17 inf 4096",
            "cost 17 1e300 4096",
            "cost 17 1.0 much",
            "begin eighteen t",
            "begin 17",
            "whatever comes after us",
            "ended 17 0 1767323045.678901",
            "\udcff\udcfe",
            "closed now",
        ],
    )
    def test_lines_that_make_no_sense_are_passed_over(self, folder: Path, line: str) -> None:
        path = written(folder, "boot b", "begin 17 t", last=b"")
        lines = f"{line}\nbegin 19 t\nend 19 0 {TIME}\n".encode(errors="surrogateescape")
        path.write_bytes(path.read_bytes() + lines)
        journal = read_journal(path)
        assert list(journal.traces) == [(17, "t"), (19, "t")]
        trace = journal.traces[17, "t"]
        assert (trace.pid, trace.wait_status, trace.usage) == (None, None, None)
        assert (trace.was_refused, journal.is_closed) == (False, False)
        assert journal.traces[19, "t"].ended() == Ended(end_time=MOMENT, exit_code=0)

    @pytest.mark.parametrize("seed", range(20))
    def test_nothing_that_stands_there_can_stop_the_reader(self, folder: Path, seed: int) -> None:
        chance = random.Random(seed)
        words = [b"begin", b"end", b"pid", b"cost", b"no", b"closed", b"17", b"t", b"-1", b"1.5"]
        garbage = [*words, b"\n", b"\n", b"\n", b"\0", b"\xff", b"", b"9" * 30, b"nan", b"1e999"]
        path = written(folder)
        path.write_bytes(b" ".join(chance.choices(garbage, k=3000)).replace(b" \n ", b"\n"))
        for trace in read_journal(path).traces.values():
            trace.ended()

    @pytest.mark.parametrize("content", [b"", b"\n", b"\0" * 1000, b"boot", b"begin 17 t"])
    def test_one_that_says_nothing_says_nothing(self, folder: Path, content: bytes) -> None:
        path = written(folder, last=content)
        journal = read_journal(path)
        assert (journal.boot, journal.is_closed, journal.traces) == ("", False, {})

    def test_one_that_is_not_there_is_an_error(self, folder: Path) -> None:
        with pytest.raises(FileNotFoundError):
            read_journal(folder / "none.journal")

    @pytest.mark.parametrize(
        ("name", "pid"), [("0001-4711", 4711), ("0001-", None), ("0001-x", None), ("4711", 4711)]
    )
    def test_its_name_says_who_wrote_it(self, folder: Path, name: str, pid: int | None) -> None:
        assert journals.Journal(folder / f"{name}.journal").keeper_pid() == pid


class TestFinding:
    def test_the_token_tells_which_run_is_meant(self, folder: Path) -> None:
        first, second = new_journal(folder), new_journal(folder)
        begin(first, 17, "a", pid=1000)
        begin(second, 17, "b", pid=2000)
        both = [read_journal(path_of(each)) for each in (first, second)]
        for token, pid, journal in (("a", 1000, both[0]), ("b", 2000, both[1])):
            trace = trace_of(both, 17, token)
            assert trace is not None
            assert (trace[0], trace[1].pid) == (journal, pid)
        assert trace_of(both, 17, "c") is None
        assert trace_of(both, 18, "a") is None
        assert trace_of([], 17, "a") is None
        die(first)
        die(second)

    @pytest.mark.parametrize("order", [1, -1])
    def test_who_began_it_counts_and_not_who_refused_it(self, folder: Path, order: int) -> None:
        first, second = new_journal(folder), new_journal(folder)
        first.write("begin", 17, "t")
        first.write("no", 17)
        begin(second, 17, "t")
        both = [read_journal(path_of(each)) for each in (first, second)][::order]
        trace = trace_of(both, 17, "t")
        assert trace is not None
        assert (trace[0].path, trace[1].was_refused) == (path_of(second), False)
        die(first)
        die(second)


class TestItsKeeper:
    def test_it_is_kept_as_long_as_its_keeper_lives(self, kept: keeper.Journal) -> None:
        journal = read_journal(path_of(kept))
        assert journal.is_kept()
        kept.write("closed")
        assert journal.is_kept()
        die(kept)
        assert not journal.is_kept()

    def test_one_that_is_gone_is_kept_by_nobody(self, folder: Path) -> None:
        journal = new_journal(folder)
        journal.remove()
        assert not path_of(journal).exists()
        assert not journals.Journal(path_of(journal)).is_kept()

    def test_who_looks_is_not_taken_for_its_keeper(self, folder: Path) -> None:
        path = written(folder, "boot b")
        with path.open("rb") as other:
            fcntl.flock(other, fcntl.LOCK_SH)
            assert not journals.Journal(path).is_kept()

    def test_a_journal_that_cannot_be_looked_at_is_not_given_up(self, folder: Path) -> None:
        path = written(folder, "boot b")
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        free = os.open(path, os.O_RDONLY)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        try:
            with pytest.raises(journals.CannotLook):
                journals.Journal(path).is_kept()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert not journals.Journal(path).is_kept()

    def test_it_is_for_the_user_alone(self, kept: keeper.Journal, folder: Path) -> None:
        assert stat.S_IMODE(path_of(kept).stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_each_has_a_name_of_its_own_in_the_order_of_time(self, folder: Path) -> None:
        made = [new_journal(folder) for _ in range(20)]
        assert sorted(folder.iterdir()) == [path_of(journal) for journal in made]
        for journal in made:
            journal.remove()
        assert not list(folder.iterdir())

    def test_after_many_runs_another_one_should_take_over(
        self, kept: keeper.Journal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keeper, "_LONGEST_JOURNAL", 10_000)
        runs = 0
        while not kept.is_long:
            runs += 1
            begin(kept, runs)
            end(kept, runs)
        assert 50 < runs < 150
        assert len(read_journal(path_of(kept)).traces) == runs

    @pytest.mark.parametrize("call", ["pwrite", "mkdir", "open"])
    def test_without_room_there_is_none(self, folder: Path, system: SystemCalls, call: str) -> None:
        before = len(os.listdir("/dev/fd"))  # noqa: PTH208
        system.do(**{call: full})
        with pytest.raises(OSError, match="No space left"):
            new_journal(folder)
        assert not folder.exists() or not list(folder.iterdir())
        assert len(os.listdir("/dev/fd")) == before  # noqa: PTH208

    def test_nor_where_its_folder_should_be_something_else(self, folder: Path) -> None:
        folder.write_bytes(b"")
        with pytest.raises(FileExistsError):
            new_journal(folder)


class TestTheLastWord:
    """``write_end``: what a keeper that is dead cannot say any more."""

    def test_it_is_as_good_as_the_keepers_own(self, folder: Path) -> None:
        dead = new_journal(folder)
        begin(dead, 17, "a")
        begin(dead, 18, "b")
        die(dead)
        journal = read_journal(path_of(dead))
        journal.write_end(18, 256, MOMENT)
        journal.write_end(17, 9, MOMENT)
        traces = read_journal(path_of(dead)).traces
        assert traces[18, "b"].ended() == Ended(end_time=MOMENT, exit_code=1)
        assert traces[17, "a"].ended() == Ended(end_time=MOMENT, exit_code=None, signal=9)

    def test_it_says_that_output_was_left_unread(self, folder: Path) -> None:
        dead = new_journal(folder)
        begin(dead, 17, "a")
        die(dead)
        read_journal(path_of(dead)).write_end(17, 0, MOMENT, is_unread=True)
        end = read_journal(path_of(dead)).traces[17, "a"].ended()
        assert end == Ended(end_time=MOMENT, exit_code=0, note=journals.MAY_BE_MISSING)

    def test_it_takes_the_room_that_is_reserved(self, folder: Path) -> None:
        dead = new_journal(folder)
        begin(dead, 17)
        die(dead)
        size = path_of(dead).stat().st_size
        read_journal(path_of(dead)).write_end(17, 256, MOMENT)
        assert path_of(dead).stat().st_size == size

    @pytest.mark.parametrize("zeros", [0, 5000])
    @pytest.mark.parametrize(
        "torn",
        [
            b"end 17 0 1767",  # which would be the end in 1970
            b"end 18 0 1767323045.678901",
            b"e",
            b"cost 18 123456789012345678901234567890.123456 123456789012345678901234567890",
            b"begin 19 " + b"t" * 200,
            b"\xff",
        ],
    )
    def test_it_is_not_swallowed_by_a_line_that_is_torn(
        self, folder: Path, torn: bytes, zeros: int
    ) -> None:
        lines = "boot b", "begin 17 t", "begin 18 u"
        path = written(folder, *lines, last=torn + bytes(zeros))
        for run, status in ((17, 256), (18, 512)):
            read_journal(path).write_end(run, status, MOMENT)
        traces = read_journal(path).traces
        assert list(traces) == [(17, "t"), (18, "u")]
        assert traces[17, "t"].ended() == Ended(end_time=MOMENT, exit_code=1)
        assert traces[18, "u"].ended() == Ended(end_time=MOMENT, exit_code=2)
        content = path.read_bytes().rstrip(b"\0").decode()
        assert content == "\n".join([*lines, f"end 17 256 {TIME}", f"end 18 512 {TIME}", ""])

    @pytest.mark.parametrize("content", [b"", b"boo", b"\n", b"\0\0"])
    def test_also_where_nothing_stands(self, folder: Path, content: bytes) -> None:
        path = written(folder, last=content)
        read_journal(path).write_end(17, 256, MOMENT)
        assert path.read_bytes().rstrip(b"\0").lstrip() == f"end 17 256 {TIME}\n".encode()

    def test_it_is_an_error_if_the_journal_is_gone(self, folder: Path) -> None:
        with pytest.raises(FileNotFoundError):
            journals.Journal(folder / "none.journal").write_end(17, 0, MOMENT)


class FullDisk:
    """No file grows while it ``is_full``; what it has already can be written over."""

    def __init__(self, system: SystemCalls) -> None:
        self.is_full = True
        system.do(pwrite=self._pwrite)

    def _pwrite(self, file: int, data: bytes, place: int) -> int:
        room = os.fstat(file).st_size - place if self.is_full else len(data)
        if room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return os.pwrite(file, data[:room], place)


class TestReservedRoom:
    def test_a_full_disk_costs_no_word_about_what_has_begun(
        self, kept: keeper.Journal, system: SystemCalls
    ) -> None:
        for run in range(1, 100):
            begin(kept, run)
        FullDisk(system)
        for run in range(1, 100):
            end(kept, run)
        kept.write("closed")
        journal = read_journal(path_of(kept))
        assert journal.is_closed
        assert all(trace.ended() and trace.usage for trace in journal.traces.values())

    def test_and_nothing_begins_without_room_for_its_end(
        self, kept: keeper.Journal, system: SystemCalls
    ) -> None:
        FullDisk(system)
        begun = 0
        with pytest.raises(OSError, match="No space left"):  # noqa: PT012
            while True:
                begin(kept, begun + 1)
                begun += 1
        assert begun > 50
        for run in range(1, begun + 1):
            end(kept, run)
        kept.write("closed")
        journal = read_journal(path_of(kept))
        assert (len(journal.traces), journal.is_closed) == (begun, True)
        assert all(trace.ended() and trace.usage for trace in journal.traces.values())

    def test_what_is_recorded_needs_no_room_any_more(
        self, kept: keeper.Journal, system: SystemCalls
    ) -> None:
        disk = FullDisk(system)
        for run in range(1, 2000):
            disk.is_full = False
            begin(kept, run)
            disk.is_full = True
            end(kept, run)
            kept.unrecorded.discard(run)
        room = path_of(kept).stat().st_size - len(path_of(kept).read_bytes().rstrip(b"\0"))
        assert room <= 2 * 64 * 1024

    @pytest.mark.parametrize("token", ["t" * 16, "t" * 256])
    def test_it_suffices_for_the_longest_lines(self, kept: keeper.Journal, token: str) -> None:
        before = len(path_of(kept).read_bytes().rstrip(b"\0"))
        kept.write("begin", LARGEST, token)
        kept.write("pid", LARGEST, 2**32 - 1, 2**64 - 1, f"{1e11:.6f}", 2**64 - 1)
        kept.write("end", LARGEST, 0xFFFF, f"{1e11:.6f}")
        kept.write("cost", LARGEST, f"{1e12:.6f}", LARGEST)
        after = len(path_of(kept).read_bytes().rstrip(b"\0"))
        assert after - before <= keeper._LINES

    @pytest.mark.parametrize("seed", range(20))
    def test_it_suffices_whatever_happens(
        self, kept: keeper.Journal, system: SystemCalls, seed: int
    ) -> None:
        chance, disk = random.Random(seed), FullDisk(system)
        running: list[int] = []
        ended: list[int] = []
        begun, refused = 0, 0
        for step in range(2000):
            disk.is_full = chance.random() < 0.9
            match chance.choice(["begin", "begin", "no", "end", "recorded"]):
                case "begin" | "no" as kind:
                    try:
                        kept.reserve()
                    except OSError:
                        continue
                    disk.is_full = True
                    run = LARGEST - step
                    kept.write("begin", run, "t" * 256)
                    if kind == "no":
                        kept.write("no", run)
                        refused += 1
                        continue
                    kept.unrecorded.add(run)
                    begun += 1
                    kept.write("pid", run, 2**32 - 1, 2**64 - 1, f"{1e11:.6f}", 2**64 - 1)
                    running.append(run)
                case "end" if running:
                    disk.is_full = True
                    run = running.pop(chance.randrange(len(running)))
                    kept.write("end", run, 0xFFFF, TIME)
                    kept.write("cost", run, f"{1e6:.6f}", LARGEST)
                    ended.append(run)
                case "recorded" if chance.random() < 0.1:
                    kept.unrecorded.difference_update(ended)
                    ended.clear()
        disk.is_full = True
        for run in running:
            kept.write("end", run, 0xFFFF, TIME)
            kept.write("cost", run, f"{1e6:.6f}", LARGEST)
        kept.write("closed")
        traces = read_journal(path_of(kept)).traces.values()
        assert len(traces) == begun + refused
        assert sum(trace.was_refused for trace in traces) == refused
        assert sum(trace.usage is not None for trace in traces) == begun
        assert read_journal(path_of(kept)).is_closed

    def test_longer_lines_than_that_are_not_written_over(self, kept: keeper.Journal) -> None:
        kept.write("begin", 17, "t" * 200_000)
        kept.reserve()
        kept.write("end", 17, 256, TIME)
        kept.reserve()
        [trace] = read_journal(path_of(kept)).traces.values()
        assert trace.ended() == Ended(end_time=MOMENT, exit_code=1)


class TestTornWhileItIsWritten:
    def test_the_next_line_takes_its_place(self, kept: keeper.Journal, system: SystemCalls) -> None:
        begin(kept, 17, "t")
        begin(kept, 18, "u")
        for torn in (20, 5, 30):
            system.do(
                pwrite=lambda file, data, place, torn=torn: os.pwrite(file, data[:torn], place)
            )
            with pytest.raises(OSError, match="No space left"):
                kept.write("end", 17, 0, "1.000000", "and much more than there is room for")
            assert read_journal(path_of(kept)).traces[17, "t"].ended() is None
        system.do(pwrite=failing(errno.EIO))
        with pytest.raises(OSError, match="Input/output error"):
            kept.write("end", 17, 0, TIME)
        system.do()
        kept.write("end", 18, 256, TIME)
        assert read_journal(path_of(kept)).traces[17, "t"].ended() is None
        assert read_journal(path_of(kept)).traces[18, "u"].ended() == Ended(
            end_time=MOMENT, exit_code=1
        )
        kept.write("end", 17, 512, TIME)
        assert read_journal(path_of(kept)).traces[17, "t"].ended() == Ended(
            end_time=MOMENT, exit_code=2
        )
