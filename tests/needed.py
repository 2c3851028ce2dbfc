"""What a machine may lack that some tests need: a reason to skip them, or to fail."""

import os
from typing import NoReturn

import pytest


def lack(what: str, reason: str) -> NoReturn:
    """Skip the test; fail where ``TUI_SCHEDULER_TESTS_NEED_<WHAT>`` says that it must be there."""
    if os.environ.get(f"TUI_SCHEDULER_TESTS_NEED_{what.upper()}"):
        pytest.fail(reason)
    pytest.skip(reason)
