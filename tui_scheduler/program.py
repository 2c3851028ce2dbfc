"""How this program is begun anew: by the name it was begun with, or as a module."""

import sys
from pathlib import Path

from tui_scheduler.settings import Settings

NAME = "tui-scheduler"


def program() -> list[str]:
    """Returns the words that begin the same program, from any folder; no link is resolved.

    An upgrade puts another program where a link leads to.
    """
    script = Path(sys.argv[0])
    if script.name == NAME and script.is_file():
        return [str(script.absolute())]
    return [sys.executable, "-m", "tui_scheduler"]


def options(settings: Settings) -> list[str]:
    """Returns the global options that make it work on the same files.

    A configuration that is not there is not named: it is found where it is usual once there is one.
    """
    config = ["--config", str(settings.config.absolute())] if settings.config.is_file() else []
    return [*config, "--database", str(settings.database)]
