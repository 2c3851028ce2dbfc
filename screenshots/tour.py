"""The picture that moves: a request in plain words, its run and its log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from catalogue import ZONE
from history import Past
from logs import backup_of
from moving import Frame, moving
from settling import settled

from tui_scheduler.runtime import Runtime
from tui_scheduler.tui.app import SchedulerApp
from tui_scheduler.tui.themes import DARK

TOUR = "tour"
_SIZE = (100, 30)
_PROCESS = "nightly-backup"
_DUE = datetime(2026, 3, 24, 14, 33, tzinfo=ZoneInfo(ZONE))


@dataclass(frozen=True, slots=True)
class Step:
    """A screen: the keys that lead to it, for how long it stays, and what is said over it.

    ``after`` are the seconds since the run was due, with so many ``folders`` copied.
    """

    caption: str
    seconds: float
    keys: Sequence[str] = ()
    after: int | None = None
    folders: int = 0


_SAYING = "say when, in plain words"
_RUNNING = "2: it runs, and the log grows"
_LOG = "enter: its log, on the whole screen"
_STEPS = (
    Step("what runs, and when", 1.0, ["1", "j", "j"]),
    Step("n: a new request", 0.6, ["n"]),
    Step("choose what to run", 0.7, [*"nightly"]),
    Step(_SAYING, 0.5, ["enter", "tab"]),
    Step(_SAYING, 0.3, [*"week"]),
    Step(_SAYING, 0.3, [*"days"]),
    Step(_SAYING, 0.3, ["space", *"at"]),
    Step(_SAYING, 1.4, ["space", *"14:33"]),
    Step("f2: saved and scheduled", 1.0, ["f2"]),
    Step(_RUNNING, 0.7, ["2", "g"], after=1, folders=1),
    Step(_RUNNING, 0.5, after=2, folders=2),
    Step(_RUNNING, 0.5, after=3, folders=4),
    Step(_LOG, 0.5, ["enter"], after=4, folders=6),
    Step(_LOG, 0.5, after=5, folders=9),
    Step(_LOG, 1.2, after=6, folders=11),
)
_STILL = 11


async def taken(runtime: Runtime, past: Past) -> str:
    """Go through the steps in the application, and draw what was to be seen."""
    app = SchedulerApp(runtime)
    frames = []
    async with app.run_test(size=_SIZE) as pilot:
        app.theme = DARK
        await settled(pilot)
        for step in _STEPS:
            clock = ""
            if step.after is not None:
                moment = _DUE + timedelta(seconds=step.after)
                clock = f"{moment:%H:%M:%S}"
                await runtime.write(past.go_on, moment)
                await runtime.write(past.write, _PROCESS, backup_of(step.folders))
            for key in step.keys:
                await pilot.press(key)
                await settled(pilot)
            await runtime.write(past.make_up_names)
            export = await settled(pilot, clock)
            frames.append(Frame(export, step.seconds, step.caption))
    return moving(frames, _STILL)
