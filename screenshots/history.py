"""Three weeks of that company's past, lived through on a clock that is moved from fire to fire.

The real services claim the fires and close the runs; only the children are imagined. While the
scheduler "was off" fires are missed, and long runs make others skip, as they would.
"""

import heapq
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from signal import SIGTERM

from catalogue import GROUPS, JOBS, Job
from logs import log_of

from tui_scheduler.models import Request, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.events import ForeignCommit
from tui_scheduler.services.running.run_ending import Ending

WHO = "ada"
NOW = datetime(2026, 3, 24, 13, 32, 7, 412_000, tzinfo=UTC)
_OFF = (datetime(2026, 3, 24, 12, 25, tzinfo=UTC), datetime(2026, 3, 24, 12, 52, tzinfo=UTC))
_ENDINGS = {
    "s": (RunStatus.SUCCESS, 0, None),
    "e": (RunStatus.ERROR, 1, None),
    "k": (RunStatus.KILLED, None, SIGTERM),
}
_START_DELAY = timedelta(milliseconds=3)
_NEVER = datetime.max.replace(tzinfo=UTC)
_JOBS = {job.name: job for job in JOBS}


class SceneClock:
    """A clock that stands where the scene wants it."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        """The moment, as aware UTC."""
        return self.moment

    def monotonic(self) -> float:
        """Seconds on a clock that stands still."""
        return 0.0


@dataclass(frozen=True, slots=True, order=True)
class _End:
    at: datetime
    run_id: int
    process: str
    outcome: str


class Past:
    """Lives through the time before ``NOW``."""

    def __init__(self, services: Services, clock: SceneClock) -> None:
        self._services = services
        self._clock = clock
        self._executed: Counter[str] = Counter()
        self._ends: list[_End] = []

    def live(self) -> None:
        """Create everything, execute it until ``NOW``, and stop the clock there."""
        self._clock.moment = NOW - timedelta(days=30)
        requests = {job: self._create(job) for job in JOBS}
        for group in GROUPS:
            self._services.groups.create(group)
        for days in range(max(job.days for job in JOBS), 0, -1):
            self._clock.moment = NOW - timedelta(days=days)
            for job, request_id in requests.items():
                if job.days == days and job.is_scheduled:
                    self._services.requests.schedule(request_id)
            self._live_until(self._clock.moment + timedelta(days=1))
        self.go_on(NOW)

    def go_on(self, moment: datetime) -> None:
        """Execute it until ``moment``, and let those that run then have written something."""
        self._live_until(moment)
        self._clock.moment = moment
        for end in self._ends:
            self._write_log(end.run_id, end.process, RunStatus.PROCESSING)
        self.make_up_names()

    def make_up_names(self) -> None:
        """Have a user and a machine in the pictures that are not those of who makes them."""
        Request.update(scheduled_by=WHO).where(Request.scheduled_by != "").execute()
        Run.update(host="atlas").where(Run.host != "").execute()
        self._services.context.tell(ForeignCommit())

    def write(self, process: str, text: str) -> None:
        """Let what runs of ``process`` have written ``text``."""
        run_id = next(end.run_id for end in self._ends if end.process == process)
        self._services.runs.get(run_id).log_path.write_text(text, encoding="utf-8")

    def _create(self, job: Job) -> int:
        process = ProcessDraft(name=job.name, command=job.command, description=job.about)
        self._services.processes.create(process)
        request = RequestDraft(
            process=job.name,
            plan=job.plan,
            description=job.request,
            parameters=job.parameters,
            misfire=job.misfire,
        )
        return self._services.requests.create(request).id

    def _live_until(self, end: datetime) -> None:
        while (moment := self._next_moment()) <= end:
            self._clock.moment = moment
            while self._ends and self._ends[0].at <= moment:
                self._close(heapq.heappop(self._ends))
            for claim in self._services.dispatch.claim():
                self._start(claim.run_id)

    def _next_moment(self) -> datetime:
        fire = self._services.dispatch.next_wakeup() or _NEVER
        if _OFF[0] <= fire < _OFF[1]:
            fire = _OFF[1]
        return min(fire, self._ends[0].at if self._ends else _NEVER)

    def _start(self, run_id: int) -> None:
        run = self._services.runs.get(run_id)
        job = _JOBS[run.process]
        outcome = job.outcomes[self._executed[job.name] % len(job.outcomes)]
        self._executed[job.name] += 1
        begun = self._clock.moment + _START_DELAY
        self._services.dispatch.started(run_id, begun, None, "")
        heapq.heappush(self._ends, _End(begun + _length(job, run_id), run_id, job.name, outcome))

    def _close(self, end: _End) -> None:
        status, exit_code, signal = _ENDINGS[end.outcome]
        self._write_log(end.run_id, end.process, status)
        ending = Ending(run_id=end.run_id, status=status, end_time=end.at)
        self._services.dispatch.ended(replace(ending, exit_code=exit_code, signal=signal))

    def _write_log(self, run_id: int, process: str, status: RunStatus) -> None:
        path = self._services.runs.get(run_id).log_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(log_of(process, status), encoding="utf-8")


def _length(job: Job, run_id: int) -> timedelta:
    """Let runs of one job last about, but not exactly, equally long."""
    share = Fraction(90 + run_id * 7919 % 17, 100)
    return timedelta(microseconds=int(job.lasts / timedelta(microseconds=1) * share))
