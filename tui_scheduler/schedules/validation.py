"""What is wrong with a plan, at the field that has to change, with the remedy."""

from datetime import datetime

from tui_scheduler.errors import Problem
from tui_scheduler.schedules.plan import Plan


def problems(plan: Plan, now: datetime) -> tuple[Problem, ...]:
    """Everything that forbids to save the plan; empty when it is valid."""
    return ()
