"""What is usual of runs, and how the latest went, as people read it and as JSON."""

from tui_scheduler.cli.printing.cells import clock_cell, peak_cell
from tui_scheduler.cli.printing.layout import Cell, Fields
from tui_scheduler.services.norms import TrackRecord
from tui_scheduler.services.queries.norms import LATELY
from tui_scheduler.services.views.records import Record, iso, seconds
from tui_scheduler.wording import success_rate, usually


def track_record_cells(record: TrackRecord) -> Fields:
    """Returns what is known of it."""
    norm, days = record.norm, None if record.is_cut else LATELY.days
    rate = success_rate(record.succeeded, record.judged, days=days) if record.judged else ""
    return [
        *([("Usually", Cell(usually(norm.usual, norm.most)))] if norm else []),
        *([("Usual CPU time", clock_cell(record.cpu_time))] if record.cpu_time is not None else []),
        *([("Peak memory", peak_cell(record.peak_memory))] if record.peak_memory else []),
        *([("Succeeds", Cell(rate))] if rate else []),
    ]


def track_record_fields(record: TrackRecord, zone: str) -> Record:
    """Returns all of it; ``success_rate`` is of the ``judged_runs`` since ``judged_since``."""
    norm = record.norm
    return {
        "usual_duration": None if norm is None else seconds(norm.usual),
        "duration_95": None if norm is None else seconds(norm.most),
        "usual_cpu_time": seconds(record.cpu_time),
        "peak_memory": record.peak_memory,
        "success_rate": record.success_rate,
        "judged_runs": record.judged,
        "judged_since": iso(record.since, zone),
        "recent_runs": [
            {"status": run.status.value, "duration": seconds(run.took)} for run in record.recent
        ],
    }
