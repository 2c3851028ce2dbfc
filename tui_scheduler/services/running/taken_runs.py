"""Runs that a scheduler has taken: one that is to begin, and one that an earlier one left open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tui_scheduler.models import ProcessKind, RunStatus
from tui_scheduler.services.parameters.parameters import ParameterType


@dataclass(frozen=True, slots=True)
class Cause:
    """The run that another one follows; of one that is gone, or has none, the rest is None."""

    run_id: int
    exit_code: int | None = None
    log_path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A run that this scheduler has taken and must start now.

    ``command`` and ``python`` mean what they mean for a process of its kind. ``parameters`` are
    the names in its ``environment`` that are parameters, each with its type. ``token`` is this
    scheduler's alone: a run that is given back and taken again gets another one. ``runs_on`` is the
    cluster that it is to be handed to, with ``cluster_options``; None is this machine. ``cause`` is
    the run that it follows, or that its group does. It holds ``locks`` from now until it has ended
    or is given back.
    """

    run_id: int
    token: str
    command: str
    kind: ProcessKind = ProcessKind.COMMAND
    python: str | None = None
    working_directory: str | None
    environment: Mapping[str, str] = field(repr=False)
    parameters: Mapping[str, ParameterType] = field(default_factory=dict)
    runs_on: str | None = None
    cluster_options: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    log_path: Path
    note: str
    missed: int
    timeout: timedelta | None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run that an earlier scheduler left open; ``handle`` is the runner's own.

    ``token`` is that of its claim; None if the scheduler's version drew none. ``elsewhere`` is the
    name of its machine, if that is another one. ``place`` is where it was handed to, if it was; if
    it has been ``submitted_at`` and has no ``start_time``, it waits there.
    """

    run_id: int
    token: str | None
    status: RunStatus
    handle: str | None
    start_time: datetime | None
    log_path: Path
    timeout: timedelta | None
    elsewhere: str | None = None
    place: str = ""
    submitted_at: datetime | None = None
