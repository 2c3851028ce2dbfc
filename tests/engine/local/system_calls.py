"""What the system answers to the keeper's code when the test says so."""

import errno
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from tui_scheduler.engine.local import capped_log, keeper


class SystemCalls:
    """The calls as ``keeper`` alone sees them; those given to ``do`` take the place of some."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._calls = SimpleNamespace(**vars(os))
        for module in (keeper, capped_log):
            monkeypatch.setattr(module, "os", self._calls)

    def do(self, **calls: Callable[..., Any]) -> None:
        vars(self._calls).update(vars(os) | calls)


def failing(number: int) -> Callable[..., NoReturn]:
    """A call that fails, with one of the numbers of ``errno``."""

    def call(*_: object, **__: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return call


def killed(*_: object) -> NoReturn:
    """A call from which nobody came back."""
    raise KeyboardInterrupt


full = failing(errno.ENOSPC)
