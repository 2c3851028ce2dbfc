"""The task that tells: it takes what is due from the outbox and sends it, receiver by receiver.

A notice is recorded as sent after it was: whoever dies between the two sends it again, with the
same key. Who is told of more than ten things within a minute gets the rest of them as one message.
"""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from tui_scheduler.engine.in_time import in_time
from tui_scheduler.engine.notices.sending import NotSent, Programs, longest, send
from tui_scheduler.engine.recorder import Read, Write
from tui_scheduler.engine.supervision import Troubles
from tui_scheduler.errors import Unexpected, cause_of
from tui_scheduler.receivers import PINGS, Receiver
from tui_scheduler.services.clock import Clock
from tui_scheduler.services.notices.message import Message
from tui_scheduler.services.notices.outbox import Notices
from tui_scheduler.services.views.notices import NoticeView
from tui_scheduler.signs_of_life import Trouble
from tui_scheduler.wording import NOBODY_TOLD

Send = Callable[[Receiver, Message], str]

LONGEST_SLEEP = 15.0
"""Seconds between two looks for what is overdue, and for what others have left to be sent."""

_MOST_AT_ONCE = 10  # messages
_A_WHILE = 60.0  # seconds in which a receiver gets no more of them
_LOOKED_AT = 5000  # notices
_PRUNING = 3600.0  # seconds
_TASK = "receivers"  # that the task which sends goes on says nothing of them
_log = logging.getLogger(__name__)


class Teller:
    """Sends notices to ``receivers`` while ``run`` runs; ``wake`` when there are new ones."""

    def __init__(
        self,
        notices: Notices,
        receivers: Mapping[str, Receiver],
        *,
        lines: int,
        read: Read,
        write: Write,
        clock: Clock,
        troubles: Troubles,
        send: Send = send,
    ) -> None:
        self._notices = notices
        self._receivers = receivers
        self._lines = lines
        self._read = read
        self._write = write
        self._clock = clock
        self._troubles = troubles
        self._send = send
        self._programs = Programs()
        self._woken = asyncio.Event()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._sent: dict[str, deque[float]] = defaultdict(deque)
        self._problems: dict[str, str] = {}
        self._looked_at = -LONGEST_SLEEP
        self._pruned_at = -_PRUNING

    def wake(self) -> None:
        """Look at once for what is to be sent."""
        self._woken.set()

    async def run(self) -> None:
        """Look and send until cancelled; what is being sent then is sent again by the next."""
        try:
            while True:
                self._woken.clear()
                await self._look_for_overdue()
                pause = await self.step()
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()
        finally:
            for task in self._under_way.values():
                task.cancel()
            await self.settle()
            self._programs.end_all()
            self._programs = Programs()

    async def step(self) -> float:
        """Begin to send what is due; returns after how many seconds to look again.

        A receiver that takes its time holds up nobody else: it is left alone until it is done.
        """
        due = await self._read(self._notices.due, _LOOKED_AT)
        waiting: dict[str, list[NoticeView]] = defaultdict(list)
        for notice in due:
            if notice.receiver not in self._under_way:
                waiting[notice.receiver].append(notice)
        pauses = [self._begin(*each) for each in waiting.items()]
        return min([LONGEST_SLEEP, await self._until_next(), *pauses])

    async def settle(self) -> None:
        """Wait until all is sent that was begun."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _begin(self, name: str, notices: Sequence[NoticeView]) -> float:
        """Send to one receiver what it may get now; returns when to go on with the rest."""
        pings = [[notice] for notice in notices if notice.kind in PINGS]
        others = [notice for notice in notices if notice.kind not in PINGS]
        room, pause = self._room(name)
        if len(others) > room:
            batches = [others] if room else []
        else:
            batches = [[notice] for notice in others]
        if pings or batches:
            work = self._see_to(name, [*pings, *batches])
            self._under_way[name] = asyncio.create_task(work)
        return pause if others and not room else LONGEST_SLEEP

    async def _until_next(self) -> float:
        moment = await self._read(self._notices.next_try)
        if moment is None:
            return LONGEST_SLEEP
        left = (moment - self._clock.now()).total_seconds()
        return left if left > 0 else LONGEST_SLEEP  # what is due was tried just now

    async def _look_for_overdue(self) -> None:
        """Tell of what is overdue and remove old notices, now and then, but not at each notice."""
        now = self._clock.monotonic()
        if now - self._looked_at >= LONGEST_SLEEP:
            self._looked_at = now
            if overdue := await self._read(self._notices.overdue):
                await self._write(self._notices.tell_overdue, overdue)
        if now - self._pruned_at >= _PRUNING:
            self._pruned_at = now
            await self._write(self._notices.prune)

    async def _see_to(self, name: str, batches: Sequence[Sequence[NoticeView]]) -> None:
        """Tell one receiver, and have it looked for more; what fails is told, and tried again."""
        try:
            await self._tell(name, batches)
            self.wake()
        except Exception as error:
            _log.exception("receiver %s could not be told", name)
            self._say(name, cause_of(error)[0])
        finally:
            del self._under_way[name]

    async def _tell(self, name: str, batches: Sequence[Sequence[NoticeView]]) -> None:
        """Send a message for each batch; what could not be sent waits, and all after it as well."""
        for number, batch in enumerate(batches):
            try:
                message = await self._read(self._notices.message, batch, self._lines)
                await self._send_to(name, message)
            except Unexpected as error:  # in putting it into words: those after it are sent
                await self._write(self._notices.failed, batch, str(error))
                self._say(name, str(error))
                continue
            except NotSent as error:
                rest = [notice for other in batches[number:] for notice in other]
                await self._write(self._notices.failed, rest, error.problem, error.after)
                self._say(name, error.problem)
                return
            await self._write(self._notices.sent, batch, message.key if len(batch) > 1 else None)
            if batch[0].kind not in PINGS:
                self._sent[name].append(self._clock.monotonic())
            self._say(name, "")

    async def _send_to(self, name: str, message: Message) -> None:
        """Send a message in a thread of its own; raises NotSent, whatever was met."""
        receiver = self._receivers.get(name)
        if receiver is None:
            raise NotSent(f"there is no [receiver.{name}] in the configuration file any more")
        try:
            work = partial(self._programs.lent_to, self._send, receiver, message)
            await in_time(work, longest(receiver.kind))
        except NotSent:
            raise
        except TimeoutError:
            raise NotSent(f"it did not answer within {longest(receiver.kind):.0f} s") from None
        except Exception as error:
            _log.exception("a notice for %s could not be sent", name)
            raise NotSent(f"something unexpected happened: {type(error).__name__}") from None

    def _room(self, name: str) -> tuple[int, float]:
        """How many messages a receiver may get now, and after how many seconds it may get more."""
        now, sent = self._clock.monotonic(), self._sent[name]
        while sent and now - sent[0] >= _A_WHILE:
            sent.popleft()
        pause = _A_WHILE - (now - sent[0]) if sent else LONGEST_SLEEP
        return max(_MOST_AT_ONCE - len(sent), 0), pause

    def _say(self, name: str, problem: str) -> None:
        """Have it told which receivers do not work."""
        if problem:
            _log.warning("receiver %s was not told: %s", name, problem)
            self._problems[name] = problem
        else:
            self._problems.pop(name, None)
        self._troubles.say(_TASK, _trouble(self._problems))


def _trouble(problems: Mapping[str, str]) -> Trouble | None:
    if not problems:
        return None
    name, problem = next(iter(problems.items()))
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    text = f"{NOBODY_TOLD} {name}{more}: {problem}"
    return Trouble(text, f"Try it: tui-scheduler notify test {name}", is_minor=True)
