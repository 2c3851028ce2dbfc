"""Which stretch of time is shown, and what is written along it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock import NOON
from tui_scheduler.services.timeline.span import LENGTHS, USUAL_LENGTH, Span, axis

MADRID = "Europe/Madrid"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
widths = st.integers(1, 250)
moments = st.integers(0, 3_600_000_000_000_000).map(
    lambda microseconds: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
spans = st.builds(Span.around, moments, st.sampled_from(LENGTHS), widths)


@given(spans, st.integers(-300, 300))
def test_each_cell_begins_where_the_one_before_ends(span: Span, cell: int) -> None:
    assert span.edge(cell + 1) - span.edge(cell) == span.cell
    assert span.cell_at(span.edge(cell)) == cell
    assert span.cell_at(span.edge(cell + 1) - timedelta(microseconds=1)) == cell


@given(moments, st.sampled_from(LENGTHS), widths)
def test_two_thirds_are_past_and_time_moves_the_picture_by_whole_cells(
    now: datetime, length: timedelta, width: int
) -> None:
    span = Span.around(now, length, width)
    assert abs((now - span.begin) - length * 2 / 3) <= 2 * span.cell
    soon = Span.around(now + timedelta(seconds=1), length, width)
    assert (soon.begin - span.begin) % span.cell == timedelta()


@given(spans, st.integers(-3, 3), st.floats(0, 1))
def test_what_is_zoomed_at_stays_where_it_is(span: Span, steps: int, share: float) -> None:
    at = span.begin + span.length * share
    zoomed = span.zoomed(steps, at)
    assert zoomed.width == span.width
    assert abs((at - zoomed.begin) / zoomed.cell - (at - span.begin) / span.cell) <= 2
    assert LENGTHS[0] - zoomed.cell <= zoomed.length <= LENGTHS[-1] + zoomed.cell


@given(spans)
def test_zooming_ends_at_a_quarter_of_an_hour_and_a_month(span: Span) -> None:
    at = span.begin
    nearest, farthest = span.zoomed(100, at), span.zoomed(-100, at)
    assert round(nearest.length / LENGTHS[0], 3) == round(farthest.length / LENGTHS[-1], 3) == 1


@given(spans, st.sampled_from(["UTC", MADRID, "Australia/Lord_Howe", "America/Santiago"]))
def test_labels_stand_in_their_cells_whatever_the_span(span: Span, zone: str) -> None:
    drawn = axis(span, zone, span.edge(span.width // 2))
    assert len(drawn.dates) == len(drawn.times) == span.width
    assert set(drawn.rules.values()) <= {"midnight", "change", "now"}
    assert all(0 <= cell < span.width for cell in drawn.rules)
    assert list(drawn.rules.values()).count("now") == 1


def test_times_of_day_and_dates_are_those_of_the_zone() -> None:
    span = Span.around(NOON, USUAL_LENGTH, 96)
    drawn = axis(span, MADRID, NOON)
    assert span.begin == NOON - 16 * HOUR
    assert drawn.times[span.cell_at(NOON - 13 * HOUR) :].startswith("00:00")
    assert drawn.dates[span.cell_at(NOON - 13 * HOUR) :].startswith("Mon 2 Mar")
    assert drawn.dates.startswith("Sun 1 Mar")
    assert drawn.rules == {span.cell_at(NOON - 13 * HOUR): "midnight", span.cell_at(NOON): "now"}


def test_a_change_of_the_clocks_has_a_line_and_says_by_how_much() -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    span = Span.around(change, DAY, 96)
    drawn = axis(span, MADRID, NOON)
    assert drawn.rules[span.cell_at(change)] == "change"
    assert drawn.dates[span.cell_at(change) :].startswith("clocks +1 h")
    assert axis(span, "UTC", NOON).rules.get(span.cell_at(change)) is None
    back = Span.around(datetime(2026, 10, 25, 1, tzinfo=UTC), DAY, 96)
    assert "clocks -1 h" in axis(back, MADRID, NOON).dates


def test_a_month_has_a_line_a_week() -> None:
    drawn = axis(Span.around(NOON, 30 * DAY, 60), "UTC", NOON + 90 * DAY)
    assert list(drawn.rules.values()) == ["midnight"] * 4


def test_of_another_year_than_this_one_the_year_is_written() -> None:
    month = Span(datetime(2024, 12, 20, tzinfo=UTC), DAY / 2, 60)
    drawn = axis(month, "UTC", NOON)
    assert drawn.dates.split() == ["2024", "2025"]
    assert drawn.dates.index("2025") == month.cell_at(datetime(2025, 1, 1, tzinfo=UTC))
    assert not axis(month, "UTC", month.begin).dates.strip()
    week = axis(Span.around(NOON - 800 * DAY, 7 * DAY, 200), "UTC", NOON)
    assert "2023" in week.dates + week.times
