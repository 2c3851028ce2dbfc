"""What is said of plans that await an event: ``after backup fails``, ``5 minutes after boot``.

A name stands in quotes unless it is one word of letters, digits, - and _; a quote in it is written
twice. Whether there is anything of that name is for those who know: it is checked when it is saved.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tui_scheduler.schedules.events import BOOTS
from tui_scheduler.schedules.plan import Outcome, Timing
from tui_scheduler.schedules.words.dates import read_length
from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.reader import Reader, as_reading
from tui_scheduler.schedules.words.vocabulary import (
    KNOWN,
    NAMED_CLOCKS,
    NUMBERS,
    TIMES,
    UNITS,
)

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
_OPENS = re.compile(r"after(?:\s|$)", re.IGNORECASE)
_BOOT_AND_MORE = re.compile(
    rf"(?:@reboot|(?:(?:at|on)\s+)?{_BOOT}|[0-9a-z.\s]+\safter\s+{_BOOT})[\s,].+",
    re.IGNORECASE | re.DOTALL,
)
_DELAYED = re.compile(
    r"(?P<length>.+?)\s+(?P<event>after\s+(?P<word>\S+).*)", re.IGNORECASE | re.DOTALL
)
_ARTICLES = ("the", "each", "every", "any")
_ENDINGS = ("finishes", "finished", "completes", "completed", "runs", "ran", "stops", "stopped")
"""What is said of an end, and is no outcome."""
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
        if _OPENS.match(words):
            raise NotUnderstood("it is not said after what", EXAMPLE)
        _refuse_more(words, zone, now)
        return None
    name = match["name"] or match["name_of_it"]
    outcome = match["outcome"] or match["outcome_of_it"]
    _refuse_others(words[: match.start("rest")], match["rest"])
    if match["name"] and name[0] not in "\"'":
        length = Reader(name, zone, now)
        _refuse_ambiguous(name, "" if outcome else match["rest"], words, _is_length(length))
    return Event(
        {"timing": Timing.AFTER, "follows": _unquoted(name), "outcome": _outcome(outcome)},
        match["rest"].lstrip(", "),
    )


def _length(reader: Reader) -> timedelta:
    length = read_length(reader, _DELAY)
    if reader.peek().text:
        raise reader.unexpected(_DELAY)
    return length


def _is_length(reader: Reader) -> bool:
    try:
        _length(reader)
    except NotUnderstood:
        return False
    return True


def _unquoted(name: str) -> str:
    quote = name[0]
    return name[1:-1].replace(2 * quote, quote) if quote in "\"'" else name


def _outcome(word: str | None) -> Outcome:
    stems = (stem for stem in _OUTCOMES if word and stem in word.lower())
    return next((_OUTCOMES[stem] for stem in stems), Outcome.SUCCESS)


def _refuse_more(words: str, zone: str, now: datetime) -> None:
    """Refuse what stands behind a boot, and a delay after the end of something."""
    if _BOOT_AND_MORE.fullmatch(words):
        raise NotUnderstood("what awaits a boot has neither times nor an end", f"at boot, {_DELAY}")
    delayed = _DELAYED.fullmatch(words)
    if delayed is None or delayed["word"].lower() in NAMED_CLOCKS:
        return
    if _is_length(Reader(delayed["length"], zone, now)):
        readings = [as_reading(delayed["event"])]
        raise NotUnderstood("a delay is only said of a boot", EXAMPLE, readings=readings)


def _refuse_others(first: str, rest: str) -> None:
    """Refuse a second name behind the event that is said first."""
    joint, *others = rest.split(maxsplit=1)[:2] or [""]
    if joint.lower() in ("and", "or") and others and not _opens(others[0], _NO_NAMES):
        reason = "a request follows one other: make a request of each"
        readings = [as_reading(first), as_reading(f"after {others[0]}")]
        raise NotUnderstood(reason, EXAMPLE, readings=readings, together=True)


def _refuse_ambiguous(name: str, rest: str, words: str, is_length: bool) -> None:
    """Refuse what could be a length of time, a boot, or a name of several words."""
    behind = words.split(maxsplit=1)[1]
    following = [word.strip(",").lower() for word in rest.split()]
    is_number = name.isdecimal() or name.lower() in NUMBERS
    if is_length or (is_number and following and following[0] in UNITS):
        reason = "this could be once, or after each run of something of that name"
        named = as_reading(f'after "{name}"{behind[len(name) :]}') if is_length else _quoted(behind)
        readings = [as_reading(f"in {behind}"), named]
        raise NotUnderstood(reason, EXAMPLE, readings=readings)
    is_each = name.lower() in _ARTICLES and len(following) == 1
    if name.lower() in BOOTS or (is_each and following[0] in BOOTS):
        reason = "this could be each boot of the machine, or something of that name"
        raise NotUnderstood(reason, EXAMPLE, readings=["at boot", _quoted(behind)])
    if not following or rest[0] == "," or following[0] in _NO_NAMES:
        return
    if not following[0].isdecimal() and "after" not in following:
        reason, readings = "a name of several words stands in quotes", [_quoted(behind)]
        if name.lower() in _ARTICLES:
            readings.insert(0, as_reading(f"after {behind.split(maxsplit=1)[1]}"))
        if following[0] in _ENDINGS:
            readings.insert(0, as_reading(f"after {name} ends"))
        raise NotUnderstood(reason, EXAMPLE, readings=readings)


def _opens(words: str, with_one_of: Container[str]) -> bool:
    return words.split(maxsplit=1)[0].strip(",").lower() in with_one_of


def _quoted(name: str) -> str:
    """Returns the words that take a name of several words for one, but for an outcome behind it."""
    outcome = _LAST_WORDS.search(name)
    if outcome is None:
        return as_reading(f'after "{name}"')
    return as_reading(f'after "{name[: outcome.start()]}"{outcome[0]}')
