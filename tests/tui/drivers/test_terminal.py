"""Output to terminals that stall, go on, or go away."""

import fcntl
import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue

import pytest
from textual.events import Key
from textual.message import Message

from tests.support.patience import PATIENCE
from tui_scheduler.tui.drivers.terminal import MOST_PENDING, Bell, NonBlockingDriver, TerminalOutput


class Pipe:
    """Stands for a terminal: it takes a little, and more only when it is read."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        self.torn = threading.Event()
        self.output = TerminalOutput(self.writer, self.torn.set)

    def read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += os.read(self.reader, size - len(data))
        return data

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
    pipe.stall()
    pipe.output.write("y" * MOST_PENDING)
    pipe.output.write("z")
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


def test_a_bell_rings_while_it_is_set() -> None:
    bell = Bell()
    for _ in range(2):
        assert not _rings(bell)
        bell.set()
        bell.set()
        assert _rings(bell)
        assert bell.is_set()
        bell.clear()
    assert not _rings(bell)


def _rings(bell: Bell) -> bool:
    return bool(select.select([bell.descriptor], [], [], 0)[0])


class _Typed(NonBlockingDriver):
    """Reads what is typed into a pipe, and nothing else of a driver."""

    def __init__(self, descriptor: int) -> None:
        self.fileno, self._debug, self.exit_event = descriptor, False, Bell()
        self.keys: SimpleQueue[str] = SimpleQueue()
        self.thread = threading.Thread(target=self.run_input_thread)
        self.thread.start()

    def process_message(self, message: Message) -> None:
        assert isinstance(message, Key)
        self.keys.put(message.key)


@pytest.fixture
def keyboard() -> Iterator[tuple[int, _Typed]]:
    reader, writer = os.pipe()
    typed = _Typed(reader)
    yield writer, typed
    typed.exit_event.set()
    typed.thread.join(PATIENCE)
    assert not typed.thread.is_alive()
    os.close(reader)
    os.close(writer)


def test_keys_are_read_as_they_come_and_the_reader_ends_when_it_is_told_to(
    keyboard: tuple[int, _Typed],
) -> None:
    writer, typed = keyboard
    for data, key in ((b"j", "j"), (b"\x1b[A", "up"), ("ü".encode(), "ü")):
        os.write(writer, data)
        assert typed.keys.get(timeout=PATIENCE) == key


def test_a_letter_that_comes_in_two_parts_is_one(keyboard: tuple[int, _Typed]) -> None:
    writer, typed = keyboard
    first, second = "ü".encode()[:1], "ü".encode()[1:]
    os.write(writer, first)
    while select.select([typed.fileno], [], [], 0)[0]:
        time.sleep(0.001)
    os.write(writer, second)
    assert typed.keys.get(timeout=PATIENCE) == "ü"


def test_where_no_key_can_come_any_more_the_window_counts_as_closed() -> None:
    """A terminal that was taken away without a word: its reader turned round and round."""
    hung_up = threading.Event()
    before = signal.signal(signal.SIGHUP, lambda *_: hung_up.set())
    reader, writer = os.pipe()
    os.write(writer, b"j")
    os.close(writer)
    try:
        typed = _Typed(reader)
        assert typed.keys.get(timeout=PATIENCE) == "j"
        typed.thread.join(PATIENCE)
        assert not typed.thread.is_alive()
        assert hung_up.wait(PATIENCE)
    finally:
        signal.signal(signal.SIGHUP, before)
        os.close(reader)


def test_an_escape_of_which_no_more_comes_is_the_key(keyboard: tuple[int, _Typed]) -> None:
    writer, typed = keyboard
    os.write(writer, b"\x1b")
    assert typed.keys.get(timeout=PATIENCE) == "escape"
