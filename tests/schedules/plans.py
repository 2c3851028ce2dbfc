"""Plans, moments and lists of fires in few words, for the tests of this folder."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tui_scheduler.schedules import Frequency, Plan, Timing, fires

MADRID = "Europe/Madrid"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"
CAIRO = "Africa/Cairo"
SANTIAGO = "America/Santiago"
APIA = "Pacific/Apia"

ENDS = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]


def wall(text: str, fold: int = 0) -> datetime:
    """A wall time, from ISO 8601."""
    return datetime.fromisoformat(text).replace(fold=fold)


def utc(text: str) -> datetime:
    """A moment, from ISO 8601 without an offset."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def plan(frequency: Frequency, start: str | None = None, **fields: Any) -> Plan:
    """A recurring plan, in UTC unless told."""
    fields = {"timezone": "UTC", "timing": Timing.SCHEDULE, **fields}
    if isinstance(fields.get("finish"), str):
        fields["finish"] = wall(fields["finish"])
    return Plan(frequency=frequency, start=None if start is None else wall(start), **fields)


def cron(expression: str, start: str | None = None, **fields: Any) -> Plan:
    """A plan by cron expression, in UTC unless told."""
    return plan(Frequency.CRON, start, cron=expression, **fields)


def wall_times(plan: Plan, after: str, limit: int) -> list[str]:
    """The next fires after a UTC moment, as the zone's clock shows them, with the offset."""
    zone = ZoneInfo(plan.timezone)
    upcoming = fires(plan, utc(after), limit)
    return [f"{fire.astimezone(zone):%Y-%m-%d %H:%M:%S%z}" for fire in upcoming]


def days(plan: Plan, after: str, limit: int) -> list[str]:
    """The dates of the next fires."""
    return [text[:10] for text in wall_times(plan, after, limit)]


def clocks(plan: Plan, after: str, limit: int) -> list[str]:
    """The next fires as day, hour and minute with the offset."""
    return [text[8:16] + text[19:] for text in wall_times(plan, after, limit)]
