"""How fast logs of several kinds are searched, and how long the first screen of one takes."""

from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import thread_time

from tui_scheduler.services.logs.log_file import LogFile
from tui_scheduler.services.logs.log_search import LogSearch, pattern
from tui_scheduler.tui.widgets.log.rows import row_of
from tui_scheduler.tui.widgets.log.window import LogWindow

SIZE = 16_000_000
WIDTH, HEIGHT = 160, 50
KINDS = {
    "plain": b"2026-11-29 11:22:23 INFO something has happened in house number 17\n",
    "UTF-8": "2026-11-29 11:22:23 ✓ something has happened in the hoüse\n".encode(),
    "coloured": b"\x1b[32m2026-11-29 11:22:23\x1b[0m \x1b[1mINFO\x1b[22m something has happened\n",
    "with tabs": b"OK\tname\t12\t\tsomething else altogether\n",
    "of finished bars": b"10% [=>   ]\r50% [===> ]\r\x1b[K100% [=====]\n",
    "of one bar": b"frame= 17 fps= 25 size= 1kB time=00:00:01.00 bitrate=1000kbits/s   \r",
    "of one long line": "€uro ".encode(),
}


def measure() -> str:
    """Of each kind the megabytes searched in a second, and the milliseconds for a screen."""
    with TemporaryDirectory() as folder:
        figures = [_figures(Path(folder, "log"), name, line) for name, line in KINDS.items()]
    return "logs, CPU: " + "; ".join(figures)


def _figures(path: Path, name: str, line: bytes) -> str:
    path.write_bytes(line * (SIZE // len(line)))
    begin = thread_time()
    log = LogFile(path)
    log.refresh()
    window = LogWindow(log)
    window.width = WIDTH
    for part in islice(window.parts_from(window.end(HEIGHT)), HEIGHT):
        row_of(log, part.line, WIDTH)
    drawn = thread_time()
    search = LogSearch(log, pattern("house number 18"))
    while search.step():
        pass
    searched = thread_time()
    speed = log.size / (searched - drawn) / 1e6
    return f"{name} {speed:,.0f} MB/s, first screen {(drawn - begin) * 1000:.1f} ms"
