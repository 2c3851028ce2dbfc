"""Lines that are not what they look like: cron refuses some, and would run nonsense of others."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui_scheduler.schedules import Frequency, Plan, Timing, summary
from tui_scheduler.schedules.cron import CronError, parse_cron
from tui_scheduler.services.imports.crontab.lines import Job
from tui_scheduler.services.imports.proposals import Unreadable

_FIELD = re.compile(
    r"[0-9*?][0-9*?,/#L-]*|(?:SUN|MON|TUE|WED|THU|FRI|SAT)[-,#][A-Z0-9,#-]+", re.IGNORECASE
)
_USER = re.compile(r"[a-z_][a-z0-9_.-]*\$?")


@dataclass(frozen=True, slots=True)
class Machine:
    """Who and what there is: is somebody called so, and is a program found in the folders of PATH.

    Of a machine that nobody knows all is believed.
    """

    is_user: Callable[[str], bool] = lambda _name: True
    is_program: Callable[[str, str], bool] = lambda _name, _path: True


def check_fields(job: Job) -> None:
    """Raise Unreadable if the command begins with what looks like another field of the time."""
    words = job.command.split()
    count = next((n for n, word in enumerate(words) if not _FIELD.fullmatch(word)), len(words))
    if not count and not job.command.startswith("*"):
        return
    if len(job.times) == 1:
        raise Unreadable(f"{words[0]} stands where the command begins, a typo for cron: remove it")
    fields = [*job.times, *words[: max(count, 1)]]
    number = {6: "six", 7: "seven"}.get(len(fields), str(len(fields)))
    remedy = f"leave {' '.join(fields[5:])} out"
    raise Unreadable(f"{number} fields: cron has five; {remedy}{_with_seconds(fields)}")


def names_user(job: Job, machine: Machine, path: str) -> bool:
    """Whether a line of a user's crontab has a user before its command, as a system's has."""
    user, command = _first_two(job)
    is_command = command != "" and not command.startswith("-")
    return is_command and machine.is_user(user) and not machine.is_program(user, path)


def check_no_user(job: Job, machine: Machine, path: str) -> None:
    """Raise Unreadable for a line of a crontab in which some lines name a user."""
    user, command = _first_two(job)
    is_command = "/" in command or machine.is_program(command, path)
    is_user = names_user(job, machine, path)
    if is_user or (_USER.fullmatch(user) and is_command and not machine.is_program(user, path)):
        what = "a user here and no program" if is_user else "no program here"
        raise Unreadable(
            f"{user} is {what}, so this looks like a system crontab: give --system, or write the"
            " whole path of the program"
        )


def check_user(job: Job, user: str, machine: Machine, path: str) -> None:
    """Raise Unreadable for a line of a system crontab that does not run as ``user``."""
    if job.user in (None, user):
        return
    if not machine.is_user(job.user) and machine.is_program(job.user, path):
        raise Unreadable(f"{job.user} is a program and no user: leave --system out")
    raise Unreadable(
        f"it runs as {job.user}, and you are {user}: import it as that user, into a database of"
        " theirs"
    )


def _first_two(job: Job) -> tuple[str, str]:
    """The first two words of a command, the second of which may be missing."""
    word, *rest = job.command.split(maxsplit=2)
    return word, "".join(rest[:1])


def _with_seconds(fields: Sequence[str]) -> str:
    """What the fields are as a plan, whose first field is the second; nothing if they are none."""
    expression = " ".join(fields)
    try:
        parse_cron(expression)
    except CronError:
        return ""
    plan = Plan(timing=Timing.SCHEDULE, timezone="UTC", frequency=Frequency.CRON, cron=expression)
    return (
        f"; with seconds first it is {summary(plan)!r}: tui-scheduler request add --process NAME"
        f" --when '{expression}'"
    )
