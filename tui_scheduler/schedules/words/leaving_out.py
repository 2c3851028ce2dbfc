"""The days that a sentence leaves out: what stands behind ``except``, at its end.

There stand dates, ranges and names of calendars, with commas or ``and`` between them. Whether there
is a calendar of that name is not for the grammar to say.
"""

import re

from tui_scheduler.schedules.exceptions import NOTHING, Exceptions, parse_exceptions
from tui_scheduler.schedules.words.errors import NotUnderstood

_EXCEPT = re.compile(r"(?:^|[\s,;]+)except\b(?:\s+(?:on|for)\b)?", re.IGNORECASE)
_QUOTED = re.compile(r"""(?<!\w)(?:"(?:[^"]|"")*"|'(?:[^']|'')*')""")
_EXAMPLE = "weekdays at 9:00 except 2026-12-24"


def without_exceptions(words: str, *, names: bool = False) -> tuple[str, Exceptions]:
    """Returns the words before ``except``, and the exceptions behind it; raises NotUnderstood.

    With ``names`` what stands in quotes is the name of a process, whatever words are in it.
    """
    outside = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), words) if names else words
    match = _EXCEPT.search(outside)
    if match is None:
        return words, NOTHING
    plan, exceptions = words[: match.start()], words[match.end() :].strip(" ,;")
    if not plan:
        raise NotUnderstood("'except' stands behind the plan", _EXAMPLE)
    if not exceptions:
        raise NotUnderstood("it is not said which days are left out", _EXAMPLE)
    try:
        return plan, parse_exceptions(exceptions)
    except ValueError as error:
        reason = f"after 'except' stand only dates and calendars: {error}"
        raise NotUnderstood(reason, _EXAMPLE) from None
