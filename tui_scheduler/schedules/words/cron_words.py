"""A cron expression at the beginning of a sentence."""

import re

from tui_scheduler.schedules.cron import CronError, parse_cron
from tui_scheduler.schedules.cron.fields import MONTH_NAMES, WEEKDAY_NAMES
from tui_scheduler.schedules.words.errors import NotUnderstood

_PREFIX = re.compile(r"cron[:\s]\s*", re.IGNORECASE)
_NEXT = "from|starting|beginning|until|till|once|twice|on|at|every|[0-9]+\\s*(?:times|x)"
_REST = re.compile(rf",\s+|\s+(?=(?:{_NEXT})\b)", re.IGNORECASE)
_FIELD = re.compile(rf"(?:[0-9*?/,#LW-]|{'|'.join(MONTH_NAMES + WEEKDAY_NAMES)})+", re.IGNORECASE)
_ALIAS = re.compile(r"@[a-z]+", re.IGNORECASE)
_FEWEST = 5


def cron_and_rest(text: str) -> tuple[str | None, str]:
    """The expression and the words after it; None and the text when it begins with none.

    It begins with one when that is said (``cron ...``), or when nothing else can be meant.
    Raises NotUnderstood with what is wrong with the expression.
    """
    prefix = _PREFIX.match(text)
    head, *rest = _REST.split(text[prefix.end() :] if prefix else text, maxsplit=1)
    expression = head.strip()
    if not prefix and not _looks_like_cron(expression):
        return None, text
    try:
        parse_cron(expression)
    except CronError as refused:
        raise NotUnderstood(f"cron: {refused}", "30 2 * * mon-fri") from refused
    return expression, "".join(rest)


def _looks_like_cron(text: str) -> bool:
    words = text.split()
    if _ALIAS.fullmatch(text):
        return True
    if not all(map(_FIELD.fullmatch, words)):
        return False
    return len(words) >= _FEWEST or any(mark in text for mark in "*?")
