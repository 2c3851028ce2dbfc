"""The screen, as the command line opens it."""

import gc
import sys

from tui_scheduler.cli.printing.output import is_terminal
from tui_scheduler.cli.session import Session
from tui_scheduler.errors import ExitCode


def has_screen() -> bool:
    """Whether there is a terminal to show it on."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def open_screen(session: Session) -> int:
    """Show it until it is left; returns the exit code."""
    from tui_scheduler.cli.diagnostics import log_to_file

    log_to_file()
    gc.disable()  # nothing is garbage yet; `run` enables it when the first screen is there
    try:
        from tui_scheduler.tui.run import run

        return run(session.settings) or ExitCode.DONE
    finally:
        gc.enable()
