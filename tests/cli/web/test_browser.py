"""The page in a real browser, as a person uses it: Debian's Chromium, without a window.

One browser and one ``web`` serve all of these tests. What a page draws is read where it comes in.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    WebSocket,
    sync_playwright,
)

from tests.cli.conftest import Cli
from tests.cli.serving.test_serve import is_alive
from tests.cli.web.serving import Web, wait_for, web_on
from tests.support.needed import lack
from tests.support.patience import PATIENCE

TUNNEL = "localhost:9000"
"""Where the browser finds ``web`` as well, as at the far end of ``ssh -L``."""

_FOREIGN = ("http://127.0.0.1:9", "http://example.org")  # the first has our cookies
_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE = PATIENCE * 1000  # milliseconds
_IS_FOCUSED = "document.activeElement.tagName === 'TEXTAREA'"
_CONNECT = """address => new Promise(resolve => {
    const socket = new WebSocket(address);
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
})"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def database(home: Path, database_to_copy: Path) -> Path:
    return Path(shutil.copy(database_to_copy, home / "web.db"))


@pytest.fixture(scope="module")
def web(home: Path, database: Path) -> Iterator[Web]:
    if shutil.which("chromium") is None:
        lack("chromium", "there is no chromium (Debian's package of that name)")
    with web_on(database, HOME=str(home)) as web:
        yield web


@pytest.fixture(scope="module")
def browser(web: Web, home: Path) -> Iterator[Browser]:
    tunnel = f"--host-resolver-rules=MAP {TUNNEL} {web.host}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[*_OPTIONS, tunnel],
            env={**os.environ, "HOME": str(home)},
            timeout=_PATIENCE,
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, web: Web) -> Iterator[BrowserContext]:
    """A browser that nobody has used yet; whatever it asks of others than us is an error."""
    asked: list[str] = []
    with browser.new_context(viewport={"width": 1400, "height": 600}) as context:
        context.set_default_timeout(_PATIENCE)
        context.on("request", lambda request: asked.append(request.url))
        yield context
    hosts = {urlsplit(address).netloc for address in asked}
    assert hosts <= {web.host, TUNNEL, *(urlsplit(each).netloc for each in _FOREIGN)}


class Screen:
    """A page that has been opened at ``address``, and all that it was told to draw."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page = context.new_page()
        self.seen = ""
        self.columns = 0
        self.errors: list[str] = []
        self.page.on("websocket", self._listen)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(address)
        self._until(lambda: self.page.evaluate(_IS_FOCUSED))

    def _listen(self, socket: WebSocket) -> None:
        self.columns = int(socket.url.partition("width=")[2].partition("&")[0])
        socket.on("framereceived", self._read)

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.errors.append(line.text)

    def _read(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.seen += data.decode()

    def read_until(self, text: str) -> None:
        """Wait until it has drawn ``text``; what it drew before counts no more."""
        self._until(lambda: text in self.seen)
        self.seen = ""

    def wait_for_title(self, title: str) -> None:
        self._until(lambda: self.page.title() == title)

    def _until(self, is_so: Callable[[], object]) -> None:
        """Wait, asking from outside: the page allows no script that is made up in it."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            self.page.wait_for_timeout(20)
            assert time.monotonic() < deadline, self.seen[-2000:]

    def click(self, column: int, line: int) -> None:
        box = self.page.locator(".xterm-screen").bounding_box()
        assert box is not None
        cell = box["width"] / self.columns
        self.page.mouse.click(box["x"] + (column + 0.5) * cell, box["y"] + (line + 0.5) * 20)


def test_a_run_is_shown_live_and_keys_and_mouse_work(
    context: BrowserContext, web: Web, database: Path, cli: Cli
) -> None:
    screen = Screen(context, web.address)
    screen.page.keyboard.press("2")  # nobody has clicked anything, and nothing is drawn yet
    screen.read_until("Nothing has run yet")
    assert screen.page.url == web.page
    here = ("--database", str(database))
    cli(*here, "process", "add", "nightly", "--command", "echo begun; exec sleep 600")
    cli(*here, "request", "add", "--process", "nightly", "--timing", "immediate", "--schedule")
    screen.read_until("begun")
    screen.wait_for_title("1 running - tui-scheduler")
    run = cli(*here, "runs", "--json").json[0]["id"]
    assert cli(*here, "kill", run, "--force").code == 0
    screen.read_until("killed")
    screen.wait_for_title("tui-scheduler")
    screen.click(len(" tui-scheduler  1 Requests  2 Monitor  3 Processes  4 Gr"), 0)
    screen.read_until("No groups yet")
    screen.page.set_viewport_size({"width": 700, "height": 400})
    screen.read_until("No groups yet")
    assert not screen.errors


def test_without_the_secret_there_is_no_page(context: BrowserContext, web: Web) -> None:
    page = context.new_page()
    for address in (web.page, f"{web.page}?key=wrong", f"{web.page}textual.js"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 403
    assert "Paste all of it" in page.content()
    assert not context.cookies()


def test_the_cookie_is_for_this_page_alone(context: BrowserContext, web: Web) -> None:
    page = Screen(context, web.address).page
    (cookie,) = context.cookies()
    assert cookie["httpOnly"]
    assert (cookie["sameSite"], cookie["path"]) == ("Strict", urlsplit(web.page).path)
    assert page.evaluate("document.cookie") == ""
    assert web.secret not in page.content()


@pytest.mark.parametrize("origin", _FOREIGN)
def test_a_foreign_page_reaches_nothing(context: BrowserContext, web: Web, origin: str) -> None:
    frame = f"<iframe src='{web.page}'></iframe>"
    content = f"<!doctype html>{frame}"
    context.route(
        f"{origin}/**", lambda route: route.fulfill(body=content, content_type="text/html")
    )
    socket = f"{web.page}socket?width=80&height=24".replace("http", "ws", 1)
    ours = Screen(context, web.address).page
    assert ours.evaluate(_CONNECT, socket) == "open"
    page = context.new_page()
    page.goto(f"{origin}/")
    assert page.evaluate(_CONNECT, socket) == "refused"
    assert page.evaluate("frames[0].length") == 0
    frames = [frame for frame in page.frames if frame.parent_frame]
    assert not any("terminal" in frame.content() for frame in frames)


def test_it_works_at_the_far_end_of_a_tunnel(context: BrowserContext, web: Web) -> None:
    screen = Screen(context, web.address.replace(web.host, TUNNEL))
    assert screen.page.url == web.page.replace(web.host, TUNNEL)
    screen.read_until("Requests")


def test_a_page_that_is_closed_leaves_no_process(context: BrowserContext, web: Web) -> None:
    wait_for(lambda: not web.tabs)
    screen = Screen(context, web.address)
    screen.read_until("Requests")
    (tab,) = web.tabs
    screen.page.close()
    wait_for(lambda: not is_alive(tab.pid))


def test_a_screen_that_has_ended_is_opened_again(context: BrowserContext, web: Web) -> None:
    screen = Screen(context, web.address)
    screen.read_until("Requests")
    assert not screen.page.locator("#ended").is_visible()
    screen.page.keyboard.press("q")
    screen.page.locator("#ended").wait_for(state="visible")
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_function(_IS_FOCUSED)
    screen.read_until("Requests")
