"""Runs that were begun by the version before, which had no keeper.

A shell waited for the command and wrote its exit code into a file beside the log, which the
command itself wrote to. These are only ever adopted; when the last of them has ended, this module
may go.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tui_scheduler.engine.local.identity import Identity, current_boot
from tui_scheduler.engine.local.process_tree import Mark
from tui_scheduler.engine.runner import Adopted, Ended, Lost, NeverStarted, Started
from tui_scheduler.identity import real_path
from tui_scheduler.services.logs.run_files import RunFiles
from tui_scheduler.services.running.taken_runs import OpenRun

_WRAPPER_NAME = "tui-scheduler-run"
_LOG_VARIABLE = "TUI_SCHEDULER_LOG"
_KILLED = "It ended while nobody watched, and left no exit status: it was killed from outside"


async def adopt(run: OpenRun) -> Adopted:
    """Find the wrapper of ``run`` again, or the exit code that it left, or say what is known."""
    files = RunFiles.of(run.log_path)
    identity = await _identity(run, files)
    if identity is not None and identity.is_present():
        return Started(str(identity), run.start_time or files.began_at(), identity.pid)
    if (end := end_of(files)) is not None:
        return replace(end, start_time=run.start_time or files.began_at())
    if not files.status.exists() and run.handle is None:
        return NeverStarted()
    return Lost(_loss(identity))


def end_of(files: RunFiles) -> Ended | None:
    """How the run ended, if its wrapper has written that."""
    written = files.exit_status()
    return None if written is None else Ended(end_time=written.end_time, exit_code=written.code)


def mark_of(files: RunFiles, pid: int) -> Mark:
    """What the processes of such a run are known by: its log, by the name it was given then."""
    import psutil

    try:
        return Mark(_LOG_VARIABLE, psutil.Process(pid).environ()[_LOG_VARIABLE])
    except (psutil.Error, OSError, KeyError):
        return Mark(_LOG_VARIABLE, str(files.log))


def loss() -> Lost:
    """What is said when the wrapper has gone without a word."""
    return Lost(_KILLED)


async def _identity(run: OpenRun, files: RunFiles) -> Identity | None:
    """Which process stands for ``run``, also if there was no time to record that."""
    if run.handle is not None:
        return Identity.parse(run.handle)
    pid = await asyncio.to_thread(_leader, files.status)
    try:
        return None if pid is None else Identity.of(pid)
    except ProcessLookupError:
        return None


def _leader(status_file: Path) -> int | None:
    """The wrapper that is to write ``status_file``, if it is alive."""
    import psutil

    its_file = real_path(status_file)
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            match process.cmdline():
                case [_, "-c", _, name, _, path, *_] if (
                    name == _WRAPPER_NAME and real_path(Path(path)) == its_file
                ):
                    return process.pid
    return None


def _loss(identity: Identity | None) -> str:
    if identity is None:
        return "The scheduler ended while it started this run; it is not known what became of it"
    if identity.boot != current_boot():
        return "The machine was restarted while it ran"
    return _KILLED
