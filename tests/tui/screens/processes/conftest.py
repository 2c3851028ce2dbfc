"""Tests of this screen begin on it."""

import pytest

from tui_scheduler.tui.tabs import PROCESSES


@pytest.fixture
def first_screen() -> str:
    return PROCESSES
