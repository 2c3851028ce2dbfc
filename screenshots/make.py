"""Makes the pictures of the README: ``python screenshots/make.py``, or only some: ``... monitor``.

One of them moves. Database, clock, time zone and names are made up, so that two runs give the same
bytes.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from catalogue import ZONE
from history import WHO, Past, SceneClock
from picture import self_contained
from settling import settled
from tour import TOUR, taken

from tui_scheduler.runtime import Runtime, SchedulerState, open_runtime
from tui_scheduler.settings import Settings
from tui_scheduler.tui.app import SchedulerApp
from tui_scheduler.tui.themes import DARK, LIGHT

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture: the keys that lead to it from the first screen, and how it is taken."""

    name: str
    keys: Sequence[str]
    theme: str = DARK
    size: tuple[int, int] = (120, 36)


SCENES = (
    Scene("requests", ["1", "j", "j"]),
    Scene("form", ["1", "j", "j", "e"]),
    Scene("monitor", ["2", *"jjjj"]),
    Scene("log", ["2", "E", "enter", "slash", *"failed", "enter"]),
    Scene("processes-light", ["3", *"jjj"], LIGHT),
    Scene("groups", ["4"]),
    Scene("timeline", ["5", *"jjjj", "left"]),
    Scene("quit", ["2", "q"]),
    Scene("help", ["2", "question_mark"]),
)


async def make(scenes: Sequence[Scene], folder: Path, *, tours: bool) -> None:
    """Draw ``scenes``, and then what moves, into ``folder``, all of them from one past."""
    with tempfile.TemporaryDirectory() as scratch:
        clock = SceneClock()
        settings = Settings(database=Path(scratch) / "scheduler.db")
        async with open_runtime(settings, clock=clock, may_schedule=False) as runtime:
            past = Past(runtime.services, clock)
            await runtime.write(past.live)
            runtime.set_scheduler(SchedulerState(is_scheduling=True))
            for scene in scenes:
                _save(folder, scene.name, self_contained(await _seen(runtime, scene)))
            if tours:
                _save(folder, TOUR, await taken(runtime, past))


def _save(folder: Path, name: str, picture: str) -> None:
    path = folder / f"{name}.svg"
    path.write_text(picture, encoding="utf-8")
    print(path)


async def _seen(runtime: Runtime, scene: Scene) -> str:
    app = SchedulerApp(runtime)
    async with app.run_test(size=scene.size) as pilot:
        app.theme = scene.theme
        await settled(pilot)
        for key in scene.keys:
            await pilot.press(key)
            await settled(pilot)
        return app.export_screenshot(title="tui-scheduler")


def main() -> None:
    """Make the pictures that are named on the command line; without names all."""
    names = [*(scene.name for scene in SCENES), TOUR]
    parser = argparse.ArgumentParser(description="Make the pictures of the README.")
    parser.add_argument("name", nargs="*", help=f"only these: {', '.join(names)}")
    wanted = parser.parse_args().name or names
    os.environ["TZ"] = ZONE
    time.tzset()
    scenes = [scene for scene in SCENES if scene.name in wanted]
    with patch("tui_scheduler.runtime.runtime.current_user", return_value=WHO):
        asyncio.run(make(scenes, _HERE, tours=TOUR in wanted))


if __name__ == "__main__":
    main()
