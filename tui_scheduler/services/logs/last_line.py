"""The last line of a log that says something: in most programs it tells what went wrong."""

from functools import lru_cache
from itertools import islice
from pathlib import Path

from tui_scheduler.ansi_style import UNSTYLED
from tui_scheduler.services.logs.log_file import LogFile
from tui_scheduler.services.logs.shown_lines import read_line

_CELLS = 200
_LOOKED_AT = 10  # lines from the end


@lru_cache(maxsize=1024)
def last_line(path: Path, size: int) -> str:
    """Returns the last line that is not blank, as it is shown, of a log that nobody writes.

    It may be cut. Empty if there is none near the end. A log of another ``size`` is another one:
    what was read of it is remembered.
    """
    del size
    log = LogFile(path)
    log.refresh()
    for line in islice(log.lines_before(log.size), _LOOKED_AT):
        if text := read_line(log, line, cells=_CELLS, style=UNSTYLED).text.strip():
            return text
    return ""
