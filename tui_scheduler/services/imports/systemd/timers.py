"""Timer units of systemd and the services they start, into proposals."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_scheduler.models import MisfirePolicy, Overlap
from tui_scheduler.schedules import Frequency, Plan, Timing, problems
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.imports.proposals import Note, Proposal, Reading, Refusal, Unreadable
from tui_scheduler.services.imports.systemd.calendar_words import calendar_expression
from tui_scheduler.services.imports.systemd.commands import service_command, specified, words_of
from tui_scheduler.services.imports.systemd.units import Unit, unit_of

_YES = {"1", "yes", "true", "on", "y", "t"}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)\s*")
_SECONDS = {
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
    **dict.fromkeys(("w", "week", "weeks"), 604800.0),
    "ms": 0.001,
}
_MONOTONIC = ("OnBootSec", "OnStartupSec", "OnActiveSec", "OnUnitActiveSec", "OnUnitInactiveSec")
_KEPT_OF_TIMER = {"OnCalendar", "Persistent", "Unit", *_MONOTONIC}
_KEPT_OF_SERVICE = {"ExecStart", "Environment", "WorkingDirectory", "User", "RuntimeMaxSec", "Type"}
_NOT_PERSISTENT = (
    "without Persistent=true systemd makes up for what was missed in a sleep, but not while it was"
    " off; here one late run makes up for both"
)
_VITAL = ("ExecStartPre", "ExecStartPost", "ExecCondition", "EnvironmentFile")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What units do not say: whose they are, where and when they are read."""

    zone: str
    user: str
    home: str
    now: datetime


def read_timers(units: Mapping[str, Sequence[str]], surroundings: Surroundings) -> Reading:
    """Every calendar event of every timer as a proposal or a refusal.

    ``units`` holds by its name each unit's file and drop-ins, in their order.
    """
    timers = sorted(unit for unit in units if unit.endswith(".timer"))
    readings = [_read_timer(name, units, surroundings) for name in timers]
    return Reading(
        proposals=tuple(one for reading in readings for one in reading.proposals),
        refusals=tuple(one for reading in readings for one in reading.refusals),
        notes=tuple(dict.fromkeys(one for reading in readings for one in reading.notes)),
    )


def _read_timer(
    name: str, units: Mapping[str, Sequence[str]], surroundings: Surroundings
) -> Reading:
    timer = unit_of(units[name])
    service_name = timer.last("Timer", "Unit") or f"{name.removesuffix('.timer')}.service"
    proposals: list[Proposal] = []
    refusals = list(_uncounted(name, timer))
    for event in timer.all("Timer", "OnCalendar"):
        text = f"OnCalendar={event}"
        try:
            process = _process(service_name, units, surroundings)
            request = _request(event, process.name, surroundings)
        except Unreadable as refused:
            refusals.append(Refusal(name, text, str(refused)))
        else:
            proposals.append(Proposal(place=name, text=text, process=process, request=request))
    notes = [
        *_made_up_for(name, timer),
        *_unkept(name, timer, "Timer", _KEPT_OF_TIMER),
        *_unkept(service_name, unit_of(units.get(service_name, ())), "Service", _KEPT_OF_SERVICE),
    ]
    return Reading(
        proposals=tuple(proposals),
        refusals=tuple(refusals),
        notes=tuple(notes if proposals else ()),
    )


def _request(event: str, process: str, surroundings: Surroundings) -> RequestDraft:
    expression, zone = calendar_expression(event)
    plan = Plan(
        timing=Timing.SCHEDULE,
        timezone=zone or surroundings.zone,
        frequency=Frequency.CRON,
        cron=expression,
    )
    if reasons := problems(plan, surroundings.now):
        raise Unreadable("; ".join(problem.text for problem in reasons))
    return RequestDraft(process=process, plan=plan, misfire=MisfirePolicy.ONCE)


def _process(
    name: str, units: Mapping[str, Sequence[str]], surroundings: Surroundings
) -> ProcessDraft:
    service = _service(name, units)
    user = service.last("Service", "User") or surroundings.user
    if user != surroundings.user:
        raise Unreadable(
            f"{name} runs as {user}, and you are {surroundings.user}: import it as that user,"
            " into a database of theirs"
        )
    stem = name.removesuffix(".service")
    specifiers = {"%": "%", "h": surroundings.home, "u": user, "n": name, "N": stem, "p": stem}
    return ProcessDraft(
        name=stem,
        command=service_command(service.all("Service", "ExecStart"), specifiers),
        description=specified(service.last("Unit", "Description") or "", specifiers),
        environment=dict(_variables(service, specifiers)),
        working_directory=_folder(service, specifiers),
        timeout=_timeout(service),
        overlap=Overlap.SKIP,
    )


def _service(name: str, units: Mapping[str, Sequence[str]]) -> Unit:
    if "@" in name:
        raise Unreadable(f"{name} is made from a template: write a unit of its own")
    if name not in units:
        raise Unreadable(f"there is no {name} beside it: put it there")
    service = unit_of(units[name])
    if not service.all("Service", "ExecStart"):
        raise Unreadable(f"{name} has no ExecStart=, so it runs nothing: give it one")
    for key in _VITAL:
        if service.all("Service", key):
            raise Unreadable(f"{name} needs {key}=, which is not kept: put it into the command")
    return service


def _variables(service: Unit, specifiers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for value in service.all("Service", "Environment"):
        for word in words_of(value):
            name, equals, text = specified(word, specifiers).partition("=")
            if equals:
                yield name, text


def _folder(service: Unit, specifiers: Mapping[str, str]) -> str | None:
    folder = service.last("Service", "WorkingDirectory")
    return None if folder is None else specified(folder.removeprefix("-"), specifiers)


def _timeout(service: Unit) -> timedelta | None:
    text = service.last("Service", "RuntimeMaxSec")
    if text is None or text == "infinity":
        return None
    if _SPAN.sub("", text):
        raise Unreadable(f"RuntimeMaxSec={text} is not understood: write it in seconds")
    spans = [(float(number), unit) for number, unit in _SPAN.findall(text)]
    if unknown := [unit for _, unit in spans if unit not in _SECONDS]:
        raise Unreadable(f"RuntimeMaxSec={text}: {unknown[0]} is not known: write it in seconds")
    return timedelta(seconds=sum(number * _SECONDS[unit] for number, unit in spans))


def _uncounted(name: str, timer: Unit) -> Iterator[Refusal]:
    for key in _MONOTONIC:
        for value in timer.all("Timer", key):
            reason = "it counts from a start or an end, not from the clock: give it a time of day"
            yield Refusal(name, f"{key}={value}", reason)


def _made_up_for(name: str, timer: Unit) -> Iterator[Note]:
    """What differs of a fire that was missed: systemd makes up for it after a sleep at least."""
    if (timer.last("Timer", "Persistent") or "").lower() not in _YES:
        yield Note(name, _NOT_PERSISTENT)


def _unkept(name: str, unit: Unit, section: str, kept: set[str]) -> Iterator[Note]:
    for key in unit.keys(section):
        if key not in kept:
            yield Note(name, f"{key}= is not kept")
