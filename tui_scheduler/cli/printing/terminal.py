"""Whether a person or a program is at the other end."""

from typing import IO


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether a person looks at ``stream`` (or types into it)."""
    return stream is not None and not stream.closed and stream.isatty()
