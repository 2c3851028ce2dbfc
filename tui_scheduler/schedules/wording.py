"""A plan as one plain English sentence."""

from tui_scheduler.schedules.plan import Plan


def describe(plan: Plan) -> str:
    """The sentence, such as "Every day at 02:30"."""
    return plan.timing.value
