"""What a program said last."""

from pathlib import Path

import pytest

from tui_scheduler.services.logs.last_line import last_line


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", ""),
        ("one", "one"),
        ("one\ntwo\n\n  \n", "two"),
        ("\x1b[31merror:\x1b[0m no such customer\n", "error: no such customer"),
        ("10 %\r100 %\n", "100 %"),
        ("said\n" + "\n" * 1000, ""),
    ],
)
def test_it_is_the_last_line_that_is_not_blank(tmp_path: Path, written: str, shown: str) -> None:
    log = tmp_path / "run.log"
    log.write_text(written)
    assert last_line(log, len(written)) == shown


def test_a_very_long_line_is_cut(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("x" * 10_000_000)
    assert 1 <= len(last_line(log, 10_000_000)) < 10_000_000


def test_a_log_that_is_gone_says_nothing(tmp_path: Path) -> None:
    assert last_line(tmp_path / "gone.log", 7) == ""
