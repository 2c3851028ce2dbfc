"""Logs as a keeper makes them."""

import os
from pathlib import Path

from tui_scheduler.engine.local.capped_log import Limits, Log


def keep(path: Path, data: bytes, cap: int = 0) -> None:
    """Add output to the log at ``path``, which may have ``cap`` bytes."""
    log = Log(os.fsencode(path), Limits(cap, 0))
    for _ in log.store(data):
        pass
    log.close()
