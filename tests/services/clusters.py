"""Runs that were handed to a cluster, in any state that they can be in, without a cluster."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.services.drafts import a_process, a_request
from tests.support.clock import FakeClock
from tui_scheduler.clusters import SLURM, Cluster, handle_of
from tui_scheduler.models import Process, RunStatus
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.services.running.taken_runs import Claim
from tui_scheduler.services.views.runs import RunView


def clusters_in(folder: Path, *names: str) -> Mapping[str, Cluster]:
    """Clusters of these names, whose files lie in folders of these names."""
    return {name: Cluster(name=name, engine=SLURM, folder=folder / name) for name in names}


def with_clusters(services: Services, *names: str, **context: Any) -> Services:
    """The same services where these clusters are configured; if none is named, one: ``hpc``."""
    folder = services.context.log_folder.parent
    known = clusters_in(folder, *(names or ["hpc"]))
    return services_on(replace(services.context, clusters=known, **context))


def on_cluster(
    services: Services, process: str = "train", cluster: str = "hpc", **fields: Any
) -> int:
    """A request of a process whose runs are handed to ``cluster``; its number."""
    if process not in services.processes.names():
        a_process(services, process, **fields)
    Process.update(runs_on=cluster).where(Process.name == process).execute()
    return a_request(services, process=process).id


def taken(services: Services, request_id: int) -> Claim:
    """A run of the request, which whoever schedules has taken."""
    run = services.runs.trigger(request_id)
    [claim] = [claim for claim in services.dispatch.claim() if claim.run_id == run.id]
    return claim


def submit(services: Services, claim: Claim, note: str = "Resources", job: str = "4711") -> RunView:
    """Let the engine accept it now."""
    now, place = services.context.clock.now(), claim.runs_on or ""
    handle = handle_of(job, claim.log_path.stem)
    services.dispatch.submitted(claim.run_id, now, handle, place, note)
    return services.runs.get(claim.run_id)


def begin(services: Services, claim: Claim, node: str = "n3", job: str = "4711") -> RunView:
    """Let it begin now, on ``node``."""
    now, place = services.context.clock.now(), f"{claim.runs_on}:{node}"
    handle = handle_of(job, claim.log_path.stem)
    services.dispatch.started(claim.run_id, now, None, handle, place=place)
    return services.runs.get(claim.run_id)


def end(
    services: Services,
    claim: Claim,
    status: RunStatus = RunStatus.SUCCESS,
    log_bytes: int | None = 0,
) -> RunView:
    """Let it end now."""
    now = services.context.clock.now()
    code = 0 if status is RunStatus.SUCCESS else 1
    ending = Ending(
        run_id=claim.run_id, status=status, end_time=now, exit_code=code, log_bytes=log_bytes
    )
    services.dispatch.ended(ending)
    return services.runs.get(claim.run_id)


def in_every_state(services: Services, clock: FakeClock) -> list[Claim]:
    """Four runs of as many processes on ``hpc``: one taken, one that waits, one begun, one ended.

    Each waited for two minutes, but for the one that was only just taken.
    """
    names = ("ended", "begun", "waiting")
    claims = [taken(services, on_cluster(services, name)) for name in names]
    for number, claim in enumerate(claims):
        submit(services, claim, job=str(4711 + number))
    clock.advance(minutes=2, seconds=8)
    for number, claim in enumerate(claims[:2]):
        begin(services, claim, node=f"n{number + 1}", job=str(4711 + number))
    clock.advance(seconds=30)
    end(services, claims[0])
    return [*claims, taken(services, on_cluster(services, "taken"))]


WAIT = timedelta(minutes=2, seconds=8)
"""How long those in every state waited that have begun."""
