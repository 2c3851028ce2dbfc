"""How far something is: for a person who waits, and nobody else."""

import pytest

from tui_scheduler.cli.printing import progress as module
from tui_scheduler.cli.printing.progress import progress


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0)
    monkeypatch.setattr(module, "_PAUSE", 0)


def written_by_progress(capsys: pytest.CaptureFixture[str]) -> str:
    with progress("requests") as tell:
        tell(999, 12_000)
        tell(10_000, 12_000)
    return capsys.readouterr().err


def test_on_a_terminal_one_line_is_written_over_and_gone_at_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "is_terminal", lambda _: True)
    *lines, end = written_by_progress(capsys).split("\r")[1:]
    assert lines[0].rstrip() == "999 of 12,000 requests"
    assert lines[1].rstrip() == "10,000 of 12,000 requests"
    assert (lines[2].strip(), end) == ("", "")


def test_elsewhere_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert written_by_progress(capsys) == ""


def test_what_is_quick_says_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "is_terminal", lambda _: True)
    monkeypatch.setattr(module, "_PATIENCE", 3600)
    assert written_by_progress(capsys) == ""
