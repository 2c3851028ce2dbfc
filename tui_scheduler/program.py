"""How this program is begun anew: by the name it was begun with, or as a module."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

from tui_scheduler.errors import Replaced
from tui_scheduler.settings import Settings

NAME = "tui-scheduler"


def _stamp() -> tuple[int, ...] | None:
    """What is another one when the package is installed anew; None when it is not there."""
    try:
        file = Path(__file__).stat()
    except OSError:
        return None
    return file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns


_begun_as = _stamp()


def was_replaced() -> bool:
    """Returns whether this program was upgraded or removed since it began.

    What it has not imported by then is of another version, or is not there.
    """
    return _stamp() != _begun_as


class _OurVersion(MetaPathFinder):
    """Finds nothing, and lets nobody else find what is not of our version any more."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> None:
        if name.startswith("tui_scheduler.tui.") and was_replaced():
            raise Replaced


def import_no_other_version() -> None:
    """Have imports of screens raise Replaced once the program was replaced.

    They are imported when they are first seen: one of another version would meet parts of ours.
    """
    sys.meta_path.insert(0, _OurVersion())


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
