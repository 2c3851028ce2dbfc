"""What both front ends say, said once: lengths of time, moments, counts, statuses and policies.

All functions are pure, but for the zone of the machine. ``now`` and ``moment`` are aware instants,
``zone`` is an IANA name. Stored values are known here by their text, and nothing of the package is
imported: a prompt waits for these words. What is also read back, such as ``1h30m``, ``100 MB`` or
the sentence of a plan, stays beside what reads it.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

ELLIPSIS = "…"

ON_HOLD = "■ on hold"
SCHEDULING = "● scheduling"
NOBODY_SCHEDULES = "○ nobody schedules"
STALLED = "! nothing begins"
OUTGROWN = "! outdated program"
NOBODY_TOLD = "Nobody is told through receiver"
"""How the trouble of a receiver that does not work begins, which has a screen of its own."""

_UNITS = ((86400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s"), (1, "s", 1, ""))
"""Seconds and sign of a unit, and those of the unit that follows it."""
_ONE_UNIT_FROM = 30 * 86400  # seconds, after which nobody asks for hours
_MOST_GROUPS = 4  # that are named
_TENTHS_BELOW = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class StatusWords:
    """A status as a glyph and a word; never one of them alone."""

    glyph: str
    word: str


SUBMITTED = "submitted"
"""How a queued run is called that an engine has accepted; it is stored as queued."""

RUN_STATUSES: Mapping[str, StatusWords] = {
    "queued": StatusWords("◌", "queued"),
    SUBMITTED: StatusWords("◎", "submitted"),
    "processing": StatusWords("►", "running"),
    "success": StatusWords("✓", "success"),
    "error": StatusWords("✗", "failed"),
    "killed": StatusWords("■", "killed"),
    "timed_out": StatusWords("◷", "timed out"),
    "lost": StatusWords("?", "lost"),
    "misfired": StatusWords("○", "missed"),
    "skipped": StatusWords("»", "skipped"),
}

KILL_SENTENCES: Mapping[str, str] = {
    "term": "Stopped on request",
    "force": "Stopped on request",
    "replaced": "Replaced by the next run",
}
"""Why a run was stopped, by how it was asked to end."""

TIMELINE_SIGNS: Mapping[str, str] = {
    "midnight": "┊",
    "change": "╎",
    "now": "│",
    "late": "┄",
    "ran": "━",
    "many": "▓",
    "expected": "─",
    "fire": "▹",
    "collides": "◆",
    "many_fires": "░",
    "many_collide": "▒",
    "left_out": "⊘",
    "at_once": "█",
    "unknown": "·",
}
"""What a timeline is drawn with beside the glyphs of runs, by what it stands for."""

LEVELS = " ▁▂▃▄▅▆▇█"
"""How many of something there are, as a height: none, and up to eight."""

_NO_LOGS: Mapping[str, str] = {
    "queued": "waits to start: its log will appear when it writes",
    "processing": "has written nothing yet",
    "misfired": "did not run, so there is no log",
    "skipped": "did not run, so there is no log",
}

PAUSED = "paused"
"""How a request is called that is paused; it is stored as scheduled."""

REQUEST_STATUSES: Mapping[str, StatusWords] = {
    "new": StatusWords("○", "new"),
    "scheduled": StatusWords("●", "scheduled"),
    PAUSED: StatusWords("‖", "paused"),
    "unscheduled": StatusWords("◌", "unscheduled"),
    "complete": StatusWords("✓", "complete"),
}


@dataclass(frozen=True, slots=True)
class PolicyWords:
    """A policy as one chooses it in a form, and as short as in lists and details."""

    choice: str
    short: str


OVERLAPS: Mapping[str, PolicyWords] = {
    "skip": PolicyWords("Skip", "skip"),
    "allow": PolicyWords("Allow", "allow"),
    "queue": PolicyWords("Queue one", "queue one"),
    "replace": PolicyWords("Replace", "replace"),
}

MISFIRES: Mapping[str, PolicyWords] = {
    "once": PolicyWords("Run once, late", "run once, late"),
    "skip": PolicyWords("Skip", "skip"),
    "all": PolicyWords("Run all", "run all, late"),
}

_EXITS = {
    126: "a command was found but cannot be executed. Check its permissions, and that it is a"
    " program",
    127: "a command was not found. Check its spelling, PATH and the working directory",
}
_SIGNAL_BASE = 128
"""A shell exits with this and n after signal n ended its command; so may any other program."""

CHANNELS: Mapping[str, str] = {"Process Scheduler": "by plan", "Direct": "by hand"}


def on_failure(stop: bool, *, explained: bool = False) -> str:
    """Returns what a group does when a member fails; ``explained`` with what that means."""
    return ("stop: skip the rest" if explained else "stop") if stop else "go on"


def signal_name(number: int) -> str:
    """Returns the name of a signal: ``SIGTERM``; its number if it has no name here."""
    return _known_signal(number) or f"signal {number}"


def exit_word(exit_code: int | None, signal: int | None) -> str:
    """Returns what a process ended with: its exit code, or the signal that ended it."""
    if signal is not None:
        return signal_name(signal)
    return "" if exit_code is None else str(exit_code)


def exit_text(exit_code: int | None, signal: int | None) -> str:
    """Returns what it means that a process ended with ``exit_code``, or by ``signal``.

    Empty if it has no meaning beyond success and failure.
    """
    if signal is not None:
        return f"Ended by {signal_name(signal)}"
    if exit_code is None:
        return ""
    habit = _known_signal(exit_code - _SIGNAL_BASE)
    meaning = f"as after {habit}" if habit else _EXITS.get(exit_code)
    return f"Exit code {exit_code}: {meaning}" if meaning else ""


def _known_signal(number: int) -> str | None:
    from signal import Signals  # slow, and not everybody asks

    try:
        return Signals(number).name
    except ValueError:
        return None


def no_log(status: str, *, is_gone: bool) -> str:
    """Returns why there is nothing in the log of a run, as what can be said of "it".

    ``is_gone``: something was in it.
    """
    if is_gone:
        return "wrote something, but its log is gone"
    return _NO_LOGS.get(status, "wrote nothing")


def plural(count: int, noun: str) -> str:
    """Returns the count with its noun: ``1 run``, ``1,234 runs``."""
    return f"{count:,} {noun}{'' if count == 1 else 'es' if noun.endswith('s') else 's'}"


def places_in(groups: Sequence[str]) -> str:
    """Returns what a process has in ``groups``, of which there is one at least."""
    if len(groups) > _MOST_GROUPS:
        groups = [*groups[: _MOST_GROUPS - 1], f"{len(groups) - _MOST_GROUPS + 1} others"]
    noun = "group" if len(groups) == 1 else "groups"
    return f"its place in the {noun} {several(groups)}"


def spread_later(delay: timedelta) -> str:
    """Returns how much later each fire comes, as was drawn for its spread."""
    return f"{rounded_duration(delay)} later" if delay else "on time, as was drawn"


def several(words: Sequence[str]) -> str:
    """Returns words as they are said one after the other: ``3``, ``3 and 5``, ``3, 5 and 8``."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def cut(text: str, longest: int) -> str:
    """Returns ``text`` in at most ``longest`` characters, with an ellipsis where it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + ELLIPSIS


def exact_duration(span: timedelta | None) -> str:
    """Returns ``HH:MM:SS.mmm``; nothing for a run that never started."""
    if span is None:
        return ""
    minutes, milliseconds = divmod(max(span, timedelta()) // timedelta(milliseconds=1), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def compact_duration(span: timedelta) -> str:
    """Returns a length of time in at most six cells: ``42s``, ``1m07s``, ``5d15h``, ``45d``.

    Two units, rounded down; beyond a month there are only days.
    """
    seconds = max(0, int(span.total_seconds()))
    size, sign, smaller, smaller_sign = _unit_of(seconds)
    rest = seconds % size // smaller
    if not smaller_sign or seconds >= _ONE_UNIT_FROM:
        return f"{seconds // size}{sign}"
    return f"{seconds // size}{sign}{rest:02}{smaller_sign}"


def run_duration(span: timedelta | None) -> str:
    """The same of a run, of which a short one shows tenths: ``0.4s``; nothing if it never began."""
    if span is None:
        return ""
    if span < _TENTHS_BELOW:
        return f"{max(span, timedelta()) // timedelta(milliseconds=100) / 10:.1f}s"
    return compact_duration(span)


def brief_duration(span: timedelta) -> str:
    """Returns a length of time in its largest unit, rounded down: ``3m``."""
    seconds = max(0, int(span.total_seconds()))
    size, sign, *_ = _unit_of(seconds)
    return f"{seconds // size}{sign}"


def _unit_of(seconds: int) -> tuple[int, str, int, str]:
    return next((unit for unit in _UNITS if seconds >= unit[0]), _UNITS[-1])


def rounded_duration(span: timedelta) -> str:
    """Returns a length of time for a sentence, rounded: ``3.5 s``, ``1 h 30 min``, ``2 days``."""
    seconds = round(span.total_seconds())
    if span < _TENTHS_BELOW:
        return f"{max(span.total_seconds(), 0):.{1 if seconds < 1 else 2}g} s"
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    counts = {plural(days, "day"): days, f"{hours} h": hours}
    counts |= {f"{minutes} min": minutes, f"{seconds} s": seconds}
    return " ".join([words for words, count in counts.items() if count][:2])


def usually(usual: timedelta, most: timedelta | None) -> str:
    """Returns how long something takes: ``39m58s, 95% within 43m41s``."""
    nearly_all = "" if most is None else f", 95% within {run_duration(most)}"
    return f"{run_duration(usual)}{nearly_all}"


def success_rate(succeeded: int, judged: int, *, days: int | None) -> str:
    """Returns how many runs succeed: ``97.5% of 412 in 30 days``; never rounded up.

    Without ``days`` these were the last of more.
    """
    percent = f"{succeeded * 1000 // judged / 10:g}%"
    if days is None:
        return f"{percent} of the last {judged:,}"
    return f"{percent} of {judged:,} in {days} days"


def times_usual(times: float, usual: timedelta) -> str:
    """Returns how late a run is: 2.4 times ``as long as usual (3m12s)``."""
    return f"{factor(times)} as long as usual ({run_duration(usual)})"


def factor(times: float) -> str:
    """Returns how many times as much something is: 2.4, or 24, with the sign for it."""
    return f"{times:.{times < 10:d}f}\N{MULTIPLICATION SIGN}"


def if_missed(misfire: str, limit: timedelta | None) -> str:
    """Returns what becomes of missed runs, and of those missed how long ago."""
    words = MISFIRES[misfire].short
    if limit is None or misfire == "skip":
        return words
    return f"{words} (by up to {rounded_duration(limit)})"


def countdown(moment: datetime, now: datetime) -> str:
    """Returns how long until ``moment``: ``in 4m10s``, or ``now`` once it has come."""
    left = moment - now
    return f"in {compact_duration(left)}" if left >= timedelta(seconds=1) else "now"


def ago(moment: datetime, now: datetime) -> str:
    """Returns how long since ``moment``, in its largest unit: ``3m ago``."""
    passed = now - moment
    return f"{brief_duration(passed)} ago" if passed >= timedelta(seconds=1) else "now"


def machine_zone() -> str | None:
    """Returns the name of the machine's time zone, if it has one that is known."""
    from zoneinfo import ZoneInfo  # slow, and not everybody asks

    from tui_scheduler.machine_zone import zone_name

    try:
        return ZoneInfo(zone_name()).key
    except (LookupError, ValueError, OSError):
        return None


def zone_problem() -> str:
    """Returns what is wrong with ``TZ``, and the remedy, if it names no zone that is known."""
    from tui_scheduler.machine_zone import zone_of_variable

    name = os.environ.get("TZ", "").removeprefix(":")
    if not name or zone_of_variable():
        return ""
    used = f"TZ={name} names no time zone that is known, so {local_zone()} is used"
    return f"{used}. Write one such as TZ=Europe/Madrid"


def local_zone() -> str:
    """Returns the name of the machine's time zone; UTC if it has none that is known."""
    return machine_zone() or "UTC"


def zone_or_utc(name: str) -> tzinfo:
    """Returns the zone of that name, or UTC when this machine does not know it (any more)."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return UTC


def local(moment: datetime, zone: str) -> datetime:
    """Returns ``moment`` on the clocks of ``zone``; on those of UTC if there is no such zone."""
    return moment.astimezone(zone_or_utc(zone))


def midnight(now: datetime, zone: str) -> datetime:
    """Returns the instant at which today began in ``zone``."""
    return local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)


def iso_moment(moment: datetime, zone: str) -> str:
    """Returns date, time to the second and offset, as one reads ISO 8601."""
    return local(moment, zone).isoformat(sep=" ", timespec="seconds")


def sortable_moment(moment: datetime, zone: str, *, in_seconds: bool) -> str:
    """Returns date and time without an offset, of one width."""
    wall = local(moment, zone)
    return f"{wall:%Y-%m-%d %H:%M:%S}" if in_seconds else f"{wall:%Y-%m-%d %H:%M}"


def day_and_time(moment: datetime, zone: str, now: datetime, *, in_seconds: bool = False) -> str:
    """Returns weekday, date and time of day: ``Tue 3 Mar 18:30``; only the time if it is today."""
    wall, today = local(moment, zone), local(now, zone)
    time = _time(wall, in_seconds)
    if wall.date() == today.date():
        return time
    year = "" if wall.year == today.year else f" {wall.year}"
    return f"{wall:%a} {wall.day} {wall:%b}{year} {time}"


def planned_moment(moment: datetime, zone: str, now: datetime) -> str:
    """The same of a moment that a plan names, so with seconds only where it has some."""
    return day_and_time(moment, zone, now, in_seconds=bool(moment.second))


def paused_until(by: str, until: datetime | None, zone: str, now: datetime) -> str:
    """Returns by whom it is paused, and for how long, as in "paused by ada until 18:30"."""
    end = ", until it is resumed" if until is None else f" until {planned_moment(until, zone, now)}"
    return f"{PAUSED} by {by}{end}"


def skips(by: str, fire: datetime | None, zone: str, now: datetime) -> str:
    """Returns which fire is left out, and because of whom; without one it is the next event."""
    which = "its next run" if fire is None else planned_moment(fire, zone, now)
    return f"skips {which}, as {by} asked"


def past_moment(moment: datetime, zone: str, now: datetime) -> str:
    """Returns when a run was, in at most sixteen cells of a list.

    To the second if it was today, without the time if it was in another year.
    """
    wall, today = local(moment, zone), local(now, zone)
    if wall.year != today.year:
        return f"{wall:%a} {wall.day} {wall:%b} {wall.year}"
    return day_and_time(moment, zone, now, in_seconds=wall.date() == today.date())


def moments_below_each_other(moments: Sequence[datetime], zone: str, now: datetime) -> list[str]:
    """Returns weekday, date and time of each, all of one width; seconds if any of them has some."""
    walls = [local(moment, zone) for moment in moments]
    this_year = local(now, zone).year
    year = "" if all(wall.year == this_year for wall in walls) else " %Y"
    in_seconds = any(wall.second for wall in walls)
    return [f"{wall:%a} {wall.day:>2} {wall:%b{year}} {_time(wall, in_seconds)}" for wall in walls]


def weekdays_below_each_other(moments: Sequence[datetime], zone: str) -> list[str]:
    """The same without dates."""
    walls = [local(moment, zone) for moment in moments]
    in_seconds = any(wall.second for wall in walls)
    return [f"{wall:%a} {_time(wall, in_seconds)}" for wall in walls]


def _time(wall: datetime, in_seconds: bool) -> str:
    return f"{wall:%H:%M:%S}" if in_seconds else f"{wall:%H:%M}"
