"""Movement in a log, by places."""

from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_scheduler.services.logs.log_file import BLOCK, LogFile
from tui_scheduler.tui.widgets.log.window import LogWindow, Part, Top

HEIGHT = 5


def window_on(path: Path, data: bytes, *, wrap: bool = False, width: int = 10) -> LogWindow:
    path.write_bytes(data)
    log = LogFile(path)
    log.refresh()
    window = LogWindow(log)
    window.wrap, window.width = wrap, width
    return window


def numbered(count: int) -> bytes:
    return b"".join(b"%03d\n" % number for number in range(count))


def place(part: Part) -> Top:
    return Top(part.line.start, part.part)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


class TestPlain:
    def test_the_end_fills_the_screen(self, path: Path) -> None:
        window = window_on(path, numbered(100))
        assert window.end(HEIGHT) == Top(95 * 4)

    def test_a_log_shorter_than_the_screen_ends_at_its_beginning(self, path: Path) -> None:
        assert window_on(path, numbered(3)).end(HEIGHT) == Top(0)

    def test_an_empty_log_has_one_place(self, path: Path) -> None:
        window = window_on(path, b"")
        assert window.end(HEIGHT) == window.up(Top(), 3) == window.down(Top(), 3, HEIGHT) == Top()

    def test_up_and_down_go_by_lines_and_stop_at_the_ends(self, path: Path) -> None:
        window = window_on(path, numbered(100))
        assert window.up(Top(40 * 4), 3) == Top(37 * 4)
        assert window.up(Top(8), 30) == Top(0)
        assert window.down(Top(40 * 4), 3, HEIGHT) == Top(43 * 4)
        assert window.down(Top(94 * 4), 30, HEIGHT) == Top(95 * 4)

    def test_a_fraction_is_found_at_the_start_of_a_line(self, path: Path) -> None:
        window = window_on(path, numbered(100))
        assert window.at_fraction(0, HEIGHT) == Top(0)
        assert window.at_fraction(0.5, HEIGHT) == Top(190 // 4 * 4)
        assert window.at_fraction(1, HEIGHT) == window.at_fraction(7, HEIGHT) == Top(380)


class TestWrapped:
    def test_a_long_line_has_several_parts(self, path: Path) -> None:
        window = window_on(path, b"0123456789" * 3 + b"\nend\n", wrap=True)
        parts = list(window.parts_from(Top()))
        assert [place(part) for part in parts] == [Top(0, 0), Top(0, 1), Top(0, 2), Top(31, 0)]

    def test_the_end_may_be_within_a_line(self, path: Path) -> None:
        window = window_on(path, b"0123456789" * 30, wrap=True)
        assert window.end(HEIGHT) == Top(0, 25)

    def test_movement_goes_by_parts(self, path: Path) -> None:
        window = window_on(path, b"0123456789" * 30, wrap=True)
        assert window.up(Top(0, 25), 3) == Top(0, 22)
        assert window.down(Top(0, 2), 4, HEIGHT) == Top(0, 6)

    def test_a_place_behind_the_last_part_is_taken_for_the_last(self, path: Path) -> None:
        window = window_on(path, b"short\nnext\n", wrap=True)
        assert place(next(window.parts_from(Top(0, 7)))) == Top(0, 0)

    def test_a_change_of_width_changes_the_parts(self, path: Path) -> None:
        window = window_on(path, b"0123456789" * 3, wrap=True)
        window.width = 15
        assert len(list(window.parts_from(Top()))) == 2


LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.text("a日é", max_size=30).map(str.encode),
        st.sampled_from([b"x" * BLOCK, b"y" * (BLOCK + 1), b"\x1b[31mred"]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(LINES, st.booleans(), st.integers(1, 2_000))
def test_walking_up_visits_what_walking_down_visits(
    lines: list[bytes], wrap: bool, width: int
) -> None:
    with TemporaryDirectory() as folder:
        window = window_on(Path(folder, "log"), b"\n".join(lines), wrap=wrap, width=width)
        down = list(islice(window.parts_from(Top()), 300))
        below = place(down[-1]) if len(down) == 300 else Top(window.log.size)
        up = list(window.parts_before(below))
    assert up == (down[-2::-1] if len(down) == 300 else down[::-1])


@settings(max_examples=40, deadline=None)
@given(LINES, st.booleans(), st.lists(st.integers(-40, 40), max_size=10))
def test_no_movement_leads_past_the_ends(lines: list[bytes], wrap: bool, steps: list[int]) -> None:
    with TemporaryDirectory() as folder:
        window = window_on(Path(folder, "log"), b"\n".join(lines), wrap=wrap, width=1_000)
        end, top = window.end(HEIGHT), Top()
        for step in steps:
            top = window.up(top, -step) if step < 0 else window.down(top, step, HEIGHT)
            assert Top() <= top <= end
