"""Short ways to say which group a test is about, and to let its members end."""

from tests.services.drafts import IMMEDIATE, a_process, end
from tests.support.clock import FakeClock
from tui_scheduler.members import names_of
from tui_scheduler.models import Overlap, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import GroupDraft, RequestDraft
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.groups import GroupView
from tui_scheduler.services.views.runs import RunView


def a_group(
    services: Services,
    *members: str | tuple[str, ...],
    name: str = "nightly",
    stop_on_failure: bool = False,
    overlap: Overlap = Overlap.SKIP,
) -> GroupView:
    """A group of ``members``, which are made if need be."""
    for member in dict.fromkeys(names_of(members)):
        if member not in {view.name for view in services.processes.all()}:
            a_process(services, member)
    return services.groups.create(
        GroupDraft(name=name, members=members, stop_on_failure=stop_on_failure, overlap=overlap)
    )


def triggered(services: Services, name: str = "nightly") -> RunView:
    """A run of the group, of which nothing has begun."""
    known = [view for view in services.requests.all() if view.process == name]
    request = (
        known[0] if known else services.requests.create(RequestDraft(process=name, plan=IMMEDIATE))
    )
    return services.runs.trigger(request.id)


def play(
    services: Services, clock: FakeClock, outcomes: dict[str, RunStatus] | None = None
) -> None:
    """Let all that is due run, each member with its outcome, if need be success."""
    while claims := services.dispatch.claim():
        for claim in claims:
            name = services.runs.get(claim.run_id).process
            end(services, claim, clock, (outcomes or {}).get(name, RunStatus.SUCCESS))


def beneath(services: Services, run_id: int) -> list[RunView]:
    """The runs beneath a group run, in their order."""
    runs = services.runs.latest(RunFilter(), 10_000)[::-1]
    return [run for run in runs if run.parent_id == run_id]


def statuses(services: Services, run_id: int) -> list[tuple[str, str]]:
    """Name and status of the runs beneath a group run."""
    return [(run.process, run.status.value) for run in beneath(services, run_id)]
