"""A cron expression, parsed."""

from dataclasses import dataclass

from tui_scheduler.schedules.wall_pattern import WallPattern


class CronError(ValueError):
    """An expression that is refused, with the field and the reason."""


@dataclass(frozen=True, slots=True)
class CronExpression:
    """The days and times of an expression, and whether it follows elapsed time."""

    pattern: WallPattern
    elapsed: bool


def parse_cron(text: str) -> CronExpression:
    """The parsed expression; CronError when it is refused."""
    raise CronError("cron is not there yet")
