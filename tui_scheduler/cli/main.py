"""The edge of the program: whatever happens inside ends here as an exit code and a sentence."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from tui_scheduler.cli.printing.output import complain, discard, never_fail, occupy_standard_streams
from tui_scheduler.cli.quick_lines import answer_quickly
from tui_scheduler.errors import (
    ExitCode,
    InvalidInput,
    Problem,
    SchedulerError,
    Unexpected,
    cause_of,
    lacks_threads,
    spelled,
)

_COMPLETION = "_TUI_SCHEDULER_COMPLETE"  # set by shells that ask what a word may become
_OPTIONS = {
    "environment": "--env",
    "members": "--member",
    "name": "name",
    "parameters": "--param",
    "working_directory": "--cwd",
}


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code; ``argv`` is without the program's name."""
    occupy_standard_streams()
    for stream in (sys.stdout, sys.stderr):
        never_fail(stream)
    try:
        code = _invoke(sys.argv[1:] if argv is None else list(argv))
        _flush()
    except KeyboardInterrupt:
        complain("Interrupted.")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        discard(sys.stdout)
        return ExitCode.DONE
    except Exception as error:  # the last edge: nobody gets to see a traceback
        return _explain(error)
    return code


def _invoke(arguments: list[str]) -> int:
    if _COMPLETION not in os.environ and (code := answer_quickly(arguments)) is not None:
        return code
    from tui_scheduler.cli.invocation import complete, invoke  # slow, for the sake of click

    if _COMPLETION in os.environ:
        return complete(os.environ[_COMPLETION])
    return invoke(arguments)


def _explain(error: Exception) -> int:
    if isinstance(error, InvalidInput):
        for problem in error.problems:
            complain(f"{_option(problem)}: {problem.text}")
        return error.exit_code
    if isinstance(error, SchedulerError):
        complain(str(error))
        return error.exit_code
    return _explain_surprise(error)


def _option(problem: Problem) -> str:
    """Returns the option that sets the field of ``problem``, or a key of the configuration file."""
    if problem.field in _OPTIONS:
        return _OPTIONS[problem.field]
    is_field = problem.field.isidentifier() and problem.field.islower()
    return f"--{spelled(problem.field).replace('_', '-')}" if is_field else problem.field


def _explain_surprise(error: Exception) -> int:
    import logging

    from tui_scheduler.cli.diagnostics import log_to_file

    file = log_to_file()
    logging.getLogger(__name__).error("unexpected", exc_info=error)
    where = f" Details: {file}" if file else ""
    complain(f"{_refused_by_system(error) or Unexpected(error)}{where}")
    with suppress(Exception):
        _flush()
        return ExitCode.FAILED
    discard(sys.stdout)
    return ExitCode.FAILED


def _refused_by_system(error: Exception) -> str | None:
    """Returns what the system refused and what to do about it, if that is all that happened."""
    if isinstance(error, FileNotFoundError) and error.filename is None and not _has_folder():
        return "The current folder was removed. Go to another one (cd), or give whole paths."
    is_refusal = (isinstance(error, OSError) and error.errno is not None) or lacks_threads(error)
    if not is_refusal:
        return None
    reason, remedy = cause_of(error)
    reason = f"{reason[:1].upper()}{reason[1:]}"
    is_printing = isinstance(error, OSError) and error.filename is None and not _can_print()
    what = "Standard output cannot be written: " if is_printing else ""
    return f"{what}{reason}. {remedy}."


def _can_print() -> bool:
    with suppress(OSError, ValueError):
        _flush()
        return True
    return False


def _has_folder() -> bool:
    try:
        return bool(Path.cwd())
    except FileNotFoundError:
        return False


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()
