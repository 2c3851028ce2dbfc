"""How many lines a log has, from a sparse index that is made in small steps, the end first."""

from array import array

from tui_scheduler.services.logs.log_file import LogFile

CHUNK = 1024 * 1024
"""Bytes counted in one step: about a millisecond."""
_UNKNOWN = -1


class LineIndex:
    """Counts of line ends, a number a megabyte; made by calling ``step`` until it is complete.

    A line here ends with a line end, however long it is, and what stands after the last line end
    is a line, too. The log may grow meanwhile; for a replaced one begin with a new index.
    """

    def __init__(self, log: LogFile) -> None:
        self._log = log
        self._counts = array("q")
        self._indexed = 0
        self._next = -1
        self._ends_open = False

    @property
    def lines(self) -> int | None:
        """How many lines there are; None until all of the log is counted."""
        if self._next >= 0 or self._indexed < self._log.size:
            return None
        return sum(self._counts) + self._ends_open

    def step(self) -> bool:
        """Count one more chunk; False when there is none left."""
        if self._indexed < self._log.size:
            self._grow()
        while self._next >= 0 and self._counts[self._next] != _UNKNOWN:
            self._next -= 1
        if self._next < 0:
            return False
        start = self._next * CHUNK
        data = self._log.read(start, min(start + CHUNK, self._indexed))
        self._counts[self._next] = data.count(b"\n")
        if start + CHUNK >= self._indexed:
            self._ends_open = bool(data) and not data.endswith(b"\n")
        self._next -= 1
        return True

    def _grow(self) -> None:
        """Add the chunks of what was written since; the last one begins anew."""
        if self._counts and self._indexed % CHUNK:
            self._counts[-1] = _UNKNOWN
        self._indexed = self._log.size
        chunks = -(-self._indexed // CHUNK)
        self._counts.extend([_UNKNOWN] * (chunks - len(self._counts)))
        self._next = chunks - 1
