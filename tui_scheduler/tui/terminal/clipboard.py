"""The clipboard, where tmux lies between us and the terminal.

With its default settings tmux drops the escape sequence by which a program copies. What it is given
by its own command it passes on, and keeps to be pasted.
"""

import os
import shutil
import subprocess

_PATIENCE = 20.0  # seconds; a machine may be busy


def is_in_tmux() -> bool:
    """Returns whether tmux is the terminal."""
    return bool(os.environ.get("TMUX"))


def give_to_tmux(text: str) -> bool:
    """Give ``text`` to tmux; returns whether it took it. Waits for another program.

    Before version 3.2 it only keeps it.
    """
    tmux = shutil.which("tmux")
    if tmux is None:
        return False
    try:
        return any(_load([tmux, "load-buffer", *options, "-"], text) for options in (["-w"], []))
    except (OSError, subprocess.TimeoutExpired):
        return False


def _load(command: list[str], text: str) -> bool:
    data = text.encode(errors="replace")
    done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=_PATIENCE)
    return done.returncode == 0
