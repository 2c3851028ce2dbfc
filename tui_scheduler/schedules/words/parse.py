"""From a sentence to a plan."""

import re
from dataclasses import replace
from datetime import datetime, time

from tui_scheduler.schedules import english
from tui_scheduler.schedules.plan import Frequency, Plan, Timing
from tui_scheduler.schedules.timetable import STEPS
from tui_scheduler.schedules.words.clauses import Clauses, Moment
from tui_scheduler.schedules.words.cron_words import cron_and_rest
from tui_scheduler.schedules.words.errors import EXAMPLES, NotUnderstood
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.words.reading import read_clauses
from tui_scheduler.schedules.words.recurrence import recurrence_of
from tui_scheduler.schedules.words.starting import coming, first_day
from tui_scheduler.schedules.words.zone_words import zone_named
from tui_scheduler.schedules.zones import instant_of_wall

_LONGEST = 1500  # characters; the longest cron expression has 1,000
_ZONE = re.compile(r"[\s,]+in\s+([A-Za-z][A-Za-z0-9_+/-]*)$", re.IGNORECASE)
_LAST_SECOND = time(23, 59, 59)


def parse(text: str, zone: str, now: datetime) -> Plan:
    """The plan that ``text`` says at the aware moment ``now``, in ``zone`` if it names no other.

    A time of day without a date is its next one. ValueError with the word that was not
    understood and an example; whether the plan is valid is left to ``problems``.
    """
    words = text.strip().rstrip(".,; ")
    if not words or len(words) > _LONGEST:
        raise NotUnderstood("nothing is said" if not words else "this is too long")
    if named := _ZONE.search(words):
        words, zone = words[: named.start()], zone_named(named[1])
    expression, rest = cron_and_rest(words)
    reader = Reader(rest, zone, now)
    try:
        clauses = read_clauses(reader, Clauses(cron=expression))
        return _plan(clauses, reader)
    except OverflowError:
        raise NotUnderstood("this leaves the calendar") from None


def _plan(clauses: Clauses, reader: Reader) -> Plan:
    if clauses.when_scheduled and (clauses.at or clauses.on or clauses.begin):
        reason = "a moment is said, and that it is the one of scheduling"
        raise NotUnderstood(reason, "every day at 7:30")
    if clauses.at_once:
        return _immediate(clauses, reader)
    return _recurring(clauses, reader) if clauses.recurs else _once(clauses, reader)


def _immediate(clauses: Clauses, reader: Reader) -> Plan:
    if clauses.times == 1:
        clauses.times = None
    if clauses != Clauses(at_once=True):
        example = "now, or every 5 minutes, or once tomorrow at 9:00"
        raise NotUnderstood("'now' goes with nothing else", example)
    return Plan(timing=Timing.IMMEDIATE, timezone=reader.zone)


def _once(clauses: Clauses, reader: Reader) -> Plan:
    if clauses.of_the_month or clauses.begin or clauses.end or (clauses.times or 1) > 1:
        raise NotUnderstood("it is not said how often", EXAMPLES)
    plan = Plan(timing=Timing.LATER, timezone=reader.zone)
    if clauses.when_scheduled:
        return plan
    on = _with_clock(clauses.on or Moment(), clauses.at)
    if on.clock is None:
        day = "tomorrow" if on.day is None else f"on {on.day.isoformat()}"
        raise NotUnderstood("it is not said at what time", f"once {day} at 9:00")
    wall = on.wall or coming(on.clock, reader)
    if on.is_today and instant_of_wall(wall, reader.zone) < reader.instant:
        example = f"tomorrow at {english.clock(wall)}"
        raise NotUnderstood(f"{english.clock(wall)} is over today", example)
    return replace(plan, start=wall)


def _recurring(clauses: Clauses, reader: Reader) -> Plan:
    if clauses.on is not None:
        example = "every 2 hours from tomorrow 9:00"
        raise NotUnderstood("the date of what recurs is said with from or until", example)
    fields = recurrence_of(clauses)
    plan = Plan(
        timing=Timing.SCHEDULE,
        timezone=reader.zone,
        repetitions=clauses.times,
        finish=_finish(clauses.end, reader),
        **fields,
    )
    is_by_day = plan.frequency not in STEPS and plan.frequency is not Frequency.CRON
    start = _start_by_day(plan, clauses, reader) if is_by_day else _start(clauses, reader)
    return replace(plan, start=start)


def _start(clauses: Clauses, reader: Reader) -> datetime | None:
    """The first moment of an interval or a cron expression: only what ``from`` says."""
    if clauses.at is not None:
        clock = english.clock(datetime.combine(reader.today, clauses.at))
        example = f"every 2 hours from {clock}, or every day at {clock}"
        raise NotUnderstood("a time of day does not go with what is not daily", example)
    return None if clauses.begin is None else _moment(clauses.begin, time(), reader)


def _start_by_day(plan: Plan, clauses: Clauses, reader: Reader) -> datetime | None:
    """The time of day, on the day that is said or else on the first to come."""
    begin = _with_clock(clauses.begin or Moment(), clauses.at)
    if begin == Moment():
        return None
    if begin.clock is None:
        raise NotUnderstood("it is not said at what time", "every 2 days at 7:30 from 2027-03-01")
    return begin.wall or datetime.combine(first_day(plan, begin.clock, reader), begin.clock)


def _finish(end: Moment | None, reader: Reader) -> datetime | None:
    """The last moment; a date alone is all of its day."""
    return None if end is None else _moment(end, _LAST_SECOND, reader)


def _moment(moment: Moment, clock: time, reader: Reader) -> datetime:
    """The wall time of a moment; at ``clock`` if it says no time, on the next day that has it."""
    clock = clock if moment.clock is None else moment.clock
    return coming(clock, reader) if moment.day is None else datetime.combine(moment.day, clock)


def _with_clock(moment: Moment, clock: time | None) -> Moment:
    if moment.clock is not None and clock is not None:
        raise NotUnderstood("two times of day are said", "tomorrow at 9:00")
    return moment if clock is None else replace(moment, clock=clock)
