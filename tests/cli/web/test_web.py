"""``web`` as a real process: who schedules, what it leaves, and what nobody gets to see."""

import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import Cli
from tests.cli.serving.test_serve import STOPPED, is_alive, next_line, serving, until_line
from tests.cli.web.serving import Web, a_page, drawn, wait_for, web_on
from tests.support.patience import PATIENCE
from tui_scheduler.lock_file import lock_file_of, query_holder

IN_PAGE = ["web", "--in-page"]


def tab_of(web: Web) -> psutil.Process:
    wait_for(lambda: web.tabs)
    return web.tabs[0]


async def test_it_schedules_and_each_page_is_a_viewer(cli: Cli, database_file: Path) -> None:
    cli("process", "add", "quick", "--command", "echo done")
    with web_on(database_file) as web:
        assert "Whoever has this address" in next_line(web.process)
        until_line(web.process, f"{database_file}: scheduling.")
        async with a_page(web) as first, a_page(web) as second:
            for page in (first, second):
                await drawn(page, f"viewer, pid {web.process.pid} schedules")
            await first.send_json(["stdin", "2"])
            await drawn(first, "Nothing has run yet")
            cli("request", "add", "--process", "quick", "--timing", "immediate", "--schedule")
            until_line(web.process, "run 1 of quick: success")
            await drawn(first, "success")
            assert len(web.tabs) == 2
        assert web.end(signal.SIGTERM) == 0
        until_line(web.process, STOPPED)


def test_it_takes_over_from_another_one(database_file: Path) -> None:
    with serving(database_file) as server:
        next_line(server)
        with web_on(database_file) as web:
            until_line(web.process, f"process {server.pid} schedules; waiting to take over.")
            server.kill()
            until_line(web.process, ": scheduling.")
            assert web.end(signal.SIGINT) == 0


async def test_the_secret_is_in_no_log_argument_or_environment(
    database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with web_on(database_file) as web:
        async with a_page(web) as page:
            await drawn(page, "No requests yet")
            processes = psutil.Process(web.process.pid).children(recursive=True)
            assert processes
            for process in (*processes, psutil.Process(web.process.pid)):
                assert web.secret not in " ".join(process.cmdline())
                assert web.secret not in str(process.environ())
        web.end(signal.SIGTERM)
        assert web.process.stderr is not None
        assert web.secret not in web.process.stderr.read()
    files = contents(tmp_path)
    assert "tui-scheduler.log" in files
    assert not [name for name, content in files.items() if web.secret.encode() in content]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


async def test_no_shell_reads_the_path_of_the_database(tmp_path: Path) -> None:
    name = 'a name, it\'s "one" $(touch made) `touch made`;#&\\'
    folder = tmp_path / name
    folder.mkdir()
    database_file = folder / "scheduler.db"
    with web_on(database_file) as web:
        async with a_page(web) as page:
            await drawn(page, "No requests yet")
            assert str(database_file) in tab_of(web).cmdline()
        web.end(signal.SIGTERM)
    assert not [path for path in (Path("made"), tmp_path / "made") if path.exists()]


async def test_a_page_that_is_closed_leaves_no_process(database_file: Path) -> None:
    with web_on(database_file) as web:
        async with a_page(web) as page:
            await drawn(page, "No requests yet")
            tab = tab_of(web)
        wait_for(lambda: not is_alive(tab.pid))
        async with a_page(web):  # closed before anything is drawn
            tab = tab_of(web)
        wait_for(lambda: not is_alive(tab.pid))
        assert not web.tabs
        async with a_page(web) as page:
            await drawn(page, "No requests yet")
            await page.send_json(["stdin", "q"])
            while not page.closed:
                await page.receive(PATIENCE)
        wait_for(lambda: not web.tabs)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_when_it_ends_no_process_is_left(database_file: Path, number: signal.Signals) -> None:
    with web_on(database_file) as web:
        async with a_page(web) as page, a_page(web) as other:
            for each in (page, other):
                await drawn(each, "No requests yet")
            tabs = web.tabs
            assert len(tabs) == 2
            web.end(number)
            wait_for(lambda: not any(is_alive(tab.pid) for tab in tabs))


async def test_a_page_whose_process_stands_still_leaves_none_either(database_file: Path) -> None:
    with web_on(database_file) as web:
        async with a_page(web) as page:
            await drawn(page, "No requests yet")
            tab = tab_of(web)
            tab.suspend()
        wait_for(lambda: not is_alive(tab.pid))


async def test_nonsense_from_a_page_harms_nobody(database_file: Path) -> None:
    with web_on(database_file) as web:
        async with a_page(web) as page:
            await drawn(page, "No requests yet")
            for nonsense in (
                "[]",
                '["stdin"]',
                '["resize", {}]',
                '"x"',
                '["resize", {"width": 1}]',
            ):
                await page.send_str(nonsense)
            await page.send_bytes(b"\xff")
            await page.send_json(["stdin", "3"])
            await drawn(page, "No processes yet")
            await page.send_str("{")
            while not page.closed:
                await page.receive(PATIENCE)
        async with a_page(web) as page:
            await drawn(page, "No requests yet")


def in_page(database_file: Path) -> "subprocess.Popen[bytes]":
    """What runs behind a page, without whoever serves it."""
    command = [sys.executable, "-m", "tui_scheduler", "--database", str(database_file), *IN_PAGE]
    environment = {**os.environ, "COLUMNS": "140", "ROWS": "40"}  # as textual-serve tells it
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment)


def test_a_page_never_schedules(database_file: Path) -> None:
    with in_page(database_file) as tab:
        assert tab.stdout is not None
        seen = b""
        while b"nobody schedules" not in seen:
            seen += (read := os.read(tab.stdout.fileno(), 65536))
            assert read, seen[-2000:]
        assert query_holder(lock_file_of(database_file)) is None
        assert tab.stdin is not None
        tab.stdin.close()  # whoever serves it is gone
        tab.stdout.read()
        assert tab.wait(PATIENCE) == 0
    assert query_holder(lock_file_of(database_file)) is None


def test_a_page_says_why_the_screen_cannot_be_opened(database_file: Path) -> None:
    database_file.write_bytes(b"this is not a database" * 100)
    with in_page(database_file) as tab:
        output, _ = tab.communicate(timeout=PATIENCE)
    assert tab.returncode == 4
    assert output.startswith(b"__GANGLION__\nD")
    assert str(database_file).encode() in output


def test_a_port_that_is_in_use_is_told_with_the_remedy(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = cli("web", "--port", port)
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"Port {port} cannot be had: somebody else uses it. Name another one with --port, or 0"
        " for any.\n"
    )


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_what_is_no_port_is_refused(cli: Cli, port: str) -> None:
    done = cli("web", "--port", port)
    assert done.code == 2
    assert done.err.startswith("--port: ")


@pytest.mark.parametrize("lacking", ["textual_serve", "aiohttp"])
def test_without_the_extra_it_says_how_to_get_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setitem(sys.modules, lacking, None)
    done = cli("web")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "The web page needs textual-serve and aiohttp. Install them:"
        " pip install 'tui-scheduler[web]'\n"
    )


def test_nothing_of_it_is_loaded_without_need() -> None:
    loads = "import sys; from tui_scheduler.cli import main; main(sys.argv[1:])"
    looks = "; print(*[name for name in ('aiohttp', 'textual_serve') if name in sys.modules])"
    for words in ("--help", "web --help", "status"):
        command = [sys.executable, "-c", loads + looks, *shlex.split(words)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.stdout.splitlines()[-1] == "", done.stdout
