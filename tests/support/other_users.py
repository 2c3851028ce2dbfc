"""Files and acts of other users, which only root can have."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SOMEBODY = 54321
"""A user that no machine has."""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to other users")


def give_away(path: Path) -> Path:
    """Let what is at ``path`` belong to somebody else; a file is made if there is nothing."""
    if not path.exists() and not path.is_symlink():
        path.touch(0o644)
    os.chown(path, SOMEBODY, SOMEBODY, follow_symlinks=False)
    return path


@contextmanager
def acting_as_somebody() -> Iterator[None]:
    """Let this process open files as somebody else does, who may not read where Python lies.

    So let all that is needed be imported before.
    """
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(SOMEBODY)
    os.seteuid(SOMEBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
