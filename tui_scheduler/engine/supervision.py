"""The supervision of all that must go on as long as somebody schedules.

A task that fails is logged, told with its reason and a remedy, and begun again, less and less
often. What it met is over when it has gone on for a while, or says so itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from tui_scheduler.errors import cause_of
from tui_scheduler.signs_of_life import Trouble
from tui_scheduler.wording import day_and_time, local_zone

FIRST_PAUSE = 1.0
"""Seconds until a task that failed is begun again."""

LONGEST_PAUSE = 10.0
_SETTLED = 10.0  # seconds after which a task that was begun again goes on
_log = logging.getLogger(__name__)


class Troubles:
    """What keeps the tasks of a scheduler from their work; ``tell`` hears whenever that changes."""

    def __init__(self, tell: Callable[[Trouble | None], object] = lambda _: None) -> None:
        self._tell = tell
        self._troubles: dict[str, Trouble] = {}
        self._reasons: dict[str, str] = {}

    @property
    def current(self) -> Trouble | None:
        """What was met first of all that is not over; what is minor comes last."""
        return self.besides("")

    def besides(self, task: str) -> Trouble | None:
        """The same, but for what ``task`` says."""
        others = (trouble for name, trouble in self._troubles.items() if name != task)
        return min(others, key=lambda trouble: trouble.is_minor, default=None)

    def met(self, task: str, error: Exception, *, is_minor: bool = False) -> None:
        """``task`` waits until it can go on; since when, is said as long as the reason is one.

        Where that ``is_minor``, what is due is run all the same.
        """
        reason, remedy = cause_of(error)
        if self._reasons.get(task) != reason:
            now = datetime.now(UTC)
            since = day_and_time(now, local_zone(), now)
            self._reasons[task] = reason
            waiting = f"waiting: {reason} since {since}"
            if is_minor:
                self._set(task, Trouble(f"{task}: {waiting}", remedy, is_minor=True))
            else:
                self._set(task, Trouble(waiting, remedy, waiting))

    def say(self, task: str, trouble: Trouble | None) -> None:
        """Have it told what ``task`` has seen; None if all is well."""
        self._reasons.pop(task, None)
        self._set(task, trouble)

    def over(self, task: str) -> None:
        """``task`` goes on."""
        if task in self._troubles:
            self.say(task, None)

    def forget(self) -> None:
        """Know nothing any more, without a word."""
        self._troubles.clear()
        self._reasons.clear()

    def _set(self, task: str, trouble: Trouble | None) -> None:
        before = self.current
        if trouble is None:
            self._troubles.pop(task, None)
        else:
            self._troubles[task] = trouble
        if self.current != before:
            self._tell(self.current)


async def supervised(
    task: str,
    work: Callable[[], Awaitable[None]],
    troubles: Troubles,
    *,
    may_end: bool = False,
    is_minor: bool = False,
) -> None:
    """Do ``work`` again and again until cancelled, whatever it meets.

    Where it ``may_end``, this returns when it does. Without what ``is_minor`` all that is due is
    run all the same.
    """
    loop = asyncio.get_running_loop()
    pause = FIRST_PAUSE
    while True:
        began = loop.time()
        settled = loop.call_later(_SETTLED, troubles.over, task)
        try:
            await work()
            if may_end:
                troubles.over(task)
                return
            raise RuntimeError(f"{task} ended by itself")
        except Exception as error:
            _log.exception("%s failed; it is tried again in %.0f s at least", task, pause)
            troubles.met(task, error, is_minor=is_minor)
        finally:
            settled.cancel()
        await asyncio.sleep(pause)
        has_lasted = loop.time() - began - pause > LONGEST_PAUSE
        pause = FIRST_PAUSE if has_lasted else min(pause * 2, LONGEST_PAUSE)
