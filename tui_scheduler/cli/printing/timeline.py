"""A timeline as lines of text, and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui_scheduler.cells import cell_width
from tui_scheduler.cli.printing.cells import status_colour
from tui_scheduler.cli.printing.layout import Cell, clipped, joined
from tui_scheduler.cli.printing.output import complain, has_colour, print_json
from tui_scheduler.services.timeline.picture import draw, heights
from tui_scheduler.services.timeline.reading import AtOnce, Lane
from tui_scheduler.services.timeline.span import Axis, Span, axis
from tui_scheduler.services.views.records import Record, iso
from tui_scheduler.services.views.requests import RequestRow
from tui_scheduler.text import plain

_NARROWEST, _WIDEST = 12, 32
_GAP = 2
_COLOURS = {
    "late": "33", "overdue": "33", "collides": "33", "fire": "34", "expected": "2",
    "left_out": "2", "midnight": "2", "change": "33", "now": "36",
}  # fmt: skip
"""Of what is no status of a run; the others have theirs."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The requests, and how wide the picture may be; ``zone`` is the machine's."""

    rows: Sequence[RequestRow]
    width: int
    now: datetime
    zone: str

    @property
    def name_width(self) -> int:
        """The cells for names: as many as they take, up to a third of the width."""
        widest = max((cell_width(plain(row.process)) for row in self.rows), default=0)
        return min(max(widest, _NARROWEST), _WIDEST, self.width // 3)

    @property
    def cells(self) -> int:
        """What is left for the time."""
        return self.width - self.name_width - _GAP


def print_timeline(
    chart: Chart, span: Span, lanes: Sequence[Lane], at_once: AtOnce, *, as_json: bool
) -> None:
    """Print the lanes of the requests of ``chart``, in the same order."""
    if as_json:
        print_json(_document(chart, span, lanes, at_once))
        return
    if at_once.ran is None:
        complain("How many ran at once is not counted, of so many runs: see it of a shorter time")
    if chart.rows:
        for line in _lines(chart, span, lanes, at_once):
            print(line)


def _lines(chart: Chart, span: Span, lanes: Sequence[Lane], at_once: AtOnce) -> Iterator[str]:
    drawn = axis(span, chart.zone, chart.now)
    yield _line(chart, "", [Cell(drawn.dates, "1")])
    yield _line(chart, "", [Cell(drawn.times, "1")])
    numbers = at_once.numbers
    blocks = heights(numbers, span.cell_at(chart.now), span.width)
    yield _line(chart, f"{max(numbers, default=0)} at once", [_cell(*block) for block in blocks])
    for row, lane in zip(chart.rows, lanes, strict=True):
        yield _line(chart, row.process, _cells(lane, span, drawn, chart.now))


def _cells(lane: Lane, span: Span, drawn: Axis, now: datetime) -> list[Cell]:
    picture = draw(lane.bars, lane.fires, span, drawn, now, lane.usual, lane.left_out)
    return [_cell(glyphs, state) for glyphs, state, _ in picture.pieces()]


def _cell(glyphs: str, state: str) -> Cell:
    return Cell(glyphs, _COLOURS.get(state, status_colour(state)))


def _line(chart: Chart, name: str, cells: Sequence[Cell]) -> str:
    text = clipped(plain(name), chart.name_width)
    beside = " " * (chart.name_width - cell_width(text) + _GAP)
    return f"{text}{beside}{joined(cells, '', colour=has_colour())}".rstrip()


def _document(chart: Chart, span: Span, lanes: Sequence[Lane], at_once: AtOnce) -> Record:
    """Returns all that is drawn; fires are the first of each cell, with those that share it."""
    zone = chart.zone
    return {
        "since": iso(span.begin, zone),
        "until": iso(span.until, zone),
        "cell": span.cell.total_seconds(),
        "ran_at_once": None if at_once.ran is None else list(at_once.ran),
        "expected_at_once": list(at_once.expected),
        "requests": [_record(row, lane, zone) for row, lane in zip(chart.rows, lanes, strict=True)],
    }


def _record(row: RequestRow, lane: Lane, zone: str) -> Record:
    bars = sorted(lane.bars, key=lambda bar: (bar.begin, bar.run_id))
    usual = lane.usual
    return {
        "request_id": row.id,
        "process": None if row.is_group else row.process,
        "group": row.process if row.is_group else None,
        "usual_duration": None if usual is None else usual.total_seconds(),
        "has_more_runs": lane.is_sampled,
        "runs": [
            {
                "id": bar.run_id,
                "status": bar.state,
                "scheduled_for": iso(bar.scheduled_for, zone),
                "start_time": iso(bar.start, zone),
                "end_time": iso(bar.end, zone),
                "after_run": bar.after_run,
            }
            for bar in bars
        ],
        "fires": [
            {"at": iso(fire.at, row.plan.timezone), "more_in_cell": fire.is_one_of_many}
            for fire in lane.fires
        ],
        "left_out": [
            {"at": iso(each.at, row.plan.timezone), "why": each.why} for each in lane.left_out
        ],
    }
