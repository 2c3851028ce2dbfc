"""Asking before something is lost, where there is somebody to ask."""

import sys
from collections.abc import Callable

import click

from tui_scheduler.cli.options.click_classes import option
from tui_scheduler.cli.printing.output import complain, is_terminal
from tui_scheduler.errors import ExitCode
from tui_scheduler.text import plain

yes_option = option("--yes", "-y", "is_sure", is_flag=True, help="Do not ask.")


def confirmed(question: str, is_sure: bool) -> bool:
    """Returns whether it may be done: asks a person at a terminal, and believes a script."""
    if is_sure or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return True
    return click.confirm(plain(question), err=True)


def remove(what: str, along: str, is_sure: bool, remove_step: Callable[[], bool]) -> ExitCode:
    """Remove ``what`` in as many steps as it takes, once it is confirmed that ``along`` goes too.

    ``remove_step`` says whether there is more to do.
    """
    if not confirmed(f"Remove {what}{along}?", is_sure):
        complain("Nothing was removed.")
        return ExitCode.FAILED
    while remove_step():
        pass
    complain(f"Removed {what}.")
    return ExitCode.DONE
