"""What is usual of something that runs, and how its latest runs went, as lines of its details."""

from collections.abc import Iterator

from textual.content import Content

from tui_scheduler.services.norms import TrackRecord
from tui_scheduler.services.queries.norms import LATELY
from tui_scheduler.sizes import peak_text
from tui_scheduler.tui.content import named, toned
from tui_scheduler.tui.format import strip_signs
from tui_scheduler.wording import run_duration, success_rate, usually

_STRIP = 20


def track_record(record: TrackRecord) -> Iterator[Content]:
    """Yields a line for each thing that is known of its runs."""
    if record.recent:
        signs = strip_signs(record.recent, _STRIP)
        yield named("Lately", Content("").join(toned(sign, tone) for sign, tone in signs))
    if record.norm is not None:
        yield named("Usually", usually(record.norm.usual, record.norm.most))
    if usage := ", ".join(_usage(record)):
        yield named("Uses", usage)
    if record.judged:
        days = None if record.is_cut else LATELY.days
        yield named("Succeeds", success_rate(record.succeeded, record.judged, days=days))


def _usage(record: TrackRecord) -> Iterator[str]:
    if record.cpu_time is not None:
        yield f"{run_duration(record.cpu_time)} CPU"
    if record.peak_memory is not None:
        yield peak_text(record.peak_memory)
