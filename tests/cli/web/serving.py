"""``web`` as a real process, and a page of it without a browser."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import psutil

from tests.cli.serving.test_serve import next_line
from tests.support.patience import PATIENCE


@dataclass(frozen=True, slots=True)
class Web:
    """A running ``web``, and the address that it has printed."""

    process: "subprocess.Popen[str]"
    address: str

    @property
    def page(self) -> str:
        """The address of the page without the secret."""
        return self.address.partition("?")[0]

    @property
    def secret(self) -> str:
        return self.address.partition("=")[2]

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def tabs(self) -> list[psutil.Process]:
        """The processes behind its pages, as far as they are begun."""
        return [
            child for child in psutil.Process(self.process.pid).children() if _shows_a_page(child)
        ]

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def _shows_a_page(process: psutil.Process) -> bool:
    try:
        return "--in-page" in process.cmdline()
    except psutil.Error:  # it has just ended
        return False


@contextmanager
def web_on(database_file: Path, **variables: str) -> Iterator[Web]:
    """A ``web`` that schedules, or waits to take over; it has these ``variables`` as well."""
    command = [sys.executable, "-m", "tui_scheduler", "--database", str(database_file)]
    with subprocess.Popen(
        [*command, "web", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **variables},
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address, next_line(process)
            yield Web(process, address)
        finally:
            process.kill()


@asynccontextmanager
async def a_page(web: Web) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """The socket of a page, as a browser opens it; the header names any pid in that width."""
    async with aiohttp.ClientSession() as session:
        headers = {"Cookie": f"tui-scheduler={web.secret}", "Origin": f"http://{web.host}"}
        address = f"{web.page}socket?width=140&height=30"
        async with session.ws_connect(address, headers=headers) as socket:
            yield socket


async def drawn(socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
    """Wait until the page was told to draw ``text``."""
    seen = ""
    while text not in seen:
        message = await socket.receive(PATIENCE)
        assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), seen[-2000:]
        if message.type is aiohttp.WSMsgType.BINARY:
            seen += message.data.decode()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)
