"""The loop of the one scheduler: look what is due, start it, stop what must stop, sleep.

It sleeps until the next fire or until it is woken, and never long, so that nothing depends on
being woken. All that it does may be repeated: what must happen once is decided in the database.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from tui_scheduler.engine.clock_watch import ClockWatch
from tui_scheduler.engine.live_runs import LiveRuns
from tui_scheduler.engine.outcomes import Cause
from tui_scheduler.engine.recorder import Insistence, Write
from tui_scheduler.engine.runner import Runner
from tui_scheduler.engine.supervision import Troubles
from tui_scheduler.models import KillRequest, RunStatus
from tui_scheduler.services.clock import BEHIND, Clock
from tui_scheduler.services.running.dispatch import Dispatch
from tui_scheduler.services.running.taken_runs import Claim
from tui_scheduler.signs_of_life import Trouble, Waiting, steady_seconds
from tui_scheduler.wording import day_and_time, local_zone, plural

_LONGEST_SLEEP = 2.0  # seconds
_FAILURE_PAUSE = 0.5
_GATHER = 0.01  # seconds between two looks at least, so that many wake-ups cost one look
_REVIEW = 30.0  # seconds between two looks whether the clock was ahead when something was planned
_TOLD_FOR = 3600.0  # seconds that it is told that the clock was ahead
_CALENDARS = "calendars"
_CLOCK = "clock"
_LATE_PAUSE = timedelta(milliseconds=50)
_ADOPTION = 1.0  # seconds that the first look waits for what is to be found out of older runs
_AT_ONCE = 4  # starts until others have their turn: each takes a part of a millisecond
_MOST_STARTING = 500  # runs that were asked to begin and have not, until no more are claimed
_MOST_REVIEWED = 50  # runs that wait and come next, of each kind: a look must stay cheap
_log = logging.getLogger(__name__)

Kill = tuple[int, KillRequest, RunStatus]


@dataclass(frozen=True, slots=True)
class _Agenda:
    """What the database wants to be done now, and when to look again."""

    claims: list[Claim]
    kills: list[Kill]
    outdated: list[int]
    next_wakeup: datetime | None
    has_more: bool


class Scheduler:
    """Runs what is due, as long as ``run`` runs.

    ``write`` calls a use case on the database's writing thread. After downtime, runs that are
    late are started one by one, ``late_pause`` apart. Without ``claims_runs`` nothing begins: it
    only sees to the end of what runs. ``troubles`` hears what keeps it from that.
    """

    def __init__(
        self,
        *,
        dispatch: Dispatch,
        write: Write,
        runner: Runner,
        clock: Clock,
        late_pause: timedelta = _LATE_PAUSE,
        claims_runs: bool = True,
        troubles: Troubles | None = None,
    ) -> None:
        self._dispatch = dispatch
        self._troubles = troubles or Troubles()
        self._insist = Insistence(write, self._troubles)
        self._runner = runner
        self._clock = clock
        self._late_pause = late_pause.total_seconds()
        self._claims_runs = claims_runs
        self._live = LiveRuns(dispatch, write, runner, clock, self.wake, self._troubles)
        self._clock_watch = ClockWatch(clock)
        self._prompt: deque[Claim] = deque()
        self._late: deque[Claim] = deque()
        self._late_starts: asyncio.Task[None] | None = None
        self._look: asyncio.Future[_Agenda] | None = None
        self._bell = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._looked_at = self._looks_at = 0.0
        self._reviewed_at = -_REVIEW
        self._fruitless = 0
        self._forgetting: asyncio.TimerHandle | None = None
        self._last_wakeup: datetime | None = None
        self.waiting: Waiting | None = None
        """What keeps us from looking what is due."""

    @property
    def spare_time(self) -> float:
        """Seconds until it looks again, as far as it knows; none while it looks or begins runs."""
        if self._live.starting:
            return 0.0
        woken_at = self._looks_at if self._alarm is None else self._alarm.when()
        at = min(self._looks_at, woken_at)
        return max(at - asyncio.get_running_loop().time(), 0.0)

    def wake(self) -> None:
        """Look soon: something may have changed. Call it in the event loop, as often as you like.

        Wake-ups that come close together cost one look.
        """
        if self._alarm is None:
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_at(self._looked_at + _GATHER, self._bell.set)

    async def run(self) -> None:
        """Adopt what is open, then schedule until cancelled; children outlive this."""
        try:
            await self.adopt()
            while True:
                await self._sleep(await self._safe_step())
        finally:
            await self.leave()

    async def adopt(self) -> None:
        """Take over the runs that an earlier scheduler left open, and note what boot this is."""
        self.waiting = Waiting("the database", steady_seconds())
        runs = await self._insist(self._dispatch.open_runs)
        # What gets ready also puts away what nobody needs: not before it is known who needs it.
        if not runs and await self._is_something_planned():
            self._runner.prepare()
        kills = await self._insist(self._dispatch.kill_requests)
        asked = {run_id: how for run_id, how, _ in kills}
        known = [self._live.adopt(run, asked.get(run.run_id)) for run in runs]
        if known:  # one that is not known yet keeps nobody from scheduling
            await asyncio.wait(known, timeout=_ADOPTION)
            await asyncio.sleep(0)
        await self._insist(self._dispatch.resume_groups)
        if self._claims_runs:
            await self._insist(self._dispatch.note_boot)
        self.waiting = None

    async def _is_something_planned(self) -> bool:
        return self._claims_runs and await self._insist(self._dispatch.next_wakeup) is not None

    async def step(self) -> float:
        """Do everything that is to be done now; returns the seconds until the next look."""
        self._forget_wakeups()
        await self._review_plans()
        agenda = await self._looked_up()
        self._take(agenda.claims)
        for kill in agenda.kills:
            self._stop(*kill)
        for run_id in agenda.outdated:
            self._withdraw(run_id)
        while self._prompt:
            for _ in range(min(len(self._prompt), _AT_ONCE)):
                self._live.start(self._prompt.popleft())
            await asyncio.sleep(0)
        if self._late and (self._late_starts is None or self._late_starts.done()):
            self._late_starts = asyncio.create_task(self._start_late())
        if agenda.claims or agenda.next_wakeup is not None:
            self._runner.prepare()
        return self._pause(agenda)

    async def _review_plans(self) -> None:
        """Plan anew what a clock planned that was ahead: at once if it was seen to go back.

        So is what leaves out the days of calendars, where those have changed.
        """
        has_gone_back = self._clock_watch.jump() < timedelta()
        now = asyncio.get_running_loop().time()
        is_time = now - self._reviewed_at >= _REVIEW
        if is_time or self._dispatch.has_other_calendars:
            self._tell_of_calendars(await self._insist(self._dispatch.plan_by_calendars))
        if has_gone_back or is_time:
            if count := await self._insist(self._dispatch.plan_anew):
                self._tell_of_clock(count)
            self._reviewed_at = now

    def _tell_of_calendars(self, problems: Sequence[str]) -> None:
        """Tell what waits for a calendar."""
        trouble = Trouble("; ".join(problems), "", is_minor=True) if problems else None
        self._troubles.say(_CALENDARS, trouble)

    def _tell_of_clock(self, count: int) -> None:
        """Tell for an hour that the clock was ahead, and what had to be planned anew."""
        at = day_and_time(self._clock.now(), local_zone(), self._clock.now())
        text = f"The clock was ahead and came back at {at}: {plural(count, 'plan')} made anew"
        self._troubles.say(
            _CLOCK, Trouble(text, "Have it synchronised: timedatectl", is_minor=True)
        )
        if self._forgetting is not None:
            self._forgetting.cancel()
        forget = partial(self._troubles.over, _CLOCK)
        self._forgetting = asyncio.get_running_loop().call_later(_TOLD_FOR, forget)

    async def _safe_step(self) -> float:
        try:
            pause = await self.step()
        except Exception as error:
            _log.exception("a look at what is due failed; the next one may not")
            self._troubles.met("step", error)
            return _FAILURE_PAUSE
        self._troubles.over("step")
        return pause

    async def leave(self) -> None:
        """Claim no more, write down what has ended, and give back what has not begun."""
        if self._forgetting is not None:
            self._forgetting.cancel()
        if self._late_starts is not None:
            self._late_starts.cancel()
        if self._look is not None:
            await asyncio.wait([self._look], timeout=_LONGEST_SLEEP)
            if self._look.done() and self._look.exception() is None:
                self._take(self._look.result().claims)
            self._look.cancel()
        if left := [claim.run_id for claim in (*self._prompt, *self._late)]:
            self._live.give_back(left)
        await self._live.leave()

    async def _sleep(self, seconds: float) -> None:
        timer = asyncio.get_running_loop().call_later(seconds, self._bell.set)
        self._looks_at = timer.when()
        try:
            await self._bell.wait()
        finally:
            timer.cancel()

    def _forget_wakeups(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._bell.clear()
        self._looks_at = 0.0

    async def _looked_up(self) -> _Agenda:
        """What is to be done; a look that was begun is finished even if we are cancelled."""
        self.waiting = Waiting("the database", steady_seconds())
        pending = [*islice(self._late, _MOST_REVIEWED), *self._live.pending[:_MOST_REVIEWED]]
        may_claim = self._claims_runs and self._live.starting < _MOST_STARTING
        self._look = asyncio.ensure_future(self._insist(self._agenda, pending, may_claim=may_claim))
        agenda = await asyncio.shield(self._look)
        self._look = self.waiting = None
        self._looked_at = asyncio.get_running_loop().time()
        return agenda

    def _agenda(self, pending: Sequence[Claim], *, may_claim: bool) -> _Agenda:
        """On the writing thread; ``pending`` are the next ones that were taken and wait."""
        claims = self._dispatch.claim() if may_claim else []
        kills = self._dispatch.kill_requests()
        outdated = self._dispatch.outdated(pending)
        next_wakeup = self._dispatch.next_wakeup() if self._claims_runs else None
        has_more = may_claim and self._dispatch.has_more
        return _Agenda(claims, kills, outdated, next_wakeup, has_more)

    def _take(self, claims: list[Claim]) -> None:
        for claim in claims:
            (self._late if claim.missed else self._prompt).append(claim)

    def _stop(self, run_id: int, how: KillRequest, status: RunStatus) -> None:
        if self._live.stop(run_id, how):
            return
        if status is RunStatus.QUEUED:
            self._drop(run_id)
            self._live.cancel(run_id, Cause.of(how))

    def _withdraw(self, run_id: int) -> None:
        """Let a run that has not begun be taken again."""
        if self._drop(run_id):
            self._live.give_back([run_id])
        else:
            self._live.withdraw(run_id)

    def _drop(self, run_id: int) -> bool:
        """Forget a run whose turn has not come; False if there is none."""
        for claims in (self._prompt, self._late):
            for claim in claims:
                if claim.run_id == run_id:
                    claims.remove(claim)
                    return True
        return False

    async def _start_late(self) -> None:
        while self._late:
            self._live.start(self._late.popleft())
            await asyncio.sleep(self._late_pause)

    def _pause(self, agenda: _Agenda) -> float:
        """Seconds until something falls due.

        What is overdue and still cannot be had (a retry that waits for another run) is looked at
        less and less often.
        """
        if agenda.claims or agenda.has_more or agenda.next_wakeup != self._last_wakeup:
            self._fruitless = 0
        self._last_wakeup = agenda.next_wakeup
        longest = _GATHER if agenda.has_more else self._longest_sleep()
        if agenda.next_wakeup is None:
            return longest
        seconds = (agenda.next_wakeup - self._clock.now()).total_seconds()
        if seconds <= 0:
            seconds = _GATHER * self._fruitless**2
            self._fruitless += 1
        return min(seconds, longest)

    def _longest_sleep(self) -> float:
        """Seconds until it is looked in any case: as others look, too."""
        return _LONGEST_SLEEP - self._clock.now().timestamp() % _LONGEST_SLEEP + BEHIND
