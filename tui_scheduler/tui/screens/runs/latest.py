"""The latest runs of something, as a block of text in its details."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from tui_scheduler.tui.content import heading, toned
from tui_scheduler.tui.format import RUN_LOOKS
from tui_scheduler.wording import ago, exact_duration

if TYPE_CHECKING:
    from tui_scheduler.services.views.runs import RunView


def none_yet(request_count: int) -> str:
    """Returns what is said where nothing has run: what comes first if nothing asks for it."""
    return "none yet" if request_count else "none yet: press s to make a request for it"


def latest_runs(runs: "Sequence[RunView]", now: datetime, nothing: str) -> Iterator[Content]:
    """A line a run, below a heading; ``nothing`` is said if there is none."""
    yield heading("Latest runs")
    if not runs:
        yield toned(nothing, "muted")
    for run in runs:
        look = RUN_LOOKS[run.state]
        since = "so far" if run.end_time is None else ago(run.end_time, now)
        came_of_it = exact_duration(run.duration(now)) or " · ".join(
            filter(None, (run.where, run.own_note))
        )
        yield Content.assemble(
            toned(f"{look.glyph} {look.word:<10}", look.tone),
            toned(f"{since:<9}"),
            toned(came_of_it, "muted"),
        )
