"""Fires of requests that await a boot of the machine: once in each, when scheduling begins."""

from datetime import timedelta

from tui_scheduler.identity import Boot
from tui_scheduler.models import Process, Request, RequestStatus, RunStatus, transaction
from tui_scheduler.schedules import Timing
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.running.run_creation import NewRun
from tui_scheduler.services.running.run_ending import create_run

_NEVER_RAN = "The machine was started again before it ran"


def note_boot(context: Context) -> int:
    """Let all requests fall due that await a boot and have not seen this one; returns how many.

    It is for whoever begins to schedule. What has fired, or was scheduled, in this boot awaits the
    next one.
    """
    now = context.clock.now()
    boot = context.boot(now)
    with transaction():
        awaiting = (
            Request.select(Request, Process)
            .join(Process)
            .where(
                Request.status == RequestStatus.SCHEDULED,
                Request.timing == Timing.BOOT,
                Request.boot.is_null() | (Request.boot != boot.id),
            )
        )
        requests = list(awaiting)
        for request in requests:
            _fall_due(context, request, boot)
    return len(requests)


def _fall_due(context: Context, request: Request, boot: Boot) -> None:
    now = context.clock.now()
    if request.next_fire is not None:
        new_run = NewRun(
            scheduled_for=request.next_fire, status=RunStatus.MISFIRED, missed=1, note=_NEVER_RAN
        )
        create_run(context, request, request.process, new_run, now)
    fire = min(boot.at, now) + (request.delay or timedelta())
    Request.update(boot=boot.id, next_fire=fire).where(
        Request.id == request.id, Request.status == RequestStatus.SCHEDULED
    ).execute()
    context.tell(RequestSaved(request.id))
