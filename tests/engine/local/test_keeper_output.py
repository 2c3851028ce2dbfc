"""What comes through the pipe of a run reaches its log, in order, and holds up nobody."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.local.system_calls import SystemCalls, failing, full
from tui_scheduler.engine.local import capped_log
from tui_scheduler.engine.local.capped_log import Limits, Log
from tui_scheduler.engine.local.keeper import Output

CAP = 20_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "1.log"


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        with suppress(OSError):
            os.close(end)


@pytest.fixture
def writing(pipe: tuple[int, int]) -> int:
    """The end that the run has."""
    return pipe[1]


@pytest.fixture
def output(pipe: tuple[int, int], path: Path) -> Iterator[Output]:
    output = Output(1, pipe[0], Log(os.fsencode(path), Limits(CAP, 0)))
    yield output
    output.log.close()


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> SystemCalls:
    return SystemCalls(monkeypatch)


def test_what_comes_is_in_the_log(output: Output, writing: int, path: Path) -> None:
    for line in (b"one\n", b"two", b", three\n"):
        os.write(writing, line)
        assert output.read()
        assert output.work is None
    assert path.read_bytes() == b"one\ntwo, three\n"


def test_nobody_waits_for_what_has_not_come(output: Output, writing: int, path: Path) -> None:
    assert output.read()
    assert not path.exists()
    assert os.get_blocking(writing)  # the run's own end is as it expects it


def test_it_ends_when_nobody_holds_the_pipe(output: Output, writing: int, path: Path) -> None:
    other = os.dup(writing)
    os.write(writing, b"last")
    os.close(writing)
    assert output.read()
    assert output.read()
    os.close(other)
    assert not output.read()
    assert path.read_bytes() == b"last"


def test_a_pipe_that_cannot_be_read_has_ended(output: Output, system: SystemCalls) -> None:
    system.do(read=failing(errno.EIO))
    assert not output.read()


def test_a_large_log_is_cut_in_turns(
    output: Output, writing: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capped_log, "_BLOCK", 100)
    os.write(writing, b"x\n" * 15_000)
    assert output.read()
    turns = 0
    while output.go_on():
        turns += 1
        assert path.stat().st_size <= CAP
    assert turns > 10
    assert output.work is None
    assert not output.go_on()


@pytest.mark.skipif(not hasattr(fcntl, "F_GETPIPE_SZ"), reason="pipes have one size here")
def test_a_flood_gets_a_larger_pipe(output: Output, writing: int) -> None:
    get_size = fcntl.F_GETPIPE_SZ
    before = fcntl.fcntl(writing, get_size)
    os.write(writing, b"x" * 1000)
    output.read()
    assert fcntl.fcntl(writing, get_size) == before
    os.write(writing, b"x" * before)
    output.read()
    assert fcntl.fcntl(writing, get_size) in {before, 512 * 1024}  # unless its user has too many


def test_at_the_end_all_that_is_in_the_pipe_is_kept(
    output: Output, writing: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capped_log, "_BLOCK", 100)
    os.write(writing, b"x\n" * 15_000)
    assert output.read()
    assert output.work is not None
    os.write(writing, b"y\n" * 100)
    output.read_rest()
    assert not output.go_on()
    assert path.read_bytes().startswith(b"x\n" * 4000)
    assert path.read_bytes().endswith(b"x\n" * 100 + b"y\n" * 100)
    output.read_rest()
    assert path.read_bytes().endswith(b"x\n" * 100 + b"y\n" * 100)


def test_but_no_flood_holds_up_an_end(
    output: Output, writing: int, path: Path, system: SystemCalls
) -> None:
    def write(file: int, data: bytes | memoryview) -> int:
        os.write(writing, b"flood\n" * 100)
        return os.write(file, data)

    os.write(writing, b"flood\n" * 100)
    system.do(write=write)
    output.read_rest()
    assert path.stat().st_size == 600


def test_it_comes_to_its_end_while_it_is_read(output: Output, writing: int, path: Path) -> None:
    os.write(writing, b"last\n")
    os.close(writing)
    output.read_rest()
    output.read_rest()
    assert not output.read()
    assert path.read_bytes() == b"last\n"


def test_when_it_is_closed_all_of_it_is_kept_and_told(
    output: Output,
    pipe: tuple[int, int],
    path: Path,
    system: SystemCalls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(capped_log, "_BLOCK", 100)
    reading, writing = pipe
    os.write(writing, b"x\n" * 15_000)
    assert output.read()
    system.do(write=full)
    output.finish()
    lost = output.log.losses["the disk was full"]
    system.do()
    output.close()
    assert path.read_bytes().endswith(
        f"-- {lost:,} bytes of output not kept: the disk was full --\n".encode()
    )
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(reading)
