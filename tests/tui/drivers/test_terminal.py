"""Output to terminals that stall, go on, or go away."""

import fcntl
import os
import select
import threading
import time
from collections.abc import Iterator

import pytest

from tui_scheduler.tui.drivers.terminal import MOST_PENDING, TerminalOutput


class Pipe:
    """Stands for a terminal: it takes a little, and more only when it is read."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        self.torn = threading.Event()
        self.output = TerminalOutput(self.writer, self.torn.set)

    def read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += os.read(self.reader, size - len(found))
        return found

    def stall(self) -> None:
        """Have more written than is taken, and wait until the writer waits for that."""
        self.output.write("x" * (MOST_PENDING - 1))
        while select.select([], [self.writer], [], 0)[1]:
            time.sleep(0.001)

    def read_until_torn(self) -> None:
        os.set_blocking(self.reader, False)
        while not self.torn.wait(0.01):
            try:
                os.read(self.reader, 65536)
            except BlockingIOError:
                continue
        os.set_blocking(self.reader, True)

    def close(self) -> None:
        """End what still writes, before somebody else gets its descriptor."""
        self.close_reader()
        self.output.settle()
        os.close(self.writer)

    def close_reader(self) -> None:
        if self.reader >= 0:
            os.close(self.reader)
            self.reader = -1


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


def test_what_is_written_arrives_in_its_order(pipe: Pipe) -> None:
    words = ("one ", "zwei… ", "three")
    for word in words:
        pipe.output.write(word)
    expected = "".join(words).encode()
    assert pipe.read(len(expected)) == expected


def test_settling_waits_until_all_is_written(pipe: Pipe) -> None:
    pipe.output.write("x" * 1000)
    pipe.output.settle()
    os.set_blocking(pipe.reader, False)
    assert len(os.read(pipe.reader, 5000)) == 1000


def test_whoever_writes_never_waits_for_a_stalled_terminal(pipe: Pipe) -> None:
    pipe.stall()
    for _ in range(100):
        pipe.output.write("x" * 100_000)
    assert not pipe.torn.is_set()


def test_what_was_lost_is_told_when_the_terminal_goes_on(pipe: Pipe) -> None:
    for _ in range(100):
        pipe.output.write("x" * 100_000)
    pipe.read_until_torn()
    pipe.output.settle()


def test_after_a_loss_all_arrives_again(pipe: Pipe) -> None:
    fcntl.fcntl(pipe.writer, fcntl.F_SETFL, os.O_NONBLOCK)  # as another program may leave it
    pipe.output.write("x" * MOST_PENDING)
    pipe.output.write("y")
    pipe.output.write("z" * MOST_PENDING)
    pipe.read_until_torn()
    pipe.output.write("good")
    rest = b""
    while not rest.endswith(b"good"):
        rest += os.read(pipe.reader, 65536)


def test_a_terminal_that_is_gone_is_no_fault(pipe: Pipe) -> None:
    pipe.close_reader()
    for _ in range(100):
        pipe.output.write("x" * 100_000)
        pipe.output.settle()


def test_a_stalled_terminal_does_not_hold_up_the_end(pipe: Pipe) -> None:
    pipe.output.write("x" * (MOST_PENDING - 1))
    pipe.output.settle()


def test_it_is_no_terminal_when_there_is_none(pipe: Pipe) -> None:
    assert pipe.output.fileno() == pipe.writer
    assert not pipe.output.isatty()
