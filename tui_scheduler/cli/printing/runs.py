"""Runs as people read them, and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial

from tui_scheduler.cli.printing.cells import (
    NOTHING,
    clock_cell,
    moment_cell,
    status_cell,
    text_cell,
    variables_cell,
)
from tui_scheduler.cli.printing.layout import Cell, Column, Fields
from tui_scheduler.cli.printing.output import print_all, print_fields, print_json, print_table
from tui_scheduler.models import KillRequest
from tui_scheduler.services.live_usage import PROCESS_TITLES, LiveUsage
from tui_scheduler.services.views.costs import cpu_brief, cpu_text, memory_brief, memory_text
from tui_scheduler.services.views.records import run_record, visible_variables
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.sizes import size_text
from tui_scheduler.wording import (
    CHANNELS,
    exit_word,
    iso_moment,
    plural,
    sortable_moment,
    times_usual,
    usually,
)


def print_run(view: RunView, now: datetime, zone: str, *, as_json: bool) -> None:
    """Print what is stored of a run."""
    if as_json:
        print_json(run_record(view, now, zone))
    else:
        print_fields(_fields(view, now, zone, show_secrets=False))


def print_run_with_usage(
    view: RunView,
    usage: LiveUsage | None,
    now: datetime,
    zone: str,
    *,
    as_json: bool,
    show_secrets: bool,
) -> None:
    """Print everything about a run: also what its processes use, None if nobody can see that."""
    if as_json:
        record = run_record(view, now, zone, show_secrets=show_secrets)
        print_json(record | {"usage": None if usage is None else asdict(usage)})
    else:
        processes = [] if usage is None else [("Processes", _processes_cell(usage))]
        print_fields([*_fields(view, now, zone, show_secrets=show_secrets), *processes])


def print_runs(
    views: Sequence[RunView],
    now: datetime,
    zone: str,
    sort: str,
    *,
    as_json: bool,
    show_secrets: bool,
) -> None:
    """Print runs, on the machine's clock; what they are sorted by is always seen."""
    record = partial(run_record, now=now, zone=zone, show_secrets=show_secrets)
    show_table = partial(_print_table, now=now, zone=zone, sort=sort)
    print_all(views, as_json, record, show_table, "There are no such runs.")


def _print_table(views: Sequence[RunView], now: datetime, zone: str, sort: str) -> None:
    """Print them with their groups, their places, and what is noted, as far as they have any."""
    any_group = any(view.group for view in views)
    any_place = any(view.where for view in views)
    any_cpu = any(view.cpu_time is not None for view in views)
    any_memory = any(view.peak_memory is not None for view in views)
    any_cause = any(view.after_run is not None for view in views)
    any_note = any(view.own_note for view in views)
    columns = [
        Column("RUN", is_number=True),
        Column("STATUS"),
        Column("PROCESS", is_flexible=True),
        *([Column("GROUP", is_flexible=True)] if any_group else []),
        *([Column("WHERE")] if any_place else []),
        Column("REQ", is_number=True),
        *([Column("AFTER", is_number=True)] if any_cause else []),
        Column("START"),
        Column("DURATION", is_number=True),
        Column("EXIT", is_number=True),
        *([Column("CPU", is_number=True, is_extra=sort != "cpu")] if any_cpu else []),
        *([Column("MEMORY", is_number=True, is_extra=sort != "memory")] if any_memory else []),
        *([Column("NOTE", is_flexible=True)] if any_note else []),
    ]
    print_table(
        columns,
        [
            [
                Cell(str(view.id)),
                status_cell(view.state),
                NOTHING if view.is_group else Cell(view.process),
                *([text_cell(view.group)] if any_group else []),
                *([text_cell(view.where)] if any_place else []),
                Cell(str(view.request_id)),
                *([_number_cell(view.after_run)] if any_cause else []),
                Cell(sortable_moment(view.start_time or view.scheduled_for, zone, in_seconds=True)),
                clock_cell(view.duration(now)),
                _exit_cell(view),
                *([text_cell(cpu_brief(view))] if any_cpu else []),
                *([text_cell(memory_brief(view))] if any_memory else []),
                *([Cell(view.own_note)] if any_note else []),
            ]
            for view in views
        ],
    )


def _fields(view: RunView, now: datetime, zone: str, *, show_secrets: bool) -> Fields:
    given = visible_variables(view.parameters, view.secrets, show_secrets=show_secrets)
    return [
        ("Run", Cell(str(view.id))),
        *_owners(view),
        ("Request", Cell(f"{view.request_id} {view.request}".rstrip())),
        ("Status", status_cell(view.state)),
        ("Channel", Cell(CHANNELS[view.channel])),
        ("Scheduled for", moment_cell(view.scheduled_for, zone)),
        *([("After", Cell(view.cause))] if view.cause else []),
        *([("Followed by", Cell(view.effects))] if view.effects else []),
        *_submission(view, now, zone),
        ("Start", moment_cell(view.start_time, zone)),
        ("End", moment_cell(view.end_time, zone)),
        ("Duration", clock_cell(view.duration(now))),
        *_expectation(view, now, zone),
        ("Exit code" if view.signal is None else "Ended by", _exit_cell(view)),
        *_usage(view),
        ("Try", Cell(str(view.attempt))),
        *([("Stands for", Cell(plural(view.missed, "run")))] if view.missed else []),
        *_stop(view, zone),
        *([("Locks", Cell(", ".join(view.locks)))] if view.locks else []),
        *([("Host", Cell(view.host))] if view.host else []),
        *([] if view.pid is None else [("Process id", Cell(str(view.pid)))]),
        *([] if view.command is None else [("Command", Cell(view.command))]),
        ("Parameters", variables_cell(given)),
        ("Note", text_cell(view.own_note)),
        ("Log", Cell(str(view.log_path)) if view.was_taken else NOTHING),
        *([("Log size", Cell(size_text(view.log_bytes)))] if view.log_bytes else []),
    ]


def _owners(view: RunView) -> Fields:
    """Returns which process it is a run of, and for which group."""
    if view.is_group:
        return [("Group", Cell(view.process)), ("Progress", _progress_cell(view))]
    if view.parent_id is None:
        return [("Process", Cell(view.process))]
    place = f"{view.group}, member {view.number_in_group} of run {view.parent_id}"
    return [("Process", Cell(view.process)), ("Group", Cell(place))]


def _submission(view: RunView, now: datetime, zone: str) -> Fields:
    """Returns where it was handed to, as what, and how long it waited there."""
    if not view.place:
        return []
    where = ("Where", Cell(view.where))
    if view.submitted_at is None:
        return [where]
    waited = "Waited" if view.start_time or view.end_time else "Waits for"
    return [
        where,
        ("Job", text_cell(view.job)),
        ("Submitted at", moment_cell(view.submitted_at, zone)),
        (waited, clock_cell(view.wait(now))),
    ]


def _number_cell(number: int | None) -> Cell:
    return NOTHING if number is None else Cell(str(number))


def _exit_cell(view: RunView) -> Cell:
    return text_cell(exit_word(view.exit_code, view.signal))


def _stop(view: RunView, zone: str) -> Fields:
    """Returns when it was asked to end, and how."""
    if view.kill_requested_at is None:
        return []
    how = " (by force)" if view.kill_request is KillRequest.FORCE else ""
    return [("Stop asked at", Cell(iso_moment(view.kill_requested_at, zone) + how))]


def _expectation(view: RunView, now: datetime, zone: str) -> Fields:
    """Returns what is usual of one that runs, when it should end, or how late it is."""
    if view.norm is None:
        return []
    norm, times = view.norm, view.times_usual(now)
    late = [] if times is None else [("Late", Cell(times_usual(times, norm.usual)))]
    is_over = view.expected_end is None or view.expected_end < now
    end = [] if is_over else [("Should end", moment_cell(view.expected_end, zone))]
    return [("Usually", Cell(usually(norm.usual, norm.most))), *end, *late]


def _usage(view: RunView) -> Fields:
    """Returns what it used, as far as that is known."""
    usage = [("CPU time", cpu_text(view)), ("Peak memory", memory_text(view))]
    return [(name, Cell(text)) for name, text in usage if text]


def _processes_cell(usage: LiveUsage) -> Cell:
    """Returns how many there are and what all of them use, and a line for each that is listed."""
    if not usage.count:
        return Cell("none is left")
    listed = [
        f"{process.figures}{lead}{process.command}"
        for process, lead in zip(usage.processes, usage.leads, strict=True)
    ]
    others = usage.count - len(usage.processes)
    more = [f"and {others:,} more"] if others else []
    return Cell("\n".join([f"{usage.count:,}  {usage.words}", PROCESS_TITLES, *listed, *more]))


def _progress_cell(view: RunView) -> Cell:
    if view.progress is None:
        return NOTHING
    return Cell(f"{view.progress.done:g}/{view.progress.total:g}")
