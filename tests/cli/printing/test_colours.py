"""Colours on a real terminal, from every command that prints for people; none where unwanted."""

import os
import pty
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.stored_runs import a_run
from tui_scheduler.cli import main
from tui_scheduler.models import Request, RequestStatus, RunStatus

OnTerminal = Callable[..., str]


@pytest.fixture
def on_terminal(
    cli: Cli, stored: Opened, backup: int, monkeypatch: pytest.MonkeyPatch
) -> OnTerminal:
    """What a command draws on a terminal of its own, where there is something of everything."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)
    with stored() as services:
        a_run(services, backup, RunStatus.ERROR, output=b"\x1b[31mred\x1b[0m\n")
        soon = datetime.now(UTC) + timedelta(hours=1)
        Request.update(status=RequestStatus.SCHEDULED, scheduled_at=soon, next_fire=soon).execute()

    def draw(*arguments: str) -> str:
        leader, follower = pty.openpty()
        with ThreadPoolExecutor() as reader, monkeypatch.context() as context:
            drawn = reader.submit(_drawn, leader)
            with os.fdopen(follower, "w", encoding="utf-8") as terminal:
                context.setattr(sys, "stdout", terminal)
                main(list(arguments))
            return drawn.result().decode()

    return draw


def _drawn(leader: int) -> bytes:
    """Everything that is drawn until the terminal is let go."""
    with os.fdopen(leader, "rb", buffering=0) as screen, suppress(OSError):
        drawn = b""
        while more := screen.read(65536):
            drawn += more
    return drawn


COLOURED = [
    ["process", "list"], ["process", "show", "backup"], ["process", "edit", "backup"],
    ["request", "list"], ["request", "show", "1"], ["request", "edit", "1"],
    ["unschedule", "1"], ["trigger", "1"],
    ["runs"], ["runs", "--since", "1d", "--follow"], ["log", "1"], ["status"],
    ["doctor"], ["prune", "--dry-run"],
]  # fmt: skip
PLAIN = [
    ["runs", "--json"], ["status", "--json"], ["request", "list", "--json"], ["doctor", "--json"],
    ["next", "--timing", "immediate"], ["completion", "bash"], ["--help"], ["runs", "--help"],
    ["hold", "--json"],
]  # fmt: skip


@pytest.fixture(autouse=True)
def _followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever follows looks once, and then ctrl+c is pressed."""

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)


@pytest.mark.parametrize("arguments", COLOURED, ids=" ".join)
def test_a_terminal_gets_colours_unless_they_are_unwelcome(
    on_terminal: OnTerminal, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    coloured = on_terminal(*arguments)
    assert "\x1b[" in coloured
    assert coloured.count("\x1b[0m") >= coloured.count("\x1b[3")
    monkeypatch.setenv("NO_COLOR", "yes")
    assert "\x1b" not in on_terminal(*arguments)


@pytest.mark.parametrize("arguments", PLAIN, ids=" ".join)
def test_what_is_read_by_programs_is_never_coloured(
    on_terminal: OnTerminal, arguments: list[str]
) -> None:
    assert "\x1b" not in on_terminal(*arguments)


@pytest.mark.parametrize("arguments", [*COLOURED, *PLAIN], ids=" ".join)
def test_a_pipe_gets_no_colours(on_terminal: OnTerminal, cli: Cli, arguments: list[str]) -> None:
    if arguments[0] != "log":  # whose bytes go as they are
        assert "\x1b" not in cli(*arguments).out
