"""What ``--json`` prints, and webhooks are given: one flat table of fields a kind of object.

Durations are seconds. Times are ISO 8601 with offset: those of a request in the request's own
zone, those of runs and processes in the machine's.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tui_scheduler.services.parameters.secrets import masked
from tui_scheduler.wording import local

if TYPE_CHECKING:
    from tui_scheduler.services.views.runs import RunView

Record = dict[str, Any]


def visible_variables(
    variables: Mapping[str, str], secrets: Collection[str] = (), *, show_secrets: bool
) -> dict[str, str]:
    """Returns variables as they are printed: those named in ``secrets`` are hidden."""
    return dict(variables) if show_secrets else masked(variables, secrets)


def iso(moment: datetime | None, zone: str) -> str | None:
    """Returns ``moment`` on the clock of ``zone``."""
    return None if moment is None else local(moment, zone).isoformat()


def seconds(duration: timedelta | None) -> float | None:
    """Returns ``duration`` in seconds."""
    return None if duration is None else duration.total_seconds()


def value(member: Any) -> str | None:
    """Returns the value of a member of an enumeration."""
    return None if member is None else str(member.value)


def run_record(view: "RunView", now: datetime, zone: str, *, show_secrets: bool = False) -> Record:
    """Returns a run; ``duration`` is how long it has been running when it has not ended.

    Only then ``usual_duration`` and ``expected_end`` are known, and only if such runs succeeded.
    ``waits_for`` is null of one that has begun, or that nothing is known to be in the way of.
    ``place`` is empty for one of this machine, and ``submitted_at`` and ``job`` are null then.
    ``process`` is null for the run of a group; ``group`` is null for a run of no group;
    ``after_run`` is the number of the run that it follows, and null for one that follows none;
    ``log_path`` and ``command`` are null until it is taken to be run, as they are not known before.
    """
    return {
        "id": view.id,
        "request_id": view.request_id,
        "process": None if view.is_group else view.process,
        "group": view.group,
        "parent_id": view.parent_id,
        "position": view.position,
        "step": view.step,
        "progress": _progress_record(view),
        "command": view.command,
        "parameters": visible_variables(view.parameters, view.secrets, show_secrets=show_secrets),
        "status": view.status.value,
        "channel": view.channel.value,
        "scheduled_for": iso(view.scheduled_for, zone),
        "submitted_at": iso(view.submitted_at, zone),
        "start_time": iso(view.start_time, zone),
        "end_time": iso(view.end_time, zone),
        "duration": seconds(view.duration(now)),
        "usual_duration": seconds(None if view.norm is None else view.norm.usual),
        "expected_end": iso(view.expected_end, zone),
        "exit_code": view.exit_code,
        "signal": view.signal,
        "attempt": view.attempt,
        "missed": view.missed,
        "after_run": view.after_run,
        "followed_by": list(view.followed_by),
        "cpu_time": seconds(view.cpu_time),
        "peak_memory": view.peak_memory,
        "log_path": str(view.log_path) if view.was_taken else None,
        "log_bytes": view.log_bytes,
        "note": view.note,
        "waits_for": view.waits_for or None,
        "locks": list(view.locks),
        "host": view.host,
        "place": view.place,
        "job": view.job or None,
        "pid": view.pid,
        "kill_request": value(view.kill_request),
        "kill_requested_at": iso(view.kill_requested_at, zone),
    }


def _progress_record(view: "RunView") -> Record | None:
    progress = view.progress
    return None if progress is None else {"done": progress.done, "total": progress.total}
