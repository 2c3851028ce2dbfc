"""Showing the screen in a browser, and scheduling meanwhile."""

import asyncio
import errno
import shlex
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec

from tui_scheduler.cli.diagnostics import log_to_file
from tui_scheduler.cli.options.click_classes import command, examples, option
from tui_scheduler.cli.options.param_types import value, whole_number
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.cli.serving.journal import Journal, LogFormat
from tui_scheduler.cli.serving.serve import schedule
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import Lacking, Refused, remedy_of
from tui_scheduler.program import options, program
from tui_scheduler.settings import Settings
from tui_scheduler.wording import local_zone, zone_problem

_HOST = "127.0.0.1"
_PORT = 8765
_MOST = 65535
_IN_PAGE = "--in-page"
_EXTRA = "pip install 'tui-scheduler[web]'"
_WHO = "Whoever has this address can run commands as you; it holds until this ends (ctrl+c)."


def _port(text: str) -> int:
    if not 0 <= (number := whole_number(text)) <= _MOST:
        raise ValueError(f"{text!r} is no port: use a number up to {_MOST}, or 0 for any")
    return number


@command("web", epilog=examples("web", "web --port 0"))
@option(
    "--port",
    type=value(_port),
    default=_PORT,
    metavar="PORT",
    help=f"The port of {_HOST}; 0 for any that is free. Default: {_PORT}.",
)
@option(_IN_PAGE, "is_in_page", is_flag=True, hidden=True)
@pass_session
def web_command(session: Session, port: int, is_in_page: bool) -> int | None:
    """Show the screen in a browser, and schedule as serve does, until SIGTERM or ctrl+c.

    Prints the address to open; nobody without it gets in, and only this machine reaches it. From
    another one: ssh -L 8765:127.0.0.1:8765 HOST, and open the same address there. Each page is a
    viewer of its own, which ends when it is closed.
    """
    log_to_file()
    if is_in_page:
        from tui_scheduler.tui.run import run_in_page

        return run_in_page(session.settings)
    if not (find_spec("textual_serve") and find_spec("aiohttp")):
        raise Lacking("the web page needs textual-serve and aiohttp", f"Install them: {_EXTRA}")
    with _listener(port) as listener:
        _serve(session.settings, listener)
    return None


def _serve(settings: Settings, listener: socket.socket) -> None:
    from tui_scheduler.cli.web.guard import Access
    from tui_scheduler.cli.web.site import serving

    access = Access.new()
    host = "{}:{}".format(*listener.getsockname())

    @asynccontextmanager
    async def pages() -> AsyncIterator[None]:
        async with serving(access, command_of_page(settings), listener):
            print(access.address(host), flush=True)
            complain(_WHO)
            yield

    journal = Journal(LogFormat.TEXT, local_zone(), complain)
    if problem := zone_problem():
        journal.say(f"{problem}.")
    asyncio.run(schedule(settings, journal, beside=pages()))


def command_of_page(settings: Settings) -> str:
    """Returns, for a shell, what shows the screen in one page; nothing remains of the shell."""
    words = [*program(), *options(settings), "web", _IN_PAGE]
    return f"exec {shlex.join(words)}"


def _listener(port: int) -> socket.socket:
    """Returns a socket that listens on ``port``; raises Refused with the remedy."""
    try:
        return socket.create_server((_HOST, port))
    except OSError as error:
        is_taken = error.errno == errno.EADDRINUSE
        reason = "somebody else uses it" if is_taken else error.strerror
        remedy = "Name another one with --port, or 0 for any" if is_taken else _remedy(error)
        raise Refused(f"Port {port} cannot be had: {reason}. {remedy}.") from error


def _remedy(error: OSError) -> str:
    if error.errno == errno.EACCES:
        return "Ports below 1024 are for root: name another one with --port, or 0 for any"
    return remedy_of(error)
