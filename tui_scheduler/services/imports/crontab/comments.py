"""Which comments above a line of a crontab say what it does."""

import re
from collections.abc import Sequence

from tui_scheduler.schedules.cron import CronError, parse_cron
from tui_scheduler.services.imports.crontab.lines import job_of
from tui_scheduler.services.imports.proposals import Unreadable

_COLUMNS = re.compile(
    r"(m|mm|mins?|minutes?)\W+(h|hh|hrs?|hours?)\b"  # their names in a row
    r"|(\*\s+){4}\*"  # one star for each
    r"|\W\W.*\b(minute|hour|day|month|weekday)s?\b",  # a drawing of lines that lead to them
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*[ \t]*=")
_WORD = re.compile(r"\w")


def description_of(comments: Sequence[str]) -> str:
    """Those after the last one that is no description: a job or variable put out, or columns."""
    last = max((place for place, text in enumerate(comments) if _is_other(text)), default=-1)
    return " ".join(text for text in comments[last + 1 :] if _WORD.search(text))


def _is_other(comment: str) -> bool:
    return bool(_COLUMNS.match(comment) or _VARIABLE.match(comment)) or _is_job(comment)


def _is_job(comment: str) -> bool:
    try:
        job = job_of(comment, has_user=False)
        parse_cron(" ".join(job.times))
    except (Unreadable, CronError):
        return False
    return True
