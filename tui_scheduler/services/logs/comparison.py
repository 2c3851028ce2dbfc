"""What is new in the log of one run, and what is missing, beside that of another.

Lines are the same that differ in times and numbers only, and each counts once, however often it
stands there: so two logs of a gigabyte are compared by going once through each, and what has to be
remembered are their different lines. Two steps make that quick. What is left of a line without its
digits is known again for most lines; only of the others is looked closely at what else varies.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from tui_scheduler.errors import NotFound, Refused
from tui_scheduler.services.logs.log_file import BLOCK, Line, LogFile
from tui_scheduler.services.logs.shown_lines import read_line, stretches
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.text import decode
from tui_scheduler.wording import no_log, plural

CHUNK = 4 * BLOCK
"""Bytes in a step."""
MOST_KINDS = 100_000
"""Different lines of a log that are compared; a log with more is told to be too different."""
MOST_SHOWN = 1000
"""Differences of either sort that are shown."""
_CELLS = 1000
_LOOKED_BACK = 10  # lines, of which any may be blank
_COLOURS = {"+": "32", "-": "31", " ": "2"}
_SHORT = 200  # bytes of a line from which on a digest of it is remembered
_DIGITS = b"0123456789"
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAYS = "mon|tue|wed|thu|fri|sat|sun"
_UNIT = "(?:[kmgt]?i?b(?:/s)?|bytes?|ns|us|ms|s|sec|seconds?|min|minutes?|hours?|[hmd]|am|pm)"
_VARYING = re.compile(
    r"\b(?:0x)?(?=[a-f]*[0-9])[0-9a-f]{6,}+(?:-[0-9a-f]++)*+\b"  # hashes, addresses, UUIDs
    r"|\btmp[._]?\w{6,}"
    rf"|\b(?:{_MONTHS}) +[0-9]++|\b[0-9]{{1,2}}[ -/](?:{_MONTHS})\b|\b(?:{_DAYS}),? "
    rf"|[0-9]++(?:[.,:/-]?[0-9]++)*+(?: ?{_UNIT}\b)?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Kind:
    """A line that a log has at least once, whatever its numbers: where first, and how often.

    ``before`` is the kind of the line above that, by its key.
    """

    start: int
    before: bytes
    count: int = 1


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line of a comparison: ``sign`` is + for a new one, - for a missing one, else a space.

    ``count`` is how often it stands in its log.
    """

    sign: str
    text: str
    count: int = 1

    def render(self, *, in_colour: bool) -> str:
        """Returns it as a line for a terminal, or for a file."""
        often = f"  ({self.count:,} times)" if self.count > 1 else ""
        line = f"{self.sign} {self.text}{often}"
        return f"\x1b[{_COLOURS[self.sign]}m{line}\x1b[0m" if in_colour else line


class LogKinds:
    """The different lines of a log, as far as ``step`` was called."""

    def __init__(self, path: Path) -> None:
        self.log = LogFile(path)
        self.log.refresh()
        self.kinds: dict[bytes, Kind] = {}
        self.lines = 0
        self.position = 0
        self._keys: dict[bytes, bytes] = {}
        self._last = b""

    @property
    def is_beyond_bounds(self) -> bool:
        """Whether there are too many different lines, so that not all are known."""
        return len(self.kinds) >= MOST_KINDS

    def step(self) -> bool:
        """Go on by some lines; False if there are none left, or too many different ones."""
        size = self.log.size
        if self.position >= size or self.is_beyond_bounds:
            return False
        wanted = self.position + CHUNK
        end = size if wanted >= size else self.log.line_at(wanted - 1).next
        for stretch in stretches(self.log, self.position, end):
            self._add(stretch.start, stretch.end, stretch.data)
        self.position = end
        return True

    def _add(self, start: int, end: int, data: bytes) -> None:
        lines, rests = _split(data), data.translate(None, _DIGITS).split(b"\n")
        new: list[tuple[int, Kind]] = []
        for number, line in enumerate(lines):
            rest = rests[number]
            key = self._keys.get(rest) or self._key(rest, line)
            kind = self.kinds.get(key)
            if kind is not None:
                kind.count += 1
            elif key:
                self.kinds[key] = kind = Kind(start, self._last)
                new.append((number, kind))
            self._last = key or self._last
        self.lines += len(lines)
        self._place(new, start, end)

    def _place(self, new: list[tuple[int, Kind]], start: int, end: int) -> None:
        """Note where the new kinds begin: shown lines are as many as those of the log."""
        if not new:
            return
        place = 0
        for number, line in enumerate(_split(self.log.read(start, end))):
            while new and new[0][0] == number:
                new.pop(0)[1].start = start + place
            place += len(line) + 1

    def _key(self, rest: bytes, line: bytes) -> bytes:
        """Returns what is the same of all lines of a kind; empty for a blank line."""
        text = " ".join(_VARYING.sub("#", decode(line)).split())
        key = text.encode()
        key = key if len(key) < _SHORT else blake2b(key, digest_size=16).digest()
        if len(rest) < _SHORT:
            if len(self._keys) >= MOST_KINDS:
                self._keys.clear()
            self._keys[rest] = key
        return key


class LogComparison:
    """Compares the log of a run with a ``good`` one; what counts is known when it is complete."""

    def __init__(self, path: Path, good: Path) -> None:
        self.this, self.good = LogKinds(path), LogKinds(good)

    @property
    def progress(self) -> float:
        """How much of both logs was gone through, from 0 to 1."""
        size = self.this.log.size + self.good.log.size
        return (self.this.position + self.good.position) / size if size else 1.0

    def refuse_too_different(self) -> None:
        """Raise Refused if a log has so many different lines that not all were compared."""
        if self.this.is_beyond_bounds or self.good.is_beyond_bounds:
            raise Refused(
                f"One of the logs has more than {MOST_KINDS:,} different lines, numbers apart:"
                " that is too much to compare."
            )

    def step(self) -> bool:
        """Go on by a millisecond or some; False when it is complete."""
        return self.good.step() or self.this.step()

    @property
    def new(self) -> int:
        """How many different lines the good log does not have."""
        return len(self.this.kinds.keys() - self.good.kinds.keys())

    @property
    def missing(self) -> int:
        """How many different lines only the good log has."""
        return len(self.good.kinds.keys() - self.this.kinds.keys())

    def summary(self, run: RunView, good: RunView) -> str:
        """Returns the result in a sentence about these runs, of which the first may still go on."""
        so_far = " so far" if run.is_open else ""
        what = f"Run {run.id}{so_far} beside run {good.id}, the last good one"
        if not self.new and not self.missing:
            return f"{what}: the same lines, but for times and numbers."
        limit = f"; the first {MOST_SHOWN:,} of each" * (max(self.new, self.missing) > MOST_SHOWN)
        differences = f"{plural(self.new, 'line')} new (+), {self.missing:,} missing (-)"
        return f"{what}: {differences}{limit}; times and numbers apart."

    def lines(self) -> Iterator[ComparedLine]:
        """Yield the differences in the order of the log, each after the line above it.

        A missing line stands where the good log has it. Each is read from its log, and may be cut.
        """
        seen: set[int] = set()
        for place, is_new, kind in self._differences():
            if is_new:
                if kind.before in self.good.kinds:
                    yield from self._above(kind.start, seen)
                seen.add(kind.start)
                yield ComparedLine("+", _text(self.this.log, kind.start), kind.count)
            else:
                if place >= 0 and place not in seen:
                    seen.add(place)
                    yield ComparedLine(" ", _text(self.this.log, place))
                yield ComparedLine("-", _text(self.good.log, kind.start), kind.count)

    def _differences(self) -> list[tuple[int, bool, Kind]]:
        this, good = self.this.kinds, self.good.kinds
        new = ((kind.start, True, kind) for key, kind in this.items() if key not in good)
        missing = (
            (self._anchor(kind), False, kind) for key, kind in good.items() if key not in this
        )
        differences = [*islice(new, MOST_SHOWN), *islice(missing, MOST_SHOWN)]
        return sorted(differences, key=lambda each: (each[0], not each[1], each[2].start))

    def _anchor(self, kind: Kind) -> int:
        """Returns where the line stands after which a missing one is to be looked for."""
        for _ in range(MOST_SHOWN):
            if not kind.before:
                break
            if (there := self.this.kinds.get(kind.before)) is not None:
                return there.start
            kind = self.good.kinds[kind.before]
        return -1

    def _above(self, start: int, seen: set[int]) -> Iterator[ComparedLine]:
        """Yield the line above that is not blank, which both have, unless it was yielded before."""
        for line in islice(self.this.log.lines_before(start), _LOOKED_BACK):
            if text := _text(self.this.log, line.start):
                if line.start not in seen:
                    seen.add(line.start)
                    yield ComparedLine(" ", text)
                return


def compare_logs(run: RunView, good: RunView) -> LogComparison:
    """Returns the comparison of two logs, to be gone through.

    Raises NotFound if one of them is gone: what it had is not known, and so nothing is new.
    """
    compared = LogComparison(run.log_path, good.log_path)
    if not run.was_taken or (run.log_bytes and not compared.this.log.is_there):
        raise NotFound(f"Run {run.id} {no_log(run.status, is_gone=run.log_bytes > 0)}.")
    if good.log_bytes and not compared.good.log.is_there:
        reason = f"Run {good.id}, the last good one, {no_log(good.status, is_gone=True)}"
        raise NotFound(f"{reason}: remove it, and the one before is compared with.")
    return compared


def _split(data: bytes) -> list[bytes]:
    """Returns the lines of ``data``; one that does not end is a line, too."""
    lines = data.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _text(log: LogFile, start: int) -> str:
    line: Line = log.line_from(start)
    return read_line(log, line, cells=_CELLS).text[:_CELLS]
