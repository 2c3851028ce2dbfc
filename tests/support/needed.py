"""What a machine may lack that some tests need: a reason to skip them, or to fail."""

import os
from typing import NoReturn

import pytest


def variable_of(what: str) -> str:
    """The variable with which it is a failure that ``what`` is missing."""
    return f"TUI_SCHEDULER_TESTS_NEED_{what.upper()}"


def lack(what: str, reason: str) -> NoReturn:
    """Skip the test, or fail where ``what`` must be there."""
    (pytest.fail if os.environ.get(variable_of(what)) else pytest.skip)(reason)
