"""The values of what ``--json`` prints: one flat table of fields for each kind of object.

Durations are seconds. Times are ISO 8601 with offset: those of a request in the request's own
zone, those of runs and processes in the machine's.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from tui_scheduler.services.parameters.secrets import masked
from tui_scheduler.wording import local

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
