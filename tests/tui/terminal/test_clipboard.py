"""Copying inside tmux, which drops what programs send to the terminal's clipboard."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.drafts import a_request
from tests.tui.conftest import Show
from tests.tui.on_screen import press, question, table, toasts, until

Tmux = Callable[[str], Path]


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tmux:
    """Puts us into a tmux that does what a line of shell says; where it writes what it did."""

    def put(line: str) -> Path:
        program, done = tmp_path / "tmux", tmp_path / "done"
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
        monkeypatch.setenv("TMUX", "/tmp/tmux-1000/default,1,0")
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        monkeypatch.setenv("DONE", str(done))
        return done

    return put


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ('echo "$* $(cat)" > $DONE', "load-buffer -w - backup\n"),
        ('test "$2" != -w && echo "$* $(cat)" > $DONE', "load-buffer - backup\n"),  # before 3.2
    ],
)
async def test_tmux_is_given_what_is_copied(show: Show, tmux: Tmux, line: str, done: str) -> None:
    file = tmux(line)
    async with show(a_request) as ui:
        await until(ui, lambda: table(ui).cursor_row)
        await press(ui, "y")
        await question(ui)
        await press(ui, "y")
        await until(ui, lambda: toasts(ui) == ["Copied backup"])
        await until(ui, lambda: file.exists() and file.read_text() == done)
        assert ui.app.clipboard == "backup"


async def test_a_tmux_that_does_not_take_it_is_told(show: Show, tmux: Tmux) -> None:
    tmux("exit 1")
    async with show(a_request) as ui:
        ui.app.copy_to_clipboard("backup")
        message = "The clipboard may not have it: tmux did not take it."
        await until(ui, lambda: toasts(ui) == [message])
