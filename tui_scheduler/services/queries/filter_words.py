"""Words that say which runs are wanted: ``status:error since:2d`` in the monitor's filter line.

They are the options of ``runs`` (``--status error --since 2d``); what each of them takes is told,
read and refused here alone.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tui_scheduler.clusters import HERE
from tui_scheduler.errors import InvalidInput, NotFound, Problem
from tui_scheduler.models import Process, RunStatus
from tui_scheduler.schedules import TooLong, parse_duration, parse_moment, wall_to_instant
from tui_scheduler.services.queries.conditions import contains
from tui_scheduler.services.queries.page import typed_words
from tui_scheduler.services.queries.references import refuse_unknown_place, request_meant
from tui_scheduler.services.queries.runs.filter import RunFilter, Slower
from tui_scheduler.text import storable
from tui_scheduler.wording import RUN_STATUSES, SUBMITTED, local, several

STATUS = "status"
"""The one word that may be said several times, for any of these."""

_REST_OF_SECOND = timedelta(seconds=1) - timedelta.resolution
_DAYS_AGO = {"today": 0, "yesterday": 1}
_LARGEST_CODE = 2**31
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class At:
    """When and where a filter is read: times without an offset are wall-clock times of ``zone``."""

    now: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class FilterWord:
    """A word of the filter; ``takes`` says what stands after its colon, ``read`` reads that.

    ``read`` raises ValueError with the remedy.
    """

    meaning: str
    takes: str
    example: str
    field: str
    read: Callable[[str, At], Any]


def _status(text: str, _at: At) -> str:
    """Returns a status by its value or its word."""
    word = text.strip().lower()
    for status, words in RUN_STATUSES.items():
        if word.replace("-", "_") == status or word == words.word:
            return status
    raise ValueError(f"{text!r} is not one of {', '.join(RUN_STATUSES)}")


def _name(text: str, _at: At) -> str:
    return text


def _since(text: str, at: At) -> datetime:
    return _moment(text, at, is_finish=False)


def _until(text: str, at: At) -> datetime:
    return _moment(text, at, is_finish=True)


def _moment(text: str, at: At, *, is_finish: bool) -> datetime:
    """Returns a moment, or how long ago. Until a day is all of it, and so it is of a second."""
    rest = _REST_OF_SECOND if is_finish else timedelta()
    try:
        return at.now - parse_duration(text)
    except (OverflowError, TooLong):
        raise ValueError(f"{text!r} is too long ago: use {_TIMES}") from None
    except ValueError:
        pass
    try:
        wall = parse_moment(_dated(text, at), at.zone, at.now, is_finish=is_finish)
        return wall_to_instant(wall, at.zone) + rest
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a time: use {_TIMES}") from None


def _dated(text: str, at: At) -> str:
    """Returns the text with ``today`` or ``yesterday`` at its beginning as a date."""
    day, _, clock = text.strip().partition(" ")
    if (days := _DAYS_AGO.get(day.lower())) is None:
        return text
    date = local(at.now, at.zone).date() - timedelta(days=days)
    return f"{date} {clock.strip()}".strip()


def _exit_code(text: str, _at: At) -> int:
    try:
        code = int(text)
    except ValueError:
        code = _LARGEST_CODE
    if abs(code) >= _LARGEST_CODE:
        raise ValueError(f"{text!r} is not an exit code: use a whole number, such as 3")
    return code


def _slower(text: str, at: At) -> Slower:
    least = parse_duration(text)
    try:
        at.now - least
    except OverflowError:
        raise ValueError(f"{text!r} is too long: use at most some years") from None
    return Slower(least, at.now)


_TIMES = "how long ago (2h, 7d), today, yesterday, 2026-03-01, 2026-03-01T18:30 or 18:30"

WORDS: Mapping[str, FilterWord] = {
    STATUS: FilterWord(
        "Ended so, or stands so; again for several", ", ".join(RUN_STATUSES), "status:error",
        "statuses", _status,
    ),
    "process": FilterWord(
        "Of this process or group", "its name, in quotes if that has spaces", "process:backup",
        "process", _name,
    ),
    "request": FilterWord(
        "Of this request", "its number, or its name", "request:3", "request", _name
    ),
    "where": FilterWord(
        "Was handed to this cluster or node", f"a cluster, one of its nodes (hpc:n3), or {HERE}",
        "where:hpc", "where", _name,
    ),
    "since": FilterWord("Planned since then", _TIMES, "since:2d", "since", _since),
    "until": FilterWord(
        "Planned until then, all of the day", _TIMES, "until:yesterday", "until", _until
    ),
    "exit": FilterWord("Ended with this code", "a whole number", "exit:3", "exit_code", _exit_code),
    "slower": FilterWord(
        "Took so long or longer, also so far", "a length of time (90s, 10m, 1h30m)", "slower:10m",
        "slower", _slower,
    ),
}  # fmt: skip
"""All words of the filter, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class ParsedFilter:
    """A filter as it was asked for, before anybody looked whether what it names is there."""

    wanted: RunFilter
    request: str | None = None

    def resolve(self, clusters: Collection[str]) -> RunFilter:
        """What is looked for, now that all names are known.

        Raises NotFound, Ambiguous or InvalidInput. ``clusters`` are those of the configuration.
        """
        wanted = self.wanted
        if wanted.process is not None:
            _refuse_unknown_process(wanted.process)
        if wanted.where is not None:
            refuse_unknown_place(wanted.where, clusters)
        if self.request is None:
            return wanted
        return replace(wanted, request_id=request_meant(self.request))


def parse_words(given: Iterable[tuple[str, str]], at: At) -> ParsedFilter:
    """Returns what was asked for by words, each with its value.

    Raises InvalidInput with a Problem for each word that cannot be read.
    """
    values: dict[str, Any] = {}
    statuses: set[str] = set()
    problems = []
    for name, text in given:
        word = WORDS[name]
        try:
            value = word.read(text, at)
        except ValueError as error:
            problems.append(Problem(name, str(error)))
            continue
        if name == STATUS:
            statuses.add(value)
        elif word.field in values:
            problems.append(Problem(name, "is there twice: leave one of them out"))
        values[word.field] = value
    since, until = values.get("since"), values.get("until")
    if since and until and since > until:
        problems.append(Problem("until", "is before what since says: nothing lies between"))
    if problems:
        raise InvalidInput(problems)
    stored = frozenset(RunStatus(status) for status in statuses - {SUBMITTED})
    values |= {"statuses": stored, "submitted": SUBMITTED in statuses}
    request = values.pop("request", None)
    return ParsedFilter(RunFilter(**values), request)


def parse_line(text: str, at: At) -> ParsedFilter:
    """Returns what a line of filter words and free text asks for; raises InvalidInput.

    What has no word of ours before its colon is free text, and so is all that stands in quotes.
    """
    words = typed_words(text)
    named = [(word.name, word.value) for word in words if word.name in WORDS]
    if empty := [name for name, value in named if not value.strip()]:
        raise InvalidInput(
            Problem(name, f"is empty: it takes {WORDS[name].takes}") for name in empty
        )
    free = tuple(word.text for word in words if word.name not in WORDS)
    meant = parse_words(named, at)
    return replace(meant, wanted=replace(meant.wanted, words=free))


def _refuse_unknown_process(name: str) -> None:
    if not Process.select(Process.id).where(Process.name == storable(name)).exists():
        like_it = Process.select(Process.name).where(contains(Process.name, name))
        names = list(like_it.order_by(Process.name).limit(_MOST_NAMES).scalars())
        remedy = f"Names like it: {several(names)}" if names else "See tui-scheduler process list"
        raise NotFound(f"There is no process or group {name!r}. {remedy}.")
