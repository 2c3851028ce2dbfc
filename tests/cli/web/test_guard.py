"""Who is let in: asked as browsers ask, and as those do who would like to be taken for one."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import WSServerHandshakeError
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from tui_scheduler.cli.web.guard import Access
from tui_scheduler.cli.web.site import application, serving

ACCESS = Access("/a-path-of-22-letters-yes/", "a-secret-of-22-letters")
COOKIE = {"Cookie": f"tui-scheduler={ACCESS.secret}"}
SOCKET = f"{ACCESS.path}socket"
HERE = "127.0.0.1:8765"

Client = TestClient[Request, Application]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = application(ACCESS, "exec false")
    async with TestClient(TestServer(app)) as client:
        yield client


async def status(client: Client, path: str = ACCESS.path, **headers: str) -> int:
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    async with client.get(path, headers=given, allow_redirects=False) as answer:
        return answer.status


async def connection_status(client: Client, **headers: str) -> int:
    """What a socket is answered; 101 if it was opened."""
    try:
        async with client.ws_connect(SOCKET, headers=headers):
            return 101
    except WSServerHandshakeError as refused:
        return refused.status


async def test_the_secret_becomes_a_cookie_and_leaves_the_address(client: Client) -> None:
    address = ACCESS.address(HERE).removeprefix(f"http://{HERE}")
    async with client.get(address, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"] == ACCESS.path
        cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"tui-scheduler={ACCESS.secret};")
    assert {"HttpOnly", f"Path={ACCESS.path}", "SameSite=Strict"} == set(cookie.split("; ")[1:])
    assert await status(client, **COOKIE) == 200


def test_path_and_secret_have_128_bits_and_are_never_the_same() -> None:
    others = [Access.new() for _ in range(100)]
    assert len({text for each in others for text in (each.path, each.secret)}) == 200
    assert all(len(each.secret) == 22 and len(each.path) == 24 for each in others)
    assert ACCESS.secret not in repr(ACCESS)


@pytest.mark.parametrize(
    "secret", ["", "x", ACCESS.secret[:-1], f"{ACCESS.secret}x", ACCESS.path, "\u00e9", "\udce9"]
)
async def test_a_wrong_secret_opens_nothing(client: Client, secret: str) -> None:
    assert not ACCESS.opens(secret)
    if secret.isascii():
        assert await status(client, Cookie=f"tui-scheduler={secret}") == 403
        assert await status(client, f"{ACCESS.path}?key={secret}", **COOKIE) == 403
    assert await status(client, f"{ACCESS.path}?key=%C3%A9%FF") == 403


async def test_a_cookie_that_another_port_has_left_locks_nobody_out(client: Client) -> None:
    ours, foreign = COOKIE["Cookie"], "tui-scheduler=another"
    for cookies in (f"{ours}; {foreign}", f"{foreign};{ours}", f"x=1; {ours}; {foreign}; ="):
        assert await status(client, Cookie=cookies) == 200
    assert await status(client, Cookie=f"{foreign}; {foreign}") == 403
    assert await status(client, Cookie=f"x={ACCESS.secret}; x{ours}") == 403


@pytest.mark.parametrize(
    "path",
    ["/", ACCESS.path, ACCESS.path[:-1], SOCKET, f"{ACCESS.path}textual.js", "/other/", "/static/"],
)
async def test_without_a_cookie_all_paths_answer_alike(client: Client, path: str) -> None:
    async with client.get(path, allow_redirects=False) as answer:
        assert answer.status == 403
        assert "Set-Cookie" not in answer.headers
        text = await answer.text()
    assert "at the address that tui-scheduler web has printed" in text
    assert ACCESS.path not in text
    assert await status(client, f"{path}?key={ACCESS.secret}") in (403, 303)


async def test_the_secret_opens_no_other_path(client: Client) -> None:
    for path in ("/", "/other/", SOCKET, f"{ACCESS.path}textual.js"):
        assert await status(client, f"{path}?key={ACCESS.secret}") == 403


@pytest.mark.parametrize("host", [HERE, "localhost:9000", "LOCALHOST:80", "localhost", "[::1]:1"])
async def test_names_of_this_machine_do_with_any_port(client: Client, host: str) -> None:
    assert await status(client, Host=host, **COOKIE) == 200
    assert await status(client, Host=host, Origin=f"http://{host}", **COOKIE) == 200
    assert await connection_status(client, Host=host, Origin=f"http://{host}", **COOKIE) == 101


@pytest.mark.parametrize(
    "host",
    ["example.org", f"example.org:{8765}", "127.0.0.1.example.org", "127.0.0.2", "", "localhost:x"],
)
async def test_other_names_do_not(client: Client, host: str) -> None:
    assert await status(client, Host=host, **COOKIE) == 403
    assert await status(client, f"{ACCESS.path}?key={ACCESS.secret}", Host=host) == 403
    assert await connection_status(client, Host=host, Origin=f"http://{host}", **COOKIE) == 403


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.org",
        "http://127.0.0.1:9999",  # a page of another port of this machine
        "http://127.0.0.1",
        "http://localhost:8765",
        f"https://{HERE}",
        f"http://{HERE}.example.org",
        "null",
        "",
    ],
)
async def test_pages_from_elsewhere_reach_nothing(client: Client, origin: str) -> None:
    asked = {"Host": HERE, "Origin": origin, **COOKIE}
    assert await connection_status(client, **asked) == 403
    for path in ("", "textual.js", "download/1"):
        assert await status(client, ACCESS.path + path, **asked) == 403
    assert await status(client, f"{ACCESS.path}?key={ACCESS.secret}", **asked) == 403


async def test_a_socket_needs_origin_and_cookie(client: Client) -> None:
    assert await connection_status(client, Host=HERE, **COOKIE) == 403
    assert await connection_status(client, Host=HERE, Origin=f"http://{HERE}") == 403
    wrong = f"tui-scheduler={'x' * 22}"
    assert await connection_status(client, Host=HERE, Origin=f"http://{HERE}", Cookie=wrong) == 403
    assert await connection_status(client, Host=HERE, Origin=f"http://{HERE}", **COOKIE) == 101


@pytest.mark.parametrize("path", ["", "textual.js", "nothing", "download/1"])
@pytest.mark.parametrize("is_let_in", [True, False])
async def test_nothing_is_kept_embedded_or_told(client: Client, path: str, is_let_in: bool) -> None:
    headers = COOKIE if is_let_in else {}
    async with client.get(ACCESS.path + path, headers=headers) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    "path", ["static/", "static/js/", "..", "../", "page.py", "page/", "%2e%2e/"]
)
async def test_nothing_is_listed(client: Client, path: str) -> None:
    assert await status(client, ACCESS.path + path, **COOKIE) in (403, 404)


async def test_the_page_names_no_other_host(client: Client) -> None:
    for name in ("", "page.js", "page.css", "xterm.css"):
        async with client.get(ACCESS.path + name, headers=COOKIE) as answer:
            assert answer.status == 200
            text = await answer.text()
        assert not re.search(r"""(src|href)=["']?(http|//)|url\(["']?(http|//)|@import""", text)


async def test_the_secret_of_a_request_that_cannot_be_read_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with serving(ACCESS, "exec false", listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(f"GET / HTTP/1.1\r\n{COOKIE}: {'x' * 9_000}\r\n\r\n".encode())
            writer.write(f"GET /?key={ACCESS.secret}&{'x' * 9_000} HTTP/1.1\r\n\r\n".encode())
            assert b" 400 " in await reader.readline()
            writer.close()
    assert ACCESS.secret not in caplog.text
