"""Line numbers of a log, from a sparse index that is made in small steps, the end first."""

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

    def number_at(self, offset: int) -> int | None:
        """Return the number (from 1) of the line of a byte, if all before it is counted."""
        chunk = offset // CHUNK
        before = self._counts[:chunk]
        if len(before) < chunk or _UNKNOWN in before:
            return None
        return sum(before) + self._log.read(chunk * CHUNK, offset).count(b"\n") + 1

    def start_of(self, number: int) -> int | None:
        """Return where a line (from 1) starts; None if there is no such line, or not yet."""
        ends_before = number - 1
        for chunk, count in enumerate(self._counts):
            if count == _UNKNOWN:
                return None
            if ends_before <= count:
                return self._after(chunk, ends_before)
            ends_before -= count
        return None

    def _after(self, chunk: int, ends: int) -> int | None:
        """Return the offset behind the n-th line end of a chunk."""
        data = self._log.read(chunk * CHUNK, (chunk + 1) * CHUNK)
        position = 0
        for _ in range(ends):
            position = data.find(b"\n", position) + 1
        start = chunk * CHUNK + position
        return start if start < self._log.size else None

    def _grow(self) -> None:
        """Add the chunks of what was written since; the last one begins anew."""
        if self._counts and self._indexed % CHUNK:
            self._counts[-1] = _UNKNOWN
        self._indexed = self._log.size
        chunks = -(-self._indexed // CHUNK)
        self._counts.extend([_UNKNOWN] * (chunks - len(self._counts)))
        self._next = chunks - 1
