"""Cron expressions, Unix and Quartz: parsed once, then days and times like any other plan's."""

from tui_scheduler.schedules.cron.expression import CronError, CronExpression, parse_cron

__all__ = ["CronError", "CronExpression", "parse_cron"]
