"""What is said of plans that await an event: that the machine boots, or that another run ends."""

import re
from collections.abc import Mapping
from datetime import timedelta

from tui_scheduler.schedules.durations import format_duration
from tui_scheduler.schedules.plan import Outcome, Plan, Timing

BOOTS = ("boot", "reboot")
"""What cannot be the name of a process unless it is in quotes."""

_ELSE = ("utc", "gmt", "in", "except")
"""What begins a zone, or is one where words end with it, or begins what a plan leaves out."""

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.SUCCESS: "",
    Outcome.FAILURE: "fails",
    Outcome.END: "ends",
}
"""The word for an outcome behind the name of what is followed; success needs none."""

_HAS_ENDED: Mapping[Outcome, str] = {
    Outcome.SUCCESS: "has succeeded",
    Outcome.FAILURE: "has failed",
    Outcome.END: "has ended",
}
_ONE_WORD = re.compile(r"[\w-]+")
_LENGTH = re.compile(
    r"(?:[0-9]+(?:d|h|m|s|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?))+", re.IGNORECASE
)
"""What could be a length of time, as in "after 10m"."""
_UNITS = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
    (timedelta(seconds=1), "second"),
)


def said_name(name: str) -> str:
    """Returns a name as words have it: in quotes unless it is one word; a quote twice is one."""
    is_ambiguous = name.lower() in (*BOOTS, *_ELSE) or _LENGTH.fullmatch(name)
    if _ONE_WORD.fullmatch(name) and not is_ambiguous:
        return name
    return '"{}"'.format(name.replace('"', '""'))


def at_boot(plan: Plan) -> str:
    """Returns when a plan fires that awaits a boot: "At boot", "5 minutes after boot"."""
    return "At boot" if not plan.delay else f"{_length(plan.delay)} after boot"


def when_ended(plan: Plan) -> str:
    """Returns which end a plan follows, for people: "When backup has succeeded"."""
    return f"When {_followed(plan)} {_HAS_ENDED[plan.outcome]}"


def after_end(plan: Plan) -> str:
    """Returns which end a plan follows, as briefly as it is read: "After backup fails"."""
    return f"After {_followed(plan)} {OUTCOMES[plan.outcome]}".rstrip()


def awaited(plan: Plan) -> str:
    """Returns what a plan awaits, in the middle of a sentence: "at boot", "after backup fails"."""
    if not plan.awaits_event:
        return ""
    words = at_boot(plan) if plan.timing is Timing.BOOT else after_end(plan)
    return f"{words[0].lower()}{words[1:]}"


def _followed(plan: Plan) -> str:
    return said_name(plan.follows) if plan.follows else "another run"


def _length(delay: timedelta) -> str:
    for length, unit in _UNITS:
        if not delay % length:
            count = delay // length
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return format_duration(delay)
