"""Timer units of systemd and the services they start, into proposals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import Frequency, Plan, Timing, problems
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.imports.proposals import Note, ParsedJobs, Proposal, Refusal, Unreadable
from tui_scheduler.services.imports.systemd.calendar_words import calendar_expression
from tui_scheduler.services.imports.systemd.differences import differences
from tui_scheduler.services.imports.systemd.services import Surroundings, read_service
from tui_scheduler.services.imports.systemd.spans import span_of
from tui_scheduler.services.imports.systemd.specifiers import specified, template_of
from tui_scheduler.services.imports.systemd.spreads import differences_in_spread, with_spread
from tui_scheduler.services.imports.systemd.units import Unit, UnitFile, UnitFiles, file_of, unit_of
from tui_scheduler.wording import rounded_duration

Trigger: TypeAlias = tuple[str, str]
"""What a timer counts by: a key and its value."""

_INTERVALS = ("OnUnitActiveSec", "OnUnitInactiveSec")
_BOOTS = ("OnBootSec", "OnStartupSec")
_FROM_STARTUP = (
    "counts from the start of systemd, which for a user is the login: here from the boot of the"
    " machine"
)
_OTHER_CAUSES = {
    "OnActiveSec": "a timer is started",
    "OnClockChange": "the clock is set",
    "OnTimezoneChange": "the time zone is changed",
}
"""What starts a service besides calendar and intervals, and nothing here."""

_NOT_PERSISTENT = (
    "without Persistent=true systemd makes up for what was missed in a sleep, but not while it was"
    " off; here one late run makes up for both"
)
_LENGTHS = {
    Frequency.HOURLY: timedelta(hours=1),
    Frequency.MINUTELY: timedelta(minutes=1),
    Frequency.SECONDLY: timedelta(seconds=1),
}


@dataclass(frozen=True, slots=True)
class _Triggers:
    """What a timer counts by; of the intervals only the shortest ever comes."""

    calendar: list[Trigger]
    boots: list[Trigger]
    intervals: list[Trigger]
    others: list[Trigger]

    @property
    def all(self) -> list[Trigger]:
        """All of them, as one may call them in messages."""
        return [*self.calendar, *self.boots, *self.intervals, *self.others] or [("[Timer]", "")]


def read_timers(units: UnitFiles, surroundings: Surroundings) -> ParsedJobs:
    """Everything that a timer counts by, of every timer, as a proposal, a refusal or a note."""
    timers = sorted(unit for unit in units if unit.endswith(".timer"))
    readings = [_read_timer(name, units, surroundings) for name in timers]
    return ParsedJobs(
        proposals=tuple(one for reading in readings for one in reading.proposals),
        refusals=tuple(one for reading in readings for one in reading.refusals),
        notes=tuple(dict.fromkeys(one for reading in readings for one in reading.notes)),
    )


def _read_timer(name: str, units: UnitFiles, surroundings: Surroundings) -> ParsedJobs:
    if any(template_of(other) == name for other in units):
        return ParsedJobs()  # systemd runs the instances of a template
    file = file_of(name, units) or UnitFile(None)
    timer = unit_of(name, (file.text or "", *file.drop_ins))
    specifiers = surroundings.specifiers_of(name)
    triggers = _triggers(timer, specifiers)
    try:
        _check(timer, file, triggers)
        service_name = _service_name(timer, specifiers)
        service = read_service(service_name, units, surroundings)
    except Unreadable as refused:
        return ParsedJobs(refusals=tuple(_refusal(name, one, refused) for one in triggers.all))
    proposals: list[Proposal] = []
    refusals: list[Refusal] = []
    for trigger in (*triggers.calendar, *triggers.boots, *triggers.intervals[:1]):
        try:
            request = _request(trigger, timer, service.process.name, surroundings)
        except Unreadable as refused:
            refusals.append(_refusal(name, trigger, refused))
        else:
            proposals.append(Proposal(
                place=name, text="=".join(trigger), process=service.process, request=request
            ))  # fmt: skip
    if not proposals:
        refusals += [_refusal(name, one, Unreadable(_unsupported(one))) for one in triggers.others]
        return ParsedJobs(refusals=tuple(refusals))
    notes = [
        *(
            Note(name, text)
            for text in (
                *_differences_in_time(timer, triggers),
                *differences_in_spread(timer, [each.request.plan for each in proposals]),
                *differences(timer),
            )
        ),
        *(Note(service_name, text) for text in service.notes),
    ]
    return ParsedJobs(proposals=tuple(proposals), refusals=tuple(refusals), notes=tuple(notes))


def _triggers(timer: Unit, specifiers: Mapping[str, str]) -> _Triggers:
    def given(*keys: str) -> list[Trigger]:
        values = ((key, value) for key in keys for value in timer.all("Timer", key))
        return [(key, _filled_in(value, specifiers)) for key, value in values]

    others = [
        (key, value)
        for key, value in given(*_OTHER_CAUSES)
        if key.endswith("Sec") or timer.is_on("Timer", key)
    ]
    intervals = sorted(given(*_INTERVALS), key=_length)
    return _Triggers(given("OnCalendar"), given(*_BOOTS), intervals, others)


def _filled_in(value: str, specifiers: Mapping[str, str]) -> str:
    """The value with its specifiers; one that is not known stays, and is no time then."""
    try:
        return specified(value, specifiers)
    except Unreadable:
        return value


def _length(trigger: Trigger) -> timedelta:
    """How long an interval is; one that is not understood is longer than all others."""
    try:
        return span_of(*trigger) or timedelta.max
    except Unreadable:
        return timedelta.max


def _check(timer: Unit, file: UnitFile, triggers: _Triggers) -> None:
    """Raise Unreadable if nothing of the timer can run."""
    if file.fault:
        raise Unreadable(file.fault)
    if file.text is None:
        sets = ", ".join(f"{key}={value}" for section, key, value in timer.options())
        raise Unreadable(
            f"there are only drop-ins of it, with {sets or 'nothing in them'}: put {timer.name}"
            " beside them"
        )
    if file.is_masked:
        raise Unreadable("it is masked, so systemd runs nothing: unmask it")
    if timer.name.partition("@")[2] == ".timer":
        raise Unreadable("it is a template, and no instance of it is enabled: copy it to a name")
    if not (triggers.calendar or triggers.boots or triggers.intervals or triggers.others):
        raise Unreadable("it counts by nothing, so it never runs anything: give it OnCalendar=")


def _service_name(timer: Unit, specifiers: Mapping[str, str]) -> str:
    own = f"{timer.name.removesuffix('.timer')}.service"
    return specified(timer.last("Timer", "Unit") or own, specifiers)


def _request(
    trigger: Trigger, timer: Unit, process: str, surroundings: Surroundings
) -> RequestDraft:
    plan = _PLANS.get(trigger[0], _interval_plan)(trigger, surroundings.zone)
    plan = with_spread(plan, timer, surroundings.now)
    if reasons := problems(plan, surroundings.now):
        raise Unreadable("; ".join(problem.text for problem in reasons))
    return RequestDraft(process=process, plan=plan, misfire=MisfirePolicy.ONCE)


def _calendar_plan(trigger: Trigger, zone: str) -> Plan:
    expression, its_zone = calendar_expression(trigger[1])
    return Plan(
        timing=Timing.SCHEDULE,
        timezone=its_zone or zone,
        frequency=Frequency.CRON,
        cron=expression,
    )


def _boot_plan(trigger: Trigger, zone: str) -> Plan:
    span = span_of(*trigger)
    if span is None:
        raise Unreadable("it never comes: give it a length of time")
    return Plan(timing=Timing.BOOT, timezone=zone, delay=span or None)


def _interval_plan(trigger: Trigger, zone: str) -> Plan:
    """Elapsed time, also of days: those of a calendar may have 23 hours."""
    span = span_of(*trigger)
    if not span:
        raise Unreadable("such an interval never ends, or has no length: give it another one")
    for frequency, length in _LENGTHS.items():
        if not span % length:
            return Plan(
                timing=Timing.SCHEDULE,
                timezone=zone,
                frequency=frequency,
                interval=span // length,
            )
    raise Unreadable("an interval has whole seconds here: give it another one")


_PLANS = {"OnCalendar": _calendar_plan, **dict.fromkeys(_BOOTS, _boot_plan)}
"""What each key becomes; all others are intervals."""


def _differences_in_time(timer: Unit, triggers: _Triggers) -> Iterator[str]:
    if triggers.calendar and not timer.is_on("Timer", "Persistent"):
        yield _NOT_PERSISTENT
    for key, value in triggers.boots:
        if key == "OnStartupSec":
            yield f"{key}={value} {_FROM_STARTUP}"
    for key, value in triggers.intervals[:1]:
        span = rounded_duration(_length((key, value)))
        begin = "" if triggers.calendar else ", the first when it is scheduled"
        if key == "OnUnitInactiveSec":
            yield (
                f"{key}={value} counts from the end of a run: here runs begin every {span}{begin},"
                " and one that would overlap is skipped"
            )
        else:
            yield f"{key}={value}: runs begin every {span}{begin}"
    for key, value in triggers.intervals[1:]:
        yield f"{key}={value} never comes: there is a shorter one"
    yield from map(_unsupported, triggers.others)


def _unsupported(trigger: Trigger) -> str:
    key, value = trigger
    return f"{key}={value}: nothing runs here because {_OTHER_CAUSES[key]}"


def _refusal(name: str, trigger: Trigger, refused: Unreadable) -> Refusal:
    return Refusal(name, "=".join(filter(None, trigger)), str(refused))
