"""What is said of plans that await an event: ``after backup fails``, ``5 minutes after boot``.

A name stands in quotes unless it is one word of letters, digits, - and _; a quote in it is written
twice. Whether there is anything of that name is for those who know: it is checked when it is saved.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tui_scheduler.schedules.events import BOOTS
from tui_scheduler.schedules.plan import Outcome, Timing
from tui_scheduler.schedules.words.dates import read_length
from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.reader import Reader, as_reading
from tui_scheduler.schedules.words.vocabulary import KNOWN, NUMBERS, TIMES, UNITS

EXAMPLE = "after backup, after backup fails or after backup ends"

_DELAY = "5 minutes after boot or 1h30m after boot"
_NAME = r"""(?P<name>"(?:[^"]|"")+"|'(?:[^']|'')+'|[\w-]+)(?![\w"'-])"""
_OUTCOME = r"(?P<outcome>(?:has\s+)?(?:succeed|fail|end)(?:s|ed))(?![\w-])"
_USUALLY = r"(?:,?\s+usually\s+about\s+[0-9:]+)?"
_AFTER = re.compile(
    rf"(?:after\s+{_NAME}(?:\s+{_OUTCOME})?|when\s+{_NAME.replace('name', 'name_of_it')}"
    rf"\s+{_OUTCOME.replace('outcome', 'outcome_of_it').replace('?:has', 'has')}){_USUALLY}"
    r"(?P<rest>(?:[\s,].*)?)",
    re.IGNORECASE | re.DOTALL,
)
_BOOT = r"(?:the\s+)?(?:every\s+|each\s+)?(?:re)?boot"
_AT_BOOT = re.compile(
    rf"@reboot|(?:(?:at|on)\s+)?{_BOOT}(?:,?\s+after\s+(?P<behind>.+))?"
    rf"|(?P<before>.+?)\s+after\s+{_BOOT}",
    re.IGNORECASE | re.DOTALL,
)
_OPENS = re.compile(r"(?:after|when)\s", re.IGNORECASE)
_LAST_WORDS = re.compile(rf"\s+{_OUTCOME}$".replace("?P<outcome>", "?:"), re.IGNORECASE)
_NO_NAMES = KNOWN | {*NUMBERS, *TIMES, "till", "beginning", "thrice", "has", "and"}
"""Words that are none of a name where one is behind the first word of it."""
_OUTCOMES: Mapping[str, Outcome] = {
    "succeed": Outcome.SUCCESS,
    "fail": Outcome.FAILURE,
    "end": Outcome.END,
}


@dataclass(frozen=True, slots=True)
class Event:
    """The fields of a plan that say what it awaits, and the ``rest`` of the words."""

    fields: Mapping[str, Any]
    rest: str = ""


def read_event(words: str, zone: str, now: datetime) -> Event | None:
    """Returns the event that words begin with; None if there is none, or raises NotUnderstood."""
    if boot := _AT_BOOT.fullmatch(words):
        length = boot["behind"] or boot["before"]
        delay = None if length is None else _length(Reader(length, zone, now))
        return Event({"timing": Timing.BOOT, "delay": delay or None})
    match = _AFTER.fullmatch(words)
    if match is None:
        if _OPENS.match(words) and words[:5].lower() == "after":
            raise NotUnderstood("it is not said after what", EXAMPLE)
        return None
    name = match["name"] or match["name_of_it"]
    outcome = match["outcome"] or match["outcome_of_it"]
    if match["name"]:
        _refuse_ambiguous(name, "" if match["outcome"] else match["rest"], words)
    return Event(
        {"timing": Timing.AFTER, "follows": _unquoted(name), "outcome": _outcome(outcome)},
        match["rest"].lstrip(", "),
    )


def _length(reader: Reader) -> timedelta:
    length = read_length(reader, _DELAY)
    if reader.peek().text:
        raise reader.unexpected(_DELAY)
    return length


def _unquoted(name: str) -> str:
    quote = name[0]
    return name[1:-1].replace(2 * quote, quote) if quote in "\"'" else name


def _outcome(said: str | None) -> Outcome:
    stems = (stem for stem in _OUTCOMES if said and stem in said.lower())
    return next((_OUTCOMES[stem] for stem in stems), Outcome.SUCCESS)


def _refuse_ambiguous(name: str, rest: str, words: str) -> None:
    """Refuse what could be a length of time, a boot, or a name of several words."""
    if name[0] in "\"'":
        return
    behind = words.split(maxsplit=1)[1]
    following = [word.strip(",").lower() for word in rest.split()]
    is_number = name.isdecimal() or name.lower() in NUMBERS
    if is_number and following and following[0] in UNITS:
        reason = "this could be once, or after each run of something of that name"
        readings = [as_reading(f"in {behind}"), _quoted(behind)]
        raise NotUnderstood(reason, EXAMPLE, readings=readings)
    if name.lower() in BOOTS:
        reason = "this could be each boot of the machine, or something of that name"
        raise NotUnderstood(reason, EXAMPLE, readings=["at boot", _quoted(behind)])
    is_name = following and rest[0] != "," and following[0] not in _NO_NAMES
    if is_name and not following[0].isdecimal() and "after" not in following:
        reason = "a name of several words stands in quotes"
        raise NotUnderstood(reason, EXAMPLE, readings=[_quoted(behind)])


def _quoted(name: str) -> str:
    """Returns the words that take a name of several words for one, but for an outcome behind it."""
    outcome = _LAST_WORDS.search(name)
    if outcome is None:
        return as_reading(f'after "{name}"')
    return as_reading(f'after "{name[: outcome.start()]}"{outcome[0]}')
