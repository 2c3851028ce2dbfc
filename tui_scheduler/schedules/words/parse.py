"""From a sentence to a plan."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from difflib import get_close_matches
from fractions import Fraction
from itertools import islice

from tui_scheduler.schedules import english
from tui_scheduler.schedules.cron import CronError, parse_cron
from tui_scheduler.schedules.cron.fields import MONTH_NAMES, WEEKDAY_NAMES
from tui_scheduler.schedules.exceptions import Exceptions
from tui_scheduler.schedules.firing import first_fire
from tui_scheduler.schedules.plan import Frequency, Plan, Timing
from tui_scheduler.schedules.timetable import STEPS
from tui_scheduler.schedules.validation import problems, zone_names
from tui_scheduler.schedules.words.ambiguities import refuse_ambiguous
from tui_scheduler.schedules.words.clauses import Clauses, Moment
from tui_scheduler.schedules.words.counts import check_counted
from tui_scheduler.schedules.words.dates import next_wall_time, wall_time
from tui_scheduler.schedules.words.errors import EXAMPLES, NotUnderstood
from tui_scheduler.schedules.words.events import Event, read_event
from tui_scheduler.schedules.words.expressions import needs_expression
from tui_scheduler.schedules.words.leaving_out import without_exceptions
from tui_scheduler.schedules.words.mentions import gathered
from tui_scheduler.schedules.words.reader import Reader, as_reading
from tui_scheduler.schedules.words.reading import read_clauses
from tui_scheduler.schedules.words.recurrence import recurrence_of
from tui_scheduler.schedules.zones import DAY, instant_of, instant_of_wall, wall_of

_LONGEST = 1500  # characters; the longest cron expression has 1,000
_ZONE = re.compile(r"[\s,]+in\s+(?!all$)([A-Za-z][A-Za-z0-9_+/-]*)$", re.IGNORECASE)
_ZONE_WITHIN = re.compile(
    r"[\s,]+in\s+(UTC|GMT|[A-Z]+/[A-Z0-9_+/-]+)(?=[\s,]+(?:from|starting|until|till|except|spread)\b)",
    re.IGNORECASE,
)
_BARE_ZONE = re.compile(r"[\s,]+(UTC|GMT|[A-Z]+/[A-Z0-9_+/-]+)$", re.IGNORECASE)
_DASHED = re.compile(r"(?<=\b(?:bi|se)|mi)-(?=[a-z])", re.IGNORECASE)
_ALTERNATE = re.compile(r"\b(?:(?:every|each|on)\s+)?alternate(?=\s)", re.IGNORECASE)
_DECIMAL = re.compile(
    r"(?<=\bevery )([0-9]{1,4}\.[0-9]{1,3})\s*(days?|hours?|hrs?|h|minutes?|mins?|m)\b",
    re.IGNORECASE,
)
_SMALLER: Mapping[str, tuple[int, str]] = {
    "d": (24, "hours"),
    "h": (60, "minutes"),
    "m": (60, "seconds"),
}
_AWAITS = re.compile(r"(?:after|when)\s", re.IGNORECASE)
_AFTER = "after backup until 2027-03-01, or after backup fails 10 times"
_ONE_PLAN = "this is more than one plan, and a request has one: make a request of each"
_JOINT = re.compile(r"\s*[,;]?\s+and\s+(?:also\s+)?|\s*[,;]\s+", re.IGNORECASE)
_MOST_JOINTS = 4
_LAST_SECOND = time(23, 59, 59)
_PREFIX = re.compile(r"cron[:\s]\s*", re.IGNORECASE)
_NEXT = "from|starting|beginning|until|till|spread|once|twice|on|at|every|[0-9]+\\s*(?:times|x)"
_REST = re.compile(rf",\s+|\s+(?=(?:{_NEXT})\b)", re.IGNORECASE)
_FIELD = re.compile(
    rf"(?:[0-9*?/,#LWH~()-]|{'|'.join(MONTH_NAMES + WEEKDAY_NAMES)})+", re.IGNORECASE
)
_ALIAS = re.compile(r"@[a-z]+", re.IGNORECASE)
_FEWEST = 5
_SYSTEMD = re.compile(
    r"(?:(?P<weekdays>[a-z]{3}(?:(?:\.\.|-|,)[a-z]{3})*)\s+)?"
    r"(?:\*-)?(?P<month>\*|\d\d?)-(?P<day>\*|\d\d?)(?:\s+(?P<hour>\d\d?)(?::(?P<minute>\d\d))?(?::00)?)?",
    re.IGNORECASE,
)


def parse(text: str, zone: str, now: datetime) -> Plan:
    """Returns the plan of ``text`` at the aware moment ``now``, in ``zone`` if it names no other.

    A time of day without a date is its next one. Raises ValueError with the word that was not
    understood and an example; whether the plan is valid is left to ``problems``.
    """
    words = text.strip().rstrip(".,; ")
    if not words or len(words) > _LONGEST:
        raise NotUnderstood("nothing is said" if not words else "this is too long")
    if named := _ZONE.search(words) or _bare_zone(words) or _ZONE_WITHIN.search(words):
        words, zone = words[: named.start()] + words[named.end() :], _zone_named(named[1])
    words, exceptions = without_exceptions(words, names=bool(_AWAITS.match(words)))
    if not _AWAITS.match(words):  # or a name would become another one
        words = _DASHED.sub("", words)
        words = _ALTERNATE.sub("every other", words)
        words = _DECIMAL.sub(_in_smaller_units, words)
    try:
        return _leaving_out(exceptions, _parsed(words, zone, now))
    except NotUnderstood as refused:
        mentions = gathered(Reader(words, zone, now))
        readings = dict.fromkeys(mentions.put_into(reading) for reading in refused.readings)
        offered = [reading for reading in readings if _is_valid(reading, zone, now)]
        together = refused.together
        if not offered:
            offered, together = _several_plans(words, zone, now), True
            refused.reason = _ONE_PLAN if offered else refused.reason
        if not offered:
            raise
        tail = f" except {exceptions}" if exceptions else ""
        tail += f" in {zone}" if named else ""
        joint = ", and " if together else ", or "
        example = joint.join(f"{reading}{tail}" for reading in offered)
        raise NotUnderstood(refused.reason, example) from refused


def _leaving_out(exceptions: Exceptions, plan: Plan) -> Plan:
    if exceptions and plan.timing is Timing.IMMEDIATE:
        raise NotUnderstood("'now' leaves no day out", "every day at 9:00 except company")
    return replace(plan, except_=exceptions)


def _several_plans(words: str, zone: str, now: datetime) -> list[str]:
    """The two plans of which the words are made; none if they are not."""
    awaits_boot = words.lower().startswith("@reboot")
    if not awaits_boot and _cron_and_rest(words)[0] is not None:
        return []
    for joint in islice(_JOINT.finditer(words), _MOST_JOINTS):
        halves = [words[: joint.start()], words[joint.end() :]]
        if all(_is_valid(half, zone, now, recurs=True) for half in halves):
            return halves
    return []


def _parsed(words: str, zone: str, now: datetime) -> Plan:
    if event := read_event(words, zone, now):
        return _awaiting(event, Reader(event.rest, zone, now))
    expression, rest = _cron_and_rest(words)
    reader = Reader(rest, zone, now)
    try:
        clauses = read_clauses(reader, Clauses(cron=expression))
        refuse_ambiguous(clauses, reader)
        return _plan(clauses, reader)
    except OverflowError:
        raise NotUnderstood("this leaves the calendar") from None
    except NotUnderstood as refused:
        if expression is None:
            raise
        # The words that were read are not all that was said: no sentence can be made of them.
        raise NotUnderstood(refused.reason, refused.example) from refused


def _awaiting(event: Event, reader: Reader) -> Plan:
    """The plan that awaits ``event``, between the moments and as often as is said behind it."""
    clauses = read_clauses(reader, Clauses())
    bounds = Clauses(begin=clauses.begin, end=clauses.end, times=clauses.times)
    if clauses != bounds:
        raise NotUnderstood("what awaits an event has no other times", _AFTER)
    return Plan(
        timezone=reader.zone,
        start=_start(clauses, reader),
        finish=_finish(clauses.end, reader),
        repetitions=clauses.times,
        **event.fields,
    )


def _is_valid(words: str, zone: str, now: datetime, *, recurs: bool = False) -> bool:
    """Whether ``words`` are a plan that can be saved."""
    try:
        plan = _parsed(words, zone, now)
    except NotUnderstood:
        return False
    does_recur = plan.timing is Timing.SCHEDULE or plan.awaits_event
    return not problems(plan, now) and (does_recur or not recurs)


def _plan(clauses: Clauses, reader: Reader) -> Plan:
    if clauses.when_scheduled and (clauses.at or clauses.on or clauses.begin):
        reason = "a moment is said, and that it is the one of scheduling"
        raise NotUnderstood(reason, "every day at 7:30")
    if clauses.at_once:
        return _immediate(clauses, reader)
    plan = _recurring(clauses, reader) if clauses.recurs else _once(clauses, reader)
    return replace(plan, spread=clauses.spread)


def _immediate(clauses: Clauses, reader: Reader) -> Plan:
    if clauses.times == 1:
        clauses.times = None
    if clauses != Clauses(at_once=True):
        example = "now, or every 5 minutes, or once tomorrow at 9:00"
        raise NotUnderstood("'now' goes with nothing else", example)
    return Plan(timing=Timing.IMMEDIATE, timezone=reader.zone)


def _once(clauses: Clauses, reader: Reader) -> Plan:
    check_counted(clauses, reader)
    if clauses.clocks is not None:
        raise _once_at_several(clauses, reader)
    if clauses.of_the_month or clauses.begin or clauses.end or (clauses.times or 1) > 1:
        raise NotUnderstood("it is not said how often", EXAMPLES)
    plan = Plan(timing=Timing.LATER, timezone=reader.zone)
    if clauses.when_scheduled:
        return plan
    on = _with_clock(clauses.on or Moment(), clauses.at)
    if on.clock is None:
        day = "tomorrow" if on.day is None else f"on {on.day.isoformat()}"
        raise NotUnderstood("it is not said at what time", f"once {day} at 9:00")
    wall = on.wall or next_wall_time(on.clock, reader)
    if on.is_today and instant_of_wall(wall, reader.zone) < reader.instant:
        example = f"tomorrow at {english.clock(wall)}"
        raise NotUnderstood(f"{english.clock(wall)} is over today", example)
    return replace(plan, start=wall)


def _once_at_several(clauses: Clauses, reader: Reader) -> NotUnderstood:
    """Returns the refusal of ``at 9 and 17``, and of ``tomorrow at 9 and 17``."""
    start, end = clauses.clocks_at or (0, 0)
    clocks = [english.short_clock(clock) for clock in clauses.clocks or ()]
    if clauses.on is None:
        readings = [f"daily at {' and '.join(clocks)}"]
        return NotUnderstood("it is not said on which days", EXAMPLES, readings=readings)
    readings = [reader.sentence(start, end, clock) for clock in clocks]
    reason = "what runs once has one time; several need several requests"
    return NotUnderstood(reason, EXAMPLES, readings=readings, together=True)


def _recurring(clauses: Clauses, reader: Reader) -> Plan:
    if clauses.on is not None:
        example = "every 2 hours from tomorrow 9:00"
        raise NotUnderstood("the date of what recurs is said with from or until", example)
    check_counted(clauses, reader)
    fields = recurrence_of(clauses, reader)
    begin, end = clauses.bounds
    plan = Plan(
        timing=Timing.SCHEDULE,
        timezone=reader.zone,
        repetitions=clauses.times,
        finish=_finish(end, reader),
        **fields,
    )
    if plan.frequency is Frequency.CRON and clauses.cron is None:
        has_day = begin is not None and begin.day is not None
        return replace(plan, start=_start(clauses, reader) if has_day else None)
    is_by_day = plan.frequency not in STEPS and plan.frequency is not Frequency.CRON
    start = _start_by_day(plan, clauses, reader) if is_by_day else _start(clauses, reader)
    return replace(plan, start=start)


def _start(clauses: Clauses, reader: Reader) -> datetime | None:
    """The first moment of an interval or a cron expression: only what ``from`` says."""
    if clauses.at is not None and not needs_expression(clauses):
        clock = english.clock(datetime.combine(reader.today, clauses.at))
        example = f"every 2 hours from {clock}, or every day at {clock}"
        step = clauses.step
        readings = [] if step is None else [*_of_what_is_not_daily(step, clauses.at)]
        reason = "a time of day does not go with what is not daily"
        raise NotUnderstood(reason, example, readings=readings)
    begin, _end = clauses.bounds
    return None if begin is None else wall_time(begin, time(), reader)


def _of_what_is_not_daily(step: tuple[Frequency, int], clock: time) -> Iterator[str]:
    """What ``hourly at 15`` may mean: that minute, from that time on, or daily."""
    if step == (Frequency.HOURLY, 1) and not clock.minute:
        yield f"{clock.hour} * * * *"
    unit = {Frequency.SECONDLY: "second", Frequency.MINUTELY: "minute"}.get(step[0], "hour")
    yield f"{english.every(step[1], unit)} from {{at}}"
    yield "every day at {at}"


def _start_by_day(plan: Plan, clauses: Clauses, reader: Reader) -> datetime | None:
    """The time of day, on the day that is said or else on the first to come."""
    begin = _with_clock(clauses.begin or Moment(), clauses.at)
    if begin == Moment():
        return None
    if begin.clock is None:
        raise NotUnderstood("it is not said at what time", "every 2 days at 7:30 from 2027-03-01")
    return begin.wall or datetime.combine(_first_day(plan, begin.clock, reader), begin.clock)


def _finish(end: Moment | None, reader: Reader) -> datetime | None:
    """The last moment; a date alone is all of its day."""
    return None if end is None else wall_time(end, _LAST_SECOND, reader)


def _with_clock(moment: Moment, clock: time | None) -> Moment:
    if moment.clock is not None and clock is not None:
        raise NotUnderstood("two times of day are said", "tomorrow at 9:00")
    return moment if clock is None else replace(moment, clock=clock)


def _first_day(plan: Plan, clock: time, reader: Reader) -> date:
    """The day of the first fire, of a plan that fires at ``clock`` and has no start yet."""
    start = datetime.combine(reader.today, clock)
    first = first_fire(replace(plan, start=start, interval=1, finish=None), reader.moment)
    if first is None:
        return reader.today
    instant = instant_of(first)
    day = wall_of(instant, plan.timezone).date()
    # A time in a gap that reaches over midnight fires on the day after its own.
    before = datetime.combine(day - DAY, clock)
    return day - DAY if instant_of_wall(before, plan.timezone) == instant else day


def _in_smaller_units(length: re.Match[str]) -> str:
    """``1.5 hours`` as ``90 minutes``; as it is if that is no whole number."""
    size, unit = _SMALLER[length[2][0].lower()]
    number = Fraction(length[1]) * size
    return f"{number} {unit}" if number.denominator == 1 else length[0]


def _bare_zone(words: str) -> re.Match[str] | None:
    """A zone at the end without its ``in``, where that is clear."""
    match = _BARE_ZONE.search(words)
    known = {name.lower() for name in zone_names()} if match else ()
    return match if match and match[1].lower() in known else None


def _zone_named(name: str) -> str:
    """The IANA name that ``name`` stands for; raises NotUnderstood."""
    names = {known.lower(): known for known in zone_names()}
    if known := names.get(name.lower()):
        return known
    near = get_close_matches(name.lower(), names, n=1)
    hint = f" (perhaps {names[near[0]]})" if near else ""
    example = "every day at 7:30 in Europe/Madrid"
    raise NotUnderstood(f"{name!r} is no time zone{hint}", example)


def _cron_and_rest(text: str) -> tuple[str | None, str]:
    """The expression and the words after it; None and the text when it begins with none.

    It begins with one when that is said (``cron ...``), or when nothing else can be meant.
    Raises NotUnderstood with what is wrong with the expression.
    """
    if event := _SYSTEMD.fullmatch(text):
        raise _of_systemd(event)
    if text.lower().startswith("@every "):
        raise NotUnderstood("an interval is said without @", readings=[as_reading(text[1:])])
    prefix = _PREFIX.match(text)
    head, *rest = _REST.split(text[prefix.end() :] if prefix else text, maxsplit=1)
    expression = head.strip()
    if not prefix and not _looks_like_cron(expression):
        return None, text
    try:
        parse_cron(expression)
    except CronError as refused:
        example = refused.remedy or "30 2 * * mon-fri"
        raise NotUnderstood(f"cron: {refused.refusal}", example) from refused
    return expression, "".join(rest)


def _of_systemd(event: re.Match[str]) -> NotUnderstood:
    """The refusal of a calendar event, with the expression that says the same."""
    month, day = (part.lstrip("0") for part in event.group("month", "day"))
    hour, minute = (int(part or 0) for part in event.group("hour", "minute"))
    weekdays = (event["weekdays"] or "*").replace("..", "-")
    reading = f"{minute} {hour} {day} {month} {weekdays}"
    return NotUnderstood("this is how systemd writes it", "30 2 * * mon-fri", readings=[reading])


def _looks_like_cron(text: str) -> bool:
    words = text.split()
    if _ALIAS.fullmatch(text):
        return True
    if not all(map(_FIELD.fullmatch, words)):
        return False
    return len(words) >= _FEWEST or any(mark in text for mark in "*?")
