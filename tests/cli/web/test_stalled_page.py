"""A page that reads nothing any more, as behind a tunnel that hangs: it holds nobody up."""

import asyncio
import gc
import shlex
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from aiohttp.test_utils import TestServer
from textual_serve.download_manager import DownloadManager

from tests.support.patience import PATIENCE
from tui_scheduler.cli.web import site, tab
from tui_scheduler.cli.web.guard import Access
from tui_scheduler.cli.web.site import application

ACCESS = Access("/a-path/", "a-secret")
DRAWS = r"""
import os, pathlib, select, sys
pid, stalled = map(pathlib.Path, sys.argv[1:])
pid.write_text(str(os.getpid()))
os.write(1, b"__GANGLION__\n")
packet = b"D" + (1024).to_bytes(4, "big") + b"x" * 1024
while select.select([], [1], [], 1)[1]:
    os.write(1, packet)
stalled.touch()
select.select([], [1], [])
os.write(2, b"x" * 300_000)
"""
"""Draws until nobody takes it for a while, and complains at length when it goes on."""


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(0.02)


def is_gone(pid: Path) -> bool:
    return not psutil.pid_exists(int(pid.read_text()))


@asynccontextmanager
async def a_stalled_page(server: TestServer) -> AsyncIterator[None]:
    host = f"127.0.0.1:{server.port}"
    _, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    lines = (
        f"GET {ACCESS.path}socket HTTP/1.1", f"Host: {host}", f"Origin: http://{host}",
        f"Cookie: tui-scheduler={ACCESS.secret}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
    )  # fmt: skip
    writer.write("\r\n".join(lines).encode())
    try:
        yield
    finally:
        writer.transport.abort()


@pytest.fixture
def pid(tmp_path: Path) -> Path:
    return tmp_path / "pid"


@pytest.fixture
def stalled(tmp_path: Path) -> Path:
    return tmp_path / "stalled"


@pytest.fixture
async def server(
    pid: Path, stalled: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TestServer]:
    monkeypatch.setattr(site, "_GOODBYE", 0.1)
    monkeypatch.setattr(tab, "_PATIENCE", 0.1)
    draws = shlex.join([sys.executable, "-c", DRAWS, str(pid), str(stalled)])
    server = TestServer(application(ACCESS, f"exec {draws}"))
    await server.start_server()
    yield server
    await server.close()
    gc.collect()  # what was not closed is told of now


async def test_the_end_does_not_wait_for_it(
    server: TestServer, pid: Path, stalled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "_HEARTBEAT", PATIENCE)
    async with a_stalled_page(server):
        await until(stalled.exists)
        await asyncio.wait_for(server.close(), PATIENCE)
    assert is_gone(pid)


async def test_it_is_noticed_and_nothing_of_it_is_kept(
    server: TestServer, pid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "_HEARTBEAT", 1.5)
    before = asyncio.all_tasks()
    async with a_stalled_page(server):
        await until(lambda: pid.exists() and pid.read_text())
        await until(lambda: asyncio.all_tasks() == before)
    assert is_gone(pid)


async def test_its_process_is_waited_for_though_the_page_cannot_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(*_: object) -> None:
        raise RuntimeError("the page is gone")

    monkeypatch.setattr(tab, "_PATIENCE", 0.1)
    lasts = "import os, time; os.close(1); os.close(2); time.sleep(3600)"
    page = tab.Tab(
        shlex.join(["exec", sys.executable, "-c", lasts]),
        write_bytes=refuse,
        write_str=refuse,
        close=refuse,
        download_manager=DownloadManager(),
    )
    await page.start(80, 24)
    process = page._process
    assert process is not None
    with pytest.raises(RuntimeError, match="gone"):
        await page.stop()
    assert process.returncode is not None
