"""Asking before something is lost, where there is somebody to ask."""

import sys

import click

from tui_scheduler.cli.options.click_classes import option
from tui_scheduler.cli.printing.output import complain, is_terminal
from tui_scheduler.text import plain

yes_option = option("--yes", "-y", "is_sure", is_flag=True, help="Do not ask.")


def confirmed(what: str, is_sure: bool) -> bool:
    """Whether ``what`` may be removed: asks a person at a terminal, and believes a script."""
    if is_sure or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return True
    if click.confirm(plain(f"Remove {what}?"), err=True):
        return True
    complain("Nothing was removed.")
    return False
