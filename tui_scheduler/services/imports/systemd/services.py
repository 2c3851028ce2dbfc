"""A service as a process, with all that systemd would do around its command."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tui_scheduler.models import Overlap
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.imports.proposals import Unreadable
from tui_scheduler.services.imports.systemd.commands import Meanings, shell_commands
from tui_scheduler.services.imports.systemd.conditions import guards
from tui_scheduler.services.imports.systemd.differences import differences
from tui_scheduler.services.imports.systemd.environment import ReadFile, environment_of
from tui_scheduler.services.imports.systemd.spans import span_of
from tui_scheduler.services.imports.systemd.specifiers import specified, specifiers_of
from tui_scheduler.services.imports.systemd.units import Unit, UnitFiles, file_of, unit_of
from tui_scheduler.wording import rounded_duration

_STARTING = ("ExecStartPre", "ExecStart", "ExecStartPost")
_HOLDS_NOT = "exit $(($? > 127))"  # a code below says no; others say that the question failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What units do not say: whose they are, where and when they are read.

    ``specifiers`` are those that are the same for all units. ``is_system`` is true for units of
    the machine's own systemd, where whoever is not named is root.
    """

    zone: str
    user: str
    home: str
    now: datetime
    specifiers: Mapping[str, str] = field(default_factory=dict)
    is_system: bool = False
    read_file: ReadFile = lambda _: None

    def specifiers_of(self, name: str) -> dict[str, str]:
        """What specifiers stand for in the unit ``name``."""
        return specifiers_of(name, {"h": self.home, "u": self.user, **self.specifiers})


@dataclass(frozen=True, slots=True)
class Service:
    """What was made of a service, and what will be different."""

    process: ProcessDraft
    notes: tuple[str, ...]


def read_service(name: str, units: UnitFiles, surroundings: Surroundings) -> Service:
    """The process that does what the service ``name`` does; raises Unreadable."""
    unit = _unit(name, units)
    specifiers = surroundings.specifiers_of(name)
    _check_user(unit, specifiers, surroundings)
    environment = environment_of(unit, specifiers, surroundings.read_file)
    meanings = Meanings(specifiers, environment.known)
    commands = [line for key in _STARTING for line in _commands(unit, key, meanings)]
    statements = [
        *guards(unit, specifiers),
        *_entering(unit, specifiers, surroundings),
        *environment.statements,
        *(f"{line} || {_HOLDS_NOT}" for line in _commands(unit, "ExecCondition", meanings)),
        " && ".join(commands),
    ]
    process = ProcessDraft(
        name=name.removesuffix(".service"),
        command="; ".join(statements),
        description=specified(unit.last("Unit", "Description") or "", specifiers),
        environment=environment.variables,
        working_directory=_folder(unit, specifiers, surroundings),
        timeout=_timeout(unit, len(commands)),
        overlap=Overlap.SKIP,
    )
    notes = (
        *environment.notes,
        *_notes_on_starting(unit, len(commands), process.timeout),
        *differences(unit),
    )
    return Service(process, notes)


def _unit(name: str, units: UnitFiles) -> Unit:
    file = file_of(name, units)
    if not name.endswith(".service"):
        raise Unreadable(f"it starts {name}, which is no service: give what it does a command")
    if file and file.fault:
        raise Unreadable(file.fault)
    if file is None or file.text is None:
        there = "are only drop-ins of" if file else "is no"
        raise Unreadable(f"there {there} {name} beside it: put it there")
    if file.is_masked:
        raise Unreadable(f"{name} is masked, so systemd runs nothing: unmask it")
    unit = unit_of(name, (file.text, *file.drop_ins))
    commands = unit.all("Service", "ExecStart")
    if not commands:
        raise Unreadable(f"{name} has no ExecStart=, so it runs nothing: give it one")
    if len(commands) > 1 and not _is_oneshot(unit):
        raise Unreadable(
            f"{name} has several ExecStart=, so systemd does not start it: write Type=oneshot"
        )
    return unit


def _commands(unit: Unit, key: str, meanings: Meanings) -> Iterator[str]:
    for value in unit.all("Service", key):
        yield from shell_commands(value, meanings)


def _check_user(unit: Unit, specifiers: Mapping[str, str], surroundings: Surroundings) -> None:
    mine = surroundings.user
    unnamed = "root" if surroundings.is_system else mine
    user = specified(unit.last("Service", "User") or unnamed, specifiers)
    if user not in {mine, surroundings.specifiers.get("U")}:
        raise Unreadable(
            f"{unit.name} runs as {user}, and you are {mine}: import it as that user,"
            " into a database of theirs"
        )


def _folder(unit: Unit, specifiers: Mapping[str, str], surroundings: Surroundings) -> str | None:
    folder = unit.last("Service", "WorkingDirectory")
    if folder is None or folder.startswith("-"):
        return "/" if surroundings.is_system else None
    return _path(folder, specifiers, surroundings)


def _entering(
    unit: Unit, specifiers: Mapping[str, str], surroundings: Surroundings
) -> Iterator[str]:
    """A statement for a folder that need not be there."""
    folder = unit.last("Service", "WorkingDirectory") or ""
    if folder.startswith("-"):
        path = _path(folder.removeprefix("-"), specifiers, surroundings)
        yield f"cd {shlex.quote(path)} 2>/dev/null || cd /"


def _path(folder: str, specifiers: Mapping[str, str], surroundings: Surroundings) -> str:
    return surroundings.home if folder == "~" else specified(folder, specifiers)


def _is_oneshot(unit: Unit) -> bool:
    return unit.last("Service", "Type") == "oneshot"


def _timeout(unit: Unit, count: int) -> timedelta | None:
    """How long a run may take.

    What a oneshot does is its start, each command of which has the time to itself.
    """
    keys = ("TimeoutStartSec", "TimeoutSec") if _is_oneshot(unit) else ("RuntimeMaxSec",)
    for key in keys:
        text = unit.last("Service", key)
        if text is not None:
            span = span_of(key, text)
            return span * (count if _is_oneshot(unit) else 1) if span else None
    return None


def _notes_on_starting(unit: Unit, count: int, timeout: timedelta | None) -> Iterator[str]:
    """What follows from the type: systemd waits for the command of a oneshot as for a start."""
    if _is_oneshot(unit) and unit.last("Service", "RuntimeMaxSec"):
        yield "RuntimeMaxSec= does not limit a oneshot: systemd passes over it, and so does a run"
    if _is_oneshot(unit) and timeout and count > 1:
        limit = rounded_duration(timeout)
        yield f"each of its {count} commands has a limit: here the run has {limit} for all of them"
    if not _is_oneshot(unit) and unit.all("Service", "ExecStartPost"):
        yield "ExecStartPost= runs when ExecStart= has ended, not beside it"
