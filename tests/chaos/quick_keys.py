"""Keys quicker than screens come and go, sizes that jump, and an end at any moment."""

import asyncio
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from textual.events import Key, Resize
from textual.geometry import Size

from tests.services.drafts import a_process, a_request, minutely
from tests.support.patience import PATIENCE
from tui_scheduler.models import Notice, Overlap, Run, RunStatus
from tui_scheduler.receivers import NoticeKind
from tui_scheduler.runtime import open_runtime
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.settings import Settings
from tui_scheduler.tui.app import SchedulerApp

WAYS = (
    "", "1", "2", "3", "4", "2 f", "2 i", "1 l", "2 l", "1 n", "3 n", "4 n", "1 e", "3 e", "4 e",
    "1 C", "1 T", "2 T", "3 s", "4 s", "1 D", "2 D", "3 D", "1 x", "2 x", "2 X", "1 y",
    "3 y", "2 y", "1 f1", "2 ctrl+p", "1 /", "2 f /", "1 q", "1 q x", "1 D y", "3 D y", "1 n enter",
    "4 n tab tab enter", "1 n enter ctrl+n", "1 space down space D", "M", "M f", "M l",
    "f4", "2 f1 m",
)  # fmt: skip
"""Keys that lead to every screen, dialog and form."""

_LETTERS = "abcdefghijklnopqrstuwxyzCDEGHMNORTXY1234?:/[]0 "
_OTHERS = (
    "escape", "enter", "tab", "shift+tab", "up", "down", "left", "right", "backspace", "delete",
    "home", "end", "pageup", "pagedown", "ctrl+s", "ctrl+n", "ctrl+p", "ctrl+q", "ctrl+c", "ctrl+d",
    "ctrl+r", "f1", "f2", "f3", "shift+down",
)  # fmt: skip
_LIKELY = ("escape", "q", "enter", "n", "y", "ctrl+n", "e")
_PAUSES = (0, 0, 0, 1, 2, 3, 5, 8, 13, 20, 40, 80, 160, 320)
"""How often whatever is ready may go on until the next key."""


async def storm(folder: Path, seed: int) -> list[str]:
    """What went wrong under the keys of ``seed``; nothing if the program lived and ended."""
    chance = random.Random(seed)
    async with open_runtime(Settings(database=folder / "keys.db"), may_schedule=False) as runtime:
        await runtime.write(something_of_everything, runtime.services)
        app = SchedulerApp(runtime)
        with _complaints() as complaints:
            running = asyncio.create_task(app.run_async(headless=True, size=(100, 30)))
            for key in _keys(chance):
                _press(app, chance, key)
                for _ in range(chance.choice(_PAUSES)):
                    await asyncio.sleep(0)
            app.exit()  # as a signal does
            async with asyncio.timeout(PATIENCE):
                await running
    if app.failure is not None:
        complaints.append(repr(app.failure))
    return complaints


def _keys(chance: random.Random) -> Iterator[str]:
    yield from chance.choice(WAYS).split()
    for _ in range(chance.randrange(30)):
        kind = chance.random()
        if kind < 0.4:
            yield chance.choice(_LIKELY)
        elif kind < 0.7:
            yield chance.choice(_OTHERS)
        elif kind < 0.8:
            yield from chance.choice(WAYS).split()
        elif kind < 0.9:
            yield "resize"
        else:
            yield chance.choice(_LETTERS)


def _press(app: SchedulerApp, chance: random.Random, key: str) -> None:
    if key == "resize":
        size = Size(chance.randrange(1, 200), chance.randrange(1, 60))
        app.post_message(Resize(size, size))
    else:
        app.post_message(Key(key, key if len(key) == 1 else None))


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What Python and we ourselves complain of meanwhile."""
    complaints: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: complaints.append(repr(context)))

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            complaints.append(logging.Formatter().format(record))

    listener = Listener(logging.WARNING)
    logging.getLogger("tui_scheduler").addHandler(listener)
    try:
        yield complaints
    finally:
        logging.getLogger("tui_scheduler").removeHandler(listener)
        loop.set_exception_handler(None)


def something_of_everything(services: Services) -> None:
    """Processes, a group, requests, runs that wait, go on and are over, and a notice."""
    a_process(services, "backup", overlap=Overlap.ALLOW, environment={"API_TOKEN": "x", "A": "b"})
    services.groups.create(GroupDraft(name="nightly", members=("backup",)))
    for number in range(3):
        a_request(services, minutely(), description=f"number {number}")
    a_request(services, process="nightly")
    run = services.runs.trigger(1)
    ended: dict[str, Any] = {"status": RunStatus.SUCCESS, "exit_code": 0}
    started = run.scheduled_for
    Run.update(start_time=started, end_time=started + timedelta(seconds=1), **ended).execute()
    log = services.runs.get(1).log_path
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("one\ntwo\n" * 200)
    about = {"run_id": 1, "request_id": 1, "process": "backup", "created_at": started}
    Notice.create(key="x", kind=NoticeKind.FAILED, receiver="ops", problem="no answer", **about)
    services.runs.trigger(1)
