"""Fires of requests that await a boot of the machine: once in each, when scheduling begins."""

from datetime import timedelta

from peewee import Value, fn

from tui_scheduler.identity import Boot
from tui_scheduler.models import Process, Request, RequestStatus, RunStatus, transaction
from tui_scheduler.schedules import Timing
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import RequestSaved
from tui_scheduler.services.running.run_creation import Create, NewRun

_NEVER_RAN = "The machine was started again before it ran"
_MOST_REMEMBERED = 10
_BETWEEN = ","
_SEEN = Value(_BETWEEN).concat(fn.ifnull(Request.boot, "")).concat(_BETWEEN)
"""The boots that a request has seen, the latest first: machines may take turns at scheduling."""


def has_seen(request: Request, boot_id: str) -> bool:
    """Whether a request has fired in this boot, or was scheduled in it."""
    return boot_id in (request.boot or "").split(_BETWEEN)


def note_boot(context: Context, create: Create) -> int:
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
                fn.instr(_SEEN, f"{_BETWEEN}{boot.id}{_BETWEEN}") == 0,
            )
        )
        requests = list(awaiting)
        for request in requests:
            _fall_due(context, create, request, boot)
    return len(requests)


def _fall_due(context: Context, create: Create, request: Request, boot: Boot) -> None:
    now = context.clock.now()
    if request.next_fire is not None:
        new_run = NewRun(
            scheduled_for=request.next_fire, status=RunStatus.MISFIRED, missed=1, note=_NEVER_RAN
        )
        create(context, request, request.process, new_run, now)
    fire = min(boot.at, now) + (request.delay or timedelta())
    seen = [boot.id, *filter(None, (request.boot or "").split(_BETWEEN))]
    boots = _BETWEEN.join(seen[:_MOST_REMEMBERED])
    Request.update(boot=boots, next_fire=fire).where(
        Request.id == request.id, Request.status == RequestStatus.SCHEDULED
    ).execute()
    context.tell(RequestSaved(request.id))
