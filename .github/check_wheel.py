"""Show that an installed wheel is whole: run it with the interpreter it was installed for.

Modules are imported when they are needed, and style sheets and migrations are files beside them:
one that was left out would only be missed by the first user who comes by.
"""

import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import tui_scheduler

SCRIPT = Path(sys.executable).with_name("tui-scheduler")
NOT_IMPORTED = {"tui_scheduler.__main__", "tui_scheduler.engine.python_child"}


def main() -> None:
    """Import every module, look for every style sheet, and use the command."""
    names = [module.name for module in walk_packages(tui_scheduler.__path__, "tui_scheduler.")]
    modules = [import_module(name) for name in names if name not in NOT_IMPORTED]
    for module in modules:
        for kind in vars(module).values():
            named = getattr(kind, "__dict__", {}).get("CSS_PATH") or []
            for style_sheet in named if isinstance(named, list) else [named]:
                if not Path(style_sheet).is_file():
                    raise SystemExit(f"{style_sheet} is not in the wheel")
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder, "scheduler.db"))
        for arguments in (["--version"], ["process", "list"], ["doctor"]):
            subprocess.run([SCRIPT, "--database", database, *arguments], check=True)
    print(f"{len(modules)} modules are there, and the command works")


if __name__ == "__main__":
    main()
