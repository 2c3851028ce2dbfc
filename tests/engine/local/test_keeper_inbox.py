"""Messages arrive whole and in order, each with the descriptors that came with it."""

import os
import resource
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tui_scheduler.engine.local.keeper import Inbox, Message, packed

MESSAGES: list[Message] = [
    ("ping", 1),
    ("start", 2**63, "3f9a", [b"/bin/sh", b"\xff\0"], {b"A": b"", b"B": b"x" * 1000}, b"/l", ""),
    (),
    ("note", 7, b"/log", "über \udcff \n"),
    ("ended", 7, -1, 1767323045.678901, 0.5, None, {"the disk was full": 12}, True),
]


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Where messages go in, and where they come out."""
    ours, its = socket.socketpair()
    its.setblocking(False)
    with ours, its:
        yield ours, its


@pytest.fixture
def ours(ends: tuple[socket.socket, socket.socket]) -> socket.socket:
    return ends[0]


@pytest.fixture
def inbox(ends: tuple[socket.socket, socket.socket]) -> Inbox:
    return Inbox(ends[1])


@pytest.fixture
def source(ends: tuple[socket.socket, socket.socket]) -> socket.socket:
    return ends[1]


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        with suppress(OSError):
            os.close(end)


def open_descriptors() -> set[str]:
    return set(os.listdir("/dev/fd"))  # noqa: PTH208


def received(inbox: Inbox, source: socket.socket) -> list[Message]:
    """All that can be had now."""
    messages: list[Message] = []
    while select.select([source], [], [], 0)[0]:
        messages += inbox.receive()
    return messages


def pipes(descriptors: list[int] | None) -> list[int]:
    """Which pipes these are the ends of; they are closed."""
    assert descriptors is not None
    numbers = [os.fstat(number).st_ino for number in descriptors]
    for number in descriptors:
        os.close(number)
    return numbers


@contextmanager
def room_for(count: int) -> Iterator[None]:
    """No more than ``count`` descriptors can be opened, by anybody in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free: list[int] = []
    while len(free) <= count:
        free.append(os.dup(0))
    for number in free:
        os.close(number)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(free), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class TestMessages:
    @pytest.mark.parametrize("message", MESSAGES, ids=lambda message: str(message[:1]))
    def test_what_is_sent_arrives(
        self, ours: socket.socket, inbox: Inbox, message: Message
    ) -> None:
        ours.sendall(packed(message))
        assert list(inbox.receive()) == [message]

    def test_nothing_is_no_message(self, inbox: Inbox) -> None:
        assert list(inbox.receive()) == []

    def test_many_arrive_at_once(self, ours: socket.socket, inbox: Inbox) -> None:
        many: list[Message] = [("pong", number) for number in range(1000)]
        ours.sendall(b"".join(map(packed, many)))
        assert list(inbox.receive()) == many

    def test_they_may_be_split_at_any_byte(
        self, ours: socket.socket, inbox: Inbox, source: socket.socket
    ) -> None:
        messages: list[Message] = [("note", 7, b"/log", "text"), ("ping", 1)]
        data = b"".join(map(packed, messages))
        for place in range(len(data) + 1):
            ours.sendall(data[:place])
            first = received(inbox, source)
            ours.sendall(data[place:])
            assert first + received(inbox, source) == messages

    def test_and_come_byte_by_byte(self, ours: socket.socket, inbox: Inbox) -> None:
        messages: list[Message] = []
        for byte in b"".join(map(packed, MESSAGES)):
            ours.sendall(bytes([byte]))
            messages += inbox.receive()
        assert messages == MESSAGES

    def test_one_may_be_larger_than_what_is_read_at_once(
        self, ours: socket.socket, inbox: Inbox, source: socket.socket
    ) -> None:
        large: Message = ("start", b"x" * 2_000_000)
        data = memoryview(packed(large) + packed(("ping", 1)))
        ours.setblocking(False)
        messages: list[Message] = []
        while data:
            data = data[ours.send(data) :]
            messages += received(inbox, source)
        assert messages == [large, ("ping", 1)]

    def test_what_is_left_by_who_stopped_listening_comes_next_time(
        self, ours: socket.socket, inbox: Inbox
    ) -> None:
        ours.sendall(packed(("ping", 1)) + packed(("ping", 2)))
        assert next(inbox.receive()) == ("ping", 1)
        assert list(inbox.receive()) == [("ping", 2)]


class TestTheEnd:
    def test_all_that_came_before_it_is_heard(self, ours: socket.socket, inbox: Inbox) -> None:
        ours.sendall(packed(("ping", 1)) + packed(("ping", 2)))
        ours.close()
        messages: list[Message] = []
        with pytest.raises(EOFError):  # noqa: PT012
            while True:
                messages += inbox.receive()
        assert messages == [("ping", 1), ("ping", 2)]

    @pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 20])
    def test_it_may_come_in_the_middle_of_a_message(
        self, ours: socket.socket, inbox: Inbox, size: int
    ) -> None:
        ours.sendall(packed(("note", 7, b"/log", "text"))[:size])
        ours.close()
        if size:
            assert list(inbox.receive()) == []
        for _ in range(2):
            with pytest.raises(EOFError):
                list(inbox.receive())

    def test_one_who_left_without_reading_is_gone_as_well(
        self, ours: socket.socket, inbox: Inbox, source: socket.socket
    ) -> None:
        source.send(b"unread")
        ours.sendall(packed(("ping", 1)))
        ours.close()
        messages: list[Message] = []
        with pytest.raises(EOFError):  # noqa: PT012
            while True:
                messages += inbox.receive()
        assert messages == [("ping", 1)]

    def test_one_who_only_stopped_talking_is_the_same(
        self, ours: socket.socket, inbox: Inbox
    ) -> None:
        ours.shutdown(socket.SHUT_WR)
        with pytest.raises(EOFError):
            list(inbox.receive())


class TestDescriptors:
    def test_each_message_has_its_own(
        self, ours: socket.socket, inbox: Inbox, source: socket.socket
    ) -> None:
        sent, expected = [], []
        for number in range(20):
            ours.sendall(packed(("ping", number)))
            made = [end for _ in range(number % 3 + 1) for end in os.pipe()]
            socket.send_fds(ours, [packed(("start", number))], made)
            sent.append(("start", number))
            expected.append(pipes(made))
        messages, arrived = [], []
        while select.select([source], [], [], 0)[0]:
            for message in inbox.receive():
                if message[0] == "start":
                    messages.append(message)
                    arrived.append(pipes(inbox.descriptors.popleft()))
        assert messages == sent
        assert arrived == expected
        assert not inbox.descriptors

    def test_also_when_it_comes_in_pieces(
        self,
        ours: socket.socket,
        inbox: Inbox,
        source: socket.socket,
        pipe: tuple[int, int],
    ) -> None:
        data, numbers = packed(("start", 1)), [os.fstat(end).st_ino for end in pipe]
        for place in range(1, len(data)):
            ours.sendall(packed(("ping", place)))
            socket.send_fds(ours, [data[:place]], pipe)
            assert received(inbox, source) == [("ping", place)]
            ours.sendall(data[place:] + packed(("ping", 2)))
            assert received(inbox, source) == [("start", 1), ("ping", 2)]
            assert pipes(inbox.descriptors.popleft()) == numbers
        assert not inbox.descriptors

    def test_runs_do_not_inherit_them(
        self, ours: socket.socket, inbox: Inbox, pipe: tuple[int, int]
    ) -> None:
        socket.send_fds(ours, [packed(("start", 1))], pipe)
        assert list(inbox.receive()) == [("start", 1)]
        descriptors = inbox.descriptors.popleft()
        assert descriptors is not None
        assert not any(map(os.get_inheritable, descriptors))
        pipes(descriptors)

    @pytest.mark.parametrize("room", [0, 1, 2])
    def test_some_are_as_bad_as_none(
        self, ours: socket.socket, inbox: Inbox, pipe: tuple[int, int], room: int
    ) -> None:
        before = open_descriptors()
        socket.send_fds(ours, [packed(("start", 1))], [*pipe, 0])
        with room_for(room):
            assert list(inbox.receive()) == [("start", 1)]
        assert list(inbox.descriptors) == [None]
        assert open_descriptors() == before

    def test_and_the_next_ones_come_when_there_is_room_again(
        self,
        ours: socket.socket,
        inbox: Inbox,
        source: socket.socket,
        pipe: tuple[int, int],
    ) -> None:
        socket.send_fds(ours, [packed(("start", 1))], [*pipe, 0])
        with room_for(2):
            assert list(inbox.receive()) == [("start", 1)]
            socket.send_fds(ours, [packed(("start", 2))], pipe)
            ours.sendall(packed(("ping", 3)))
            assert received(inbox, source) == [("start", 2), ("ping", 3)]
        assert inbox.descriptors.popleft() is None
        assert len(pipes(inbox.descriptors.popleft())) == 2

    @pytest.mark.parametrize("room", [0, 1, 2])
    def test_those_of_a_message_that_never_came_are_held_by_nobody(
        self, ours: socket.socket, inbox: Inbox, pipe: tuple[int, int], room: int
    ) -> None:
        reading, writing = pipe
        socket.send_fds(ours, [packed(("start", 2))[:-1]], [reading, writing])
        os.close(writing)
        with room_for(room):
            assert list(inbox.receive()) == []
        ours.close()
        with pytest.raises(EOFError):
            list(inbox.receive())
        assert not inbox.descriptors
        assert os.read(reading, 1) == b""  # nobody can write to it any more
