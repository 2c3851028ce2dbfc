"""A real ``serve`` that may die at a point: ``python -m tests.chaos.victim DATABASE [POINT N]``."""

import sys

from tests.chaos.points import die_at
from tui_scheduler.cli import main

if __name__ == "__main__":
    database, *deadly = sys.argv[1:]
    if deadly:
        die_at(deadly[0], int(deadly[1]))
    raise SystemExit(main(["--database", database, "serve"]))
