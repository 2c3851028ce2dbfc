"""A real ``serve`` that may die: ``python -m tests.chaos.victim DATABASE [POINT N WHO]...``."""

import sys

from tests.chaos.points import Death, die_at
from tui_scheduler.cli import main

BOTH = "both"

if __name__ == "__main__":
    database, *words = sys.argv[1:]
    threes = zip(words[::3], words[1::3], words[2::3], strict=True)
    die_at([Death(point, int(occasion), who == BOTH) for point, occasion, who in threes])
    raise SystemExit(main(["--database", database, "serve"]))
