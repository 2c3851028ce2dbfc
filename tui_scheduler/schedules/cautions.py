"""What a user should know about a valid plan before saving it."""

from datetime import datetime, timedelta

from tui_scheduler.schedules.plan import Plan


def warnings(plan: Plan, now: datetime, usual_duration: timedelta | None = None) -> tuple[str, ...]:
    """One sentence for each surprise that the plan's next fires hold."""
    return ()
