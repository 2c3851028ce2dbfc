"""Calls a Python callable for a run, or tells why it cannot: the script of a child interpreter.

Nothing imports it. It runs in any Python from 3.8 on that has no more than the standard library,
as ``python python_child.py [--check] package.module:callable``. What it needs is imported before
the working directory goes onto the path, so that no module there can take its place. Each run pays
for that, so pathlib and typing are not used.
"""

from __future__ import annotations

import os
import sys

if sys.path[0] == os.path.dirname(os.path.realpath(__file__)):
    del sys.path[0]  # what lies beside us must not be taken for a module of the callable

import contextlib
import datetime
import errno
import faulthandler
import importlib.machinery
import inspect
import io
import json
import logging
import math
import stat
import time
from dataclasses import dataclass
from types import MappingProxyType, TracebackType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_PAUSE = 0.1  # seconds between two notes of a progress of less than a percent
_NOTE_LENGTH = 60
_LONGEST_REASON = 300  # characters
_VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_PLAIN = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_READERS = {"number": (int, float), "date": (datetime.date.fromisoformat,)}


class Unusable(Exception):
    """The callable cannot be found, or cannot be called; the text says why."""


class Progress:
    """Notes how far the run is: each percent, and ten times a second what lies between."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: int | None = None
        self._percent = -1
        self._noted_at = 0.0
        self._waiting: tuple[float, float] | None = None

    def tell(self, done: float, total: float) -> None:
        """Say that ``done`` of ``total`` is done; costs little, however often it is said."""
        if not 0 < total < math.inf:
            return
        if not 0 <= done <= total:  # asked without a call, as it may be said a million times
            if not math.isfinite(done):
                return
            done = min(max(done, 0), total)
        percent, now = int(done * 100 / total), time.monotonic()
        if percent == self._percent and now - self._noted_at < _PAUSE:
            self._waiting = done, total
            return
        self._percent, self._noted_at = percent, now
        self._note(done, total)

    def flush(self) -> None:
        """Note what was said last."""
        if self._waiting is not None:
            self._note(*self._waiting)

    def _note(self, done: float, total: float) -> None:
        """Write over what was there, in one piece of the same length: nobody reads half of it."""
        self._waiting = None
        line = f"{float(done):.15g} {float(total):.15g}".ljust(_NOTE_LENGTH) + "\n"
        with contextlib.suppress(OSError):  # a full disk is no reason to fail
            if self._file is None:
                self._file = _opened(self._path)
            os.pwrite(self._file, line.encode(), 0)


def _opened(path: str) -> int:
    """A descriptor of our file at ``path``; raises OSError for what somebody put in its place."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.open(path, flags, 0o600)
    status = os.fstat(file)
    is_ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
    if not is_ours or status.st_nlink > 1:
        os.close(file)
        raise OSError(errno.EPERM, os.strerror(errno.EPERM), path)
    return file


@dataclass(frozen=True)
class Context:
    """What the callable is given, if it takes an argument."""

    run_id: int
    parameters: Mapping[str, Any]
    logger: logging.Logger
    progress: Callable[[float, float], None]


def main(arguments: list[str]) -> None:
    """Call the target that is named last, or check it."""
    target = arguments[-1]
    sys.path.insert(0, os.getcwd())
    sys.argv = [target]
    if arguments[0] == "--check":
        check(target)
    else:
        call(target)


def call(target: str) -> None:
    """Call it, and end as it ends: exit code 0, what SystemExit says, or 1 and a traceback."""
    faulthandler.enable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    log, _ = os.path.splitext(os.environ["TUI_SCHEDULER_LOG"])
    progress = Progress(f"{log}.progress")
    run_id = int(os.environ["TUI_SCHEDULER_RUN_ID"])
    context = Context(run_id, _parameters(), _logger(target), progress.tell)
    try:
        function = _callee(target)
        returned = function(context) if _takes_context(function) else function()
        if inspect.iscoroutine(returned):
            import asyncio  # slow, and seldom needed

            asyncio.run(returned)
    except Unusable as reason:
        sys.exit(f"{target}: {reason}")
    except Exception as error:
        error.__traceback__ = _beyond_us(error.__traceback__)
        sys.excepthook(type(error), error, error.__traceback__)
        sys.exit(1)
    finally:
        progress.flush()


def check(target: str) -> None:
    """Write a line that only Python writes, and one with the reason not to call it, as JSON."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what the module prints is no answer
    os.write(answers, b"python\n")
    reason = ""
    try:
        _takes_context(_callee(target))
    except Unusable as error:
        reason = str(error)
    except ModuleNotFoundError as error:
        reason = f"its module needs {error.name!r}, which {sys.executable} does not have"
    except BaseException as error:
        reason = f"its module cannot be imported: {type(error).__name__}: {error}"
    os.write(answers, json.dumps(reason[:_LONGEST_REASON]).encode() + b"\n")
    os._exit(0)  # whatever the module has begun


def _callee(target: str) -> Callable[..., Any]:
    module_name, _, path = target.partition(":")
    _refuse_shadowed(module_name.partition(".")[0])
    try:
        callee: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if not f"{module_name}.".startswith(f"{error.name}."):
            raise
        where = f"neither in {sys.path[0]} nor where {sys.executable} looks for modules"
        raise Unusable(f"there is no module {error.name!r}, {where}") from None
    for name in path.split("."):
        if not hasattr(callee, name):
            raise Unusable(f"there is no {path!r} in {module_name}: check its spelling")
        callee = getattr(callee, name)
    if not callable(callee):
        raise Unusable(f"{path!r} is of type {type(callee).__name__}, which cannot be called")
    if inspect.isgeneratorfunction(callee) or inspect.isasyncgenfunction(callee):
        raise Unusable(f"{path!r} is a generator, of which a call does nothing: take its yield out")
    return callee  # type: ignore[no-any-return]


def _refuse_shadowed(name: str) -> None:
    """Refuse a module of the working directory in whose place Python has loaded another one."""
    loaded = getattr(sys.modules.get(name), "__spec__", None)
    here = importlib.machinery.PathFinder.find_spec(name, sys.path[:1])
    if loaded is None or here is None or here.origin is None:
        return
    if os.path.realpath(here.origin) != os.path.realpath(loaded.origin or ""):
        raise Unusable(f"{here.origin} has the name of a module of Python's own: rename it")


def _takes_context(function: Callable[..., Any]) -> bool:
    """Whether its first argument is required, or is called ``context``; raises Unusable."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # it is written in C and does not tell
        return False
    needed = [each for each in parameters if each.default is each.empty]
    needed = [each for each in needed if each.kind not in _VARIABLE]
    if len(needed) > 1 or any(each.kind not in _PLAIN for each in needed):
        names = ", ".join(each.name for each in needed)
        raise Unusable(f"it requires {names}: let it take a context and nothing else, or nothing")
    is_offered = any(each.name == "context" and each.kind in _PLAIN for each in parameters[:1])
    return bool(needed) or is_offered


def _parameters() -> Mapping[str, Any]:
    """What the run is given, as the process declares it: numbers, dates, or else text."""
    types = json.loads(os.environ.get("TUI_SCHEDULER_PARAMETERS", "{}"))
    values = {name: _typed(os.environ.get(name, ""), types[name]) for name in types}
    return MappingProxyType(values)


def _typed(text: str, kind: str) -> Any:
    """A value of its kind; text if it is none, as happens when a declaration was changed."""
    for read in _READERS.get(kind, ()):
        with contextlib.suppress(ValueError):
            return read(text)
    return text


def _logger(target: str) -> logging.Logger:
    """A logger apart from all others, so that the callable may arrange those as it likes."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.Logger(target, logging.INFO)  # noqa: LOG001  apart from those of the module
    logger.addHandler(handler)
    return logger


def _beyond_us(trace: TracebackType | None) -> TracebackType | None:
    """Where a traceback leaves this file and the machinery of imports."""
    ours = (__file__, importlib.__file__)
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file not in ours and not file.startswith("<frozen importlib"):
            break
        trace = trace.tb_next
    return trace


if __name__ == "__main__":
    main(sys.argv[1:])
