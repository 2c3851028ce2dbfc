"""The title of the window, and what calls whoever does not look at it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tui_scheduler.runtime import Runtime
from tui_scheduler.services.views.overview import Counts
from tui_scheduler.settings import Settings
from tui_scheduler.tui.terminal.signals import TerminalSignals, title_of

SETTINGS = Settings(database=Path("x.db"))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the terminal is given."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("VTE_VERSION", raising=False)
    return []


def signals(
    written: list[str], *, has_focus: Callable[[], bool] = lambda: False, **settings: Any
) -> TerminalSignals:
    runtime = SimpleNamespace(settings=replace(SETTINGS, **settings))
    return TerminalSignals(cast("Runtime", runtime), written.append, has_focus)


def counts(running: int = 0, failed: int = 0) -> Counts:
    return Counts(running=running, queued=0, failed_today=failed)


@pytest.mark.parametrize(
    ("running", "failed", "title"),
    [
        (0, 0, "tui-scheduler"),
        (2, 0, "2 running - tui-scheduler"),
        (2, 1, "2 running, 1 failed - tui-scheduler"),
        (0, 1234, "1,234 failed - tui-scheduler"),
    ],
)
def test_the_title_says_what_runs_and_what_failed(running: int, failed: int, title: str) -> None:
    assert title_of(counts(running, failed)) == title


def test_it_is_written_only_when_it_changes(written: list[str]) -> None:
    telling = signals(written)
    for running in (1, 1, 2):
        telling.show(counts(running))
    assert written == ["\x1b]2;1 running - tui-scheduler\a", "\x1b]2;2 running - tui-scheduler\a"]


@pytest.mark.parametrize("terminal", ["linux", "dumb", ""])
def test_a_terminal_without_a_title_is_left_alone(
    written: list[str], monkeypatch: pytest.MonkeyPatch, terminal: str
) -> None:
    monkeypatch.setenv("TERM", terminal)
    signals(written).show(counts(1))
    assert written == []


def test_nothing_calls_unless_it_is_wanted(written: list[str]) -> None:
    telling = signals(written)
    telling.show(counts())
    telling.show(counts(failed=1))
    assert all(text.startswith("\x1b]2;") for text in written)


def test_a_bell_for_what_has_failed_since(written: list[str]) -> None:
    telling = signals(written, bell=True)
    for failed in (5, 5, 6, 0, 1):
        telling.show(counts(failed=failed))
    assert written.count("\a") == 2


def test_whoever_looks_needs_none(written: list[str]) -> None:
    telling = signals(written, has_focus=lambda: True, bell=True, desktop_notice=True)
    telling.show(counts())
    telling.show(counts(failed=1))
    assert "\a" not in written
    assert len(written) == 2


@pytest.mark.parametrize(
    ("variables", "sequence"),
    [
        ({}, "\x1b]9;tui-scheduler: 2 runs failed\a"),
        ({"TERM": "foot"}, "\x1b]777;notify;tui-scheduler;2 runs failed\x1b\\"),
        ({"VTE_VERSION": "7600"}, "\x1b]777;notify;tui-scheduler;2 runs failed\x1b\\"),
        ({"TMUX": "x"}, "\x1bPtmux;\x1b\x1b]9;tui-scheduler: 2 runs failed\a\x1b\\"),
    ],
)
def test_a_notice_of_the_desktop(
    written: list[str],
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    sequence: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    telling = signals(written, desktop_notice=True)
    telling.show(counts())
    telling.show(counts(failed=2))
    assert written[-1] == sequence
