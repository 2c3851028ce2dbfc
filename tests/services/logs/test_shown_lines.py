"""Lines of a log as they are shown."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.services.logs.test_log_file import log_of
from tui_scheduler.ansi_style import UNSTYLED, AnsiStyle
from tui_scheduler.services.logs.log_file import BLOCK, LONGEST, LogFile
from tui_scheduler.services.logs.shown_lines import (
    LAST_CHANGES,
    LOOK_BACK,
    read_line,
    stretches,
    style_before,
)
from tui_scheduler.text import decode

RED, GREEN = AnsiStyle(foreground=1), AnsiStyle(foreground=2)
BAR = b"".join(
    b"frame=%6d size=%8dkB time=00:00:01.00 speed=1x   \r" % (n, 40 * n) for n in range(9_999)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


def texts_of(log: LogFile) -> list[str]:
    return [read_line(log, line).text for line in log.lines_from(0)]


class TestColours:
    def test_a_line_begins_in_the_colours_of_the_one_before(self, path: Path) -> None:
        log = log_of(path, b"plain\n\x1b[31mred\nstill\x1b[0m\nplain\n")
        styles = [read_line(log, line).spans[0].style for line in log.lines_from(0)]
        assert styles == [UNSTYLED, RED, RED, UNSTYLED]

    def test_they_are_looked_for_not_too_far_back(self, path: Path) -> None:
        near, far = b"x\n" * 1_000, b"x\n" * LOOK_BACK
        log = log_of(path, b"\x1b[31m" + near)
        assert style_before(log, log.size) == RED
        log = log_of(path, b"\x1b[31m" + far)
        assert style_before(log, log.size) == UNSTYLED
        assert style_before(log, 1_000) == RED

    def test_only_the_last_changes_are_heeded(self, path: Path) -> None:
        log = log_of(path, b"\x1b[1m" + b"\x1b[32mx\x1b[39m" * LAST_CHANGES + b"\x1b[31m")
        assert style_before(log, log.size) == RED

    def test_other_sequences_change_nothing(self, path: Path) -> None:
        log = log_of(path, b"\x1b[32m\x1b[Kx\x1b[?25l\x1b[2m;\x1b[1mm\x1b[22m\x1b[31")
        assert style_before(log, log.size) == GREEN

    def test_a_colour_chosen_before_a_cut_holds_after_it(self, path: Path) -> None:
        log = log_of(path, b"\x1b[31m" + b"x" * 2 * BLOCK)
        assert {
            span.style for line in log.lines_from(0) for span in read_line(log, line).spans
        } == {RED}


class TestLongLines:
    def test_a_progress_bar_is_its_last_state_however_long_it_went_on(self, path: Path) -> None:
        log = log_of(path, b"before\n" + BAR + b"\nafter\n")
        last = "frame=  9998 size=  399920kB time=00:00:01.00 speed=1x   "
        assert texts_of(log) == ["before", last, "after"]
        assert [read_line(log, line).text for line in log.lines_before(log.size)] == [
            "after",
            last,
            "before",
        ]

    @pytest.mark.parametrize("back", [b"\x1b[1G", b"\x1b[2K\x1b[G", b"\x1b[40D", b"\b" * 40])
    def test_whatever_brings_the_cursor_back(self, path: Path, back: bytes) -> None:
        log = log_of(path, (b"%-40d" % 1 + back) * 3_000 + b"%-40d\n" % 2)
        assert [line.replace("…", "").rstrip() for line in texts_of(log)] == ["2"]

    def test_there_is_an_end_to_what_is_read(self, path: Path) -> None:
        log = log_of(path, b"50%\r" * (LONGEST // 4 + 1))
        assert texts_of(log) == ["50%", "50%"]

    def test_no_character_is_broken(self, path: Path) -> None:
        log = log_of(path, "€".encode() * 60_000 + b"\n")
        assert len(texts_of(log)) > 2
        assert "".join(texts_of(log)) == "€" * 60_000

    @pytest.mark.parametrize("offset", range(6))
    def test_no_sequence_is_broken(self, path: Path, offset: int) -> None:
        log = log_of(path, b"x" * (BLOCK - offset) + b"\x1b[31my" + b"z" * BLOCK)
        assert "".join(texts_of(log)) == "x" * (BLOCK - offset) + "y" + "z" * BLOCK

    def test_what_is_ahead_of_a_cut_is_known(self, path: Path) -> None:
        log = log_of(path, b"x" * (BLOCK - 3) + b"needle" + b"x" * 9_000 + b"\nnext\n")
        first, second, last = (read_line(log, line) for line in log.lines_from(0))
        assert first.text.endswith("nee")
        assert first.ahead.startswith("dlex")
        assert (second.ahead, last.ahead) == ("", "")

    def test_only_what_is_asked_for_is_read(self, path: Path) -> None:
        log = log_of(path, b"x" * 30_000)
        (line,) = log.lines_from(0)
        assert 80 <= len(read_line(log, line, cells=80).text) < 1_000
        assert len(read_line(log, line).text) == 30_000

    @pytest.mark.parametrize("start", [b"\x1b[31m\x1b[0m" * 1_000, "e\u0301".encode(), b"\r"])
    def test_as_many_cells_as_are_asked_for(self, path: Path, start: bytes) -> None:
        log = log_of(path, start + "e\u0301".encode() * 5_000)
        (line,) = log.lines_from(0)
        assert read_line(log, line, cells=300).text.startswith("e\u0301" * 300)


@pytest.mark.parametrize(
    "data",
    [
        b"calm\nlines\n",
        b"\x1b[31mred\r\n50%\r100%\nlast",
        b"a\n" + b"x" * 3 * BLOCK + b"\nb\n" + BAR + b"\nc",
        BAR * 2,
    ],
)
def test_stretches_show_what_lines_do(path: Path, data: bytes) -> None:
    log = log_of(path, data)
    parts = list(stretches(log, 0, log.size))
    assert (parts[0].start, parts[-1].end) == (0, log.size)
    assert all(one.end == other.start for one, other in pairwise(parts))
    texts = [text for one in parts for text in decode(one.data).removesuffix("\n").split("\n")]
    assert texts == texts_of(log)
