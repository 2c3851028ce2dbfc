"""The line of a log that tells what went wrong: its last error line, or what was said last."""

from functools import lru_cache
from itertools import islice
from pathlib import Path

from tui_scheduler.ansi_style import UNSTYLED
from tui_scheduler.services.logs.error_lines import ErrorLines
from tui_scheduler.services.logs.log_file import BLOCK, LogFile
from tui_scheduler.services.logs.shown_lines import read_line, stretches

_CELLS = 200
_LOOKED_AT = 10  # lines from the end


@lru_cache(maxsize=1024)
def telling_line(path: Path, size: int, errors: ErrorLines) -> str:
    """Returns the last error line near the end, as it is shown, of a log that nobody writes.

    Without one, or if it ends in a colon and so leads to what follows, it is the last line that is
    not blank. It may be cut. Empty if there is none near the end. A log of another ``size`` is
    another one: what was read of it is remembered.
    """
    del size
    log = LogFile(path)
    log.refresh()
    near = list(stretches(log, log.start_of(max(0, log.size - BLOCK)), log.size))
    for stretch in reversed(near):
        if text := errors.last(stretch.data).strip():
            if text.endswith(":"):
                break
            return text[:_CELLS]
    for line in islice(log.lines_before(log.size), _LOOKED_AT):
        if text := read_line(log, line, cells=_CELLS, style=UNSTYLED).text.strip():
            return text
    return ""
