"""What a browser is given: the page, its few files, and the socket to a process of its own."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from importlib.resources import files

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.http_exceptions import HttpProcessingError
from textual_serve.download_manager import DownloadManager

from tui_scheduler.cli.web.guard import Access, add_headers, guard
from tui_scheduler.cli.web.tab import Tab

_OURS = files("tui_scheduler.cli.web") / "page"
_THEIRS = files("textual_serve") / "static"
_FILES = {
    "": (_OURS / "page.html", "text/html"),
    "page.css": (_OURS / "page.css", "text/css"),
    "page.js": (_OURS / "page.js", "text/javascript"),
    "icon.svg": (_OURS / "icon.svg", "image/svg+xml"),
    "xterm.css": (_THEIRS / "css" / "xterm.css", "text/css"),
    "textual.js": (_THEIRS / "js" / "textual.js", "text/javascript"),
    "mono.ttf": (_THEIRS / "fonts" / "RobotoMono-VariableFont_wght.ttf", "font/ttf"),
    "mono-italic.ttf": (_THEIRS / "fonts" / "RobotoMono-Italic-VariableFont_wght.ttf", "font/ttf"),
}
"""All that there is beside the socket, by the end of its path."""

_HEARTBEAT = 15.0  # seconds; a page that is gone without a word is noticed by it
_SHUTDOWN = 15.0  # seconds for all tabs to end
_GOODBYE = 3.0  # seconds that a page has to take what is sent, when its time is over
_SIZE = ("80", "24")
_log = logging.getLogger(__name__)
_server_log = logging.getLogger(f"{__name__}.server")


def _tells_no_request(record: logging.LogRecord) -> bool:
    """Whether it is not about a request that cannot be read: it would quote the secret."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


_server_log.addFilter(_tells_no_request)


@asynccontextmanager
async def serving(access: Access, command: str, listener: socket.socket) -> AsyncIterator[None]:
    """Serve pages on ``listener``, each with a ``command`` of its own, which a shell reads.

    All of these have ended after the block.
    """
    runner = web.AppRunner(
        application(access, command),
        access_log=None,
        logger=_server_log,
        shutdown_timeout=_SHUTDOWN,
    )
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()


def application(access: Access, command: str) -> web.Application:
    """Returns all that is served, behind its guard."""
    app = web.Application(middlewares=[guard(access)])
    app.on_response_prepare.append(add_headers)
    pages = _Pages(command)
    app.on_shutdown.append(pages.close)
    app.router.add_get(f"{access.path}socket", pages.connect)
    for name, (file, kind) in _FILES.items():
        app.router.add_get(access.path + name, partial(_give, file.read_bytes(), kind))
    return app


async def _give(content: bytes, kind: str, _request: web.Request) -> web.Response:
    return web.Response(body=content, headers={"Content-Type": f"{kind}; charset=utf-8"})


class _Pages:
    """The sockets of the pages that are open, each with its process."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._open: dict[web.WebSocketResponse, web.Request] = {}

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Have a page and a new process talk with each other until one of them has ended."""
        page = web.WebSocketResponse(heartbeat=_HEARTBEAT, compress=False)  # it is not far
        await page.prepare(request)
        tab = Tab(
            self._command,
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=partial(_close, page, request),
            download_manager=DownloadManager(),
        )
        width, height = map(int, _size(request.query))
        self._open[page] = request
        try:
            await tab.start(width, height)
            await _pass_on(page, tab)
        finally:
            del self._open[page]
            with _not_for_ever(request):
                await tab.stop()
        return page

    async def close(self, _app: web.Application) -> None:
        """Tell all pages that there are no more."""
        away = WSCloseCode.GOING_AWAY
        closing = [_close(page, request, away) for page, request in self._open.items()]
        await asyncio.gather(*closing, return_exceptions=True)


async def _close(
    page: web.WebSocketResponse, request: web.Request, code: WSCloseCode = WSCloseCode.OK
) -> None:
    with _not_for_ever(request):
        await page.close(code=code)


@contextmanager
def _not_for_ever(request: web.Request) -> Iterator[None]:
    """Cut the connection off if the block takes long: who reads nothing holds up what is sent."""
    cutting = asyncio.get_running_loop().call_later(_GOODBYE, _cut_off, request)
    try:
        yield
    finally:
        cutting.cancel()


def _cut_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _size(query: Mapping[str, str]) -> list[str]:
    given = [query.get(name, "") for name in ("width", "height")]
    return [
        text if text.isdecimal() and len(text) < 5 else usual
        for text, usual in zip(given, _SIZE, strict=True)
    ]


async def _pass_on(page: web.WebSocketResponse, tab: Tab) -> None:
    """Give the process what the page says, until it says no more."""
    async for message in page:
        if message.type is not WSMsgType.TEXT:
            continue
        match message.json():
            case ["stdin", str(keys)]:
                await tab.send_bytes(keys.encode(errors="replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                await tab.set_terminal_size(width, height)
            case ["focus"]:
                await tab.focus()
            case ["blur"]:
                await tab.blur()
            case ["ping", text]:
                await page.send_json(["pong", text])
            case other:
                _log.info("a page says what nobody understands: %.80r", other)
