"""The variables that tell a run who it is, wherever it runs, and the script of Python processes."""

import json
from collections.abc import Mapping
from pathlib import Path

from tui_scheduler.models import ProcessKind
from tui_scheduler.services.context import files_stem
from tui_scheduler.services.running.taken_runs import Claim

RUN_VARIABLE = "TUI_SCHEDULER_RUN_ID"
LOG_VARIABLE = "TUI_SCHEDULER_LOG"
MARK_VARIABLE = "TUI_SCHEDULER_RUN"
"""The mark: number and token tell every process of a run, whatever became of its parents."""

PARAMETERS_VARIABLE = "TUI_SCHEDULER_PARAMETERS"
"""The names of the parameters of a run, and of which type each is; values are variables."""

AFTER_VARIABLE = "TUI_SCHEDULER_AFTER_RUN"
AFTER_EXIT_VARIABLE = "TUI_SCHEDULER_AFTER_EXIT_CODE"
AFTER_LOG_VARIABLE = "TUI_SCHEDULER_AFTER_LOG"
"""What a run is told of the one that it follows; empty where that has no such thing."""

_OURS = {
    AFTER_VARIABLE,
    AFTER_EXIT_VARIABLE,
    AFTER_LOG_VARIABLE,
    RUN_VARIABLE,
    LOG_VARIABLE,
    MARK_VARIABLE,
    PARAMETERS_VARIABLE,
    "NOTIFY_SOCKET",  # by which systemd talks with a service
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
    "TUI_SCHEDULER_COMPLETE",  # by which a shell asks us
    "_TUI_SCHEDULER_COMPLETE",
}
_OURS_BEGIN = ("LISTEN_FD", "LISTEN_PID", "TEXTUAL_")  # sockets that systemd opened; the screen

PYTHON_CHILD = Path(__file__).with_name("python_child.py")
"""The script that calls the callable of a Python process."""


def is_ours(name: str) -> bool:
    """Whether a variable was meant for this program, and is nothing to its runs."""
    return name in _OURS or name.startswith(_OURS_BEGIN)


def own_variables(claim: Claim) -> dict[str, str]:
    """Returns what a run is told of itself: these variables stand over all others."""
    return {
        **_described_parameters(claim),
        **_followed(claim),
        RUN_VARIABLE: str(claim.run_id),
        LOG_VARIABLE: str(claim.log_path.absolute()),
        MARK_VARIABLE: files_stem(claim.run_id, claim.token),
    }


def _followed(claim: Claim) -> Mapping[str, str]:
    """The variables that tell a run which one it follows."""
    cause = claim.cause
    if cause is None:
        return {}
    return {
        AFTER_VARIABLE: str(cause.run_id),
        AFTER_EXIT_VARIABLE: "" if cause.exit_code is None else str(cause.exit_code),
        AFTER_LOG_VARIABLE: "" if cause.log_path is None else str(cause.log_path.absolute()),
    }


def _described_parameters(claim: Claim) -> Mapping[str, str]:
    """The variable that tells a callable which of its variables are parameters."""
    if claim.kind is not ProcessKind.PYTHON:
        return {}
    return {PARAMETERS_VARIABLE: json.dumps(dict(claim.parameters))}
