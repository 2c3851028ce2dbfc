"""What the pane beside the list of processes tells of one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from tui_scheduler.models import ProcessKind
from tui_scheduler.schedules import format_duration
from tui_scheduler.services import Services
from tui_scheduler.services.logs.error_lines import words_said
from tui_scheduler.services.norms import TrackRecord
from tui_scheduler.services.parameters.lines import masked_parameters, show_parameter
from tui_scheduler.services.parameters.secrets import masked
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.tui.content import heading, lines, named, toned
from tui_scheduler.tui.screens.process_or_group import notifying_facts
from tui_scheduler.tui.screens.runs.lately import track_record
from tui_scheduler.tui.screens.runs.latest import latest_runs, none_yet
from tui_scheduler.wording import OVERLAPS

_RUNS = 8
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class ProcessDetails:
    """A process, how its runs went lately, and the latest of them, newest first."""

    process: ProcessView
    record: TrackRecord
    runs: tuple[RunView, ...]

    @property
    def title(self) -> str:
        """The heading of the pane."""
        return self.process.name


def load_details(services: Services, process_id: int) -> ProcessDetails:
    """Read all of it; raises NotFound."""
    process = services.processes.get(process_id)
    runs = services.runs.latest(RunFilter(process=process.name), _RUNS)
    record = services.runs.record_of_process(process_id)
    return ProcessDetails(process, record, tuple(runs))


def details_text(details: ProcessDetails, now: datetime) -> tuple[Content, ...]:
    """Facts, what is executed, its parameters and the latest runs at this moment."""
    process = details.process
    return (
        lines(*_facts(details)),
        lines(*_command(process), *_parameters(process)),
        lines(*latest_runs(details.runs, now, none_yet(process.request_count))),
    )


def _facts(details: ProcessDetails) -> Iterator[Content]:
    process = details.process
    if process.description:
        yield toned(process.description, "strong")
    if not process.active:
        yield named("State", toned("◌ inactive", "muted"))
    yield named("Requests", f"{process.request_count:,}")
    yield named("Overlap", OVERLAPS[process.overlap].short)
    if process.locks:
        yield named("Locks", ", ".join(process.locks))
    if process.timeout is not None:
        yield named("Timeout", format_duration(process.timeout))
    if process.retries:
        delay = format_duration(process.retry_delay)
        yield named("Retries", f"{process.retries}, each after {delay}")
    yield from notifying_facts(process)
    if process.error_words is not None:
        yield named("Errors", ", ".join(words_said(process.error_words)))
    yield from track_record(details.record)


def _command(process: ProcessView) -> Iterator[Content]:
    is_python = process.kind is ProcessKind.PYTHON
    yield heading("Python callable" if is_python else "Command")
    command_lines = process.command.splitlines()
    for line in command_lines[:_MOST_LINES]:
        yield toned(line)
    if len(command_lines) > _MOST_LINES:
        yield toned(f"and {len(command_lines) - _MOST_LINES} more lines", "muted")
    if process.python:
        yield named("By", process.python)
    if process.runs_on:
        yield named("On", process.runs_on)
    for index, option in enumerate(process.cluster_options):
        yield named("" if index else "Options", option)
    if process.working_directory:
        yield named("In", process.working_directory)
    for index, (name, value) in enumerate(masked(process.environment).items()):
        yield named("" if index else "With", f"{name}={value}")


def _parameters(process: ProcessView) -> Iterator[Content]:
    if process.parameters:
        yield heading("Parameters")
        yield from map(toned, map(show_parameter, masked_parameters(process.parameters)))
