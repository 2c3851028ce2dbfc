"""Short ways to say which process, request and run a test is about."""

from datetime import datetime, timedelta
from typing import Any

from tests.support.clock import FakeClock
from tui_scheduler.models import MisfirePolicy, RunStatus
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.services.running.taken_runs import Claim
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.services.views.requests import RequestView
from tui_scheduler.services.views.runs import RunView

IMMEDIATE = Plan(timing=Timing.IMMEDIATE, timezone="UTC")
ALL_RUNS = RunFilter()


def wall(text: str) -> datetime:
    """A wall time, from ISO 8601."""
    return datetime.fromisoformat(text)


def later(start: str) -> Plan:
    return Plan(timing=Timing.LATER, timezone="UTC", start=wall(start))


def every(frequency: Frequency, **fields: Any) -> Plan:
    return Plan(**{"timing": Timing.SCHEDULE, "timezone": "UTC", "frequency": frequency, **fields})


def after(followed: str = "backup", **fields: Any) -> Plan:
    return Plan(**{"timing": Timing.AFTER, "timezone": "UTC", "follows": followed, **fields})


def minutely(**fields: Any) -> Plan:
    return every(Frequency.MINUTELY, **fields)


def process_draft(name: str = "backup", **fields: Any) -> ProcessDraft:
    return ProcessDraft(**{"name": name, "command": "true", **fields})


def a_process(services: Services, name: str = "backup", **fields: Any) -> ProcessView:
    return services.processes.create(process_draft(name, **fields))


def a_request(
    services: Services,
    plan: Plan = IMMEDIATE,
    process: str = "backup",
    misfire: MisfirePolicy = MisfirePolicy.ONCE,
    **fields: Any,
) -> RequestView:
    """A request of a process, which is made if need be, or of a group."""
    if process not in services.processes.names() + services.groups.names():
        a_process(services, process)
    draft = RequestDraft(process=process, plan=plan, misfire=misfire, **fields)
    return services.requests.create(draft)


def scheduled(services: Services, plan: Plan = IMMEDIATE, **fields: Any) -> RequestView:
    """A request whose plan was started."""
    return services.requests.schedule(a_request(services, plan, **fields).id)


def end(
    services: Services,
    claim: Claim,
    clock: FakeClock,
    status: RunStatus = RunStatus.SUCCESS,
    after: timedelta = timedelta(seconds=1),
) -> RunView:
    """Let a claimed run be a process for some time."""
    services.dispatch.started(claim.run_id, clock.now(), 4711, "handle")
    clock.advance(seconds=after.total_seconds())
    code = 0 if status is RunStatus.SUCCESS else 1
    ending = Ending(run_id=claim.run_id, status=status, end_time=clock.now(), exit_code=code)
    services.dispatch.ended(ending)
    return services.runs.get(claim.run_id)


def run_all(services: Services, clock: FakeClock) -> list[RunView]:
    """Claim what is due, let each end, and go on until nothing is due; newest first."""
    while True:
        claims = services.dispatch.claim()
        for claim in claims:
            end(services, claim, clock, after=timedelta())
        wakeup = services.dispatch.next_wakeup()
        if not claims and (wakeup is None or wakeup > clock.now()):
            return services.runs.latest(ALL_RUNS, 1000)


def statuses(runs: list[RunView]) -> list[RunStatus]:
    return [run.status for run in runs]


def a_window(
    offset: int = 0,
    limit: int = 1000,
    *,
    anchor: int | None = None,
    sort: str | None = None,
    reverse: bool = False,
    text: str = "",
) -> Window:
    return Window(offset, limit, anchor, sort, reverse, text)
