"""The line of a log that tells what went wrong: its last error line, or what was said last."""

import re
from functools import lru_cache
from itertools import islice
from pathlib import Path

from tui_scheduler.ansi_style import UNSTYLED
from tui_scheduler.services.logs.error_lines import ErrorLines
from tui_scheduler.services.logs.log_file import BLOCK, Line, LogFile
from tui_scheduler.services.logs.shown_lines import read_line, stretches
from tui_scheduler.text import decode

_CELLS = 200
_LOOKED_AT = 10  # lines from the end
_OURS = re.compile(r"-- (.+) --")


@lru_cache(maxsize=1024)
def telling_line(path: Path, size: int, errors: ErrorLines, note: str = "") -> str:
    """Returns the last error line near the end, as it is shown, of a log that nobody writes.

    Without one, or if it ends in a colon and so leads to what follows, it is the last line that is
    not blank. It may be cut. Empty if there is none near the end. Lines of ours, which say what the
    ``note`` of the run does, are none. A log of another ``size`` is another one: what was read of
    it is remembered.
    """
    del size
    log = LogFile(path)
    log.refresh()
    end = _end_of_output(log, note)
    near = list(stretches(log, log.start_of(max(0, end - BLOCK)), end))
    for stretch in reversed(near):
        if text := errors.last(stretch.data).strip():
            if text.endswith(":"):
                break
            return text[:_CELLS]
    for line in islice(log.lines_before(end), _LOOKED_AT):
        if text := read_line(log, line, cells=_CELLS, style=UNSTYLED).text.strip():
            return "" if _is_ours(log, line, note) else text
    return ""


def _end_of_output(log: LogFile, note: str) -> int:
    """Where the lines begin that we have added at the end."""
    end = log.size
    for line in islice(log.lines_before(end), _LOOKED_AT):
        if not _is_ours(log, line, note):
            break
        end = line.start
    return end


def _is_ours(log: LogFile, line: Line, note: str) -> bool:
    ours = _OURS.fullmatch(decode(log.read(line.start, line.end)))
    return ours is not None and ours[1] in note
