"""A plan in words that say all of it but its zone, so that they mean the same at any moment."""

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import Frequency, Plan, Timing
from tui_scheduler.schedules.sentences import at_time, ending, every_step, on_days, summary
from tui_scheduler.schedules.timetable import STEPS


def to_words(plan: Plan) -> str:
    """The sentence that ``understand`` reads as this valid plan, in the plan's zone.

    Longer than that of ``summary``, which tells neither the first day nor the fields of cron.
    """
    if plan.timing is not Timing.SCHEDULE or plan.frequency is None:
        return summary(plan)
    if plan.frequency is Frequency.CRON:
        return f"cron {(plan.cron or '').strip()}{_from_moment(plan)}{ending(plan)}"
    if plan.frequency in STEPS:
        return f"{every_step(plan)}{_from_moment(plan)}{ending(plan)}"
    return f"{_days(plan)}{at_time(plan)}{_from_day(plan)}{ending(plan)}"


def _days(plan: Plan) -> str:
    """The days, of a weekly plan each by its name: "weekdays" are those of a daily one."""
    if plan.frequency is not Frequency.WEEKLY or not plan.days:
        return on_days(plan)
    names = english.listed(english.WEEKDAYS[weekday] for weekday in sorted(plan.days))
    return f"Every {names}" if plan.interval == 1 else f"Every {plan.interval} weeks on {names}"


def _from_moment(plan: Plan) -> str:
    return f", from {english.exact_moment(plan.start)}" if plan.start else ""


def _from_day(plan: Plan) -> str:
    if plan.start is None:
        return ""
    return f"{english.second_pass(plan.start)} from {english.full_day(plan.start)}"
