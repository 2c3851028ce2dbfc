"""Cron expressions, Unix and Quartz: parsed once, then days and times like any other plan's."""

from tui_scheduler.schedules.cron.expression import CronExpression, parse_cron
from tui_scheduler.schedules.cron.fields import CronError

__all__ = ["CronError", "CronExpression", "parse_cron"]
