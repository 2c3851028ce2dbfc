"""What ``--json`` prints: one flat table of fields for each kind of object.

Durations are seconds. Times are ISO 8601 with offset: those of a request in the request's own
zone, those of runs and processes in the machine's.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from tui_scheduler.models import ProcessKind
from tui_scheduler.schedules import wall_to_instant
from tui_scheduler.schedules.zones import zone_info
from tui_scheduler.services.parameters.lines import masked_parameters
from tui_scheduler.services.parameters.parameters import Parameter, secret_names
from tui_scheduler.services.parameters.secrets import masked
from tui_scheduler.services.views import GroupView, ProcessView, RequestView, RunView

Record = dict[str, Any]


def process_record(view: ProcessView, zone: str, *, show_secrets: bool = False) -> Record:
    """A process with all its fields."""
    return {
        "id": view.id,
        "name": view.name,
        "description": view.description,
        "kind": view.kind.value,
        "command": None if view.kind is ProcessKind.PYTHON else view.command,
        "target": view.command if view.kind is ProcessKind.PYTHON else None,
        "python": view.python,
        "parameters": _declared(view.parameters, show_secrets=show_secrets),
        "working_directory": view.working_directory,
        "environment": shown(view.environment, show_secrets=show_secrets),
        "timeout": seconds(view.timeout),
        "overlap": view.overlap.value,
        "retries": view.retries,
        "retry_delay": seconds(view.retry_delay),
        "active": view.active,
        "created_at": iso(view.created_at, zone),
        "request_count": view.request_count,
        "running": view.running,
        "last_status": _value(view.last_status),
        "last_end_time": iso(view.last_end, zone),
    }


def request_record(view: RequestView, *, show_secrets: bool = False) -> Record:
    """A request with its plan; fields of the plan that its frequency does not use are null."""
    zone = view.plan.timezone
    return {
        "id": view.id,
        "process": None if view.is_group else view.process,
        "group": view.process if view.is_group else None,
        "description": view.description,
        "status": view.status.value,
        **_plan_record(view),
        "next_fire": iso(view.next_fire, zone),
        "previous_fire": iso(view.previous_fire, zone),
        "schedule_text": view.schedule_text,
        "misfire": view.misfire.value,
        "parameters": shown(
            view.parameters, secret_names(view.declared), show_secrets=show_secrets
        ),
        "scheduled_at": iso(view.scheduled_at, zone),
        "scheduled_by": view.scheduled_by,
        "executions": view.executions,
        "created_at": iso(view.created_at, zone),
        "last_run_id": view.last_run_id,
        "last_status": _value(view.last_status),
    }


def run_record(view: RunView, now: datetime, zone: str, *, show_secrets: bool = False) -> Record:
    """A run; ``duration`` is how long it has been running when it has not ended.

    ``process`` is null for the run of a group; ``group`` is null for a run of no group.
    """
    return {
        "id": view.id,
        "request_id": view.request_id,
        "process": None if view.is_group else view.process,
        "group": view.group,
        "parent_id": view.parent_id,
        "position": view.position,
        "progress": _progress(view),
        "parameters": shown(view.parameters, view.secrets, show_secrets=show_secrets),
        "status": view.status.value,
        "channel": view.channel.value,
        "scheduled_for": iso(view.scheduled_for, zone),
        "start_time": iso(view.start_time, zone),
        "end_time": iso(view.end_time, zone),
        "duration": seconds(view.duration(now)),
        "exit_code": view.exit_code,
        "attempt": view.attempt,
        "missed": view.missed,
        "log_path": str(view.log_path),
        "note": view.note,
        "host": view.host,
        "pid": view.pid,
    }


def group_record(view: GroupView, zone: str) -> Record:
    """A group with all its fields."""
    return {
        "id": view.id,
        "name": view.name,
        "description": view.description,
        "members": list(view.members),
        "stop_on_failure": view.stop_on_failure,
        "overlap": view.overlap.value,
        "created_at": iso(view.created_at, zone),
        "request_count": view.request_count,
        "running": view.running,
        "last_status": _value(view.last_status),
        "last_end_time": iso(view.last_end, zone),
    }


def _progress(view: RunView) -> Record | None:
    progress = view.progress
    return None if progress is None else {"done": progress.done, "total": progress.total}


def shown(
    variables: Mapping[str, str], secrets: Collection[str] = (), *, show_secrets: bool
) -> dict[str, str]:
    """Variables as they are printed; those named in ``secrets`` are hidden like a password."""
    return dict(variables) if show_secrets else masked(variables, secrets)


def _declared(parameters: Sequence[Parameter], *, show_secrets: bool) -> list[Record]:
    """The parameters that a process declares."""
    return [
        {
            "name": parameter.name,
            "type": parameter.type.value,
            "default": parameter.default,
            "required": parameter.is_required,
            "description": parameter.description,
            "choices": list(parameter.choices),
        }
        for parameter in (parameters if show_secrets else masked_parameters(parameters))
    ]


def iso(moment: datetime | None, zone: str) -> str | None:
    """``moment`` on the clock of ``zone``."""
    return None if moment is None else moment.astimezone(known_zone(zone)).isoformat()


def seconds(duration: timedelta | None) -> float | None:
    """``duration`` in seconds."""
    return None if duration is None else duration.total_seconds()


def known_zone(name: str) -> tzinfo:
    """The zone of that name, or UTC when this machine does not know it (any more)."""
    try:
        zone: ZoneInfo = zone_info(name)
    except ValueError:
        return UTC
    return zone


def _plan_record(view: RequestView) -> Record:
    plan = view.plan
    return {
        "timing": plan.timing.value,
        "frequency": _value(plan.frequency),
        "timezone": plan.timezone,
        "start": _wall(plan.start, plan.timezone),
        "finish": _wall(plan.finish, plan.timezone),
        "interval": plan.interval,
        "repetitions": plan.repetitions,
        "daily_option": plan.daily_option.value,
        "days": [day.name.lower() for day in sorted(plan.days)],
        "monthly_option": _value(plan.monthly_option),
        "weekday": None if plan.weekday is None else plan.weekday.name.lower(),
        "day": plan.day,
        "cron": plan.cron,
    }


def _wall(wall: datetime | None, zone: str) -> str | None:
    return None if wall is None else iso(wall_to_instant(wall, zone), zone)


def _value(member: Any) -> str | None:
    return None if member is None else str(member.value)
