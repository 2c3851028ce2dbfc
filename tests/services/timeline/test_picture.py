"""How a lane is drawn, and how many there are at once."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.support.clock import NOON
from tui_scheduler.services.timeline.picture import (
    Bar,
    Fire,
    LeftOut,
    Picture,
    draw,
    heights,
    levels,
    most_at_once,
)
from tui_scheduler.services.timeline.span import Axis, Span
from tui_scheduler.wording import RUN_STATUSES, TIMELINE_SIGNS

MINUTE = timedelta(minutes=1)
SPAN = Span(NOON - 8 * MINUTE, MINUTE, 12)
PLAIN = Axis("", "", {})
"""Without lines."""


def at(minutes: float) -> datetime:
    return NOON + minutes * MINUTE


def ran(begin: float, end: float | None, state: str = "success", **fields: object) -> Bar:
    start = at(begin)
    planned = fields.get("planned", begin)
    assert isinstance(planned, int | float)
    end_at = None if end is None else at(end)
    return Bar(int(begin * 10) + 1_000, state, at(planned), start, end_at)


def left_out(when: float, state: str = "skipped") -> Bar:
    return Bar(7, state, at(when), None, at(when))


def lane(*bars: Bar, fires: tuple[Fire, ...] = (), usual: float | None = None) -> Picture:
    length = None if usual is None else usual * MINUTE
    return draw(bars, fires, SPAN, PLAIN, NOON, length)


def test_a_run_is_a_bar_with_the_glyph_of_its_outcome() -> None:
    picture = lane(ran(-7, -4), ran(-3, -2.5, "error"))
    assert picture.glyphs == " ✓━━ ✗      "
    assert picture.states[1:4] == ("success",) * 3
    assert picture.states[5] == "error"


def test_what_began_before_reaches_in_from_the_edge() -> None:
    picture = lane(ran(-20, -6))
    assert picture.glyphs == "━━          "
    assert picture.stops[0].cell == 0


def test_a_running_one_reaches_to_now_and_is_expected_to_go_on() -> None:
    assert lane(ran(-2, None, "processing")).glyphs == "      ►━    "
    picture = lane(ran(-2, None, "processing"), usual=4)
    assert picture.glyphs == "      ►━──  "
    assert picture.states[8] == "expected"


def test_what_did_not_run_is_a_mark() -> None:
    picture = lane(left_out(-5), left_out(-2, "misfired"))
    assert picture.glyphs == "   »  ○     "


def test_what_was_late_shows_how_long_it_waited() -> None:
    picture = lane(ran(-4, -3, planned=-7))
    assert picture.glyphs == " ┄┄┄✓       "
    assert picture.states[1] == "late"
    assert lane(Bar(1, "queued", at(-3), None, None)).glyphs == "     ◌┄┄    "


def test_the_worst_of_what_shares_a_cell_is_seen() -> None:
    picture = lane(ran(-5, -4.9), ran(-4.8, -4.7, "error"), ran(-4.6, -4.5))
    assert picture.glyphs == "   ✗        "
    [stop] = picture.stops
    assert (stop.runs, stop.run_id) == (3, 952)
    assert lane(ran(-5, -4.9), ran(-4.8, -4.7)).glyphs == "   ▓        "


def test_fires_are_ticks_and_expected_bars_follow_them() -> None:
    assert lane(fires=(Fire(at(1)),)).glyphs == "         ▹  "
    picture = lane(fires=(Fire(at(1)),), usual=2)
    assert picture.glyphs == "         ▹─ "
    assert picture.states[9] == "fire"
    assert lane(fires=(Fire(at(1), True), Fire(at(2), True))).glyphs == "         ░░ "


def test_a_fire_that_the_run_before_reaches_into_collides() -> None:
    picture = lane(fires=(Fire(at(0)), Fire(at(2))), usual=3)
    assert picture.states[8] == "fire"
    assert picture.states[10] == "collides"
    assert picture.glyphs[10] == TIMELINE_SIGNS["collides"]
    assert lane(ran(-2, None, "processing"), fires=(Fire(at(1)),), usual=4).states[9] == "collides"


def test_what_is_overdue_says_so() -> None:
    assert lane(fires=(Fire(at(-3)),)).states[5] == "overdue"


def test_lines_lie_behind_what_happened() -> None:
    rules = {1: "midnight", 8: "now"}
    picture = draw([ran(-7, -4)], [], SPAN, Axis("", "", rules), NOON)
    assert picture.glyphs == " ✓━━    │   "
    assert picture.states[8] == "now"


def test_stretches_of_one_state_are_one_piece() -> None:
    assert list(lane(ran(-7, -4)).pieces()) == [
        (" ", "", 0), ("✓━━", "success", 1), ("        ", "", 4)
    ]  # fmt: skip


states = st.sampled_from(list(RUN_STATUSES))
offsets = st.integers(-40, 40)


@st.composite
def bars(draws: st.DrawFn) -> Bar:
    planned, wait, length = draws(offsets), draws(st.integers(0, 9)), draws(st.integers(0, 30))
    begun, ended = draws(st.booleans()), draws(st.booleans())
    start = at((planned + wait) / 3)
    end = start + length * MINUTE / 3
    return Bar(
        draws(st.integers(1, 99)), draws(states), at(planned / 3), start if begun else None,
        end if ended else None,
    )  # fmt: skip


@given(
    st.lists(bars(), max_size=12),
    st.lists(offsets, unique=True, max_size=5),
    st.none() | st.integers(0, 9),
)
def test_whatever_happened_each_cell_has_a_glyph_and_nothing_is_hidden(
    happened: list[Bar], minutes: list[int], usual: int | None
) -> None:
    fires = tuple(Fire(at(minute / 3)) for minute in sorted(minutes))
    picture = lane(*happened, fires=fires, usual=usual)
    assert len(picture.glyphs) == len(picture.states) == SPAN.width
    assert "".join(glyphs for glyphs, _, _ in picture.pieces()) == picture.glyphs
    cells = [stop.cell for stop in picture.stops]
    assert cells == sorted(cells)
    assert all(0 <= cell < SPAN.width for cell in cells)
    runs = sum(stop.runs for stop in picture.stops if stop.run_id is not None)
    assert runs == sum(bar.begin < SPAN.until for bar in happened)
    for bar in happened:
        cell = SPAN.cell_at(bar.begin)
        if bar.state == "error" and 0 <= cell < SPAN.width:
            assert picture.states[cell] in ("error", "timed_out", "lost")
    for fire in fires:
        if 0 <= (cell := SPAN.cell_at(fire.at)) < SPAN.width:
            assert picture.states[cell] in {*RUN_STATUSES, "fire", "overdue", "collides"}


stretches = st.tuples(st.integers(-50, 60), st.integers(0, 40))


@given(st.lists(stretches, max_size=20))
def test_how_many_at_once_is_what_one_counts_at_each_moment(pairs: list[tuple[int, int]]) -> None:
    sixth = MINUTE / 6
    instant = timedelta(microseconds=1)
    spans = [(NOON + begin * sixth, NOON + (begin + length) * sixth) for begin, length in pairs]
    longest = [(begin, max(end, begin + instant)) for begin, end in spans]
    looked_at = {SPAN.edge(cell) for cell in range(SPAN.width)}
    looked_at |= {begin for begin, _ in spans if SPAN.has(begin)}
    expected = [0] * SPAN.width
    for moment in looked_at:
        count = sum(begin <= moment < end for begin, end in longest)
        cell = SPAN.cell_at(moment)
        expected[cell] = max(expected[cell], count)
    assert list(most_at_once(spans, SPAN)) == expected


def test_few_are_as_many_eighths_and_many_a_share_of_the_most() -> None:
    assert levels([0, 1, 2, 8]) == " ▁▂█"
    assert levels([0, 1, 40, 80]) == " ▁▄█"
    assert levels([]) == ""


def test_the_most_at_once_stand_out_and_what_is_expected_steps_back() -> None:
    assert list(heights([0, 1, 2, 1, 2, 1], now_cell=3, width=8)) == [
        (" ▁", ""),
        ("▂", "collides"),
        ("▁", ""),
        ("▂", "collides"),
        ("▁", "expected"),
        ("··", "expected"),
    ]
    assert list(heights([1, 1], now_cell=1, width=2)) == [("▁▁", "")]
    assert list(heights([], now_cell=0, width=0)) == []


def test_what_is_left_out_is_a_mark_where_there_is_nothing_else() -> None:
    absent = (LeftOut(at(-3), "company"), LeftOut(at(1), "company"), LeftOut(at(2), "spain"))
    picture = draw([ran(-3, -2)], [Fire(at(1))], SPAN, PLAIN, NOON, None, absent)
    assert picture.glyphs == "     ✓   ▹⊘ "
    assert picture.states[10] == "left_out"
    assert [stop.cell for stop in picture.stops] == [5, 9, 10]
