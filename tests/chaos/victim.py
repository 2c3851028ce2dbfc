"""A real ``serve`` that may die: ``python -m tests.chaos.victim DATABASE [POINT N WHO]...``."""

import sys

from tests.chaos.points import Death, die_at
from tui_scheduler.cli import main

BOTH = "both"


def live(words: list[str]) -> int:
    """Serve, until one dies; returns the exit code."""
    database, *deaths = words
    threes = zip(deaths[::3], deaths[1::3], deaths[2::3], strict=True)
    die_at([Death(point, int(occasion), who == BOTH) for point, occasion, who in threes])
    return main(["--database", database, "serve"])


if __name__ == "__main__":
    raise SystemExit(live(sys.argv[1:]))
