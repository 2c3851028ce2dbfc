"""Where words go: data to standard output, narration to standard error, no harm to either."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import IO, Any, TypeVar

from tui_scheduler.cli.printing.layout import Cell, Column, Fields, fields, table
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.text import plain
from tui_scheduler.wording import cut

T = TypeVar("T")

_LONGEST = 500  # characters of one word
_ENDLESS = re.compile(rf"\S{{{_LONGEST},}}")


def is_terminal(stream: IO[str] | None) -> bool:
    """Returns whether a person looks at ``stream`` (or types into it)."""
    return stream is not None and not stream.closed and stream.isatty()


def occupy_standard_streams() -> None:
    """Let no file of ours get the number of a standard stream that whoever started us closed.

    To print where standard output was closed fails, as in other programs.
    """
    for number, mode in enumerate((os.O_RDWR, os.O_RDONLY, os.O_RDWR)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # the lowest number that is free
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def let_go_of_terminal() -> None:
    """Say to whoever began us that we are ready, and keep nothing open that is theirs."""
    from tui_scheduler.runtime.background import READY

    os.write(1, READY.encode())
    os.chdir("/")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    os.close(nowhere)


def standard_input(longest: int) -> bytes:
    """Read at most so many bytes; raises InvalidInput if standard input was closed."""
    if sys.stdin is None:
        raise InvalidInput([Problem("FILE", "standard input is closed: give a file")])
    return sys.stdin.buffer.read(longest)


def never_fail(stream: IO[str] | None) -> None:
    """Have letters that the encoding of ``stream`` does not know replaced."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")


def complain(text: str, *, newlines: bool = False) -> None:
    """Say ``text`` on standard error, if there is one and somebody hears it.

    Of what somebody gave that goes on without end, only the beginning is said.
    """
    if sys.stderr is None:
        return
    text = _ENDLESS.sub(lambda word: cut(word[0], _LONGEST), plain(text, newlines=newlines))
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:  # its terminal was closed, or its pipe
        discard(sys.stderr)


def discard(stream: IO[str]) -> None:
    """Let what is buffered go nowhere, or the interpreter complains about it at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def pause(seconds: float) -> None:
    """Wait before looking for more to print; raises BrokenPipeError if nobody reads any more.

    To print would raise it too, but there may be nothing to print for hours.
    """
    import select
    import time

    time.sleep(seconds)
    poller = select.poll()
    with suppress(OSError, ValueError):  # it is no file
        poller.register(sys.stdout.fileno(), 0)
    if any(event & (select.POLLERR | select.POLLHUP) for _, event in poller.poll(0)):
        raise BrokenPipeError


def print_json(document: Any) -> None:
    """Print one JSON document; it is ASCII, so no terminal can be confused by a name in it."""
    import json

    print(json.dumps(document, indent=2))


def print_json_line(document: Any) -> None:
    """Print one JSON document in one line, at once."""
    import json

    print(json.dumps(document), flush=True)


def print_all(
    things: Sequence[T],
    as_json: bool,
    record: Callable[[T], Any],
    show_table: Callable[[Sequence[T]], None],
    nothing: str,
) -> None:
    """Print objects of one kind: as JSON, or as a table; where there are none, say ``nothing``."""
    if as_json:
        print_json([record(thing) for thing in things])
    elif things:
        show_table(things)
    else:
        complain(nothing)


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """Print rows under headers; on a terminal they are fitted into its width."""
    width = _terminal_width() if is_terminal(sys.stdout) else None
    for line in table(columns, list(rows), width=width, colour=has_colour()):
        print(line)


def _terminal_width() -> int:
    from shutil import get_terminal_size  # slow, for what else is in it

    return get_terminal_size().columns


def print_fields(pairs: Fields) -> None:
    """Print one object, a field a line."""
    for line in fields(pairs, colour=has_colour()):
        print(line)


def has_colour() -> bool:
    """Returns whether standard output is to have colours.

    Those of a terminal, or what https://no-color.org and then https://force-color.org say: a
    variable that is empty says nothing.
    """
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(sys.stdout)
