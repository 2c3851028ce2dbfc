"""The scheduler's side of a keeper: starting it, asking it, hearing from it, noticing its death.

Nothing here ever waits for the keeper in the event loop, and none of it decides what a death
means for a run: that is the runner's.
"""

import asyncio
import importlib.util
import marshal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import CodeType, ModuleType
from typing import Any

from tui_scheduler.engine.in_time import in_time
from tui_scheduler.engine.local import capped_log, keeper
from tui_scheduler.engine.local.keeper import Inbox, Message, Settings, packed
from tui_scheduler.services.clock import rest_of

_BOOTSTRAP = (
    "import marshal, sys, types\n"
    "needed, code, channel, settings = marshal.load(sys.stdin.buffer)\n"
    "for name, its in needed.items():\n"
    "    sys.modules[name] = types.ModuleType(name)\n"
    "    exec(its, vars(sys.modules[name]))\n"
    "names = {'__name__': 'keeper'}\n"
    "exec(code, names)\n"
    "names['main'](channel, settings)"
)
KEEPER_NAME = "tui-scheduler-keeper"
"""What tells a keeper in a list of processes."""

_LOOK = 1.0  # seconds between two looks at whether it answers
_PATIENCE = 5  # looks until it is taken for dead
_LAST_WORDS = 2.0  # seconds
_START = 10.0  # seconds until a process that does not read what it is to run is given up

Heard = Callable[[Message], None]


def _code_of(module: ModuleType) -> CodeType:
    """A module as whoever imported it first has compiled it."""
    spec = importlib.util.find_spec(module.__name__)
    assert spec is not None
    code = spec.loader.get_code(module.__name__)  # type: ignore[union-attr]
    assert isinstance(code, CodeType)
    return code


_KEEPER, _CAPPED_LOG = _code_of(keeper), _code_of(capped_log)
"""What a keeper runs, of our version: the package may be upgraded before one is begun."""


class KeeperDied(Exception):
    """The keeper is gone; it may or may not have done what it was asked.

    ``was_next``: it would have done this before all else that it had not answered, so this may be
    what it died of. ``was_hung``: it did not answer at all, and was given up.
    """

    def __init__(self, *, was_next: bool = False, was_hung: bool = False) -> None:
        super().__init__()
        self.was_next = was_next
        self.was_hung = was_hung


class Keeping:
    """A keeper that was begun, from here to its death.

    ``heard`` is called in the event loop for every message that is no answer, ``died`` once, when
    the channel is closed from the other side. ``was_closed`` says that it was left in order,
    having told all that it had begun.
    """

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        channel: socket.socket,
        heard: Heard,
        died: Callable[["Keeping"], None],
    ) -> None:
        self.pid = process.pid
        self.is_hung = False
        self.was_closed = False
        self._process = process
        self._channel = channel
        self._heard = heard
        self._died = died
        self._loop = asyncio.get_running_loop()
        self._inbox = Inbox(channel)
        self._outbox: deque[tuple[memoryview, Sequence[int]]] = deque()
        self._answers: dict[tuple[str, int], asyncio.Future[Message]] = {}
        self._is_full = False
        self._closed = self._loop.create_future()
        self._unanswered = 0
        self._watch = self._loop.create_task(self._watch_over())
        self._loop.add_reader(channel, self._readable)

    @classmethod
    async def begin(
        cls, settings: Settings, heard: Heard, died: Callable[["Keeping"], None]
    ) -> "Keeping":
        """Start a keeper; raises OSError."""
        spawned = await in_time(_spawn, _START, _abandon)
        process, channel, its = spawned
        try:
            async with asyncio.timeout(_START):
                await asyncio.to_thread(_hand_over, process, its, settings)
        except BaseException:
            _abandon(spawned)
            raise
        return cls(process, channel, heard, died)

    @property
    def is_alive(self) -> bool:
        """Whether the channel is open still."""
        return not self._closed.done()

    async def start(self, run: int, *words: Any, descriptors: Sequence[int]) -> Message:
        """Ask for a run to be begun; returns the answer. Raises KeeperDied."""
        return await self._ask("start", run, *words, descriptors=descriptors)

    async def note(self, run: int, log: bytes, text: str) -> None:
        """Add a line of ours to the log of a run, and wait until it is there. Raises KeeperDied."""
        await self._ask("note", run, log, text)

    def tell(self, *message: Any, descriptors: Sequence[int] = ()) -> None:
        """Send what needs no answer; nothing is sent to a keeper that is gone."""
        if self.is_alive:
            self._outbox.append((memoryview(packed(message)), descriptors))
            if not self._is_full:
                self._flush()

    async def leave(self) -> None:
        """Let it begin nothing any more, and hear what it has begun; what runs goes on."""
        self._watch.cancel()
        if self.is_alive:
            with suppress(OSError):
                self._channel.shutdown(socket.SHUT_WR)
            await asyncio.wait([self._closed], timeout=_LAST_WORDS)
        self._hang_up()
        # It may outlive us; until then it must not stay a zombie.
        threading.Thread(target=self._process.wait, daemon=True, name="keeper").start()

    @property
    def is_process(self) -> bool:
        """Whether it is there still, even though it was killed."""
        return self._process.poll() is None

    async def buried(self, patience: float) -> bool:
        """Wait until it is no process any more, and what it was the parent of is ours.

        False after ``patience`` seconds: it may wait for a dead disk for good.
        """
        try:
            await asyncio.to_thread(self._process.wait, patience)
        except subprocess.TimeoutExpired:
            return False
        return True

    async def _ask(
        self, kind: str, run: int, *words: Any, descriptors: Sequence[int] = ()
    ) -> Message:
        if not self.is_alive:
            raise KeeperDied
        answer: asyncio.Future[Message] = self._loop.create_future()
        self._answers[kind, run] = answer
        self.tell(kind, run, *words, descriptors=descriptors)
        return await answer

    def _readable(self) -> None:
        self._unanswered = 0
        try:
            for message in self._inbox.receive():
                self._take(message)
        except (EOFError, OSError):
            self._hang_up()

    def _take(self, message: Message) -> None:
        kind, *words = message
        match kind:
            case "began" | "no" | "wait":
                self._heard(message)
                self._answer("start", words[0], message)
            case "noted":
                self._answer("note", words[0], message)
            case "pong" | "journal":
                pass
            case "closed":
                self.was_closed = True
                self._hang_up()
            case _:
                self._heard(message)

    def _answer(self, kind: str, run: int, message: Message) -> None:
        answer = self._answers.pop((kind, run), None)
        if answer is not None and not answer.done():
            answer.set_result(message)

    def _flush(self) -> None:
        try:
            while self._outbox:
                data, descriptors = self._outbox[0]
                if descriptors:
                    sent = socket.send_fds(self._channel, [data], list(descriptors))
                else:
                    sent = self._channel.send(data)
                if sent == len(data):
                    self._outbox.popleft()
                else:  # the descriptors went with the first byte
                    self._outbox[0] = (data[sent:], ())
        except BlockingIOError:
            if not self._is_full:
                self._is_full = True
                self._loop.add_writer(self._channel, self._flush)
            return
        except OSError:  # it is gone: the reader will hear of it
            self._outbox.clear()
        if self._is_full:
            self._is_full = False
            self._loop.remove_writer(self._channel)

    def _hang_up(self) -> None:
        if self._closed.done():
            return
        self._closed.set_result(None)
        self._watch.cancel()
        self._loop.remove_reader(self._channel)
        self._loop.remove_writer(self._channel)
        self._channel.close()
        for number, answer in enumerate(self._answers.values()):
            if not answer.done():
                was_next = number == 0 and not self.was_closed and not self.is_hung
                answer.set_exception(KeeperDied(was_next=was_next, was_hung=self.is_hung))
        self._answers.clear()
        self._died(self)

    async def _watch_over(self) -> None:
        """Ask it now and then whether it lives, and end one that does not answer.

        Looks are counted, not seconds: we may have been stopped ourselves.
        """
        while True:
            await asyncio.sleep(rest_of(_LOOK))
            if self._unanswered >= _PATIENCE:
                self.is_hung = True
                self._process.kill()
                await asyncio.sleep(_LAST_WORDS)  # one that waits for a dead disk lives on
                self._hang_up()
                return
            self._unanswered += 1
            self.tell("ping", self._unanswered)


def _spawn() -> "tuple[subprocess.Popen[bytes], socket.socket, int]":
    """Start the process, in a thread; returns our end of the channel, and the number of its."""
    ours, its = socket.socketpair()
    ours.setblocking(False)
    with its:
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _BOOTSTRAP, KEEPER_NAME],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                pass_fds=[its.fileno()],
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
        return process, ours, its.fileno()


def _abandon(spawned: "tuple[subprocess.Popen[bytes], socket.socket, int]") -> None:
    """End a process that nobody uses, waiting for nothing: it may wait for a dead disk itself."""
    process, channel, _ = spawned
    channel.close()
    process.kill()
    threading.Thread(target=_bury, args=[process], daemon=True, name="keeper").start()


def _bury(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError), process:
        pass  # its input is closed, and its end awaited


def _hand_over(process: "subprocess.Popen[bytes]", channel: int, settings: Settings) -> None:
    """Give the process what it is to run; blocks, in a thread, until it has read that."""
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin:
        needed = {capped_log.__name__: _CAPPED_LOG}
        marshal.dump((needed, _code(), channel, tuple(settings)), process.stdin)


def _code() -> CodeType:
    """The keeper."""
    return _KEEPER
