"""Where the last lines of a file begin, found from its end.

Here a line is whole however long it is, as a program that reads the output expects; the screen
cuts very long ones into pieces.
"""

import os
from pathlib import Path

_BLOCK = 65536  # bytes


def tail_offset(path: Path, lines: int) -> int:
    """Returns the byte at which the last ``lines`` lines of ``path`` begin, an unfinished one too.

    Reads no more of the file than those lines.
    """
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        if lines == 0 or end == 0:
            return end
        file.seek(end - 1)
        wanted = lines + (file.read(1) == b"\n")
        position = end
        while position > 0:
            size = min(_BLOCK, position)
            position -= size
            file.seek(position)
            block = file.read(size)
            newlines = block.count(b"\n")
            if newlines >= wanted:
                return position + _nth_last_newline(block, wanted) + 1
            wanted -= newlines
    return 0


def _nth_last_newline(block: bytes, number: int) -> int:
    place = len(block)
    for _ in range(number):
        place = block.rindex(b"\n", 0, place)
    return place
